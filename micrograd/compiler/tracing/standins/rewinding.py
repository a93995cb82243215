"""Random numbers given back: by a trace that comes to nothing, by a program that is for other decisions."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from typing import Any

from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.standins.randomness import Randomness

State = tuple[Callable[[Any], Any], Any]


def generators_of(reads: Iterable[Callable[[], float]]) -> list[Any]:
    """The generators that these functions draw from."""
    return Randomness(Watch(reads).things).generators


def mark(generators: Iterable[Any]) -> list[State]:
    """Where the generators are now, to go back to; those of the operating system cannot go back."""
    return [found for generator in generators if (found := state_of(generator)) is not None]


def rewind(states: Iterable[State]) -> None:
    for restore, state in states:
        restore(state)


def state_of(generator: Any) -> State | None:
    """The state of a generator, after the function that restores it."""
    if isinstance(generator, random.SystemRandom):
        return None
    if isinstance(generator, random.Random):
        return generator.setstate, generator.getstate()
    if hasattr(generator, "set_state"):
        return generator.set_state, generator.get_state()
    bits = getattr(generator, "bit_generator", generator)
    return None if not hasattr(bits, "state") else (lambda state: setattr(bits, "state", state), bits.state)
