"""How weights start: each function returns a rule `draw(rng, fan_in, fan_out) -> float` for one weight of a layer.

`fan_in` is the layer's number of inputs, `fan_out` its number of outputs. A layer takes a rule, or the name of one:

    >>> Layer(64, 30, init=normal(0.1)), Layer(64, 30, init="he")
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from numbers import Integral
from typing import Any, Protocol


class Rng(Protocol):
    """A source of random numbers: the module `random`, or a `random.Random` with a seed."""

    def random(self) -> float: ...
    def uniform(self, a: float, b: float) -> float: ...
    def gauss(self, mu: float, sigma: float) -> float: ...


def find_rng(rng: Any) -> Any:
    """The source of random numbers; an int seeds one. Raises `TypeError` for what cannot draw."""
    if isinstance(rng, Integral):
        return random.Random(int(rng))
    if not (hasattr(rng, "random") and hasattr(rng, "uniform")):
        raise TypeError(f"rng must be a seed, such as 0, or a random.Random, got {type(rng).__name__} {rng!r}")
    return rng


Rule = Callable[[Rng, int, int], float]


def uniform(low: float = -1.0, high: float = 1.0) -> Rule:
    """Uniform between `low` and `high`; with −1 and 1 as in the original micrograd."""
    return lambda rng, fan_in, fan_out: rng.uniform(low, high)


def normal(std: float = 1.0) -> Rule:
    """Normal with mean 0 and the standard deviation `std`."""
    if not std >= 0:
        raise ValueError(f"a standard deviation must be 0 or more, got {std!r}")
    return lambda rng, fan_in, fan_out: rng.gauss(0.0, std)


def xavier() -> Rule:
    """Uniform in ±√(6 / (fan_in + fan_out)): variances stay alike forwards and backwards (Glorot and Bengio 2010)."""

    def draw(rng: Rng, fan_in: int, fan_out: int) -> float:
        bound = math.sqrt(6 / (fan_in + fan_out))
        return rng.uniform(-bound, bound)

    return draw


def xavier_normal() -> Rule:
    """Normal with the variance of `xavier`, 2 / (fan_in + fan_out) (Glorot and Bengio 2010)."""
    return lambda rng, fan_in, fan_out: rng.gauss(0.0, math.sqrt(2 / (fan_in + fan_out)))


def he() -> Rule:
    """Normal with variance 2 / fan_in: relu lets half of it through (He, Zhang, Ren and Sun 2015)."""
    return lambda rng, fan_in, fan_out: rng.gauss(0.0, math.sqrt(2 / fan_in))


def he_uniform() -> Rule:
    """Uniform with the variance of `he`: in ±√(6 / fan_in) (He, Zhang, Ren and Sun 2015)."""

    def draw(rng: Rng, fan_in: int, fan_out: int) -> float:
        bound = math.sqrt(6 / fan_in)
        return rng.uniform(-bound, bound)

    return draw


RULES: dict[str, Callable[[], Rule]] = {
    "uniform": uniform,
    "normal": normal,
    "xavier": xavier,
    "xavier_normal": xavier_normal,
    "he": he,
    "he_uniform": he_uniform,
}


def find_rule(init: str | Rule) -> Rule:
    """The rule itself, or the one of that name. Raises `ValueError` for an unknown name, `TypeError` otherwise."""
    if isinstance(init, str):
        if init not in RULES:
            raise ValueError(f"no initialisation is called {init!r}; there are {', '.join(RULES)}")
        return RULES[init]()
    if not callable(init):
        raise TypeError(f"an initialisation must be a name or a function of rng, fan_in and fan_out, got {init!r}")
    return init
