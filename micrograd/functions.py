"""The elementary functions on floats or Values alike, and what is composed of them.

    >>> tanh(0.5), tanh(Value(0.5))
    (0.46211715726000973, Value(data=0.46211715726000973, grad=0.0))

A float gives a float, a Value a Value; anything else that has a method of the function's name is asked for it. Outside
a function's domain both raise the same error.
"""

from __future__ import annotations

import math
import numbers
import operator
import sys
from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add, mul
from typing import Any, Protocol, overload

from micrograd import ops
from micrograd._core.modes import recorded, tracer
from micrograd._core.operators import local, node, number
from micrograd.engine import Value
from micrograd.ops import Floats, Primitive, evaluate


class Elementary(Protocol):
    @overload
    def __call__(self, x: float) -> float: ...
    @overload
    def __call__(self, x: Value) -> Value: ...


def elementary(op: Primitive) -> Elementary:
    method = getattr(Value, op.name)

    def function(x: Any) -> Any:
        if isinstance(x, Value):
            return method(x)
        if hasattr(x, op.name):
            return getattr(x, op.name)()
        return evaluate(op, [number(x)], (), [""])[0]

    function.__name__, function.__doc__ = op.name, op.__doc__
    return function


exp = elementary(ops.exp)
log = elementary(ops.log)
log1p = elementary(ops.log1p)
expm1 = elementary(ops.expm1)
sqrt = elementary(ops.sqrt)
sin = elementary(ops.sin)
cos = elementary(ops.cos)
tan = elementary(ops.tan)
atan = elementary(ops.atan)
tanh = elementary(ops.tanh)
sigmoid = elementary(ops.sigmoid)
softplus = elementary(ops.softplus)
erf = elementary(ops.erf)
relu = elementary(ops.relu)
abs = elementary(ops.abs_)


def max(*values: Any) -> Any:
    """The largest of the arguments, or of one iterable; at a tie the first gets the whole gradient, a nan wins."""
    return _fold(ops.max_, values)


def min(*values: Any) -> Any:
    """The smallest of the arguments, or of one iterable; at a tie the first gets the whole gradient, a nan wins."""
    return _fold(ops.min_, values)


def _fold(op: Primitive, values: tuple) -> Any:
    values = tuple(values[0]) if len(values) == 1 else values
    if not values:
        raise ValueError(f"{op.name} needs at least one value")

    def two(x: Any, y: Any) -> Any:
        if (out := _asked(op, (x, y))) is not NotImplemented:
            return out
        if isinstance(x, Value) or isinstance(y, Value):
            kind = _kind((x, y))
            return getattr(_value(x, kind), op.name)(_value(y, kind))
        return evaluate(op, [number(x), number(y)], (), ["", ""])[0]

    return reduce(two, values)


def _asked(op: Primitive, operands: Sequence[Any]) -> Any:
    """What a kind of number that is neither a Value nor plain makes of `op`; `NotImplemented` where there is none."""
    for x in operands:
        if not isinstance(x, (Value, numbers.Real)) and (method := getattr(type(x), op.name, None)):
            return method(*operands)
    return NotImplemented


# ---- sums in one node

if sys.version_info < (3, 12):
    plain_sum = sum
else:

    def plain_sum(values: Iterable[float], start: float) -> float:
        """Added from left to right, which `sum` no longer does: it compensates for rounding since Python 3.12."""
        return reduce(add, values, start)


def total(values: Iterable[Any]) -> Any:
    """Σ vᵢ as one node, added from left to right; a float if no Value is among them."""
    values = list(values)
    if not all(isinstance(v, Value) for v in values) and (out := _asked(ops.total, values)) is not NotImplemented:
        return out
    if not any(isinstance(v, Value) for v in values):
        return plain_sum(map(number, values), 0.0)
    kind = _kind(values)
    parents = tuple([_value(v, kind) for v in values])
    out, *partials = local(ops.total, parents)
    return node(Value, ops.total, out, parents, tuple(partials), None, ...)


