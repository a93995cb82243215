"""The elementary functions that the table of primitives declares; editors read them in elementary.pyi."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from micrograd._core.methods import Methods
from micrograd._core.nodes import Node, join, node, number
from micrograd._core.scalars import of_our_own, real_of
from micrograd.ops import PRIMITIVES, Primitive, evaluate


def elementary(op: Primitive) -> Callable[..., Any]:
    """The function that applies `op` to operands of any kinds."""
    method = getattr(Methods, op.name)

    def unary(x: Any) -> Any:
        return method(x) if isinstance(x, Node) else apply(op, (x,))

    def binary(x: Any, y: Any) -> Any:
        return method(x, y) if isinstance(x, Node) and isinstance(y, (Node, float)) else apply(op, (x, y))

    def several(*operands: Any) -> Any:
        return apply(op, operands)

    function = {1: unary, 2: binary}.get(len(op.operands), several)
    function.__name__ = function.__qualname__ = op.name
    function.__doc__ = op.__doc__
    return function


def apply(op: Primitive, operands: Sequence[Any]) -> Any:
    """`op` applied to operands of any kinds: a float for floats, a Value as soon as one of them is one."""
    if (found := delegate(op, operands)) is not NotImplemented:
        return found
    values = [x for x in operands if isinstance(x, Node)]
    if not values:
        return evaluate(op, [number(x, op.name) for x in operands], (), [""] * len(operands))[0]
    kind = type(values[0])
    return join(kind, op, [as_value(x, kind, op.name) for x in operands])


def delegate(op: Primitive, operands: Sequence[Any]) -> Any:
    """Leave `op` to an operand of some other kind of number; `NotImplemented` if none of them knows it."""
    for x in operands:
        if type(x) is float or isinstance(x, Node):
            continue
        if of_our_own(x):
            return type(x)._apply(op, operands)
        if isinstance(x, numbers.Real):
            continue
        method = getattr(type(x), op.name, None)
        if method is not None and not hasattr(x, "dtype") and real_of(x) is None:
            return method(*operands)
    return NotImplemented


def as_value(x: Any, kind: type[Any], taker: str = "") -> Any:
    return x if isinstance(x, Node) else node(kind, None, number(x, taker), None, None)


FOLDS = ("max", "min")  # they take any number of values, and are in `functions`

__all__ = [op.name for op in PRIMITIVES.values() if op.name in op.methods and op.name not in FOLDS]
globals().update((name, elementary(PRIMITIVES[name])) for name in __all__)
