"""Attributes that are changed for a while and given back, whatever interrupts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any


def keep(things: Sequence[Any], name: str) -> Iterator[None]:
    """What gives that attribute of the things its present content back: `any(kept)`.

        kept = keep(nodes, "grad")
        try:
            ...
        finally:
            any(kept)

    That is a single call in C, which Ctrl-C cannot cut short; it could a loop, in a `finally` too.
    """
    return map(setattr, things, repeat(name), [getattr(thing, name) for thing in things])
