"""A candidate, run on one expression: the grads of the leaves, or what went wrong before they were there."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import micrograd.engine
from micrograd.engine import Value
from micrograd.teaching.check.candidates import Candidate
from micrograd.teaching.check.enumeration import Case
from micrograd.teaching.check.watch import LINES, Endless, Watch

PACKAGE = str(Path(micrograd.engine.__file__).parent)

Act = Callable[[Any, Sequence[Any]], Any]


@dataclass(frozen=True)
class Trouble:
    """The reason why there are no grads to compare: `sort` is a word of this table, `what` a sentence.

    value     a result's data is wrong: `got` is not `wanted`
    operand   an operand's data was changed
    result    a result is not a Value, or a grad is not a number
    error     an exception
    endless   no end in sight

    `further` are the statements that the line showing it runs after the expression.
    """

    sort: str
    what: str
    got: float | None = None
    wanted: float | None = None
    further: tuple[str, ...] = ()


def same(x: float, y: float, tolerance: float) -> bool:
    return x == y or abs(x - y) <= tolerance * max(1.0, abs(x), abs(y))


def attempt(candidate: Candidate, case: Case, tolerance: float, act: Act | None = None) -> tuple[float, ...] | Trouble:
    """The grads of the leaves after one backward pass, or after `act(result, leaves)`.

    There are none if the candidate has no backward.
    """
    run = Run(candidate, case)
    try:
        if trouble := run.forward(tolerance):
            return trouble
        if candidate.backward is None:
            return ()
        return run.backward(act) or run.grads()
    except Endless:
        what = f"`{run.doing[-1]}` had not ended after {LINES:,} lines of Python"
        return Trouble("endless", what, further=tuple(run.doing[1:]))
    except Exception as error:
        return Trouble("error", f"`{run.doing[-1]}` raises {describe_error(error)}", further=tuple(run.doing[1:]))


class Run:
    """A candidate at work on a case. `doing` lists what it did: the expression, then each step after it."""

    def __init__(self, candidate: Candidate, case: Case):
        self.candidate, self.case, self.watch = candidate, case, Watch(LINES)
        self.doing = [str(case.trial) if case.trial.steps else f"{candidate.kind.__name__}({case.numbers[0]})"]
        self.leaves: list[Any] = []
        self.results: list[Any] = []

    def compute(self) -> None:
        for x in self.case.numbers:
            self.leaves.append(self.candidate.leaf(x))
        for result in self.case.trial.run(self.leaves):
            self.results.append(result)

    def forward(self, tolerance: float) -> Trouble | None:
        """Compute the expression. A wrong result is reported before an error that it caused."""
        error: BaseException | None = None
        try:
            self.watch(self.compute)
        except (Exception, Endless) as raised:
            error = raised
        for result, wanted in zip(self.results, self.case.values):  # noqa: B905 (an error leaves results out)
            if trouble := self.misfit(result, wanted, tolerance):
                return trouble
        if error:
            raise error
        return self.find_changed()

    def misfit(self, result: Any, wanted: float, tolerance: float) -> Trouble | None:
        kind, trial = self.candidate.kind, self.case.trial
        if not isinstance(result, kind) and not (hasattr(result, "data") and hasattr(result, "grad")):
            hint = ": is a `return` missing?" if result is None else ""
            what = f"`{trial}` gives {result!r}, which is not a {kind.__name__}{hint}"
            return Trouble("result", what, further=(f"print({trial.root})",))
        got = number_in(result.data)
        if got is None or not same(got, wanted, tolerance):
            shown = (f"print({trial.root}.data)",)
            return Trouble("value", f"`{trial.root}.data` is {result.data!r}", got, wanted, shown)
        return None

    def backward(self, act: Act | None) -> Trouble | None:
        self.doing.append(self.candidate.call_on(self.case.trial.root))
        root = [self.leaves[0], *self.results][-1]
        if act is None:
            assert self.candidate.backward is not None
            self.watch(self.candidate.backward, root)
        else:
            self.watch(act, root, self.leaves)
        return self.find_changed()

    def find_changed(self) -> Trouble | None:
        """The trouble if computing changed the data of a leaf."""
        for name, leaf, x in zip(self.case.trial.leaf_names, self.leaves, self.case.numbers, strict=True):
            now = number_in(leaf.data)
            if now is None or not same(now, x, 1e-9):
                what = f"`{name}.data` was {x!r}, and after `{self.doing[-1]}` it is {leaf.data!r}"
                return Trouble("operand", what, now, None, (*self.doing[1:], f"print({name}.data)"))
        return None

    def grads(self) -> tuple[float, ...] | Trouble:
        found = []
        for name, leaf in zip(self.case.trial.leaf_names, self.leaves, strict=True):
            self.doing.append(f"{name}.grad")
            grad = number_in(leaf.grad)
            if grad is None:
                what = f"After `{self.doing[1]}`, `{name}.grad` is {leaf.grad!r}, which is not a number"
                return Trouble("result", what, further=(self.doing[1], f"print({name}.grad)"))
            found.append(grad)
            self.doing.pop()
        return tuple(found)


def number_in(x: Any) -> float | None:
    """A float, where `x` is a real number of any kind, or one of our Values."""
    if isinstance(x, Value):
        return x.data
    if isinstance(x, (str, bytes)):
        return None
    try:
        return float(x)
    except (TypeError, ValueError):
        return None


def describe_error(error: Exception) -> str:
    """The exception, and the line of the learner's code that raised it."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    theirs = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(PACKAGE)]
    if isinstance(error, RecursionError) or not theirs:
        return said
    last = theirs[-1]
    return f"{said} (in {last.name}, line {last.lineno}{f': `{last.line}`' if last.line else ''})"
