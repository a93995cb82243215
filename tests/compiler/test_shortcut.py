"""A call on arrays of floats takes a shortcut; whatever is not as it was takes the long way, with the same results."""

import copy
import inspect
import pickle
import sys
import warnings
from array import array

import numpy as np
import pytest
from circles import grows

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
    with pytest.raises(ValueError, match="needs 6 numbers, one for each parameter, got 5"):
        fast.value_and_grad(theta[:5], xs, ys)
    with pytest.raises(TypeError):
        fast.value_and_grad(theta, xs)


def test_arrays_that_are_views_strange_or_mended(fast):
    theta, xs, ys = fast.arrays
    expected = fast.value_and_grad(*fast.arrays)
    odd = np.frombuffer(bytearray(8 * 6 + 1), "d", 6, offset=1)
    odd[:] = theta
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dtype = pickle.loads(pickle.dumps(theta)).dtype
    read_only = theta.copy()
    read_only.flags.writeable = False
    for same_numbers in (odd, theta[::1], theta.astype(dtype), read_only, np.asfortranarray(theta), theta.view(Sub)):
        assert same(fast.value_and_grad(same_numbers, xs, ys), expected)
    assert same(fast.value_and_grad(theta, np.asfortranarray(xs), ys), expected)


class Sub(np.ndarray):
    pass


def test_the_gradient_is_new_at_each_call(fast):
    kept = [fast.value_and_grad(k + fast.arrays[0], *fast.arrays[1:]) for k in range(5)]
    for k, found in enumerate(kept):
        assert same(found, by_the_long_way(fast, k + fast.arrays[0], *fast.arrays[1:]))
    assert len({gradient.ctypes.data for _, gradient in kept}) == 5 and all(g.flags.owndata for _, g in kept)


def test_calls_on_the_shortcut_are_counted(fast):
    before = fast._calls + fast._variants.shortcut.taken
    for _ in range(7):
        fast.value_and_grad(*fast.arrays)
    fast.value_and_grad(fast.arrays[0].tolist(), *fast.arrays[1:])
    assert fast._calls == before + 8


def test_the_method_is_still_one(fast):
    method, function = micrograd.compiler.compiled.Compiled.value_and_grad, fast.value_and_grad
    assert list(inspect.signature(function).parameters) == ["theta", "args", "kwargs"]
    assert function.__name__ == "value_and_grad" and function.__self__ is fast and function.__func__ is method
    assert function.__doc__ == method.__doc__ == method.__wrapped__.__doc__ and inspect.isroutine(function)
    assert same(method(fast, *fast.arrays), function(*fast.arrays))
    assert same(copy.copy(function)(*fast.arrays), function(*fast.arrays))
    for wrong in ((), (3,), (3, fast.arrays[0])):
        with pytest.raises((TypeError, AttributeError)):
            method(*wrong)
    with pytest.raises(TypeError):
        fast.value_and_grad(*fast.arrays, zs=3)


def test_a_compiled_function_may_call_the_method_of_another(fast):
    inner, arrays = fast.value_and_grad, fast.arrays
    outer = micrograd.compile(lambda x: x * inner(*arrays)[0])
    assert [outer(Value(x)).data for x in (1.0, 2.0)] == [inner(*arrays)[0], 2 * inner(*arrays)[0]]


def test_the_kernel_takes_no_nonsense(fast):
    short, arrays = fast._variants.shortcut, fast.arrays
    program = fast._latest.programs.running("theta", 6).kernel
    for wrong in ((), arrays[:2], (*arrays, arrays[0]), (None, *arrays[1:]), (arrays[0], None, arrays[2])):
        assert short(*wrong) is None
    assert short(*arrays, key=1) is None and short(*arrays) is not None
    new = type(short)
    assert new(program, bool, arrays, np.empty, 7, 0)(*arrays) is None
    for form in (
        (program, any, [*arrays], np.empty, 7, 0),
        (program, any, (), np.empty, 7, 0),
        (program, any, arrays[:2], np.empty, 7, 0),
        (program, any, (*arrays[:2], 3), np.empty, 7, 0),
        (program, any, (*arrays[:2], [1.0]), np.empty, 7, 0),
        (program, any, (*arrays[:2], array("d", [0.5])), np.empty, 7, 0),
        (3, any, arrays, np.empty, 7, 0),
        (program, any, arrays, np.empty, 0, 0),
        (program, any, arrays, np.empty, 99, 0),
        (program, any, arrays, np.empty, 7, -1),
        (program, any, arrays, np.empty, 7, 99),
        (program, any, arrays, np.empty),
    ):
        with pytest.raises((TypeError, ValueError)):
            new(*form)
    with pytest.raises(TypeError):
        new(program, any, arrays, np.empty, 7, 0, more=1)
    for empty in (list, lambda n: np.empty(n + 1), lambda n: np.empty(n, "f4"), lambda n: np.empty((n, 2))[:, 0], int):
        with pytest.raises((TypeError, ValueError)):
            new(program, "a".isalpha, arrays, empty, 7, 0)(*arrays)
    assert new(program, "a".isalpha, arrays, lambda n: np.empty((n, 1)), 7, 0)(*arrays)[1].shape == (6, 1)
    with pytest.raises(KeyError):
        new(program, lambda: {}[1], arrays, np.empty, 7, 0)(*arrays)


def test_arrays_of_others_are_read_as_buffers(fast):
    program = fast._latest.programs.running("theta", 6).kernel
    shapes = [array("d", x.ravel().tolist()) for x in fast.arrays]
    short = type(fast._variants.shortcut)(program, "a".isalpha, tuple(shapes), lambda n: array("d", bytes(8 * n)), 7, 0)
    assert same(short(*shapes), fast.value_and_grad(*fast.arrays))
    assert short(*fast.arrays) is None and short(shapes[0], shapes[1], array("f", [0.5])) is None


@pytest.mark.parametrize("table", [None, 3, object()])
def test_without_the_functions_of_numpy_another_one_makes_the_gradient(fast, table):
    program, made = fast._latest.programs.running("theta", 6).kernel, []

    def empty(n):
        made.append(n)
        return np.empty(n)

    short = type(fast._variants.shortcut)(program, "a".isalpha, fast.arrays, empty, 7, 0, table)
    assert same(short(*fast.arrays), fast.value_and_grad(*fast.arrays)) and made == [6]


def test_references_are_counted(fast):
    kind = np.dtype("d")
    before = sys.getrefcount(kind), [sys.getrefcount(x) for x in fast.arrays]
    for _ in range(100):
        fast.value_and_grad(*fast.arrays)
    assert (sys.getrefcount(kind), [sys.getrefcount(x) for x in fast.arrays]) == before


def test_nothing_leaks(fast):
    def once():
        w = [Value(1.0), Value(2.0)]
        f = micrograd.compile(lambda xs: w[0] * xs[0] + w[1] + f.shift, parameters=w, backend="native")
        f.shift = 1.0
        for _ in range(3):
            f.value_and_grad(np.ones(2), np.ones(1))
        assert f._variants.shortcut is not None
        w[0].f = f  # a circle through what is watched

    assert not grows(once)
