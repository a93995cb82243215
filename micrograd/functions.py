"""The functions of the front door: on floats, on Values and on any other kind of number alike.

    >>> sqrt(9.0), sqrt(Value(9.0))
    (3.0, Value(data=3.0, grad=0.0))

A float gives a float, a Value a Value; for anything else, the method of the function's name is called. Outside a
function's domain both raise the same error. The elementary functions come from the table in `ops` (editors read them
in `elementary.pyi`); this file has those that take any number of operands, and compositions of others.
"""

from __future__ import annotations

import builtins
import math
import operator
import sys
from collections.abc import Callable, Iterable, Sequence
from functools import reduce, wraps
from numbers import Real
from operator import add, mul
from typing import Any, TypeVar, cast, overload

from micrograd import ops
from micrograd._core import elementary
from micrograd._core.elementary import *  # noqa: F403
from micrograd._core.elementary import apply, as_value, exp, expm1, log1p, silu
from micrograd._core.floats import plain
from micrograd._core.methods import Methods
from micrograd._core.modes import recorded, tracer
from micrograd._core.native import extension
from micrograd._core.nodes import add_methods, method, node, number, read
from micrograd._core.scalars import of_our_own
from micrograd.engine import Value

__all__ = ["dot", "elu", "isnan", "leaky_relu", "log_softmax", "logsumexp", "max", "mean", "min", "norm", "pick"]
__all__ += ["primitive", "prod", "selu", "softmax", "square", "std", "swish", "total", "var", "where"]
__all__ += elementary.__all__


N = TypeVar("N", float, Value)
T = TypeVar("T")
V = TypeVar("V", bound=Value)


