"""A batch like the one before takes a shortcut; whatever is not as it was takes the long way, with the same results."""

import numpy as np
import pytest

import micrograd
from micrograd import Value, dot, exp, no_grad, relu
from micrograd.compiler.backends import kernel

pytestmark = [
    pytest.mark.skipif(not kernel.available(), reason="the native kernel was not built"),
    pytest.mark.usefixtures("no_checks"),
]

SCALE = {"factor": 2.0}
X = np.random.default_rng(0).normal(size=(70, 3))
Y = np.random.default_rng(1).normal(size=70)
THETA = np.array([0.3, -0.2, 0.5])


@pytest.fixture
def no_checks(monkeypatch):
    monkeypatch.setattr(micrograd.compiler.compiled, "CHECKED", 0)


@pytest.fixture
def fast():
    w = [Value(0.1 * k) for k in range(3)]

    def loss(x, y):
        return relu(1.0 - y * dot(w, x)) * SCALE["factor"]

    compiled = micrograd.compile(loss, parameters=w)
    compiled.w = w
    return compiled


@pytest.fixture
def wave():
    return micrograd.compile(micrograd.value_and_grad(lambda x, y: exp(-(x * y)), argnum=(0, 1)))


def by_the_long_way(f, call):
    f.batch._shortcut = f.batch._shortcut_to_gradient = None
    return call()


def same(found, wanted):
    if isinstance(found, tuple):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    return np.asarray(found).tobytes() == np.asarray(wanted).tobytes()


def hold(f, call):
    """The results of two batches are those of the long way, and the second took the shortcut."""
    wanted = by_the_long_way(f, call)
    assert f.batch._shortcut is not None or f.batch._shortcut_to_gradient is not None
    calls = f._calls
    assert same(call(), wanted) and f._calls > calls
    return wanted


@pytest.mark.parametrize("reduce", ["mean", "sum"])
@pytest.mark.parametrize("count", [70, 64, 9])
def test_gradients(fast, reduce, count):
    hold(fast, lambda: fast.batch.value_and_grad(THETA, X[:count], Y[:count], reduce=reduce))
    first, second = (fast.batch.value_and_grad(THETA, X, Y)[1] for _ in range(2))
    assert first is not second and first.base is None


@pytest.mark.parametrize("reduce", ["mean", "sum"])
def test_totals(fast, reduce):
    def total():
        out = fast.batch(X, Y, reduce=reduce)
        for p in fast.w:
            p.grad = 0.0
        out.backward()
        return out.data, np.array([p.grad for p in fast.w])

    before = hold(fast, total)
    fast.w[0].data += 1.0  # the parameters are read at each call
    after = total()
    assert not same(before, after) and same(after, by_the_long_way(fast, total))


def test_a_total_keeps_its_numbers():
    """A second derivative is taken from the inputs when it is asked for, and they may be others by then."""
    w = [Value(0.5)]
    f = micrograd.compile(lambda x: w[0] ** 3 * x, parameters=w)

    def second_derivative(x):
        total = f.batch(x)
        x[:] = 0.0
        (first,) = micrograd.derivatives(total, w, create_graph=True)
        (second,) = micrograd.derivatives(first, w)
        return second.data

    assert second_derivative(np.full(20, 2.0)) == second_derivative(np.full(20, 2.0)) == pytest.approx(6.0)
    assert f.batch._shortcut is not None


def test_results_of_each(wave):
    found = hold(wave, lambda: wave.batch(Y, Y[::-1].copy(), reduce=None))
    assert isinstance(found[1], tuple) and found[0].shape == (70,)
    assert np.array_equal(found[0], np.exp(-Y * Y[::-1])) or np.allclose(found[0], np.exp(-Y * Y[::-1]))


def test_what_changes_around_it_is_noticed(fast, monkeypatch):
    before = [fast.batch.value_and_grad(THETA, X, Y) for _ in range(2)][1]
    monkeypatch.setitem(SCALE, "factor", 3.0)
    assert fast.batch.value_and_grad(THETA, X, Y)[0] == pytest.approx(1.5 * before[0])


def test_without_gradients(fast):
    for _ in range(2):
        assert fast.batch(X, Y).parents
    with no_grad():
        assert not fast.batch(X, Y).parents


@pytest.mark.parametrize(
    "change",
    [
        lambda x, y: (x[:, ::-1], y),
        lambda x, y: (x.astype(np.float32), y),
        lambda x, y: (x.astype(">f8"), y),
        lambda x, y: (np.asfortranarray(x), y),
        lambda x, y: (x.tolist(), y.tolist()),
        lambda x, y: (x[:5], y[:5]),
        lambda x, y: (x[::2], y[::2]),
    ],
)
def test_another_form_takes_the_long_way(fast, change):
    for _ in range(2):
        fast.batch.value_and_grad(THETA, X, Y)
    x, y = change(X, Y)
    found = fast.batch.value_and_grad(THETA, x, y)
    assert same(found, by_the_long_way(fast, lambda: fast.batch.value_and_grad(THETA, x, y)))


def test_errors_are_those_of_the_long_way(fast):
    for _ in range(2):
        fast.batch.value_and_grad(THETA, X, Y)
    with pytest.raises(ValueError, match="as many entries"):
        fast.batch.value_and_grad(THETA, X, Y[:5])
    with pytest.raises(ValueError, match="3 parameters|numbers"):
        fast.batch.value_and_grad(THETA[:2], X, Y)
    with pytest.raises(ValueError, match="reduce must be"):
        fast.batch.value_and_grad(THETA, X, Y, reduce="median")


def test_where_examples_decide_there_is_none():
    w = [Value(0.5)]
    f = micrograd.compile(lambda x: w[0] * x if x > 0 else w[0] * x * x, parameters=w)
    for _ in range(2):
        f.batch.value_and_grad(np.array([0.5]), Y)
    assert f.batch._shortcut_to_gradient is None
