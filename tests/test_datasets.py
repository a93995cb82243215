"""Data sets as plain lists."""

import math
import subprocess
import sys
from random import Random

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_circles, make_moons

from micrograd import datasets
from micrograd.datasets import _generator, _normal, _shuffle

PLANE = [datasets.moons, datasets.circles, datasets.xor, datasets.spiral]
CASES = [(100, 0.1, 1337), (50, 0.2, 3), (7, 0.0, 0), (1, 0.5, 5), (2, 0.5, 6), (257, 1.5, 2**32 - 1)]


def same(points, expected):
    """Equal, but for what one library's cosine and another's differ by."""
    return len(points) == len(expected) and np.allclose(points, expected, rtol=0.0, atol=1e-15)


@pytest.mark.parametrize(("n", "noise", "seed"), CASES)
def test_moons_are_those_of_scikit_learn(n, noise, seed):
    points, labels = datasets.moons(n, noise, seed)
    x, y = make_moons(n_samples=n, noise=noise, random_state=seed)
    assert same(points, x) and labels == (2 * y - 1).tolist()
    assert type(points[0][0]) is float and type(labels[0]) is int


@pytest.mark.parametrize(("n", "noise", "seed"), CASES)
def test_circles_are_those_of_scikit_learn(n, noise, seed):
    for factor in (0.0, 0.5, 0.8):
        points, labels = datasets.circles(n, noise, seed, factor)
        x, y = make_circles(n_samples=n, noise=noise, random_state=seed, factor=factor)
        assert same(points, x) and labels == (2 * y - 1).tolist()


def test_random_numbers_are_those_of_numpy():
    """The generator to the bit; numbers that a logarithm takes part in, within its last digits."""
    for seed in [0, 1, 1337, 2**31, 2**32 - 1, *map(Random(1).getrandbits, [32] * 20)]:
        ours, theirs = _generator(seed), np.random.RandomState(seed)
        assert [ours.random() for _ in range(700)] == theirs.random_sample(700).tolist()
        for n in (0, 1, 2, 3, 4, 5, 16, 17, 100, 1025):
            order, expected = list(range(n)), np.arange(n)
            _shuffle(order, ours)
            theirs.shuffle(expected)
            assert order == expected.tolist()
        normal = _normal(ours)
        assert same([next(normal) for _ in range(701)], theirs.normal(size=701))


def test_xor():
    points, labels = datasets.xor(200, noise=0.0, seed=3)
    assert [1 if x * y < 0 else -1 for x, y in points] == labels
    assert all(0.25 <= abs(x) <= 1.25 for point in points for x in point)
    assert {(x > 0, y > 0) for x, y in points} == {(True, True), (True, False), (False, True), (False, False)}


def test_spiral():
    points, labels = datasets.spiral(60, noise=0.0, seed=3, turns=1.5)
    for label, side in ((-1, -1.0), (1, 1.0)):
        arm = sorted((p for p, y in zip(points, labels, strict=True) if y == label), key=lambda p: math.hypot(*p))
        for k, (x, y) in enumerate(arm):
            r, angle = side * (0.25 + 1.75 * k / 29), 3 * math.pi * k / 29
            assert (x, y) == pytest.approx((r * math.cos(angle), r * math.sin(angle)))


@pytest.mark.parametrize("make", PLANE)
def test_sets_of_points_in_the_plane(make):
    for n in (0, 1, 2, 3, 51, np.int64(100)):
        points, labels = make(n)
        assert len(points) == len(labels) == n and labels.count(-1) == n // 2 and set(map(type, labels)) <= {int}
        assert all(type(x) is float for point in points for x in point) and {len(point) for point in points} <= {2}
    assert make(30, 0.1, 5) == make(30, 0.1, 5) == make(n=30, noise=0.1, seed=np.int64(5)) != make(30, 0.1, 6)
    labels = make(100)[1]
    assert labels != sorted(labels), "the classes come one after the other"
    still, moved = make(100, 0.0)[0], make(100, 0.1)[0]
    distances = [math.dist(a, b) for a, b in zip(still, moved, strict=True)]
    assert 0.05 < sum(distances) / 100 < 0.25


@pytest.mark.parametrize("make", PLANE)
def test_wrong_arguments(make):
    for n in (10.0, "10", None):
        with pytest.raises(TypeError):
            make(n)
    with pytest.raises(ValueError, match="0 points or more, got -1"):
        make(-1)
    with pytest.raises(ValueError, match=r"noise must be 0 or more, got -0\.1"):
        make(10, -0.1)
    for seed in (-1, 2**32):
        with pytest.raises(ValueError, match=f"between 0 and 2³² − 1, got {seed}"):
            make(10, 0.1, seed)
    with pytest.raises(TypeError):
        make(10, 0.1, 1.5)
    with pytest.raises(ValueError, match=r"in \[0, 1\), got 1"):
        datasets.circles(10, factor=1)


def test_sets_of_points_need_no_package():
    code = "import sys, micrograd.datasets as d; d.moons(), d.circles(), d.xor(), d.spiral(); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"numpy", "sklearn"} & set(loaded)


def test_digits():
    images, digits = datasets.digits()
    assert len(images) == len(digits) == 1797 and len(images[0]) == 64
    assert np.array_equal(np.array(images) * 16, load_digits().data) and set(digits) == set(range(10))
    assert max(map(max, images)) == 1.0


def test_split():
    inputs = [[float(k)] for k in range(10)]
    train, test, train_targets, test_targets = datasets.split(inputs, list(range(10)), test=0.25, seed=1)
    assert len(test) == 3 and sorted(train + test) == inputs
    assert [x[0] for x in train] == train_targets and [x[0] for x in test] == test_targets
    assert datasets.split(inputs, list(range(10)), test=0.25, seed=1)[1] == test
    assert datasets.split(inputs, list(range(10)), test=0.25, seed=2)[1] != test
    with pytest.raises(ValueError, match="got 1 for 10"):
        datasets.split(inputs, [1])
    for fraction in (0, 1):
        with pytest.raises(ValueError, match="empty"):
            datasets.split(inputs, list(range(10)), test=fraction)


def test_without_scikit_learn(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    with pytest.raises(ImportError, match=r"pip install 'micrograd-lab\[demo\]'"):
        datasets.digits()
