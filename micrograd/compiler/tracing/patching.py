"""Replace members of a class or a module for a while, then restore it exactly."""

from __future__ import annotations

from itertools import repeat
from typing import Any


class Patch:
    """A change (`exclusive.Change`): the class or module has these members.

    One that is replaced again meanwhile stays so.
    All members change in one call of a function in C: no interrupt and no other thread comes between them.
    """

    def __init__(self, cls: Any, members: dict[str, Any]):
        self.cls, self.members = cls, members
        self.before = {name: vars(cls)[name] for name in members if name in vars(cls)}

    def make(self) -> None:
        any(map(setattr, repeat(self.cls), self.members, self.members.values()))

    def undo(self) -> None:
        ours = [name for name, member in self.members.items() if vars(self.cls).get(name) is member]
        known = [name for name in ours if name in self.before]
        added = [name for name in ours if name not in self.before]
        any(map(setattr, repeat(self.cls), known, [self.before[name] for name in known]))
        any(map(delattr, repeat(self.cls), added))
