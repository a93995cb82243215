"""From what an attempt gave to a finding: the numbers, the mistake, the advice, the line that shows it again."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.teaching.check.advice import ADVICE, ENDLESS, EXCHANGED, KEPT, MORE, NESTED, NOTHING
from micrograd.teaching.check.attempts import Trouble, attempt, same
from micrograd.teaching.check.candidates import Candidate
from micrograd.teaching.check.enumeration import Case, tried
from micrograd.teaching.check.naming import Name, Observation, named
from micrograd.teaching.check.programs import FORMS, Program, Step
from micrograd.teaching.check.report import Finding

Tried = tuple[Case, tuple[float, ...]]  # a case, and the grads that came out


def observation(case: Case, got: tuple[float, ...], tolerance: float) -> Observation:
    return Observation(case.graphs, case.right, got, tolerance)


def differing(candidate: Candidate, before: Sequence[Tried], later: Sequence[Tried], tolerance: float) -> Finding:
    """The finding for the last case of `before`, whose grads are wrong; the others help to name the mistake."""
    case, got = before[-1]
    others = [observation(*pair, tolerance) for pair in (*before[:-1], *later)]
    name = named(observation(case, got, tolerance), others)
    meant = [name.mistake] if name.mistake else name.possible if len(name.possible) == 2 else []
    advice = " ".join([*(ADVICE[mistake] for mistake in meant), *([MORE] if name.rest else [])])
    again = attempt(candidate, case, tolerance)
    if isinstance(again, Trouble) or not all(
        same(x, y, tolerance) or x != x and y != y for x, y in zip(again, got, strict=True)
    ):
        name, advice = Name(), KEPT
    elif not any(any(grads) for _, grads in (*before, *later)):
        name, advice = Name("seed forgotten"), ADVICE["seed forgotten"] + NOTHING
    told, first = compared(case, got, tolerance)
    return Finding(
        "grad",
        stated(case),
        told,
        candidate.line(case, candidate.called(case.program.root), f"print({case.program.shown_grads})"),
        got[first],
        case.right[first],
        name.mistake,
        name.where,
        name.possible,
        advice,
        len(case.program.steps),
    )


def agree(got: Sequence[float], right: Sequence[float], tolerance: float) -> bool:
    return all(same(x, y, tolerance) for x, y in zip(got, right, strict=True))


def compared(case: Case, got: Sequence[float], tolerance: float, right: Sequence[float] = ()) -> tuple[str, int]:
    """What each wrong grad is and should be, and which is the first of them."""
    rows = list(zip(case.program.leaf_names, got, right or case.right, strict=True))
    wrong = [k for k, (_, x, y) in enumerate(rows) if not same(x, y, tolerance)]
    told = [f"{name}.grad is {x:.6g}, and {y:.6g} is right" for name, x, y in (rows[k] for k in wrong)]
    return "; ".join(told) + ".", wrong[0]


def stated(case: Case) -> str:
    """The expression with its numbers."""
    numbers = [f"{name} = {x:g}" for name, x in zip(case.program.leaf_names, case.numbers, strict=True)]
    return f"{case.program}    ({', '.join(numbers)})"


def troubled(candidate: Candidate, case: Case, trouble: Trouble) -> Finding:
    """The finding for an expression that gave no grads."""
    advice = ""
    if trouble.sort == "value" and trouble.got is not None and exchanged(case, trouble.got):
        advice = EXCHANGED
    if trouble.sort == "endless":
        advice = ENDLESS
    if "RecursionError" in trouble.what:
        advice = NESTED
    end = "" if trouble.what.endswith("?") else "."
    return Finding(
        trouble.sort,
        stated(case),
        trouble.what + (f", and {trouble.wanted:.6g} is right" if trouble.wanted is not None else "") + end,
        candidate.line(case, *trouble.further),
        trouble.got,
        trouble.wanted,
        advice=advice,
        size=len(case.program.steps),
    )


def exchanged(case: Case, got: float) -> bool:
    """Whether the last operation gave what it gives with its two operands the other way round."""
    *steps, last = case.program.steps
    swapped = last.form.template.replace("{}", "x").replace("2", "{}").replace("x", "2")
    form = next((form for form in FORMS if last.form.number and form.template == swapped), last.form)
    other = tried(Program(case.program.leaves, (*steps, Step(form, last.operands[::-1]))), case.numbers)
    return other is not None and same(got, other.values[-1], 1e-9)
