"""A learner's own work, ready to be checked: a class or a backward function, and the operations that it has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.engine import Value
from micrograd.teaching.check.enumeration import Case
from micrograd.teaching.check.trials import BASIC, Form, all_forms
from micrograd.teaching.check.watch import LINES, Endless, Watch

MEANS_MISSING = (TypeError, AttributeError, AssertionError, NotImplementedError)


@dataclass(frozen=True)
class Candidate:
    """How the learner's work makes a leaf, and how it goes backward from a result; `call` is the latter as Python.

    Without `backward` only the values of expressions are checked; with `only_backward` the class is ours.
    """

    title: str
    kind: type
    leaf: Callable[[float], Any]
    backward: Callable[[Any], Any] | None
    call: str
    only_backward: bool = False

    def call_on(self, root: str) -> str:
        return self.call.format(root)

    def line(self, case: Case, *further: str) -> str:
        """The case as a line of Python, followed by `further` statements."""
        names = case.trial.leaf_names
        values = ", ".join(f"{self.kind.__name__}({x})" for x in case.numbers)
        return "; ".join([f"{', '.join(names)} = {values}", *case.trial.statements, *further])


def value_class(kind: type) -> Candidate:
    backward = getattr(kind, "backward", None)
    return Candidate(kind.__name__, kind, kind, backward and (lambda root: root.backward()), "{}.backward()")


def backward_function(function: Callable[[Any], Any]) -> Candidate:
    name = getattr(function, "__name__", "backward")
    call = "backward({})" if name == "<lambda>" else f"{name}({{}})"
    return Candidate(call[:-4], Value, Value, function, call, True)


# ---- which operations exist


def available(candidate: Candidate) -> tuple[list[Form], list[str]]:
    """The forms that can be checked, and those of the original and its lectures that are missing, with the reason.

    An operation is missing if its method is missing; next to a number, also if the method does not take numbers.
    """
    forms: list[Form] = []
    missing = [] if candidate.backward else ["backward()"]
    for_a_reason: list[str] = []
    absent: set[str] = set()
    for form in all_forms():
        reason = why_not(candidate, form, forms)
        if reason is None:
            forms.append(form)
            continue
        operation = form.method.replace("__r", "__")
        if form in BASIC and operation not in absent:
            (for_a_reason if reason else missing).append(form.title + reason)
        if not form.number:
            absent.add(operation)
    return forms, missing + for_a_reason


def why_not(candidate: Candidate, form: Form, there: Sequence[Form]) -> str | None:
    """None if the form can be checked, else an explanation that may be empty."""
    if not callable(getattr(candidate.kind, form.method, None)):
        return ""
    optional = form not in BASIC
    numbers_are_new = form.number and not any(
        f.number == "right" and f.method == form.method.replace("__r", "__") for f in there
    )
    error = first_error(candidate, form)
    if isinstance(error, NotImplementedError) or (isinstance(error, MEANS_MISSING) and (optional or numbers_are_new)):
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
