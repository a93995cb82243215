"""What stands for the static parts of arguments in the key of a trace: other ones have another key."""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from types import MemberDescriptorType
from typing import Any

from micrograd._core.scalars import is_several

PLAIN = frozenset([list, tuple, dict, float, int, bool, str, type(None)])


class Same:
    """An object in a key: equal only to itself."""

    __slots__ = ("it",)

    def __init__(self, it: Any):
        self.it = it

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.it is self.it

    def __hash__(self) -> int:
        return id(self.it)


def attributes(x: Any) -> dict[str, Any]:
    """What an object of a class of the user's own has besides its content."""
    kind: Any = type(x)
    if kind in PLAIN or isinstance(x, Enum):
        return {}
    found = {name: getattr(x, name, None) for name in slots(kind)}
    return found | getattr(x, "__dict__", {})


def holds_itself(x: Any) -> bool:
    """Whether the entries of a dict are its attributes."""
    return getattr(x, "__dict__", None) is x


@lru_cache(maxsize=256)
def slots(kind: Any) -> list[str]:
    return [
        name for cls in kind.__mro__ for name, member in vars(cls).items() if isinstance(member, MemberDescriptorType)
    ]


def key_of(x: Any) -> Any:
    """A constant in a key: numbers and texts by type and content, other objects by identity."""
    return exactly(x) if x is None or isinstance(x, (float, int, str)) or is_truth(x) else Same(x)


def exactly(x: Any) -> Any:
    """What tells x from all that equals it and is another, as a key of a dict: -0.0 from 0.0, (1.0,) from (1,)."""
    kind = type(x)
    if kind is str or kind is int or kind is bool or x is None:
        return kind, x
    if isinstance(x, float):
        return kind, float.__repr__(x)
    if kind is tuple or kind is frozenset:
        return kind, tuple(map(exactly, x))
    itself: Any = object.__hash__
    return kind, x, None if kind.__hash__ is itself else repr(x)


def is_truth(x: Any) -> bool:
    """Whether x is True or False, of Python's or of NumPy's."""
    return isinstance(x, bool) or getattr(getattr(x, "dtype", None), "kind", "") == "b" and not is_several(x)
