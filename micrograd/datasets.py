"""Small data sets as plain lists, without a download; the digits come with scikit-learn (the `demo` extra).

`moons`, `circles`, `xor` and `spiral` are two classes in the plane, half of `n` points each: points [x, y], and labels
−1 or 1. The same arguments give the same points in every version of Python.
"""

from __future__ import annotations

import math
import operator
import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

X = TypeVar("X")
Y = TypeVar("Y")
Points = list[list[float]]


def moons(n: int = 100, noise: float = 0.1, seed: int = 1337) -> tuple[Points, list[int]]:
    """Two interleaved half circles, `n` points in total, with Gaussian noise: points [x, y], and labels −1 or 1.

    The same points in the same order as from scikit-learn's `make_moons`.
    """
    outer, inner = _halves(n)
    upper = [[math.cos(t), math.sin(t)] for t in _evenly(outer, math.pi)]
    lower = [[1.0 - math.cos(t), 1.0 - math.sin(t) - 0.5] for t in _evenly(inner, math.pi)]
    return _shuffled([upper, lower], noise, _generator(seed))


def circles(n: int = 100, noise: float = 0.1, seed: int = 1337, factor: float = 0.5) -> tuple[Points, list[int]]:
    """A circle of radius 1, labelled −1, and inside it, labelled 1, one of radius `factor`, with Gaussian noise.

    The same points in the same order as from scikit-learn's `make_circles` with this `factor`.
    """
    if not 0 <= factor < 1:
        raise ValueError(f"the factor of the inner circle must lie in [0, 1), got {factor!r}")
    rings = []
    for radius, count in zip((1.0, factor), _halves(n), strict=True):
        angles = [k * (2.0 * math.pi / count) for k in range(count)]
        rings.append([[radius * math.cos(t), radius * math.sin(t)] for t in angles])
    return _shuffled(rings, noise, _generator(seed))


def xor(n: int = 100, noise: float = 0.1, seed: int = 1337) -> tuple[Points, list[int]]:
    """A square in each quadrant: labelled 1 where exactly one coordinate is above 0, else −1; with Gaussian noise.

    No line separates the two, so no single neuron learns them (Minsky and Papert, Perceptrons, 1969). The squares have
    sides of 1, a gap of 0.5 between them, and uniform points.
    """
    rng, classes = _generator(seed), []
    for sign, count in zip((1.0, -1.0), _halves(n), strict=True):
        points = [[0.25 + rng.random(), sign * (0.25 + rng.random())] for _ in range(count)]
        classes.append([[-x, -y] if k % 2 else [x, y] for k, (x, y) in enumerate(points)])
    return _shuffled(classes, noise, rng)


def spiral(n: int = 100, noise: float = 0.1, seed: int = 1337, turns: float = 1.0) -> tuple[Points, list[int]]:
    """Two spirals around each other, from a radius of 0.25 out to 2, with Gaussian noise.

    Lang and Witbrock (Learning to Tell Two Spirals Apart, 1988) made three `turns`, without noise; one of them is
    within the reach of two hidden layers of eight neurons.
    """
    arms = []
    for side, count in zip((-1.0, 1.0), _halves(n), strict=True):
        polar = [(side * (0.25 + 1.75 * t), 2.0 * math.pi * turns * t) for t in _evenly(count, 1.0)]
        arms.append([[r * math.cos(angle), r * math.sin(angle)] for r, angle in polar])
    return _shuffled(arms, noise, _generator(seed))


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


def _halves(n: int) -> tuple[int, int]:
    """How many of `n` points each class has."""
    if (count := operator.index(n)) < 0:
        raise ValueError(f"a data set needs 0 points or more, got {n!r}")
    return count // 2, count - count // 2


def _evenly(count: int, end: float) -> list[float]:
    """`count` numbers from 0 to `end`, both included, as `numpy.linspace` has them."""
    last = count - 1
    return [end if k == last > 0 else k * (end / max(last, 1)) for k in range(count)]


def _shuffled(classes: list[Points], noise: float, rng: random.Random) -> tuple[Points, list[int]]:
    """The points of two classes, in random order and with noise, and their labels, −1 and 1."""
    if not noise >= 0:
        raise ValueError(f"noise must be 0 or more, got {noise!r}")
    examples = [(point, label) for points, label in zip(classes, (-1, 1), strict=True) for point in points]
    _shuffle(examples, rng)
    normal = _normal(rng)
    return [[x + noise * next(normal) for x in point] for point, _ in examples], [label for _, label in examples]


# ---- NumPy's `RandomState`, which scikit-learn draws with, in Python: the same numbers without NumPy


def _generator(seed: int) -> random.Random:
    """`numpy.random.RandomState(seed)` as Python's own generator, which is the same one: the Mersenne twister.

    They differ in how a seed fills its 624 words; NumPy takes `init_genrand` (Matsumoto and Nishimura 1998, as revised
    in 2002), whose multiplier is Knuth's.
    """
    word = operator.index(seed)
    if not 0 <= word < 2**32:
        raise ValueError(f"a seed must lie between 0 and 2³² − 1, got {seed!r}")
    words = [word]
    for k in range(1, 624):
        word = (1812433253 * (word ^ word >> 30) + k) % 2**32
        words.append(word)
    rng = random.Random()
    rng.setstate((3, (*words, 624), None))
    return rng


def _shuffle(items: list[Any], rng: random.Random) -> None:
    """From the last place on, swap with a place up to it: random bits, until they are a number that is small enough."""
    for i in range(len(items) - 1, 0, -1):
        bits = (1 << i.bit_length()) - 1
        while (j := rng.getrandbits(32) & bits) > i:
            pass
        items[i], items[j] = items[j], items[i]


def _normal(rng: random.Random) -> Iterator[float]:
    """Normally distributed numbers, two from each point in the unit circle (the polar method, Marsaglia 1962)."""
    while True:
        x, y = 2.0 * rng.random() - 1.0, 2.0 * rng.random() - 1.0
        if 0.0 < (r2 := x * x + y * y) < 1.0:
            scale = math.sqrt(-2.0 * math.log(r2) / r2)
            yield y * scale
            yield x * scale
