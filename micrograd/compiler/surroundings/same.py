"""When a member is what it was: the identical object, or an equal number or text. No `__eq__` of a user is called."""

from __future__ import annotations

from math import copysign
from typing import Any, Final


class Marker:
    """An object that stands for something that is no object, with a name to read."""

    def __init__(self, name: str):
        self.name = name

    def __repr__(self) -> str:
        return self.name

    def __reduce__(self) -> str:
        return self.name.upper().replace(" ", "_")


ABSENT: Final = Marker("absent")
ANY_FLOAT: Final = Marker("any float")  # in a snapshot: a member that has become an input
ANYTHING: Final = Marker("anything")  # a member that is read at each call, and so is not watched
EQUALS = frozenset([int, str, bytes, bool])
DEEPEST = 8  # tuples within tuples


def same(now: Any, was: Any, depth: int = 0) -> bool:
    """Whether `now` is `was`, or as good as that: equal and of the same plain type, or a tuple of such things."""
    if now is was or was is ANYTHING:
        return True
    kind = type(now)
    if was is ANY_FLOAT:
        return kind is float
    if kind is not type(was):
        return False
    if kind is float:
        return now == was and copysign(1, now) == copysign(1, was) or (now != now and was != was)
    if kind is tuple and len(now) == len(was) and depth < DEEPEST:
        return all(same(a, b, depth + 1) for a, b in zip(now, was, strict=True))
    return kind in EQUALS and bool(now == was)