def primitive(
    sign: str,
    symbol: str = "",
    domain: str = "",
    *,
    floats: Callable[..., float] | None = None,
    numpy: str = "",
    text: str = "",
    latex: str = "",
    kink: bool = False,
    gate: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an operation of your own: a rule for its result and its local derivatives becomes a function.

        @primitive("cube", latex=r"\\operatorname{cube}")
        def cube(m, x):
            return x**3, 3.0 * x**2            # the result, then ∂out/∂operand for each operand

        cube(2.0), cube(Value(2.0)), Value(2.0).cube()

    The rule runs on numbers of every kind: floats, Values, dual numbers, symbols, compiled programs. Write it with
    `+ - * / **`, `abs`, comparisons, `m.where(condition, a, b)` and the elementary functions of m: `m.exp(x)`. So the
    operation has derivatives of any order, is compiled, drawn, stepped through and explained like those of the table
    in `ops`. For any other function, pass its version for floats, `floats=math.lgamma`, and call `m.lgamma(x)` in the
    rule. `sign` is what `_op` shows; `symbol`, `text` and `latex` how it is written (`ops.Primitive` lists the rest).
    With `gate=True` a local derivative of 0 lets nothing pass: exactly 0, even if inf or nan arrives from above.

    Raises `ValueError` if the package already uses the name.
    """

    def declare(rule: Callable[..., Any]) -> Callable[..., Any]:
        name = rule.__name__.rstrip("_")
        before = ops.PRIMITIVES.get(name)
        taken = hasattr(Value, name) or name == "pow"  # m.pow is what a power calls
        if before.run.__module__.startswith("micrograd.") if before else taken:
            raise ValueError(f"a Value has a {name!r} already: call the operation something else")
        names = {"floats": floats, "numpy": numpy, "text": text, "latex": latex, "kink": kink, "gate": gate}
        op = ops.primitive(sign, symbol, domain, **names)(with_check(rule, gate))
        add_methods(Methods, op, method(op))
        return elementary.elementary(op)

    return declare


def with_check(rule: Callable[..., Any], gate: bool = False) -> Callable[..., Any]:
    """The rule, with a `TypeError` unless it returns the result and a derivative for each operand.

    A derivative of 0 of a gate becomes `SHUT`.
    """

    @wraps(rule)
    def run(m: Any, *operands: Any) -> Any:
        out = rule(m, *operands)
        if not isinstance(out, tuple) or len(out) != 1 + len(operands):
            found = f"{len(out)} numbers" if isinstance(out, tuple) else "one"
            raise TypeError(
                f"the rule of {rule.__name__!r} must return the result and a local derivative for each operand, "
                f"{1 + len(operands)} numbers: it returned {found}"
            )
        return (out[0], *map(shut, out[1:])) if gate else out

    return run


def shut(partial: Any) -> Any:
    """`SHUT` for a partial of 0."""
    return ops.SHUT if isinstance(partial, float) and partial == 0.0 else partial


# ---- any number of operands


@overload
def max(*values: float) -> float: ...  # type: ignore[overload-overlap]
@overload
def max(*values: V | float) -> V: ...
@overload
def max(values: Iterable[float], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def max(values: Iterable[V | float], /) -> V: ...
def max(*values: Any) -> Any:
    """The largest of the arguments, or of one iterable; at a tie the first gets the whole gradient, a nan wins."""
    return _fold(_larger, values)


@overload
def min(*values: float) -> float: ...  # type: ignore[overload-overlap]
@overload
def min(*values: V | float) -> V: ...
@overload
def min(values: Iterable[float], /) -> float: ...  # type: ignore[overload-overlap]
@overload
def min(values: Iterable[V | float], /) -> V: ...
def min(*values: Any) -> Any:
    """The smallest of the arguments, or of one iterable; at a tie the first gets the whole gradient, a nan wins."""
    return _fold(_smaller, values)


_larger, _smaller = elementary.elementary(ops.max_), elementary.elementary(ops.min_)


def _fold(choose: Callable[[Any, Any], Any], values: tuple[Any, ...]) -> Any:
    return reduce(choose, _at_least_one(values[0] if len(values) == 1 else values, choose.__name__))


# ---- sums in one node

if sys.version_info < (3, 12):
    plain_sum = sum
else:

    def plain_sum(values: Iterable[float], start: float) -> float:
        """The sum from left to right; since Python 3.12, `sum` compensates for rounding instead."""
        return reduce(add, values, start)


def total(values: Iterable[N]) -> N:
    """Σ vᵢ as one node, added from left to right; a float if no Value is among them."""
    out: Any
    parents: Any = values if type(values) is list else tuple(values)
    if extension is not None and (out := extension.total(parents)) is not None:
        return cast(N, out)
    parents = tuple(parents)
    try:
        data = read(parents)
    except AttributeError:
        data = []
    if data:  # what ops.total computes, in the fastest way
        out = node(type(parents[0]), ops.total, plain_sum(data, 0.0), parents, (1.0,) * len(parents), None, ...)
    else:
        out = apply(ops.total, parents)
    return cast(N, out)


@overload
def dot(weights: Sequence[float], inputs: Sequence[float], bias: float = 0.0) -> float: ...
@overload
def dot(weights: Sequence[V], inputs: Sequence[V | float], bias: V | float = 0.0) -> V: ...
@overload
def dot(weights: Sequence[float], inputs: Sequence[V], bias: V | float = 0.0) -> V: ...
def dot(weights: Sequence[Any], inputs: Sequence[Any], bias: Any = 0.0) -> Any:
    """bias + Σ wᵢ xᵢ as one node, added from left to right; a float if no Value is among them.

    Raises `ValueError` unless there are as many inputs as weights.
    """
    if extension is not None and (out := extension.dot(weights, inputs, bias)) is not None:
        return out
    n, parents = len(weights), (*weights, *inputs, bias)
    if len(inputs) != n:
        raise ValueError(f"dot needs as many inputs as weights, got {len(inputs)} for {n}")
    try:  # what ops.dot computes, in the fastest way: this one call is a whole neuron
        data = read(parents)
    except AttributeError:
        values = [v for v in parents[:1] if isinstance(v, Value)]
        if values and type(bias) is float:
            return dot(weights, inputs, as_value(bias, type(values[0])))
        return apply(ops.dot, parents)
    w, x = data[:n], data[n:-1]
    out = plain_sum(map(mul, w, x), data[-1])
    return node(type(parents[0]), ops.dot, out, parents, (*x, *w, 1.0), None, ...)


def norm(values: Iterable[N]) -> N:
    """√Σ vᵢ² as one node, without overflow or underflow; at the origin its derivatives are 0, as those of |x|.

    Raises `ValueError` for no values.
    """
    out: N = apply(ops.norm, _at_least_one(values, "norm"))
    return out


def _at_least_one(values: Iterable[Any], name: str) -> list[Any]:
    operands = _operands(values, name)
    if not operands:
        raise ValueError(f"{name} needs at least one value")
    return operands


ORDINARY = frozenset([float, int, Value])


def _operands(values: Iterable[Any], name: str) -> list[Any]:
    """The values as a list, scalars of other libraries as floats: their arithmetic is not that of floats."""
    operands = list(values)
    if ORDINARY.issuperset(map(type, operands)):
        return operands
    return [x if of_our_own(x) else number(x, name) for x in operands]


# ---- a choice


@overload
def where(condition: Any, a: float, b: float) -> float: ...
@overload
def where(condition: Any, a: V, b: V | float) -> V: ...
@overload
def where(condition: Any, a: float, b: V) -> V: ...
def where(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds, else b, as one node: the gradient goes to the one that was chosen.

    In a compiled function the choice is made at each call, without another trace.
    """
    condition = as_data(condition)
    if not recorded(condition):
        condition = 1.0 if condition else 0.0
    elif not hasattr(condition, "choose"):
        condition = condition != 0.0
    return apply(ops.where, (condition, a, b))


def either(condition: Any, a: Any, b: Any) -> Any:
    """a where the condition holds, else b itself: a node is made only in a compiled function, as by `where`."""
    if condition is True or condition is False or not recorded(condition):
        return a if condition else b
    return where(condition, a, b)


def isnan(x: Any) -> bool:
    """Whether x is nan, as a plain bool."""
    data = as_data(x)
    different: bool = data != data
    return different


def as_data(x: Any) -> Any:
    """The number of x: a traced number during a trace, else a plain one; the base of one that carries derivatives."""
    x = plain(x)
    return x if type(x) is float or recorded(x) or isinstance(x, Real) else number(x)


def pick(values: Sequence[T], i: Any) -> T:
    """`values[i]`, where i may be an input of a compiled function; for a list of lists, row i.

    Indices count from 0. Raises `IndexError` if there is no such value.
    """
    if recorded(i):
        chosen: T = tracer().pick(values, i)
        return chosen
    k = operator.index(i)
    if not 0 <= k < len(values):
        raise IndexError(f"pick takes an index from 0 to {len(values) - 1}, got {k}")
    return values[k]


# ---- composites: no primitives of their own


def leaky_relu(x: N, slope: float = 0.01) -> N:
    """x above 0, slope · x below."""
    return max(0.0, x) + slope * min(x, 0.0)


def elu(x: N, alpha: float = 1.0) -> N:
    """x above 0, α (eˣ − 1) below (Clevert, Unterthiner and Hochreiter 2015)."""
    return max(0.0, x) + alpha * expm1(min(x, 0.0))


def selu(x: N) -> N:
    """λ · elu(x, α), with the λ and α for which activations keep mean 0 and variance 1 (Klambauer et al. 2017)."""
    return 1.0507009873554804934193349852946 * elu(x, 1.6732632423543772848170429916717)


def swish(x: N) -> N:
    """x · σ(x), the other name of `silu` (Ramachandran, Zoph and Le 2017)."""
    return silu(x)


def square(x: N) -> N:
    """x²."""
    return x * x


COMPOSITES = (leaky_relu, elu, selu, swish, square)
for _composite in COMPOSITES:
    setattr(Value, _composite.__name__, _composite)


# ---- of a list


def prod(values: Iterable[N]) -> N:
    """The product of the values, from left to right; 1 for none."""
    factors = _operands(values, "prod") or [1.0]
    product: N = reduce(mul, factors)
    return product


def mean(values: Iterable[N]) -> N:
    """Σ vᵢ / n. Raises `ValueError` for no values."""
    values = _at_least_one(values, "mean")
    average: N = total(values) / len(values)
    return average


def var(values: Iterable[N], ddof: int = 0) -> N:
    """The variance Σ (vᵢ − mean)² / (n − ddof): of a population by default, of a sample with ddof=1.

    Raises `ValueError` unless there are more than `ddof` values.
    """
    operands = _operands(values, "var")
    middle, weight = _mean_and_weight(operands, ddof, "var")
    out: N = total([square(v - middle) for v in operands]) / weight
    return out


def std(values: Iterable[N], ddof: int = 0) -> N:
    """The standard deviation, √`var`, also where the squares would overflow or vanish.

    Where all values are equal its derivatives are 0, like that of |x| at 0. Raises what `var` raises.
    """
    operands = _operands(values, "std")
    middle, weight = _mean_and_weight(operands, ddof, "std")
    out: N = norm([v - middle for v in operands]) / math.sqrt(weight)
    return out


def _mean_and_weight(values: Sequence[N], ddof: int, name: str) -> tuple[N, int]:
    if len(values) <= ddof:
        raise ValueError(f"{name} needs more than {ddof} values, got {len(values)}")
    return mean(values), len(values) - ddof


def logsumexp(values: Iterable[N]) -> N:
    """ln Σ e^(vᵢ) as one node, without overflow: v + ln(1 + Σ e^(vᵢ − v)) with the largest value v, summing the others.

    Raises `ValueError` for no values.
    """
    out: N = apply(ops.logsumexp, _at_least_one(values, "logsumexp"))
    return out


def softmax(values: Iterable[N]) -> list[N]:
    """e^(vᵢ) / Σ e^(vⱼ), a list, without overflow: the largest value is subtracted first.

    One infinite value has the share 1, as in the limit; two have nan. Raises `ValueError` for no values.
    """
    _, _, weights, rest = from_largest(values, "softmax")
    whole = 1.0 + rest
    return [weight / whole for weight in weights]


def log_softmax(values: Iterable[N]) -> list[N]:
    """ln softmax, a list: vᵢ − ln Σ e^(vⱼ), exact also where softmax is nearly 1 or underflows to 0.

    Raises `ValueError` for no values.
    """
    _, differences, _, rest = from_largest(values, "log_softmax")
    whole = log1p(rest)
    return [difference - whole for difference in differences]


def from_largest(values: Iterable[Any], name: str) -> tuple[Any, list[Any], list[Any], Any]:
    """The largest value v, the differences vᵢ − v, the weights e^(vᵢ − v), and the sum of the others' weights.

    v itself has the constants 0 and 1: so small weights are added up on their own, not lost beside its 1, and the
    derivative by v is minus a sum of them, not the difference of two numbers close to 1.
    """
    values = _at_least_one(values, name)
    place = _place_of_largest([as_data(v) for v in values])
    if recorded(place):  # in a compiled function it is another one at each call
        own = [place == k for k in range(len(values))]
        largest = total([where(it, v, 0.0) for it, v in zip(own, values, strict=True)])
        differences = [where(it, 0.0, v - largest) for it, v in zip(own, values, strict=True)]
        weights = [exp(d) for d in differences]
        others = [where(it, 0.0, weight) for it, weight in zip(own, weights, strict=True)]
    else:
        largest = values[place]
        differences = [0.0 if k == place else v - largest for k, v in enumerate(values)]
        weights = [1.0 if k == place else exp(d) for k, d in enumerate(differences)]
        others = [*weights[:place], *weights[place + 1 :]]
    rest = total(others) if others else 0.0 * largest  # a Value, if that is one
    return largest, differences, weights, rest


def _place_of_largest(numbers: Sequence[Any]) -> Any:
    """The index of the first largest number: of floats at once, in a compiled function as a number of each call."""
    if all([type(x) is float for x in numbers]):
        return numbers.index(builtins.max(numbers))
    largest, place = numbers[0], 0
    for k, x in enumerate(numbers[1:], 1):
        larger = x > largest
        largest, place = either(larger, x, largest), either(larger, k, place)
    return place
