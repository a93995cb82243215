"""Small data sets as plain lists, without a download: they come with scikit-learn (the `demo` extra)."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any, TypeVar

X = TypeVar("X")
Y = TypeVar("Y")


def moons(n: int = 100, noise: float = 0.1, seed: int = 1337) -> tuple[list[list[float]], list[int]]:
    """Two interleaved half circles, `n` points in total, with Gaussian noise: points [x, y], and labels −1 or 1."""
    points, classes = _sklearn().make_moons(n_samples=n, noise=noise, random_state=seed)
    return points.tolist(), [2 * int(c) - 1 for c in classes]


def digits() -> tuple[list[list[float]], list[int]]:
    """1,797 handwritten digits of 8×8 pixels: 64 grey values from 0 to 1, row by row, and the digit, 0 to 9.

    Alpaydin and Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository 1998 (test part).
    """
    data = _sklearn().load_digits()
    return (data.data / 16.0).tolist(), data.target.tolist()


def split(
    inputs: Sequence[X], targets: Sequence[Y], test: float = 0.2, seed: int = 0
) -> tuple[list[X], list[X], list[Y], list[Y]]:
    """Shuffle and hold out the fraction `test`, rounded up to whole examples.

    Returns training inputs, test inputs, training targets and test targets.
    """
    if len(inputs) != len(targets):
        raise ValueError(f"as many targets as inputs are needed, got {len(inputs)} inputs and {len(targets)} targets")
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


def _sklearn() -> Any:
    try:
        from sklearn import datasets
    except ImportError as error:
        raise ImportError("this data set comes with scikit-learn: pip install 'micrograd-lab[demo]'") from error
    return datasets
