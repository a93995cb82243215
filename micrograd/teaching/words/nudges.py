"""Sentences about nudges: what a kink or a jump does to an operand, and how far the root moves.

Each says what was tried: "nudge x by 0.01 and L moves by 0.01, by −0.01 and it moves by 0.01".
"""

from __future__ import annotations

import math

from micrograd.engine import Value
from micrograd.teaching.record.nudge import Nudge, Trials
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import sign
from micrograd.text.notation import format_number


def explain_place(c: Contribution, found: Nudge | None) -> str:
    """Where a kink, a jump or an infinite slope is; empty where the operation is smooth."""
    if found is None or found.place == "smooth" or c.upstream == 0:
        return ""
    operation, at, slope = sign(c.node), equation(c), format_number(c.local)
    if found.place == "kink":
        below, above = map(format_number, found.slopes)
        said = f"{operation} has a kink at {at}: the slope is {below} below and {above} above"
        return f"{said}; here it {_counts_as(c.local)}."
    moves = say_nudge(c, c.node, *found.farther)
    if found.place == "jump":
        return f"{operation} jumps at {at}: {moves}; the slope {_counts_as(c.local)}."
    return f"the slope of {operation} is {slope} at {at}: {moves}."


def _counts_as(slope: float) -> str:
    return f"counts as {format_number(slope)}, by convention" if math.isfinite(slope) else f"is {format_number(slope)}"


def say_nudge(c: Contribution, moved: Value, by: float, change: float, how: str = "by") -> str:
    """What a nudge of the operand did to another node."""
    nudged = f"nudge {c.names.in_sentence(c.parent)} by {format_number(by)} and {c.names[moved]}"
    return f"{nudged} moves {how} {format_number(change)}" if change else f"{nudged} does not move"


def equation(c: Contribution) -> str:
    """The operand and its value."""
    if not c.names.has_name(c.parent):
        return c.names.in_sentence(c.parent)
    return f"{c.names[c.parent]} = {format_number(c.parent.data)}"


def check_grad(c: Contribution, grad: float, trials: Trials | None) -> str:
    """What a nudge of the node did to the root; empty if none was tried, or if it shows nothing."""
    found = trials.nudge(c.parent, grad) if trials else None
    if found is None:
        return ""
    root = c.names.root
    if found.place == "kink":
        assert found.up is not None and found.down is not None
        moves = f"{say_nudge(c, root, found.by, found.up)}, by {format_number(-found.by)} and it"
        also = f"moves by {format_number(found.down)}" if found.down else "does not"
        return f"{moves} {also}: at this kink the slope {_counts_as(grad)}."
    if found.place == "jump":
        return f"{say_nudge(c, root, *found.farther)}: at this jump the slope {_counts_as(grad)}."
    if found.place == "steep":
        return f"{say_nudge(c, root, *found.farther)}: the slope is {format_number(grad)}."
    by, change = found.first
    if not grad:
        return f"{say_nudge(c, root, by, change, 'by only')}{': the slope is 0' if change else ''}."
    if abs(change - grad * by) > 0.1 * abs(grad * by):
        return ""  # lost in rounding
    return f"{say_nudge(c, root, by, grad * by, 'by about')} (measured: {format_number(change)})."
