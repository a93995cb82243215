"""From the outcome of an attempt to a finding: the numbers, the mistake, the advice, the line that shows it again."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.teaching.check.advice import ADVICE, ENDLESS, EXCHANGED, KEEPS_STATE, MORE, NESTED, NOTHING
from micrograd.teaching.check.attempts import Trouble, attempt, same
from micrograd.teaching.check.candidates import Candidate
from micrograd.teaching.check.enumeration import Case, make_case
from micrograd.teaching.check.naming import Name, Observation, name_mistake
from micrograd.teaching.check.report import Finding
from micrograd.teaching.check.trials import Step, Trial, all_forms

Outcome = tuple[Case, tuple[float, ...]]  # a case, and the grads that came out


def observe(case: Case, got: tuple[float, ...], tolerance: float) -> Observation:
    return Observation(case.graphs, case.right, got, tolerance)


def describe_wrong(
    candidate: Candidate, before: Sequence[Outcome], later: Sequence[Outcome], tolerance: float
) -> Finding:
    """The finding for the last case of `before`, whose grads are wrong; the others help to name the mistake."""
    case, got = before[-1]
    others = [observe(*pair, tolerance) for pair in (*before[:-1], *later)]
    name = name_mistake(observe(case, got, tolerance), others)
    meant = [name.mistake] if name.mistake else name.possible if len(name.possible) == 2 else []
    advice = " ".join([*(ADVICE[mistake] for mistake in meant), *([MORE] if name.rest else [])])
    again = attempt(candidate, case, tolerance)
    if isinstance(again, Trouble) or not all(
        same(x, y, tolerance) or x != x and y != y for x, y in zip(again, got, strict=True)
    ):
        name, advice = Name(), KEEPS_STATE
    elif not any(any(grads) for _, grads in (*before, *later)):
        name, advice = Name("seed forgotten"), ADVICE["seed forgotten"] + NOTHING
    told, first = state_grads(case, got, tolerance)
    return Finding(
        "grad",
        state_case(case),
        told,
        candidate.line(case, candidate.call_on(case.trial.root), f"print({case.trial.shown_grads})"),
        got[first],
        case.right[first],
        name.mistake,
        name.where,
        name.possible,
        advice,
        len(case.trial.steps),
    )


def agree(got: Sequence[float], right: Sequence[float], tolerance: float) -> bool:
    return all(same(x, y, tolerance) for x, y in zip(got, right, strict=True))


def state_grads(case: Case, got: Sequence[float], tolerance: float, right: Sequence[float] = ()) -> tuple[str, int]:
    """A sentence on each wrong grad and the right one, and the index of the first."""
    rows = list(zip(case.trial.leaf_names, got, right or case.right, strict=True))
    wrong = [k for k, (_, x, y) in enumerate(rows) if not same(x, y, tolerance)]
    told = [f"{name}.grad is {x:.6g}, and {y:.6g} is right" for name, x, y in (rows[k] for k in wrong)]
    return "; ".join(told) + ".", wrong[0]


def state_case(case: Case) -> str:
    """The expression with its numbers."""
    numbers = [f"{name} = {x:g}" for name, x in zip(case.trial.leaf_names, case.numbers, strict=True)]
    return f"{case.trial}    ({', '.join(numbers)})"


def describe_trouble(candidate: Candidate, case: Case, trouble: Trouble) -> Finding:
    """The finding for an expression that gave no grads."""
    advice = ""
    if trouble.sort == "value" and trouble.got is not None and is_exchanged(case, trouble.got):
        advice = EXCHANGED
    if trouble.sort == "endless":
        advice = ENDLESS
    if "RecursionError" in trouble.what:
        advice = NESTED
    end = "" if trouble.what.endswith("?") else "."
    return Finding(
        trouble.sort,
        state_case(case),
        trouble.what + (f", and {trouble.wanted:.6g} is right" if trouble.wanted is not None else "") + end,
        candidate.line(case, *trouble.further),
        trouble.got,
        trouble.wanted,
        advice=advice,
        size=len(case.trial.steps),
    )


def is_exchanged(case: Case, got: float) -> bool:
    """Whether the last operation gave the result for its two operands exchanged."""
    *steps, last = case.trial.steps
    swapped = last.form.template.replace("{}", "x").replace("2", "{}").replace("x", "2")
    form = next((form for form in all_forms() if last.form.number and form.template == swapped), last.form)
    other = make_case(Trial(case.trial.leaves, (*steps, Step(form, last.operands[::-1]))), case.numbers)
    return other is not None and same(got, other.values[-1], 1e-9)
