"""Small data sets as plain lists, without a download; the digits come with scikit-learn (the `demo` extra)."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

X = TypeVar("X")
Y = TypeVar("Y")


def moons(n: int = 100, noise: float = 0.1, seed: int = 1337) -> tuple[list[list[float]], list[int]]:
    """Two interleaved half circles, `n` points in total, with Gaussian noise: points [x, y], and labels −1 or 1.

    The same points in the same order as from scikit-learn's `make_moons`.
    """
    import numpy as np

    rng, half = np.random.RandomState(seed), n // 2
    outer, inner = np.linspace(0, np.pi, half), np.linspace(0, np.pi, n - half)
    xs = np.append(np.cos(outer), 1 - np.cos(inner))
    ys = np.append(np.sin(outer), 1 - np.sin(inner) - 0.5)
    order = np.arange(n)
    rng.shuffle(order)
    points = np.stack([xs, ys], axis=1)[order] + rng.normal(scale=noise, size=(n, 2))
    return points.tolist(), [-1 if k < half else 1 for k in order.tolist()]


def digits() -> tuple[list[list[float]], list[int]]:
    """1,797 handwritten digits of 8×8 pixels: 64 grey values from 0 to 1, row by row, and the digit, 0 to 9.

    Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository 1998 (test part).
    """
    try:
        from sklearn.datasets import load_digits
    except ImportError as error:
        raise ImportError("the digits come with scikit-learn: pip install 'micrograd-lab[demo]'") from error
    data = load_digits()
    return (data.data / 16.0).tolist(), data.target.tolist()


def split(
    inputs: Sequence[X], targets: Sequence[Y], test: float = 0.2, seed: int = 0
) -> tuple[list[X], list[X], list[Y], list[Y]]:
    """Shuffle and hold out the fraction `test`, rounded up to whole examples.

    Returns training inputs, test inputs, training targets and test targets.
    """
    if len(inputs) != len(targets):
        raise ValueError(f"as many targets as inputs are needed, got {len(targets)} for {len(inputs)}")
    held_out = math.ceil(test * len(inputs))
    if not 0 < held_out < len(inputs):
        raise ValueError(f"both parts need an example: test={test!r} of {len(inputs)} leaves one of them empty")
    order = list(range(len(inputs)))
    random.Random(seed).shuffle(order)
    chosen, rest = order[:held_out], order[held_out:]
    return (
        [inputs[i] for i in rest],
        [inputs[i] for i in chosen],
        [targets[i] for i in rest],
        [targets[i] for i in chosen],
    )
