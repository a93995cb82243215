"""Data sets as plain lists."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_moons

from micrograd import datasets


@pytest.mark.parametrize(("n", "noise", "seed"), [(100, 0.1, 1337), (50, 0.2, 3), (7, 0.0, 0), (1, 0.5, 5)])
def test_moons_are_those_of_scikit_learn(n, noise, seed):
    points, labels = datasets.moons(n, noise, seed)
    x, y = make_moons(n_samples=n, noise=noise, random_state=seed)
    assert points == x.tolist() and labels == (2 * y - 1).tolist()
    assert type(points[0][0]) is float and type(labels[0]) is int


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
