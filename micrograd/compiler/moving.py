"""Floats in the surroundings that keep changing: a learning rate that decays, a temperature that is annealed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd.compiler.surroundings.watch import Member, Place, Watch, get

OFTEN = 2  # changes of a float after which it becomes an input


class Moving:
    """How often each float has changed from trace to trace: from the third trace on, it is an input."""

    def __init__(self) -> None:
        self.times: dict[tuple[Place, Any], tuple[Member, float]] = {}

    def count(self, watch: Watch) -> None:
        """Take in what has changed since the latest trace for the same arguments."""
        for mark, member in {member.mark: member for member in watch.changed()}.items():
            if type(member.was) is float and type(member.now) is float:
                self.times[mark] = member, self.times.get(mark, (member, 0))[1] + 1

    def lent(self) -> list[Member]:
        """The members to lend in the next trace."""
        return [member for member, times in self.times.values() if times >= OFTEN and type(get(member)) is float]

    def keep(self, members: Sequence[Member]) -> None:
        """These are not lent any more: f does something with them that only a plain float allows."""
        for member in members:
            self.times[member.mark] = member, float("-inf")