def dot(weights: Sequence[Any], inputs: Sequence[Any], bias: Any = 0.0) -> Any:
    """bias + Σ wᵢ xᵢ as one node, added from left to right; a float if no Value is among them.

    Raises `ValueError` unless there are as many inputs as weights.
    """
    n, parents = len(weights), (*weights, *inputs, bias)
    if len(inputs) != n:
        raise ValueError(f"dot needs as many inputs as weights, got {n} weights and {len(inputs)} inputs")
    try:  # what ops.dot computes, in the fastest way: this one call is a whole neuron
        data = [p._data for p in parents]
        w, x = data[:n], data[n:-1]
        out = plain_sum(map(mul, w, x), data[-1])
    except (AttributeError, TypeError):
        if (asked := _asked(ops.dot, parents)) is not NotImplemented:
            return asked
        if not any(isinstance(p, Value) for p in parents):
            return ops.dot(Floats, *map(number, parents))[0]
        kind = _kind(parents)
        values = [_value(p, kind) for p in parents]
        return dot(values[:n], values[n:-1], values[-1])
    return node(Value, ops.dot, out, parents, (*x, *w, 1.0), None, ...)


# ---- a choice


def pick(values: Sequence[Any], i: Any) -> Any:
    """`values[i]`, for an i that may be an input of a compiled function; of a list of lists, the row i.

    Indices count from 0. Raises `IndexError` where there is no such value.
    """
    if recorded(i):
        return tracer().pick(values, i)
    i = operator.index(i)
    if not 0 <= i < len(values):
        raise IndexError(f"pick has {len(values)} values to choose from, and no number {i}")
    return values[i]


def _kind(operands: Iterable[Any]) -> type[Value]:
    """The class of what is computed: of a trace's numbers such a number, else a Value."""
    found = [x for x in operands if isinstance(x, Value)]
    return type(found[0]) if all(map(recorded, found)) else Value


def _value(x: Any, kind: type[Value]) -> Value:
    return x if isinstance(x, Value) else node(kind, None, number(x), None, None)


# ---- composites: no primitives of their own


def leaky_relu(x: Any, slope: float = 0.01) -> Any:
    """x above 0, slope · x below."""
    return max(0.0, x) + slope * min(x, 0.0)


def elu(x: Any, alpha: float = 1.0) -> Any:
    """x above 0, α (eˣ − 1) below (Clevert, Unterthiner and Hochreiter 2015)."""
    return max(0.0, x) + alpha * expm1(min(x, 0.0))


def silu(x: Any) -> Any:
    """x · σ(x), also called swish (Hendrycks and Gimpel 2016)."""
    return x * sigmoid(x)


def gelu(x: Any) -> Any:
    """x · Φ(x) with the normal distribution's Φ, exact (Hendrycks and Gimpel 2016)."""
    return 0.5 * x * (1.0 + erf(x / math.sqrt(2.0)))


def logsumexp(values: Iterable[Any]) -> Any:
    """ln Σ e^(vᵢ), without overflow: the largest value is subtracted first, as a constant, and added again."""
    values = list(values)
    shift = _largest(values)
    return shift + log(total([exp(v - shift) for v in values]))


def softmax(values: Iterable[Any]) -> list[Any]:
    """e^(vᵢ) / Σ e^(vⱼ), a list, without overflow: the largest value is subtracted first."""
    values = list(values)
    shift = _largest(values)
    weights = [exp(v - shift) for v in values]
    norm = total(weights)
    return [weight / norm for weight in weights]


def _largest(values: list[Any]) -> float:
    """The largest number among the values, which may be shifted by any constant: it has no derivative."""
    largest = max(v.data if isinstance(v, Value) else float(v) for v in values)
    if recorded(largest):
        return (abs(largest) < math.inf).choose(largest, 0.0)
    return largest if math.isfinite(largest) else 0.0
