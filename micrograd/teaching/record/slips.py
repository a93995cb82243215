"""The usual mistakes of an update, each with the new value that it leads to and what to do instead."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from micrograd.teaching.record.freezing import freeze
from micrograd.teaching.record.updates import Move, Update

Wrong = Callable[[Update, Move], "float | None"]


class Slip(NamedTuple):
    """One thing done wrong in an update: `wrong` is the new value then, or None where it does not apply."""

    name: str
    advice: str
    wrong: Wrong


def _other_rate(power: int) -> Wrong:
    """The change with the rate to another power: 0 forgets it, −1 divides by it."""

    def wrong(update: Update, move: Move) -> float | None:
        return move.before + move.change * update.rate ** (power - 1) if update.rate else None

    return wrong


def _only(which: int) -> Wrong:
    """The grad is one of several contributions."""

    def wrong(update: Update, move: Move) -> float | None:
        return move.rule.move(move.before, move.arrived[which].amount) if len(move.arrived) > 1 else None

    return wrong


def _one_after_another(update: Update, move: Move) -> float | None:
    """The grad at the new values of those parameters that come before this one."""
    place = update.moves.index(move)
    if not place:
        return None
    root, twins = freeze(update.root)
    for other in update.moves[:place]:
        twins[id(other.parameter)].data = other.after
    try:
        root.refresh()
    except (ArithmeticError, ValueError, TypeError):
        return None
    root.zero_grad()
    root.backward()
    return move.rule.move(move.before, twins[id(move.parameter)].grad)


SLIPS = (
    Slip(
        "sign: + instead of −",
        "the grad points uphill, and the update goes downhill: subtract rate × grad",
        lambda update, move: move.before - move.change,
    ),
    Slip("rate forgotten", "the grad is multiplied by the rate before it is subtracted", _other_rate(0)),
    Slip("divided by the rate", "the grad is multiplied by the rate, not divided by it", _other_rate(-1)),
    Slip(
        "the change, not the new value",
        "that is how far the parameter moves; add it to the old value",
        lambda update, move: move.change,
    ),
    Slip(
        "the grad, not the new value",
        "the new value is the old one minus rate × grad",
        lambda update, move: move.grad,
    ),
    Slip(
        "only the first contribution",
        "the grad is the sum of all contributions that arrive at the parameter",
        _only(0),
    ),
    Slip(
        "only the last contribution",
        "the grad is the sum of all contributions that arrive at the parameter: += and not =",
        _only(-1),
    ),
    Slip(
        "others already updated",
        "all parameters move at once: every grad belongs to the old values of all of them",
        _one_after_another,
    ),
    Slip(
        "zero_grad forgotten",
        "set the grads to 0 before each backward pass, or those of the update before are added",
        lambda update, move: None if update.added else move.rule.move(move.before, move.grad + move.left),
    ),
    Slip(
        "the old grad",
        "after each update, run forward and backward again: the grads have changed with the numbers",
        lambda update, move: move.rule.move(move.before, move.left) if move.start is not None else None,
    ),
    Slip(
        "from the old value",
        "each update starts where the one before has ended",
        lambda update, move: None if move.start is None else move.start + move.change,
    ),
    Slip(
        "momentum, decay or scaling forgotten",
        "this optimiser does more than −rate × grad: go through the lines of its rule",
        lambda update, move: None if move.rule.plain else move.before - update.rate * move.grad,
    ),
)


def find_wrong(update: Update, move: Move) -> list[tuple[Slip, float]]:
    """The mistakes that show on this parameter, with the value that each leads to; none that leads to the right one."""
    found = [(slip, slip.wrong(update, move)) for slip in SLIPS]
    return [
        (slip, x)
        for slip, x in found
        if x is not None and math.isfinite(x) and not math.isclose(x, move.after, rel_tol=1e-6, abs_tol=1e-6)
    ]
