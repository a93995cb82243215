"""A learner's own work, run on one expression: the grads of the leaves, or what went wrong on the way to them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import micrograd.engine
from micrograd.teaching.check.enumeration import Case
from micrograd.teaching.check.programs import ARITHMETIC, FORMS, LECTURES, Form
from micrograd.teaching.check.watching import Endless, Watch

LINES = 100_000  # for one small expression; a working class needs a few hundred
PACKAGE = str(Path(micrograd.engine.__file__).parent)
NOT_TAKEN = (TypeError, AttributeError, AssertionError, NotImplementedError)


@dataclass(frozen=True)
class Candidate:
    """What is checked: how it makes a leaf, and how it goes backward from a result; `call` is that as Python.

    Without `backward` only the values of expressions are checked; with `only_backward` the class is ours.
    """

    title: str
    kind: type
    leaf: Callable[[float], Any]
    backward: Callable[[Any], Any] | None
    call: str
    only_backward: bool = False

    def called(self, root: str) -> str:
        return self.call.format(root)

    def line(self, case: Case, *further: str) -> str:
        """The case as a line of Python, and what is to be done with it."""
        names = case.program.leaf_names
        values = ", ".join(f"{self.kind.__name__}({x})" for x in case.numbers)
        return "; ".join([f"{', '.join(names)} = {values}", *case.program.statements, *further])


def value_class(kind: type) -> Candidate:
    backward = getattr(kind, "backward", None)
    return Candidate(kind.__name__, kind, kind, backward and (lambda root: root.backward()), "{}.backward()")


def backward_function(function: Callable[[Any], Any]) -> Candidate:
    name = getattr(function, "__name__", "backward")
    call = "backward({})" if name == "<lambda>" else f"{name}({{}})"
    return Candidate(call[:-4], micrograd.engine.Value, micrograd.engine.Value, function, call, True)


@dataclass(frozen=True)
class Trouble:
    """Why there are no grads to compare: `sort` is a word of the table below, `what` the sentence.

    value     a result's data is wrong: `got` is not `wanted`
    operand   an operand's data was changed
    result    a result is no Value, or a grad no number
    error     an exception
    endless   no end in sight

    `further` is what the line that shows it has to do after the expression.
    """

    sort: str
    what: str
    got: float | None = None
    wanted: float | None = None
    further: tuple[str, ...] = ()


def same(x: float, y: float, tolerance: float) -> bool:
    return x == y or abs(x - y) <= tolerance * max(1.0, abs(x), abs(y))


def attempt(
    candidate: Candidate, case: Case, tolerance: float, act: Callable[[Any, Sequence[Any]], Any] | None = None
) -> tuple[float, ...] | Trouble:
    """The grads of the leaves after one backward pass, or after what `act` does with the result and the leaves.

    They are none where the candidate has no backward.
    """
    doing: list[str] = []
    try:
        return _attempt(candidate, case, tolerance, act, doing)
    except Endless:
        what = f"`{doing[-1]}` had not ended after {LINES:,} lines of Python"
        return Trouble("endless", what, further=tuple(doing[1:]))
    except Exception as error:
        return Trouble("error", f"`{doing[-1]}` raises {described(error)}", further=tuple(doing[1:]))


def _attempt(
    candidate: Candidate,
    case: Case,
    tolerance: float,
    act: Callable[[Any, Sequence[Any]], Any] | None,
    doing: list[str],
) -> tuple[float, ...] | Trouble:
    """`doing` says what is being done: the expression, then what is done with it."""
    program, names, watch = case.program, case.program.leaf_names, Watch(LINES)
    doing.append(str(program) if program.steps else f"{candidate.kind.__name__}({case.numbers[0]})")
    leaves = [watch(candidate.leaf, x) for x in case.numbers]
    root, results = leaves[0], program.run(leaves)
    for wanted in case.values:
        root = watch(next, results)
        if not isinstance(root, candidate.kind) and not (hasattr(root, "data") and hasattr(root, "grad")):
            hint = ": is a `return` missing?" if root is None else ""
            what = f"`{program}` gives {root!r}, which is no {candidate.kind.__name__}{hint}"
            return Trouble("result", what, further=(f"print({program.root})",))
        got = number_in(root.data)
        if got is None or not same(got, wanted, tolerance):
            shown = (f"print({program.root}.data)",)
            return Trouble("value", f"`{program.root}.data` is {root.data!r}", got, wanted, shown)
    if trouble := changed(names, leaves, case.numbers, doing):
        return trouble
    if candidate.backward is None:
        return ()
    doing.append(candidate.called(program.root))
    if act is None:
        watch(candidate.backward, root)
    else:
        watch(act, root, leaves)
    if trouble := changed(names, leaves, case.numbers, doing):
        return trouble
    grads = []
    for name, leaf in zip(names, leaves, strict=True):
        doing.append(f"{name}.grad")
        grad = number_in(leaf.grad)
        if grad is None:
            what = f"After `{doing[1]}`, `{name}.grad` is {leaf.grad!r}, which is no number"
            return Trouble("result", what, further=(doing[1], f"print({name}.grad)"))
        grads.append(grad)
        doing.pop()
    return tuple(grads)


def changed(
    names: Sequence[str], leaves: Sequence[Any], numbers: Sequence[float], doing: Sequence[str]
) -> Trouble | None:
    """The leaves keep their data, whatever is computed with them."""
    for name, leaf, x in zip(names, leaves, numbers, strict=True):
        now = number_in(leaf.data)
        if now is None or not same(now, x, 1e-9):
            what = f"`{name}.data` was {x!r}, and after `{doing[-1]}` it is {leaf.data!r}"
            return Trouble("operand", what, now, None, (*doing[1:], f"print({name}.data)"))
    return None


def number_in(x: Any) -> float | None:
    """A float, where `x` is a real number of any kind."""
    if isinstance(x, (str, bytes)):
        return None
    try:
        return float(x)
    except (TypeError, ValueError):
        return None


def described(error: Exception) -> str:
    """The exception, and the line of the learner's that raised it."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    theirs = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(PACKAGE)]
    if isinstance(error, RecursionError) or not theirs:
        return said
    last = theirs[-1]
    return f"{said} (in {last.name}, line {last.lineno}{f': `{last.line}`' if last.line else ''})"


