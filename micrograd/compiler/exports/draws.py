"""Draws: the random numbers of an export, which it draws anew at each call, from a key or a generator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from micrograd.compiler.tracing.errors import TraceError
from micrograd.compiler.tracing.standins.randomness import kinds_of_generators

UNKNOWN = (
    "{0} reads {1!r} at each call, which array code cannot: pass that number in as an argument. A random number may "
    "be drawn by micrograd.fresh(rng.random), fresh(partial(rng.uniform, low, high)), fresh(partial(rng.gauss, 0, 1))"
)
UNIFORM, NORMAL = "drawn", "noise"  # what the arrays of the standard distributions are called

# The methods of generators: the distribution, and whether its arguments are bounds.
METHODS = {
    "random": (UNIFORM, True),
    "uniform": (UNIFORM, True),
    "gauss": (NORMAL, False),
    "normalvariate": (NORMAL, False),
    "normal": (NORMAL, False),
    "standard_normal": (NORMAL, False),
}


class Draw(NamedTuple):
    """A number start + scale · (one of a standard distribution)."""

    distribution: str
    start: float = 0.0
    scale: float = 1.0


def read_draws(title: str, reads: Sequence[Callable[[], float]]) -> list[Draw | None]:
    """For each number that a function reads at each call how it is drawn; None for a state of a model, as it is now.

    Raises `TraceError` for any other.
    """
    return [draw_of(title, read) for read in reads]


def draw_of(title: str, read: Any) -> Draw | None:
    of, args = (read.func, read.args) if isinstance(read, partial) else (read, ())
    method = METHODS.get(getattr(of, "__name__", ""))
    if method is not None and isinstance(getattr(of, "__self__", None), kinds_of_generators()) and len(args) in (0, 2):
        distribution, bounds = method
        start, other = map(float, args or (0.0, 1.0))
        return Draw(distribution, start, other - start if bounds else other)
    if str(getattr(of, "__module__", "")).startswith("micrograd."):  # a layer reads its running mean
        return None
    raise TraceError(UNKNOWN.format(title, read))


def texts(draws: Sequence[Draw | None]) -> list[str]:
    """What the numbers would like to be called: those of one distribution are an array."""
    counts = dict.fromkeys((UNIFORM, NORMAL), 0)
    found = []
    for draw in draws:
        name = UNIFORM if draw is None else draw.distribution
        found.append(f"{name}[{counts[name]}]")
        counts[name] += draw is not None
    return found
