"""How a derivative passes a gate (relu, max, where): entirely, or not at all.

Where a gate is shut, exactly 0 passes: in reverse mode whatever arrives from above, in forward mode whatever comes
after, inf and nan too, so that √relu(x) has the derivative 0 at −1. Outside a trace the rule of a primitive says so,
with `SHUT` as the local derivative. In a trace the choice is recorded: only the compiled program will know.
"""

from __future__ import annotations

from typing import Any

from micrograd._core.modes import recorded
from micrograd.calculus.numeric_kinds import times
from micrograd.functions import where
from micrograd.ops import SHUT, Primitive


class Gated:
    """A tangent of a traced function behind a gate: `tangent` where it is `opened`, else 0 that stays 0."""

    __slots__ = ("tangent", "opened")

    def __init__(self, tangent: Any, opened: Any):
        self.tangent, self.opened = tangent, opened


def pass_back(op: Primitive, partial: Any, upstream: Any) -> Any:
    """partial · upstream, for reverse mode; None if nothing passes."""
    if partial is SHUT:
        return None
    amount = times(partial, upstream)
    return where(partial, amount, 0.0) if op.gate and recorded(partial) else amount


def pass_on(op: Primitive, partial: Any, tangent: Any) -> Any:
    """partial · tangent, for forward mode; None if nothing passes."""
    if partial is SHUT or tangent is None:
        return None
    opened = tangent.opened if isinstance(tangent, Gated) else None
    amount = times(partial, reveal(tangent))
    if opened is not None:
        amount = where(opened, amount, 0.0)
    if op.gate and recorded(partial):
        own = partial != 0.0
        amount, opened = where(own, amount, 0.0), own if opened is None else own & opened
    return amount if opened is None else Gated(amount, opened)


def plus(a: Any, b: Any) -> Any:
    """The sum of two coefficients, each None if it is always 0."""
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, Gated) and isinstance(b, Gated):
        return Gated(a.tangent + b.tangent, a.opened | b.opened)
    return reveal(a) + reveal(b)


def reveal(coefficient: Any) -> Any:
    """A coefficient as a number, without its gate."""
    return coefficient.tangent if isinstance(coefficient, Gated) else coefficient
