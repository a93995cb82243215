"""`==` and truth: by number against numbers and inside a derivative, by identity between Values of one's own."""

from fractions import Fraction

import numpy as np
import pytest

from micrograd import Value, compile, grad, hessian, jvp, sin, taylor, value_and_grad


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), Fraction(4, 2)])
def test_with_plain_numbers(number):
    v = Value(2.0)
    assert v == number and number == v and not v != number and not number != v
    assert v != number + 1 and not v == number + 1 and number + 1 != v


def test_with_anything_else():
    v = Value(2.0)
    for other in ("2", None, [2.0], (2.0,), 2j, object()):
        assert v != other and not v == other and other != v
    assert (v == np.array([2.0, 3.0])).tolist() == [True, False]


def test_values_of_ones_own_are_equal_by_identity():
    a, b = Value(2.0), Value(2.0)
    assert a == a and a != b and len({a, b, a}) == 2 and {a: 1}[a] == 1
    assert [a, b].index(b) == 1 and b not in [a]
    assert bool(Value(0.0)), "a Value is something, as any object"


def test_nan_is_not_equal_to_itself_as_a_number():
    v = Value(float("nan"))
    assert v == v and v != float("nan")


BRANCHES = [
    (lambda x: 5 * x if x == 2.0 else x, 2.0, (10.0, 5.0)),
    (lambda x: x if x != 2.0 else 5 * x, 2.0, (10.0, 5.0)),
    (lambda x: 5 * x if 2.0 == x else x, 2.0, (10.0, 5.0)),
    (lambda x: 1 + 0 * x if x == 0 else sin(x) / x, 0.0, (1.0, 0.0)),
    (lambda x: x + 1 if x else 100 + 3 * x, 0.0, (100.0, 3.0)),
    (lambda x: x + 1 if x else 100 + 3 * x, 2.0, (3.0, 1.0)),
    (lambda x: 3 * x if x * 2 == x + 2 else x, 2.0, (6.0, 3.0)),
    (lambda x: 3 * x if x not in [1.0, 2.0] else x, 2.0, (2.0, 1.0)),
    (lambda x: 3 * x if not (x - x) else x, 2.0, (6.0, 3.0)),
    (lambda x: (x and 3 * x) or x, 2.0, (6.0, 3.0)),
    (lambda x: 3 * x if all([x, x - 2]) else x, 2.0, (2.0, 1.0)),
]


@pytest.mark.parametrize("f, x, right", BRANCHES)
def test_in_a_function_that_is_differentiated(f, x, right):
    assert f(x) == right[0]
    assert value_and_grad(f)(x) == right
    assert jvp(f, x, 1.0) == right
    assert tuple(taylor(f, x, 1)) == right
    assert jvp(lambda x: f(x), Value(x), 1.0)[1].data == right[1]
    assert hessian(lambda x: f(x) * f(x))(x) == pytest.approx(2 * right[1] ** 2, abs=1e-12)


@pytest.mark.parametrize("f, x, right", BRANCHES)
def test_compiled(f, x, right):
    assert compile(f)(x) == right[0]
    for derivative in (value_and_grad(f), lambda x: jvp(f, x, 1.0)):
        fast = compile(derivative)
        for _ in range(2):
            assert fast(x) == right
            assert fast(x + 4.0) == value_and_grad(f)(x + 4.0)


def test_a_walker_inside_a_derivative_still_tells_values_apart():
    mine = [Value(1.0), Value(1.0)]

    def f(x):
        return x * len({*mine}) if mine[0] != mine[1] else x

    assert grad(f)(3.0) == 2.0
