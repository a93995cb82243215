"""Where derivatives are infinite, undefined or chosen: as the contract says, in every mode and quietly."""

import math

import pytest

import micrograd
from micrograd import Value, exp, log, relu, sqrt, tanh
from micrograd.calculus import derivatives, grad, hessian, jvp, taylor

inf, nan = math.inf, math.nan


def same(a, b):
    return (math.isnan(a) and math.isnan(b)) or a == pytest.approx(b, rel=1e-15)


FIRST = [
    (sqrt, 0.0, inf),
    (lambda x: x**0.5, 0.0, inf),
    (lambda x: x**0, 0.0, 0.0),
    (lambda x: x ** Value(1.0), 0.0, 1.0),
    (lambda x: Value(-2.0) ** x, -3.0, nan),
    (relu, 0.0, 0.0),
    (abs, 0.0, 0.0),
    (relu, nan, nan),
    (lambda x: micrograd.max(x, 2 * x), 0.0, 1.0),
    (lambda x: micrograd.min(x, 2 * x), 0.0, 1.0),
    (lambda x: micrograd.max(2 * x, x), 0.0, 2.0),
    (tanh, 400.0, 0.0),
    (micrograd.sigmoid, -1000.0, 0.0),
    (lambda x: 1 / (1 / x), 1e150, 1.0),
    (lambda x: micrograd.softmax([x, 0.0])[0], 1000.0, 0.0),
]


@pytest.mark.parametrize(("f", "x", "expected"), FIRST)
def test_first_derivatives(f, x, expected):
    assert same(grad(f)(x), expected)
    assert same(grad(f)(Value(x)).data, expected)
    assert same(jvp(f, x, 1.0)[1], expected)
    assert same(taylor(f, x, 1)[1], expected)
    assert same(jvp(f, Value(x), 1.0)[1].data, expected)
    v = Value(x)
    assert same(derivatives(f(v), v).data, expected)


def test_derivatives_of_singular_ones_follow_ieee_arithmetic():
    second = [grad(grad(sqrt))(0.0), hessian(sqrt)(0.0), jvp(grad(sqrt), 0.0, 1.0)[1], 2 * taylor(sqrt, 0.0, 2)[2]]
    assert second == [-inf] * 4
    assert jvp(lambda x: jvp(sqrt, x, 1.0)[1], 0.0, 1.0) == (inf, -inf)
    assert grad(grad(grad(sqrt)))(0.0) == inf
    assert grad(lambda x: jvp(sqrt, x, 1.0)[1])(0.0) == -inf
    assert taylor(lambda x: x**0.5, 0.0, 3) == [0.0, inf, -inf, inf]
    assert grad(grad(lambda x: x**1.5))(0.0) == inf
    assert taylor(lambda x: taylor(sqrt, x, 1)[1], 0.0, 1) == [inf, -inf]


@pytest.mark.parametrize("f", [relu, abs, lambda x: micrograd.max(x, 0.0)])
def test_kinks_are_straight_on_both_sides(f):
    for x in (-1.0, 0.0, 2.0):
        assert grad(grad(f))(x) == 0.0 == taylor(f, x, 3)[3] == jvp(grad(f), x, 1.0)[1]


@pytest.mark.parametrize(
    ("f", "x", "message"),
    [
        (log, -1.0, r"log\(-1.0\) is not defined"),
        (lambda x: 1 / x, 0.0, "divides by zero"),
        (lambda x: x**0.5, -1.0, "is not defined"),
        (lambda x: x ** Value(0.5), -1.0, "is not defined"),
        (exp, 1000.0, "too large"),
        (sqrt, -1.0, "is not defined"),
    ],
)
def test_outside_the_domain_every_mode_says_so(f, x, message):
    for run in (
        lambda: grad(f)(x),
        lambda: grad(grad(f))(x),
        lambda: jvp(f, x, 1.0),
        lambda: jvp(grad(f), x, 1.0),
        lambda: taylor(f, x, 3),
        lambda: jvp(f, Value(x), 1.0),
        lambda: taylor(f, Value(x), 2),
        lambda: jvp(lambda t: jvp(f, t, 1.0)[1], x, 1.0),
    ):
        with pytest.raises((ArithmeticError, ValueError), match=message):
            run()


def test_powers_of_zero_and_of_negative_bases():
    cube = [0.0, 0.0, 0.0, 1.0, 0.0]
    assert taylor(lambda x: x**3, 0.0, 4) == taylor(lambda x: x ** Value(3.0), 0.0, 4) == cube
    assert taylor(lambda x: x**3.0, 0.0, 4) == cube and taylor(lambda x: x**3, 1e-200, 3)[3] == 1.0
    assert taylor(lambda x: x**-2, -2.0, 2) == pytest.approx([0.25, 0.25, 0.1875])
    assert taylor(lambda x: 2.0**x, 3.0, 1) == pytest.approx([8.0, 5.545177444479562])
    assert [grad(grad(grad(lambda x: x**3)))(0.0), grad(grad(lambda x: x**2))(-1.0)] == [6.0, 2.0]


def test_dual_numbers_and_series_compare_and_print_by_their_value():
    seen = []

    def f(x):
        seen.append(
            (x > 0, x >= 2.0, x < 3, x <= 1.0, x < Value(5.0), Value(1.0) < x, f"{x:.1f}", x.data, repr(x), f"{x}")
        )
        return abs(x) + (x if x > 1 else 0.0)

    assert jvp(f, 2.0, 1.0) == (4.0, 2.0)
    assert taylor(f, 2.0, 1) == [4.0, 2.0]
    assert seen[0] == (True, True, True, False, True, True, "2.0", 2.0, "Dual(2.0, 1.0)", "Dual(2.0, 1.0)")
    assert seen[1][:8] == seen[0][:8] and seen[1][8] == "Series(2.0, 1.0)"
    with pytest.raises(TypeError):
        jvp(lambda x: x + "a", 1.0, 1.0)
    with pytest.raises(TypeError):
        jvp(lambda x: x ** "a", 1.0, 1.0)
    with pytest.raises(TypeError):
        jvp(lambda x: micrograd.max(x, "a"), 1.0, 1.0)