# ---- which operations are there


def available(candidate: Candidate) -> tuple[list[Form], list[str]]:
    """The forms that can be checked, and those of the original and its lectures that are missing, with the reason.

    An operation is missing if its method is; beside a number also if it is not made for numbers.
    """
    forms: list[Form] = []
    missing = [] if candidate.backward else ["backward()"]
    for_a_reason: list[str] = []
    absent: set[str] = set()
    for form in FORMS:
        reason = why_not(candidate, form, forms)
        if reason is None:
            forms.append(form)
            continue
        operation = form.method.replace("__r", "__")
        if form in (*ARITHMETIC, *LECTURES) and operation not in absent:
            (for_a_reason if reason else missing).append(form.title + reason)
        if not form.number:
            absent.add(operation)
    return forms, missing + for_a_reason


def why_not(candidate: Candidate, form: Form, there: Sequence[Form]) -> str | None:
    """None if the form can be checked, else an explanation that may be empty."""
    if not callable(getattr(candidate.kind, form.method, None)):
        return ""
    optional = form not in ARITHMETIC and form not in LECTURES
    numbers_are_new = form.number and not any(
        f.number == "right" and f.method == form.method.replace("__r", "__") for f in there
    )
    error = first_error(candidate, form)
    if isinstance(error, NotImplementedError) or (isinstance(error, NOT_TAKEN) and (optional or numbers_are_new)):
        return f" ({type(error).__name__}: {error})" if str(error) else ""
    return None


def first_error(candidate: Candidate, form: Form) -> Exception | None:
    try:
        operands = [candidate.leaf(2.0 + k) for k in range(len(form.needs))]
        Watch(LINES)(form.run, *operands)
    except Endless:
        pass
    except Exception as error:
        return error
    return None
