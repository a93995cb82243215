"""Is this gradient right? Backpropagation against differences.

    >>> print(gradcheck(lambda x, y: x**3 * y, 3.0, 2.0))
    gradcheck of the function: 2 of 2 agree (tolerance 1e-06)
    input  backpropagation  differences  relative     step
    x                   54           54   8.6e-12  1.5e-05  ok
    y                   27           27   0.0e+00  1.5e-05  ok

A derivative is the limit of (f(x + h) − f(x − h)) / 2h. Computed, this has an error that shrinks as h² and a rounding
error that grows as ε/h; they balance near h = ∛ε times the scale of x (Nocedal and Wright, Numerical Optimization,
section 8.1). Where backpropagation disagrees, smaller steps are tried, and then the neighbourhood: at a kink the
slopes on the two sides differ however small the step, and next to it everything agrees.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

from micrograd._core.floats import as_float
from micrograd.calculus.calls import one_number
from micrograd.calculus.differences import Slice, backpropagate, scale
from micrograd.calculus.report import GradcheckError, Report, Row
from micrograd.calculus.subjects import Function, Network, Subject


def gradcheck(
    f: Any,
    *xs: Any,
    tolerance: float = 1e-6,
    directional: bool = False,
    raise_on_failure: bool = False,
    rng: Any = random,
) -> Report:
    """Compare the gradient of f at `xs` by `backward()` with central differences, input by input.

    f takes numbers, or lists, tuples, dicts and arrays of them, and returns one number; it is called with Values. For
    a network, `gradcheck(model, loss, (inputs, targets))` checks the gradient of `loss(model(inputs), targets)` with
    respect to every parameter, and `gradcheck(model, loss)` that of `loss(model)`. Afterwards all data and grads are as
    before.

    Each input takes two evaluations; `directional=True` compares one derivative along a random direction instead, which
    takes two evaluations in all and misses a mistake only by an improbable accident.

    The report is true if nothing is wrong. With `raise_on_failure` a wrong gradient raises `GradcheckError`, a
    `ValueError` with the report as its text. Raises `ValueError` if f gives two results at the same point, `TypeError`
    if it does not return one number; an error that f raises at `xs` is passed on.
    """
    subject: Subject = Network(f, *xs) if hasattr(f, "named_parameters") else Function(f, xs)
    with subject:
        rows = tuple(compare(subject, tolerance, directional, rng))
    report = Report(f"gradcheck of {subject.title}", rows, tolerance)
    if raise_on_failure and not report.ok:
        raise GradcheckError(report)
    return report


def compare(subject: Subject, tolerance: float, directional: bool, rng: Any) -> Iterator[Row]:
    """The rows of the report."""
    point = list(subject.point)
    out, gradient = backpropagate(subject, point)
    again, out = as_float(one_number(subject(point), subject.f)), as_float(out)
    if again != out and not (math.isnan(again) and math.isnan(out)):
        raise ValueError(
            f"{subject.title} gave {out!r} and then {again!r} at the same point: "
            "a function that draws random numbers cannot be checked"
        )
    for name, direction in directions(subject, directional, rng):
        slice_ = Slice(subject, point, direction, gradient, tolerance)
        yield Row(name, slice_.analytic, *slice_.judge(out, rng))


def directions(subject: Subject, directional: bool, rng: Any) -> Iterator[tuple[str, dict[int, float]]]:
    """The directions to move in: along each input, or once along all of them."""
    if not directional:
        yield from ((name, {i: 1.0}) for i, name in enumerate(subject.names))
    elif subject.point:
        yield "a random direction", {i: rng.gauss(0.0, 1.0) * scale(x) for i, x in enumerate(subject.point)}
