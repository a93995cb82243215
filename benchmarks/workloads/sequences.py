"""The same few lines run again and again: a differential equation, recurrent networks, a Kalman filter, as scalar code.

Each makes a `Scene`: a function of its data, the data, and the parameters, for our engine.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from micrograd import Value, dot, exp, log, logsumexp, sigmoid, tanh

TEXT = "the same few lines again, again"
LETTERS = [26 if c in " ," else ord(c) - ord("a") for c in TEXT]
EMBEDDING, HIDDEN, ALPHABET = 8, 16, 27


class Scene(NamedTuple):
    function: Callable[..., Any]
    data: tuple[Any, ...]
    parameters: list[Value]

    def arrays(self) -> tuple[Any, ...]:
        """The parameters as one flat array, then the data as arrays."""
        import numpy as np

        return np.array([p.data for p in self.parameters]), *(np.array(x, dtype=float) for x in self.data)


# ---- a differential equation

STEP = 0.01


def predators(steps: int) -> Scene:
    """Prey x and predators y, x′ = x (a − b y), y′ = y (c x − 1), by RK4, fitted to what was seen of x at each step."""
    seen = [1.0 + 0.5 * math.sin(2.0 * STEP * k) for k in range(steps)]
    parameters = a, b, c = Value(1.1), Value(0.9), Value(1.2)

    def slope(x: Any, y: Any) -> tuple[Any, Any]:
        return x * (a - b * y), y * (c * x - 1.0)

    def loss(seen: Sequence[Any]) -> Any:
        x: Any = 1.0
        y: Any = 0.8
        error: Any = 0.0
        for wanted in seen:
            u1, v1 = slope(x, y)
            u2, v2 = slope(x + STEP / 2 * u1, y + STEP / 2 * v1)
            u3, v3 = slope(x + STEP / 2 * u2, y + STEP / 2 * v2)
            u4, v4 = slope(x + STEP * u3, y + STEP * v3)
            x = x + STEP / 6 * (u1 + 2.0 * u2 + 2.0 * u3 + u4)
            y = y + STEP / 6 * (v1 + 2.0 * v2 + 2.0 * v3 + v4)
            error = error + (x - wanted) ** 2
        return error / len(seen)

    return Scene(loss, (seen,), list(parameters))


# ---- recurrent networks that predict the next character


def matrix(rng: random.Random, rows: int, columns: int) -> list[list[Value]]:
    return [[Value(rng.gauss(0.0, 0.3)) for _ in range(columns)] for _ in range(rows)]


def affine(weights: list[list[Value]], inputs: Sequence[Any]) -> list[Any]:
    """W [x, 1]: the bias is the last weight."""
    return [dot(row[:-1], inputs) + row[-1] for row in weights]


def recurrent(cell: Callable[..., list[Any]], gates: int) -> Scene:
    """The mean surprise at each next character of the text, for a cell with that many gates."""
    rng = random.Random(7)
    table, output = matrix(rng, ALPHABET, EMBEDDING), matrix(rng, ALPHABET, HIDDEN + 1)
    of_input, of_state = (matrix(rng, gates * HIDDEN, size + 1) for size in (EMBEDDING, HIDDEN))

    def loss() -> Any:
        h: list[Any] = [0.0] * HIDDEN
        surprise: Any = 0.0
        for letter, following in pairwise(LETTERS):
            h = cell(affine(of_input, table[letter]), affine(of_state, h), h)
            logits = affine(output, h)
            surprise = surprise + logsumexp(logits) - logits[following]
        return surprise / (len(LETTERS) - 1)

    parameters = [p for weights in (table, output, of_input, of_state) for row in weights for p in row]
    return Scene(loss, (), parameters)


def gru() -> Scene:
    def cell(x: list[Any], u: list[Any], h: list[Any]) -> list[Any]:
        """Cho et al. (2014), in PyTorch's order: reset, update, new."""
        n = HIDDEN
        reset, update = ([sigmoid(x[k] + u[k]) for k in range(start, start + n)] for start in (0, n))
        new = [tanh(x[k + 2 * n] + reset[k] * u[k + 2 * n]) for k in range(n)]
        return [(1.0 - z) * a + z * b for z, a, b in zip(update, new, h, strict=True)]

    return recurrent(cell, 3)


def rnn() -> Scene:
    return recurrent(lambda x, u, _: [tanh(a + b) for a, b in zip(x, u, strict=True)], 1)


# ---- a Kalman filter


def kalman(steps: int = 200) -> Scene:
    """−log likelihood of noisy positions of something whose speed wanders; the parameters are logs of variances."""
    rng = random.Random(5)
    seen, position, speed = [], 0.0, 1.0
    for _ in range(steps):
        speed += rng.gauss(0.0, 0.1)
        position += speed
        seen.append(position + rng.gauss(0.0, 0.5))
    parameters = wander, noise = Value(-4.0), Value(-1.0)

    def loss(seen: Sequence[Any]) -> Any:
        q, r = exp(wander), exp(noise)
        x: Any = 0.0
        v: Any = 0.0
        xx: Any = 1.0
        xv: Any = 0.0
        vv: Any = 1.0
        surprise: Any = 0.0
        for z in seen:
            x, xx, xv, vv = x + v, xx + 2.0 * xv + vv + q / 3.0, xv + vv + q / 2.0, vv + q
            off, variance = z - x, xx + r
            surprise = surprise + 0.5 * (log(variance) + off * off / variance)
            a, b = xx / variance, xv / variance
            x, v, xx, xv, vv = x + a * off, v + b * off, (1.0 - a) * xx, (1.0 - a) * xv, vv - b * xv
        return surprise / len(seen)

    return Scene(loss, (seen,), list(parameters))
