"""Derivatives inside derivatives: inner and outer variables are never confused, whatever the modes."""

import math
import random

import pytest

from micrograd import Value, cos, exp, log, sin, sqrt, tanh
from micrograd.calculus import derivatives, grad, hessian, hvp, jacobian, jvp, taylor, value_and_grad
from micrograd.nn import MLP


def by_reverse(f):
    return grad(f)


def by_forward(f):
    return lambda x: jvp(f, (x,), (1.0,))[1]


def by_series(f):
    return lambda x: taylor(f, x, 1)[1]


def by_graph(f):
    """On the graph itself, as somebody would do it by hand."""

    def derivative(x):
        x = x if isinstance(x, Value) else Value(x)
        return derivatives(f(x), x)

    return derivative


MODES = [by_reverse, by_forward, by_series]
every_pair = pytest.mark.parametrize("inner", MODES)
every_mode = pytest.mark.parametrize("outer", MODES)


@every_pair
@every_mode
def test_the_inner_variable_is_not_the_outer_one(outer, inner):
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(2.0))(3.0) == 6.0
    assert outer(lambda x: inner(lambda y: x * y * y)(x))(3.0) == 12.0
    assert outer(lambda x: inner(lambda y: x)(x))(3.0) == 0.0
    assert outer(lambda x: inner(lambda y: y)(x))(3.0) == 0.0


@every_pair
@every_mode
@pytest.mark.parametrize("innermost", MODES)
def test_three_levels(outer, inner, innermost):
    def f(x):
        return x * inner(lambda y: x * y * innermost(lambda z: x * y * z**2)(y))(x)

    # innermost 2xyz at z = y: 2xy²; times xy: 2x²y³; its derivative at y = x: 6x⁴; times x: 6x⁵; derived: 30x⁴
    assert float(f(1.5)) == pytest.approx(6 * 1.5**5)
    assert outer(f)(1.5) == pytest.approx(30 * 1.5**4)


@every_pair
@every_mode
def test_closures(outer, inner):
    """Functions made inside one derivative, kept, and derived again by others."""

    def f(x):
        slopes = []
        powers = [lambda y, n=n: x * y**n for n in (1, 2, 3)]
        for power in powers:
            slopes.append(inner(lambda y, power=power: power(y) * power(x))(2.0))
        return sum(slopes)  # n 2ⁿ⁻¹ · x · x · xⁿ

    assert float(f(1.5)) == pytest.approx(1.5**3 + 4 * 1.5**4 + 12 * 1.5**5)
    assert outer(f)(1.5) == pytest.approx(3 * 1.5**2 + 16 * 1.5**3 + 60 * 1.5**4)


@every_pair
@every_mode
def test_a_derivative_in_a_loop_whose_length_depends_on_it(outer, inner):
    """Newton's method for y² = x: the derivative of √x, through as many steps as the slopes ask for."""

    def root(x):
        y, steps = 1.0, 0
        while abs(y * y - x) > 1e-13 and steps < 50:
            y = y - (y * y - x) / inner(lambda z: z * z - x)(y)
            steps += 1
        return y

    assert outer(root)(7.0) == pytest.approx(0.5 / math.sqrt(7.0), rel=1e-9)


@every_mode
def test_the_number_of_rounds_is_a_derivative(outer):
    def f(x):
        slope, rounds, out = grad(lambda y: y**3)(x), 0, x
        while slope > 1.0:
            slope, rounds, out = slope / 2, rounds + 1, out * x
        return out

    assert outer(f)(2.0) == pytest.approx(5 * 2.0**4)  # slope 12: four rounds, x⁵


def test_mixed_by_hand():
    f = lambda x: tanh(x) * exp(x)  # noqa: E731
    expected = grad(grad(grad(f)))(0.4)
    for chain in ([by_forward] * 3, [by_reverse, by_forward, by_reverse], [by_series, by_reverse, by_forward]):
        g = f
        for mode in chain:
            g = mode(g)
        assert g(0.4) == pytest.approx(expected, rel=1e-13)
    assert taylor(by_reverse(f), 0.4, 2)[2] * 2 == pytest.approx(expected, rel=1e-13)
    assert 6 * taylor(f, 0.4, 3)[3] == pytest.approx(expected, rel=1e-13)
    assert grad(lambda x: taylor(f, x, 2)[2])(0.4) * 2 == pytest.approx(expected, rel=1e-13)
    assert jvp(lambda x: taylor(f, x, 2)[2], 0.4, 1.0)[1] * 2 == pytest.approx(expected, rel=1e-13)
    assert taylor(lambda x: taylor(f, x, 1)[1], 0.4, 2)[2] * 2 == pytest.approx(expected, rel=1e-13)
    assert by_graph(by_reverse(by_graph(f)))(0.4).data == pytest.approx(expected, rel=1e-13)


