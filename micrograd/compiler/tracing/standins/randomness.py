"""Random numbers in a traced function would be frozen: drawing one is refused, or detected afterwards.

A generator that the function makes itself, from a seed, gives the same numbers at each call: it may be drawn from.
"""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from types import BuiltinMethodType, MethodType
from typing import Any

from micrograd._core.modes import tracer
from micrograd.compiler.tracing.errors import RandomNumberDrawn, TraceError, place, refusal
from micrograd.compiler.tracing.standins.answers import REFUSED, Named, Positional, Usual

DREW = "a traced function drew a random number"
WAY_OUT = (
    "It would be the same number at each call: pass it in as an argument, or draw it with micrograd.fresh(rng.random)."
)
SEED = "Give the generator a seed that is a plain number, random.Random(0), or make it outside and pass its numbers in."
SEED_OUTSIDE = "It would be set only once: make a generator of its own inside, random.Random(0), or set it outside."


class Randomness:
    """The generators that a function may draw from, and their states: of `random`, of NumPy, and among the `things`."""

    def __init__(self, things: Iterable[Any] = ()):
        kinds = kinds_of_generators()
        owners = [x.__self__ if isinstance(x, (BuiltinMethodType, MethodType)) else x for x in things]
        self.generators = list({id(x): x for x in owners if isinstance(x, kinds)}.values())
        self.drawing = False
        self.made: dict[int, Any] = {}  # by the function itself, from a seed
        self.unseeded: dict[int, tuple[Any, str]] = {}  # generators of NumPy, and the line
        self.before = self.states()

    def states(self) -> dict[str, Any]:
        numpy, torch = sys.modules.get("numpy.random"), sys.modules.get("torch.random")
        found: dict[str, Any] = {"random": random.getstate()}
        if numpy is not None:
            found["numpy"] = pickle.dumps(numpy.get_state())
        if torch is not None:
            found["torch"] = torch.get_rng_state().numpy().tobytes()
        return found | {str(k): state(x) for k, x in enumerate(self.generators)}

    def check(self) -> None:
        """Raises `RandomNumberDrawn` if one of them has been drawn from, `TraceError` if one had no seed."""
        now = self.states()
        if any(now[name] != was for name, was in self.before.items()):
            raise RandomNumberDrawn(f"{DREW}. {WAY_OUT}")
        for _, where in self.unseeded.values():
            raise TraceError(f"{DREW}, from a generator without a seed ({where}). {SEED}")

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


def kinds_of_generators() -> tuple[type[Any], ...]:
    """Those of the packages that are imported."""
    numpy, torch = sys.modules.get("numpy.random"), sys.modules.get("torch.random")
    found: list[type[Any]] = [random.Random]
    if numpy is not None:
        found += [numpy.Generator, numpy.RandomState, numpy.BitGenerator, numpy.SeedSequence]
    if torch is not None:
        found.append(torch.default_generator.__class__)
    return tuple(found)


def state(generator: Any) -> Any:
    """The state of a generator; of one of NumPy also the seeds that it has given away, or the spare normal number."""
    if isinstance(generator, random.SystemRandom):
        return None
    if isinstance(generator, random.Random):
        return generator.getstate()
    if hasattr(generator, "n_children_spawned"):
        return generator.n_children_spawned
    if hasattr(generator, "get_state"):
        found = generator.get_state()
        return found.numpy().tobytes() if hasattr(found, "numpy") else pickle.dumps(found)
    bits = getattr(generator, "bit_generator", generator)
    return pickle.dumps(bits.state), getattr(getattr(bits, "seed_seq", None), "n_children_spawned", 0)


# ---- what a traced function gets from the callables of `random` and `numpy.random`


def draw(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    made = args and id(args[0]) in watching.randomness.made
    return usual(*args, **named) if made else REFUSED


def make_generator(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """`random.Random.__init__`: from here on the generator may be drawn from. It calls `seed`."""
    watching.randomness.made[id(args[0])] = args[0]
    return usual(*args, **named)


def reseed(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """`seed` and `setstate`, of a generator or of a module."""
    if not args or id(args[0]) not in watching.randomness.made:
        return REFUSED
    seed = next(iter((*args[1:], *named.values())), None)
    if seed is None:
        raise refusal(f"{DREW}, from a generator without a seed", SEED)
    if watching.is_number(seed):
        raise refusal("a traced function seeded a random generator with a traced number", SEED)
    return usual(*args, **named)


def make_bits(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """What `numpy.random.RandomState` draws from: its seed, if there is one, is set afterwards."""
    if args or named:
        return usual(*args, **named)
    bits = seedable(usual)(0)
    watching.randomness.unseeded[id(bits)] = bits, place()
    return bits


@lru_cache(1)
def seedable(kind: Any) -> Any:
    class MT19937(kind):  # type: ignore[misc] # its name is part of its state
        def _legacy_seeding(self, seed: Any) -> None:
            super()._legacy_seeding(seed)
            if (watching := tracer()) is not None:
                watching.randomness.unseeded.pop(id(self), None)

    return MT19937
