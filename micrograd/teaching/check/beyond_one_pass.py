"""Beyond one backward pass over a small expression: several passes, and graphs that are deep."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from micrograd.teaching.check.advice import ADD_UP, ADVICE, DEEP, PATHS, STAYS
from micrograd.teaching.check.attempts import Trouble, attempt, describe_error, number_in, same
from micrograd.teaching.check.candidates import Candidate
from micrograd.teaching.check.describe import agree, describe_trouble, observe, state_case, state_grads
from micrograd.teaching.check.enumeration import Case, cases
from micrograd.teaching.check.report import Finding
from micrograd.teaching.check.trials import PRODUCTS, SUMS, Form
from micrograd.teaching.check.watch import Endless, Watch
from micrograd.teaching.check.wrong_passes import AGAIN

SMALLEST = 80  # expressions to try for each kind of second pass
LONG, LADDER = 2_000, 40  # operations in the chain; doublings in the ladder
LINES = 1_000_000  # of Python for one deep graph: a few per node are enough


@dataclass(frozen=True)
class SecondPass:
    """Two backward passes: `between(case, root, leaves)` runs after the first and returns the root of the second; then
    the grads are `times` those of one pass."""

    times: int
    between: Callable[[Case, Any, Sequence[Any]], Any]
    code: Callable[[Case], tuple[str, ...]]
    advice: str


def _compute_again(case: Case, root: Any, leaves: Sequence[Any]) -> Any:
    return list(case.trial.run(leaves))[-1]


def _zero_and_compute(case: Case, root: Any, leaves: Sequence[Any]) -> Any:
    for leaf in leaves:
        leaf.grad = 0.0
    return _compute_again(case, root, leaves)


def _zero_code(case: Case) -> tuple[str, ...]:
    return (" = ".join(f"{name}.grad" for name in case.trial.leaf_names) + " = 0.0", *case.trial.statements)


SECOND_PASSES = (
    SecondPass(1, _zero_and_compute, _zero_code, STAYS),
    SecondPass(2, _compute_again, lambda case: case.trial.statements, ADD_UP),
    SecondPass(2, lambda case, root, leaves: root, lambda case: (), ""),
)


def several(candidate: Candidate, forms: Sequence[Form], tolerance: float) -> Finding | None:
    """Two passes: with the grads set to 0 between, over fresh expressions of the same leaves, over the same one."""
    for second in SECOND_PASSES:
        for case in islice(cases(forms), 1, SMALLEST):
            found = _try(candidate, second, case, tolerance)
            if found:
                return found
    return None


def _try(candidate: Candidate, second: SecondPass, case: Case, tolerance: float) -> Finding | None:
    backward = candidate.backward
    assert backward is not None

    def act(root: Any, leaves: Sequence[Any]) -> None:
        backward(root)
        backward(second.between(case, root, leaves))

    got = attempt(candidate, case, tolerance, act)
    once = candidate.call_on(case.trial.root)
    code = candidate.line(case, once, *second.code(case), once, f"print({case.trial.shown_grads})")
    if isinstance(got, Trouble):
        return replace(describe_trouble(candidate, case, got), sort="passes", line=code)
    right = tuple(second.times * d for d in case.right)
    if agree(got, right, tolerance):
        return None
    told, first = state_grads(case, got, tolerance, right)
    advice, mistake = second.advice, None
    if not advice:
        advice = STAYS if agree(got, case.right, tolerance) else ADVICE[AGAIN.name]
        seen = observe(case, got, tolerance)
        if any(seen.explained_by(AGAIN, style) for style in (0, 1)):
            mistake = AGAIN.name
    return Finding(
        "passes",
        state_case(case),
        f"After two backward passes {told}",
        code,
        got[first],
        right[first],
        mistake,
        advice=advice,
        size=len(case.trial.steps),
    )


def deep(candidate: Candidate, forms: Sequence[Form]) -> Iterator[Finding | None]:
    """A long chain, and a ladder in which every result is used twice: paths double, nodes do not."""
    form = next((form for form in (SUMS[0], PRODUCTS[0]) if form in forms), None)
    if form:
        yield _climb(candidate, form, LADDER, "L", 2.0**LADDER)
        yield _climb(candidate, form, LONG, "a", LONG + 1.0)


def _climb(candidate: Candidate, form: Form, times: int, other: str, right: float) -> Finding | None:
    backward, kind = candidate.backward, candidate.kind.__name__
    assert backward is not None
    step = f"L = {form.template.format('L', other)}"
    code = f"a = L = {kind}(1.0)\nfor _ in range({times}):\n    {step}\n{candidate.call_on('L')}\nprint(a.grad)"
    got, advice = None, ""
    chain: list[Any] = []
    try:
        chain.append(candidate.leaf(1.0))
        for _ in range(times):
            chain.append(form.run(chain[-1], chain[-1 if other == "L" else 0]))
        Watch(LINES)(backward, chain[-1])
        got = number_in(chain[0].grad)
        if got is not None and same(got, right, 1e-9):
            return None
        what = f"a.grad is {chain[0].grad!r}, and {right:,.0f} is right."
    except Endless:
        what, advice = f"It had not ended after {LINES:,} lines of Python, for {times:,} nodes.", PATHS
    except Exception as error:
        what = f"It raises {describe_error(error)}."
        advice = DEEP if isinstance(error, RecursionError) else ""
    finally:
        while chain:  # one node after the other: a browser's Python does not survive that of a whole chain at once
            chain.pop()
    sort = "limit" if advice == DEEP else "depth"
    return Finding(sort, f"{step}, {times:,} times", what, code, got, right, advice=advice, size=times)
