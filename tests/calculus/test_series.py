"""Taylor polynomials: known expansions, high orders, and a cost that grows as a polynomial."""

import gc
import math
from math import comb, factorial

import mpmath as mp
import pytest

from micrograd import Value, atan, cos, erf, exp, log, log1p, sigmoid, sin, softplus, sqrt, tan, tanh
from micrograd._core.lending import living
from micrograd.calculus import taylor
from micrograd.calculus.numeric_kinds import ANY

KNOWN = [
    (exp, 0.0, lambda k: 1 / factorial(k)),
    (sin, 0.0, lambda k: (0, 1, 0, -1)[k % 4] / factorial(k)),
    (cos, 0.0, lambda k: (1, 0, -1, 0)[k % 4] / factorial(k)),
    (log1p, 0.0, lambda k: -((-1) ** k) / k if k else 0),
    (lambda x: 1 / (1 - x), 0.0, lambda k: 1),
    (lambda x: 1 / sqrt(1 - 4 * x), 0.0, lambda k: comb(2 * k, k)),
    (atan, 0.0, lambda k: (0, 1, 0, -1)[k % 4] / max(k, 1)),
    (lambda x: (1 + x) ** 7, 0.0, lambda k: comb(7, k)),
    (lambda x: x / (1 - x - x * x), 0.0, lambda k: [0, 1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144][k]),
]


@pytest.mark.parametrize(("f", "x", "coefficient"), KNOWN)
def test_known_expansions(f, x, coefficient):
    assert taylor(f, x, 12) == pytest.approx([coefficient(k) for k in range(13)], rel=1e-12, abs=1e-15)


HIGH = [
    (tan, mp.tan, 0.4),
    (tanh, mp.tanh, 0.3),
    (erf, mp.erf, 0.5),
    (sigmoid, lambda x: 1 / (1 + mp.exp(-x)), -0.7),
    (softplus, lambda x: mp.log(1 + mp.exp(x)), 0.2),
    (lambda x: x**x, lambda x: x**x, 1.3),
    (lambda x: x**-1.5, lambda x: x ** mp.mpf(-1.5), 0.8),
    (lambda x: log(1 + sin(x) ** 2) * exp(-x), lambda x: mp.log(1 + mp.sin(x) ** 2) * mp.exp(-x), 0.6),
]


@pytest.mark.parametrize(("f", "reference", "x"), HIGH)
def test_thirty_orders(f, reference, x):
    with mp.workdps(60):
        expected = [float(c) for c in mp.taylor(reference, mp.mpf(x), 30)]
    assert taylor(f, x, 30) == pytest.approx(expected, rel=1e-9)


def composed(x):
    return exp(sin(x)) * tanh(x**2) / (1 + x**1.5)


def multiplications(n, monkeypatch):
    """How many products of coefficients a Taylor polynomial of order n takes."""
    import micrograd.calculus.series as series

    count = 0
    times = series.times

    def counting(a, b):
        nonlocal count
        count += 1
        return times(a, b)

    monkeypatch.setattr(series, "times", counting)
    taylor(composed, 0.5, n)
    monkeypatch.undo()
    return count


def test_the_cost_of_an_order_is_quadratic(monkeypatch):
    small, large = multiplications(20, monkeypatch), multiplications(80, monkeypatch)
    assert large / small < 17.5  # 16 for a cost of n²


def test_two_hundred_orders():
    coefficients = taylor(lambda x: exp(x) * sin(x) / sqrt(1 + x), 0.1, 200)
    assert len(coefficients) == 201 and all(map(math.isfinite, coefficients))
    y = 0.05
    assert sum(c * y**k for k, c in enumerate(coefficients)) == pytest.approx(
        math.exp(0.15) * math.sin(0.15) / math.sqrt(1.15), rel=1e-14
    )


def test_nothing_is_kept_alive():
    x = Value(0.3)
    gc.collect()
    gc.disable()
    try:
        before = len(living())
        taylor(lambda v: tanh(v) * exp(v) + sin(v * v) ** 3 + v**2.5, x, 5)
        assert len(living()) == before
    finally:
        gc.enable()


def test_an_unknown_function_is_asked_for_by_name():
    with pytest.raises(AttributeError, match="zeta"):
        ANY.zeta(1.0)
