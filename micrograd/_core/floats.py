"""What happens where a number leaves the graph: `float(v)`, and so `math.sin(v)` and an item of a float array.

The float that comes out has no gradient, and neither has anything computed from it. That is never silent.
"""

from __future__ import annotations

import warnings
from typing import Any

from micrograd._core.adjoints import differentiated
from micrograd._core.modes import paused
from micrograd._core.nodes import Node
from micrograd._core.scalars import of_our_own

WAY_OUT = (
    "write micrograd.sin(v) instead of math.sin(v), a list or an object array instead of an array of floats, "
    "and v.data where only the number is wanted"
)


class GradientLost(UserWarning, TypeError):
    """A Value became a plain float, so that no gradient comes back through it; an error inside `grad` and its kin."""


def leave_graph(v: Any) -> None:
    """Warn that `v` became a float at the line of the caller's caller; an error if it is being differentiated.

    Quiet inside `no_grad`, where nothing has a gradient.
    """
    if paused():
        return
    if differentiated(v):
        refuse()
    name = f"the Value {v.label!r}" if v.label else "a Value"
    warnings.warn(GradientLost(f"{name} became a float here, and its gradient is lost: {WAY_OUT}"), stacklevel=3)


def refuse() -> None:
    """The same for a number that a derivative is being taken of: what it loses would make the derivative wrong."""
    if not paused():
        raise GradientLost(
            f"a number that is being differentiated became a float, and its derivative is lost: {WAY_OUT}"
        )


def plain(x: Any) -> Any:
    """The number of x, which may be a Value or carry derivatives along, to be looked at only; traced ones stay so."""
    return x.data if isinstance(x, Node) or of_our_own(x) else x


def as_float(x: Any) -> float:
    """`plain(x)` as a float; a traced number is refused."""
    return float(plain(x))
