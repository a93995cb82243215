"""A compiled function run as it is: where no trace covers a call, and to check the first calls."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any

from micrograd._core.adjoints import adjoints
from micrograd._core.arrays import flat_array
from micrograd._core.lending import data_of
from micrograd._core.modes import recording, tracer
from micrograd._core.nodes import number
from micrograd._core.scalars import as_list, describe, is_several
from micrograd.calculus.structures import leaves
from micrograd.compiler.tracing.errors import TraceError, refusal
from micrograd.compiler.tracing.exclusive import exclusively
from micrograd.compiler.tracing.watching import Lent
from micrograd.engine import Value
from micrograd.text.notation import count

TOLERANCE = 1e-9  # relative to the larger of the two: a program adds up a gradient in another order
CALL = "Take micrograd.value_and_grad there, of a function that gets all its numbers as arguments, or call it outside."
FLAT = (
    "theta is a flat sequence of numbers, one for each parameter, got {0}: flatten it; the arguments of a call come "
    "after it"
)
LEAST = 1e-3  # what is smaller than these, times the tolerance, may be left of numbers that cancel


def as_floats(theta: Any) -> Any:
    """The numbers of theta as a flat array of float64, itself if it is one; `TypeError` for what is not a number."""
    if getattr(getattr(theta, "dtype", None), "char", "") == "d" and getattr(theta, "ndim", 1) == 1:
        return theta
    if type(theta) is array and theta.typecode == "d":
        return theta
    numbers = as_list(theta) if is_several(theta) else None
    if numbers is None or any(map(is_several, numbers)):
        raise TypeError(FLAT.format(describe(theta)))
    return array("d", [number(x) for x in numbers])


def check_length(theta: Sequence[float], parameters: int) -> None:
    if len(theta) != parameters:
        raise ValueError(f"theta needs {count(parameters, 'number')}, one for each parameter, got {len(theta)}")


def not_one_value(kind: str, is_number: bool) -> TypeError:
    """The error of a gradient by the parameters of a function that returns something else than one Value."""
    way = (
        "it depends on no parameter. compile(micrograd.value_and_grad(f)) takes the derivatives by the arguments"
        if is_number
        else "micrograd.jacobian takes functions with several results"
    )
    return TypeError(f"value_and_grad takes a function that returns one Value, not {kind}: {way}")


def check_untraced(title: str) -> None:
    """Raises `TraceError` in a trace, which would keep the numbers of the first call."""
    if tracer() is not None:
        raise refusal(f"a traced function called value_and_grad of {title}, which reads numbers that may change", CALL)


def value_and_grad(
    f: Callable[..., Any], args: Any, kwargs: dict[str, Any], parameters: Sequence[Value], theta: Sequence[float]
) -> tuple[float, Any]:
    """What `Compiled.value_and_grad` returns, by backpropagation."""
    check_length(theta, len(parameters))

    def run() -> tuple[float, Any]:
        with recording():
            out = f(*args, **kwargs)
        if not isinstance(out, Value):
            raise not_one_value(describe(out), isinstance(out, (float, int)))
        adjoint = adjoints(out, parameters)
        return data_of(out), flat_array()([adjoint[p] for p in parameters])

    return exclusively(Lent(parameters, theta), run)


# ---- checks


def check_result(title: str, compiled: Any, eager: Callable[[], Any]) -> None:
    """Raises `TraceError` if the result of a compiled function, or a gradient of it, is not what f computes."""
    found = list(leaves(compiled))
    try:
        wanted = list(leaves(eager()))
    except Exception:
        if all(map(finite, found)):
            raise
        return  # where eager mode raises, a program goes on with inf or nan
    scale = max(map(size, found), default=0.0)
    for k, (a, b) in enumerate(zip_longest(found, wanted, fillvalue=...)):
        where = f"result {k}" if len(wanted) > 1 else "the result"
        if not alike(a, b):
            raise difference(title, where, a, b)
        if isinstance(a, Value) and isinstance(b, Value) and a is not b and a.parents:
            check_partials(title, where, a, b, scale)


def check_partials(title: str, where: str, compiled: Value, eager: Value, scale: float) -> None:
    """The same for the derivatives by all parents: each by itself, although one may be computed from another."""
    adjoint = adjoints(eager, compiled.parents, through=False)
    partials = dict.fromkeys(compiled.parents, 0.0)
    for parent, partial in zip(compiled.parents, compiled.partials or (), strict=True):
        partials[parent] += partial
    scale = max(scale, *map(size, partials.values()))
    for parent, x in partials.items():
        if not close(x, adjoint[parent], scale):
            raise difference(title, f"the derivative of {where} by {describe(parent)}", x, adjoint[parent])


def check_gradient(title: str, compiled: tuple[float, Any], eager: tuple[float, Any]) -> None:
    """The same for the pair of a value and its gradient."""
    pairs = [("the value", compiled[0], eager[0])]
    pairs += [(f"partial {k}", *pair) for k, pair in enumerate(zip(compiled[1], eager[1], strict=True))]
    scale = max(size(a) for _, a, _ in pairs)
    for where, a, b in pairs:
        if not close(a, b, scale):
            raise difference(title, where, a, b)


def difference(title: str, where: str, compiled: Any, eager: Any) -> TraceError:
    return TraceError(
        f"{title}: {where} is {describe(compiled)} compiled, but {describe(eager)} when the function runs as it is. "
        "It reads something that changes and cannot be watched: pass that in as an argument."
    )


def alike(a: Any, b: Any) -> bool:
    if isinstance(a, Value) or isinstance(b, Value):
        return isinstance(a, Value) and isinstance(b, Value) and close(data_of(a), data_of(b))
    if isinstance(a, float) or isinstance(b, float):
        return isinstance(a, (int, float)) and isinstance(b, (int, float)) and close(a, b)
    return type(a) is type(b) and (a is b or not isinstance(a, (int, str, bytes)) or a == b)


def close(a: float, b: float, scale: float = 0.0) -> bool:
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) <= TOLERANCE * max(abs(a), abs(b), scale, LEAST)
    return a == b or (a != a and b != b)


def size(x: Any) -> float:
    """The magnitude of a finite number; 0 for anything else."""
    number = data_of(x) if isinstance(x, Value) else x
    return abs(number) if isinstance(number, (int, float)) and math.isfinite(number) else 0.0


def finite(x: Any) -> bool:
    return not isinstance(x, (Value, float)) or math.isfinite(data_of(x) if isinstance(x, Value) else x)
