"""Dropout: a network that cannot rely on any single number learns to spread its knowledge."""

from __future__ import annotations

import random
from typing import Any

from micrograd._core.modes import fresh, recorded
from micrograd.engine import Value
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.initialisation import Rng, find_rng


class Dropout(Feedforward):
    """In training each input is set to 0 with probability `p`, and the others are divided by 1 − p.

    So the mean of every output is its input; in evaluation, inputs pass unchanged (Srivastava et al. 2014). Raises
    `ValueError` for a `p` outside [0, 1].
    """

    def __init__(self, p: float = 0.5, rng: Rng | int = random):
        if not 0 <= p <= 1:
            raise ValueError(f"a probability must lie in [0, 1], got p={p!r}")
        self.p, self.rng = p, find_rng(rng)

    def forward(self, x: list[Value]) -> list[Value]:
        p = self.p
        if not self.training or p == 0:
            return x
        return [_drop(v, fresh(self.rng.random) < p, 1 - p) for v in x]

    def __repr__(self) -> str:
        return f"Dropout({self.p})"


def _drop(v: Value, drop: Any, keep: float) -> Value:
    """0 or v / keep. In a compiled function each call draws again, so `drop` chooses between the two."""
    if recorded(drop) and keep > 0:
        chosen: Value = drop.choose(v * 0.0, v / keep)
        return chosen
    return v * 0.0 if keep == 0 or drop else v / keep