def test_inner_derivatives_of_structures():
    def f(p):
        inner = grad(lambda q: p["a"] * q[0] ** 2 * q[1])([p["a"], p["b"]])
        return inner[0] * inner[1]  # 2a·a·b · a·a² = 2a⁵b

    assert grad(f)({"a": 1.5, "b": 0.5}) == pytest.approx({"a": 10 * 1.5**4 * 0.5, "b": 2 * 1.5**5})
    assert jvp(f, {"a": 1.5, "b": 0.5}, {"a": 1.0, "b": 0.0})[1] == pytest.approx(10 * 1.5**4 * 0.5)


def test_higher_tools_inside_a_gradient():
    def trace(x):
        rows = hessian(lambda v: v[0] ** 3 * v[1])([x, 2.0])
        return rows[0][0] + rows[1][1]

    assert trace(3.0) == 36.0
    assert grad(trace)(3.0) == 12.0
    assert jvp(trace, 3.0, 1.0) == (36.0, 12.0)
    assert grad(lambda x: jacobian(lambda v: [v[0] * x, v[1] * x**2])([1.0, 1.0])[1][1])(3.0) == 6.0
    assert grad(lambda x: hvp(lambda v: x * v[0] ** 2 * v[1], [1.0, 1.0], [1.0, 0.0])[1])(5.0) == 2.0
    assert grad(lambda x: value_and_grad(lambda y: x * y)(3.0)[0])(2.0) == 3.0
    assert grad(lambda x: derivatives(sin(x) * 2, x))(0.3) == pytest.approx(-2 * math.sin(0.3))


@pytest.mark.parametrize("mode", [by_reverse, by_forward])
def test_a_mode_inside_a_series_inside_a_gradient(mode):
    def f(x):
        return taylor(lambda t: mode(lambda y: sin(x * t) * exp(y * t))(t), 0.5, 3)[3]

    h = 1e-5
    assert grad(f)(0.8) == pytest.approx((f(0.8 + h) - f(0.8 - h)) / (2 * h), rel=1e-8)


def test_an_inner_derivative_that_depends_on_no_outer_variable_is_a_float():
    seen = []
    grad(lambda x: seen.append(grad(lambda y: y * y)(3.0)) or x)(1.0)
    assert seen == [6.0] and type(seen[0]) is float
    seen.clear()
    grad(lambda x: seen.append(grad(lambda y: x * y)(3.0)) or x)(1.0)
    assert isinstance(seen[0], Value)


def test_an_error_leaves_nothing_behind():
    def fails(x):
        return log(x - 10)

    for f in (grad(fails), hessian(fails), lambda x: jvp(fails, x, 1.0), lambda x: taylor(fails, x, 2)):
        with pytest.raises(ValueError, match="log"):
            f(1.0)
    outside = grad(lambda x: x**3)(2.0)
    assert outside == 12.0 and type(outside) is float


def test_implicit_function_through_a_solver():
    """x e^x = a, by Newton: dx/da = 1 / (e^x (1 + x)), and the second derivative too."""

    def lambert(a):
        x = 1.0
        for _ in range(12):
            x = x - (x * exp(x) - a) / grad(lambda z: z * exp(z) - a)(x)
        return x

    w = float(lambert(3.0))
    first = 1 / (math.exp(w) * (1 + w))
    assert grad(lambert)(3.0) == pytest.approx(first, rel=1e-12)
    assert grad(grad(lambert))(3.0) == pytest.approx(-(first**3) * math.exp(w) * (2 + w), rel=1e-10)


@pytest.mark.parametrize("fused", [False, True])
def test_through_a_network(fused):
    """Every mode in the input of a network whose weights are Values."""
    model = MLP(1, [3, 1], activation="tanh", fused=fused, rng=random.Random(2))
    two = MLP(2, [3, 1], activation="softplus", fused=fused, rng=random.Random(3))
    second = grad(grad(model))(0.4)
    assert jvp(grad(model), 0.4, 1.0)[1] == pytest.approx(second) == 2 * taylor(model, 0.4, 2)[2]
    rows = hessian(two)([0.3, -0.2])
    product = [sum(h * d for h, d in zip(row, [1.0, 2.0], strict=True)) for row in rows]
    assert hvp(two, [0.3, -0.2], [1.0, 2.0]) == pytest.approx(product)
    # a loss with a derivative in it: its gradient reaches the weights
    slope = grad(model)(Value(0.4))
    ((slope - 1.0) ** 2).backward()
    weight = model.parameters()[0]
    analytic, h = weight.grad, 1e-6
    ends = []
    for w in (weight.data + h, weight.data - h):
        weight.data = w
        ends.append((grad(model)(0.4) - 1.0) ** 2)
    assert analytic == pytest.approx((ends[0] - ends[1]) / (2 * h), rel=1e-6)


def test_sixth_order():
    f = lambda x: sqrt(x) * cos(x)  # noqa: E731
    g = f
    for _ in range(6):
        g = grad(g)
    assert g(1.3) == pytest.approx(720 * taylor(f, 1.3, 6)[6], rel=1e-11)
