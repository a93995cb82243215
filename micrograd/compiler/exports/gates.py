"""Gates: local derivatives that are 1, 0 or nan, as conditions. What passes a gate passes it as it is.

Where a gate is shut, exactly 0 passes, whatever arrives: a product with the derivative would make nan of 0 · inf.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from micrograd.compiler.matrices.operations import Operation

OPPOSITE = {"less": "at most", "at most": "less"}


class Decision(NamedTuple):
    """A condition, and whether it holds."""

    condition: Operation
    holds: bool


class Gate(NamedTuple):
    """Where a gate is shut, and where its derivative is not defined: in any of these cases, which are decisions."""

    shut: list[list[Decision]]
    undefined: list[list[Decision]]


def gate_of(slope: Operation) -> Gate | None:
    """The local derivative as a gate; None if it is another number somewhere."""
    gate = Gate([], [])
    for decisions, leaf in ways(slope):
        if leaf.name != "number" or not (leaf.static in (0.0, 1.0) or math.isnan(leaf.static)):
            return None
        if leaf.static == 0.0:
            gate.shut.append(plainest(decisions))
        elif leaf.static != 1.0:
            gate.undefined.append(decisions)
    return gate


def ways(op: Operation) -> Iterator[tuple[list[Decision], Operation]]:
    """The results that an operation chooses from, each with the decisions that lead to it."""
    if op.name != "choose":
        yield [], op
        return
    condition, a, b = op.operands
    for holds, part in ((True, a), (False, b)):
        for decisions, leaf in ways(part):
            yield [Decision(condition, holds), *decisions], leaf


def plainest(decisions: list[Decision]) -> list[Decision]:
    """Without those that follow from another one: where x ≤ 0, 0 < x does not hold."""
    return [d for d in decisions if d.holds or not any(other.holds and opposed(d, other) for other in decisions)]


def compared_with_nan(decisions: list[Decision]) -> list[Operation]:
    """The operands of which one is nan, if that is what two comparisons say that do not hold."""
    if len(decisions) == 2 and not any(d.holds for d in decisions) and opposed(*decisions):
        return [x for x in decisions[0].condition.operands if x.name != "number"]
    return []


def opposed(one: Decision, other: Decision) -> bool:
    a, b = one.condition, other.condition
    return OPPOSITE.get(a.name) == b.name and a.operands == b.operands[::-1]
