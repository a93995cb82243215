"""Arithmetic among the numbers of user code, which are of several kinds: floats, ints, bools, scalars of NumPy.

A program computes in float64. That is exact for integers up to 2⁵³, and for results of float32 it is not what NumPy
gives: what a program would round otherwise is checked at each call, or refused.
"""

from __future__ import annotations

import operator
import sys
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from micrograd import ops
from micrograd.compiler.tracing.errors import refusal
from micrograd.ops import Floats, Primitive, quietly

LARGEST = 2.0**53  # up to here every integer is a float
SMALL = 2.0**20  # arguments of more than this are told apart from others

PYTHON: dict[Primitive, Callable[..., Any]] = {
    ops.add: operator.add,
    ops.sub: operator.sub,
    ops.mul: operator.mul,
    ops.div: operator.truediv,
    ops.neg: operator.neg,
    ops.mod: operator.mod,
    ops.floordiv: operator.floordiv,
    ops.abs_: operator.abs,
    ops.power: operator.pow,
}
SIZES: dict[Primitive, Callable[..., float]] = {  # of an integer result, from those of the operands
    ops.add: operator.add,
    ops.sub: operator.add,
    ops.mul: operator.mul,
    ops.neg: operator.pos,
    ops.mod: lambda x, y: y,
    ops.floordiv: lambda x, y: x,
    ops.abs_: operator.pos,
}
WHOLE = frozenset([ops.mod, ops.floordiv])  # recorded for integers only
BEYOND = "which a program cannot compute exactly"
TOO_LARGE = "Pass it in as a float, or as an argument of its own, which is a constant of the program."
CONVERT = "float(x), or x.astype(float) for an array, computes in full precision."


def is_integer(x: Any) -> bool:
    """Whether x is an integer of Python's or of NumPy's; bools count as such."""
    return isinstance(x, int) or getattr(getattr(x, "dtype", None), "kind", "") in ("i", "u")


def is_narrow(x: Any) -> bool:
    """Whether x is a float of NumPy's of another size than a Python float."""
    return type(x) is not float and getattr(getattr(x, "dtype", None), "kind", "") == "f" and x.dtype.itemsize != 8


def limits(kind: type[Any]) -> tuple[float, float]:
    """Between these two, neither included, lie the integers of a kind that a program computes exactly."""
    if not hasattr(kind, "dtype"):
        return -LARGEST, LARGEST
    found = sys.modules["numpy"].iinfo(kind)
    return max(float(found.min) - 1.0, -LARGEST), min(float(found.max) + 1.0, LARGEST)


def on_floats(op: Primitive, operands: Sequence[float], constants: tuple[Any, ...] = ()) -> float:
    """The result as a program computes it: inf or nan where floats have none."""
    try:
        return float(op.run(Floats, *operands, *constants)[0])
    except (ArithmeticError, ValueError):
        return float(quietly(op, list(operands), constants)[0])


def as_user_code(op: Primitive, operands: Sequence[Any], constants: tuple[Any, ...]) -> Any:
    """The result as user code computes it, of the kind that it gets; raises what it raises for integers."""
    x = on_floats(op, [float(z) for z in operands], constants)
    kinds = set(map(type, operands))
    if op not in PYTHON or kinds == {float}:
        return x
    double = getattr(sys.modules.get("numpy"), "float64", float)
    if kinds <= {float, double}:
        return double(x)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            out = PYTHON[op](*operands, *constants)
    except ZeroDivisionError:
        if op is ops.div:
            return x
        raise
    if isinstance(out, complex):
        return x
    if is_narrow(out) and op not in (ops.neg, ops.abs_):
        raise refusal(f"NumPy computes in {out.dtype} here, a program in float64", CONVERT)
    if getattr(getattr(out, "dtype", None), "kind", "") == "b":
        raise refusal("NumPy takes the sum and the product of truth values as 'or' and 'and'", "Write int(x).")
    if is_integer(out) and float(out) != x:
        raise refusal(f"a whole number becomes {out}, {BEYOND}", TOO_LARGE)
    if not isinstance(out, float) and not is_integer(out) and not is_narrow(out):
        raise refusal(
            f"arithmetic with a {type(out).__name__} is not that of a program, which computes in float64", CONVERT
        )
    return out


def compares(how: Callable[[Any, Any], bool], x: Any, y: Any) -> Any:
    """The outcome of a comparison as user code gets it: a bool of Python's or of NumPy's."""
    narrow = [z for z in (x, y) if is_narrow(z)]
    if len(narrow) == 1 and any(type(z) is float for z in (x, y)):  # NumPy rounds the other one first
        raise refusal(f"NumPy compares in {narrow[0].dtype} here, a program in float64", CONVERT)
    return how(x, y)


def bound(op: Primitive, sizes: Sequence[float], constants: tuple[Any, ...]) -> float:
    """How large an integer result may be at most."""
    try:
        if op is ops.power:
            return float(max(sizes[0], 1.0) ** abs(constants[0]))
        return SIZES[op](*sizes)
    except (KeyError, OverflowError):
        return float("inf")
