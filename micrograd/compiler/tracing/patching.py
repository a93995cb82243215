"""Replace members of a class for a while, then restore the class exactly."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def patch(cls: type[Any], members: dict[str, Any]) -> Iterator[None]:
    """Inside this context the class has these members. One that is replaced again meanwhile keeps that replacement."""
    before = {name: vars(cls)[name] for name in members if name in vars(cls)}
    for name, member in members.items():
        setattr(cls, name, member)
    try:
        yield
    finally:
        for name, member in members.items():
            if vars(cls).get(name) is not member:
                continue
            if name in before:
                setattr(cls, name, before[name])
            else:
                delattr(cls, name)
