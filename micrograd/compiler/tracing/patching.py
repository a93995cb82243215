"""Members of a class replaced for a while, and the class afterwards left exactly as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def patched(cls: type[Any], members: dict[str, Any]) -> Iterator[None]:
    """Inside this context the class has these members. One that is replaced again in the meantime stays so."""
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
