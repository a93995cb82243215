"""Numbers lent to the places that a function reads them from: for a trace, a float that keeps changing is an input."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from micrograd.compiler.surroundings.watch import Member, get, put
from micrograd.compiler.tracing.tracer import Tracer


class Lending:
    """A change (`exclusive.Change`): the members hold traced numbers, which are read again at each call.

    Other threads may read such a member meanwhile: to them the number is the float that it stands for. A member that
    somebody has set meanwhile stays so.
    """

    def __init__(self, watching: Tracer, members: Sequence[Member]):
        self.watching, self.members = watching, members
        self.lent: list[tuple[Member, float, Any]] = []

    def make(self) -> None:
        for member in self.members:
            x = get(member)
            number = self.watching.lend(x, partial(get, member))
            self.lent.append((member, x, number))
            put(member, number)

    def undo(self) -> None:
        while self.lent:
            member, x, number = self.lent[-1]
            if get(member) is number:
                put(member, x)
            self.lent.pop()
