"""Random numbers in a traced function would be frozen: drawing one is refused, or detected afterwards."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from micrograd._core.modes import tracer
from micrograd.compiler.tracing.errors import RandomNumberDrawn, refusal

WAY_OUT = (
    "It would be the same number at each call: pass it in as an argument, or draw it with micrograd.fresh(rng.random)."
)
DRAWING = ("random", "getrandbits")  # what all methods of random.Random come down to


class Randomness:
    """The generators that a function may draw from, and their states: of `random`, of NumPy, and among the `things`."""

    def __init__(self, things: Iterable[Any] = ()):
        numpy = getattr(sys.modules.get("numpy"), "random", None)
        kinds = () if numpy is None else (numpy.Generator, numpy.RandomState)
        self.generators = [thing for thing in things if isinstance(thing, kinds)]
        self.drawing = False
        self.before = self.states()

    def states(self) -> list[Any]:
        numpy = sys.modules.get("numpy")
        found: list[Any] = [random.getstate()]
        if numpy is not None and "numpy.random" in sys.modules:
            found.append(pickle.dumps(numpy.random.get_state()))
        return found + [pickle.dumps(state(generator)) for generator in self.generators]

    def check(self) -> None:
        """Raises `RandomNumberDrawn` if one of them has been drawn from."""
        if self.states() != self.before:
            raise RandomNumberDrawn(f"a traced function drew a random number. {WAY_OUT}")

    @contextmanager
    def allow(self) -> Iterator[None]:
        """Inside this context drawing is allowed: these numbers are drawn again at each call."""
        self.check()
        self.drawing = True
        try:
            yield
        finally:
            self.drawing = False
            self.before = self.states()


def state(generator: Any) -> Any:
    """The state of a generator of NumPy, of the new kind, or of the old one, which stores a spare normal number."""
    bits = getattr(generator, "bit_generator", None)
    return generator.get_state() if bits is None else bits.state


def watching_draws() -> dict[str, Any]:
    """The members of `random.Random` with which a traced thread cannot draw from one."""

    def refuse_draw(name: str) -> Any:
        usual = getattr(random.Random, name)

        def draw(self: random.Random, *args: Any) -> Any:
            watching = tracer()
            if watching is not None and not watching.randomness.drawing:
                raise refusal("a traced function drew a random number", WAY_OUT)
            return usual(self, *args)

        return draw

    return {name: refuse_draw(name) for name in DRAWING}
