"""A call on arrays of floats takes a shortcut; whatever is not as it was takes the long way, with the same results."""

import numpy as np
import pytest

import micrograd
from micrograd import Value
from micrograd.compiler.backends import kernel

pytestmark = [
    pytest.mark.skipif(not kernel.available(), reason="the native kernel was not built"),
    pytest.mark.usefixtures("no_checks"),
]

SCALE = {"factor": 2.0}


@pytest.fixture
def no_checks(monkeypatch):
    monkeypatch.setattr(micrograd.compiler.compiled, "CHECKED", 0)


def weighted(w, xs, ys):
    total = sum(w[k] * x for k, x in enumerate(xs.ravel())) * SCALE["factor"]
    return total if total.data > ys[0] else total * total


@pytest.fixture
def fast():
    w = [Value(0.1 * k) for k in range(6)]
    f = micrograd.compile(lambda xs, ys: weighted(w, xs, ys), parameters=w)
    f.arrays = np.arange(6.0), np.ones((2, 3)), np.array([0.5])
    for _ in range(3):
        f.value_and_grad(*f.arrays)
    return f


def by_the_long_way(f, *arrays):
    f._variants.shortcut = None
    return f.value_and_grad(*arrays)


def same(one, other):
    return one[0] == other[0] and list(one[1]) == list(other[1])


def test_the_results_are_those_of_the_long_way(fast):
    assert fast._variants.shortcut is not None
    found = fast.value_and_grad(*fast.arrays)
    assert type(found) is tuple and type(found[0]) is float and found[1].shape == (6,) and found[1].base is None
    assert same(found, by_the_long_way(fast, *fast.arrays))
    assert found[1] is not fast.value_and_grad(*fast.arrays)[1]


def test_a_condition_that_comes_out_otherwise(fast):
    theta, xs, ys = fast.arrays
    for _ in range(3):
        for border in (0.5, 1e6):
            found = fast.value_and_grad(theta, xs, np.array([border]))
            assert same(found, by_the_long_way(fast, theta, xs, np.array([border])))


def test_what_changes_around_it_is_noticed(fast, monkeypatch):
    before = fast.value_and_grad(*fast.arrays)
    monkeypatch.setitem(SCALE, "factor", 3.0)
    assert fast.value_and_grad(*fast.arrays)[0] == pytest.approx(1.5 * before[0])


@pytest.mark.parametrize(
    "change",
    [
        lambda theta, xs, ys: (theta, xs[:, ::-1], ys),
        lambda theta, xs, ys: (theta, xs.astype(np.float32), ys),
        lambda theta, xs, ys: (theta, xs.astype(">f8"), ys),
        lambda theta, xs, ys: (theta, xs.reshape(3, 2), ys),
        lambda theta, xs, ys: (theta, xs.tolist() and np.ones((2, 2)), ys),
        lambda theta, xs, ys: (theta.tolist(), xs, ys),
        lambda theta, xs, ys: (theta[::1], xs, ys.astype(int)),
    ],
)
def test_other_kinds_of_arrays(fast, change):
    arrays = change(*fast.arrays)
    assert same(fast.value_and_grad(*arrays), by_the_long_way(fast, *arrays))
    assert same(fast.value_and_grad(*fast.arrays), by_the_long_way(fast, *fast.arrays))


def test_errors_are_those_of_the_long_way(fast):
    theta, xs, ys = fast.arrays
    with pytest.raises(ValueError, match="a number for each of the 6 parameters, got 5"):
        fast.value_and_grad(theta[:5], xs, ys)
    with pytest.raises(TypeError):
        fast.value_and_grad(theta, xs)


def test_the_kernel_takes_no_nonsense(fast):
    form, step = fast._variants.shortcut.form, fast._variants.shortcut.step
    theta, *others = fast.arrays
    assert step(form, tuple(others), None) is None and step(form, (), theta) is None
    for broken in (
        (),
        (1, 2, 3, 4, 5),
        (*form[:3], 0, 0),
        (*form[:3], 99, 0),
        (*form[:3], 7, -1),
        (*form[:2], list, 7, 0),
    ):
        with pytest.raises((TypeError, ValueError)):
            step(broken, tuple(others), theta)
    with pytest.raises(TypeError):
        step((form[0], ((6,), 3, 4), *form[2:]), tuple(others), theta)
