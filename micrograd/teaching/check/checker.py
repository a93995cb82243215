"""`check`: a learner's own work against the engine, on expressions from the smallest up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from micrograd.calculus.calls import name_of
from micrograd.engine import Value
from micrograd.teaching.check.attempts import Trouble, attempt
from micrograd.teaching.check.beyond_one_pass import deep, several
from micrograd.teaching.check.candidates import Candidate, available, backward_function, value_class
from micrograd.teaching.check.derivatives import check_derivative
from micrograd.teaching.check.describe import Outcome, agree, describe_trouble, describe_wrong
from micrograd.teaching.check.enumeration import Case, cases
from micrograd.teaching.check.report import Diagnosis, Finding
from micrograd.teaching.check.trials import PRODUCTS, SUMS, Form
from micrograd.teaching.check.watch import LINES, Endless, Watch

MORE_CASES = 200  # further expressions to try, besides every one built from +, × and the failing operations
MOST_STEPS = 3  # in a further expression: larger graphs have more orders than `wrong_passes` tries


def check(candidate: Any, derivative: Any = None, *, tolerance: float = 1e-6) -> Diagnosis:
    """Is this work right? The answer shows the smallest expression on which it is not.

    check(MyValue)         a class with `.data`, `.grad`, `.backward()` and operators, made by `MyValue(3.0)`; only the
                           operations that it has are checked, and without `backward` only the values
    check(backward)        a function that takes the result of an expression of `micrograd.Value`s and sets the grads
                           below it, by `_prev` and `_backward()` or by `parents` and `partials`
    check(fn, derivative)  a function of numbers and its derivative; with several arguments the derivative returns one
                           number for each, or `derivative` is a list of as many functions

    The answer is true if no difference was found. It names the mistake if only one explains everything seen, and
    gives a line of Python that shows the difference again. An exception of the candidate is part of the answer, and so
    is code that never ends. The same expressions are tried each time.

    Raises `TypeError` for anything else.
    """
    if derivative is not None:
        return check_derivative(candidate, derivative, tolerance)
    if isinstance(candidate, type):
        return check_backward(value_class(candidate), tolerance)
    if isinstance(candidate, Value) or not callable(candidate):
        kind = type(candidate).__name__
        hint = f"; to check the class, write check({kind})" if hasattr(candidate, "grad") else ""
        raise TypeError(
            "check takes a Value class, a backward function, or a function and its derivative: "
            f"got {kind} {candidate!r}{hint}"
        )
    if is_no_backward(candidate):
        raise TypeError(
            "check(fn) takes a backward function, which sets the grads below the Value it is given; "
            f"{name_of(candidate)} gives a result and sets none. "
            "For a function and its derivative: check(fn, derivative)"
        )
    return check_backward(backward_function(candidate), tolerance)


def check_backward(candidate: Candidate, tolerance: float) -> Diagnosis:
    forms, missing = available(candidate)
    tried: list[Outcome] = []
    found: list[Finding] = []
    stream, count = cases(forms), 0
    for case in stream:
        count += 1
        outcome = attempt(candidate, case, tolerance)
        if isinstance(outcome, Trouble):
            found = [describe_trouble(candidate, case, outcome)]
            break
        if candidate.backward:
            tried.append((case, outcome))
            if not agree(outcome, case.right, tolerance):
                later = list(further(candidate, forms, stream, tried, tolerance))
                found = [describe_wrong(candidate, tried, later, tolerance)]
                count += len(later)
                break
    if not found and candidate.backward:
        found = [finding for finding in (several(candidate, forms, tolerance), *deep(candidate, forms)) if finding]
    return Diagnosis(
        candidate.title,
        count,
        tuple(finding for finding in found if finding.sort != "limit"),
        () if candidate.only_backward else tuple(form.title for form in forms),
        tuple(missing),
        tuple(finding for finding in found if finding.sort == "limit"),
        "expressions" if candidate.backward else "expressions, in their values alone",
    )


def is_no_backward(function: Any) -> bool:
    """Whether the function returns a result for a Value and leaves the grads below unchanged."""
    a = Value(3.0)
    try:
        return Watch(LINES)(function, a * a) is not None and a.grad == 0.0
    except (Exception, Endless):
        return False


def further(
    candidate: Candidate, forms: Sequence[Form], stream: Iterator[Case], tried: Sequence[Outcome], tolerance: float
) -> Iterator[Outcome]:
    """The outcomes of more expressions, to tell mistakes apart."""
    done = {case for case, _ in tried}
    concerned = {step.form for step in tried[-1][0].trial.steps} | {SUMS[0], PRODUCTS[0]}
    core = cases([form for form in forms if form in concerned])
    for case in (*islice(stream, MORE_CASES), *core):
        if case not in done and len(case.trial.steps) <= MOST_STEPS:
            done.add(case)
            outcome = attempt(candidate, case, tolerance)
            if not isinstance(outcome, Trouble):
                yield case, outcome
