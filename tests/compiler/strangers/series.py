"""Series, tables and interpolation: terms, coefficients, knots, weights."""

import bisect
import functools
import itertools
import math
from fractions import Fraction

import numpy as np

from micrograd import Value, exp, sin
from strangers.collection import after, call, calls, case, values


@case
def energy_levels_by_a_generator_function():
    w, most = Value(0.3), 3

    def levels():
        n = 0
        while n < most:
            yield n + 0.5
            n += 1

    def f(beta):
        return sum(exp(-beta * w * e) for e in levels())

    def more():
        nonlocal most
        most = 5

    return f, [w], [call(1.0), after(more, 1.0), call(2.0)]


@case
def table_interpolated_by_bisect():
    xs, ys = [0.0, 1.0, 3.0], [0.0, 2.0, 2.5]
    w = Value(1.5)

    def f(x):
        k = min(max(bisect.bisect_right(xs, x) - 1, 0), len(xs) - 2)
        t = (x - xs[k]) / (xs[k + 1] - xs[k])
        return w * (ys[k] * (1 - t) + ys[k + 1] * t)

    def insert():
        xs.insert(2, 2.0)
        ys.insert(2, 9.0)

    return f, [w], [call(0.5), call(2.5), after(insert, 2.5), call(0.5)]


@case
def spline_of_learnable_knots():
    knots, heights = [0.0, 1.0, 2.0], values(0.0, 1.0, 0.5)

    def f(x):
        for (a, u), (b, v) in itertools.pairwise(zip(knots, heights, strict=True)):
            if a <= x <= b:
                t = (x - a) / (b - a)
                return u * (1 - t) + v * t
        return heights[0] if x < knots[0] else heights[-1]

    return f, heights, [*calls(0.5, 1.5, -1.0, 9.0), after(lambda: knots.__setitem__(1, 0.25), 0.5)]


@case
def simpson_by_the_number_of_panels():
    w, panels = Value(0.7), 2

    def f(b):
        h = b / panels
        return h / 3 * sum((1 if k in (0, panels) else 4 if k % 2 else 2) * exp(w * (k * h)) for k in range(panels + 1))

    def finer():
        nonlocal panels
        panels *= 2

    return f, [w], [call(1.0), after(finer, 1.0), call(2.0)]


@case
def series_until_terms_are_small():
    w = Value(0.5)

    def f(x):
        term, out, k = w * 0 + 1, w * 0 + 1, 1
        while abs(term.data) > 1e-4:
            term = term * w * x / k
            out, k = out + term, k + 1
        return out

    return f, [w], calls(1.0, 0.1, 4.0, 1.0)


@case
def horner_with_coefficients_edited():
    coefficients, w = [1.0, 0.0, 2], Value(0.5)

    def f(x):
        return functools.reduce(lambda out, c: out * (w * x) + c, coefficients)

    return f, [w], [call(2.0), after(lambda: coefficients.append(3.0), 2.0), after(lambda: coefficients.pop(0), 2.0)]


@case
def binomial_coefficients_exactly():
    w = Value(0.3)

    def f(n):
        return sum(math.comb(n, k) * w**k * (1 - w) ** (n - k) * (k % 2) for k in range(n + 1))

    return f, [w], calls(3, 5, 3)


@case
def weights_as_fractions():
    w, weights = Value(0.3), [Fraction(1, 6), Fraction(4, 6), Fraction(1, 6)]

    def f(x):
        return sum(float(c) * (w * x) ** k for k, c in enumerate(weights))

    return f, [w], [call(2.0), after(lambda: weights.__setitem__(0, Fraction(1, 3)), 2.0)]


@case
def fractions_inside_a_list():
    w, weights = Value(0.3), [Fraction(1, 3)]

    def f(x):
        return w * x * (weights[0] + weights[-1])

    return f, [w], [call(2.0), after(lambda: weights.append(Fraction(2, 3)), 2.0)]


@case
def memo_of_recursive_polynomials():
    memo, w = {}, Value(0.5)

    def legendre(n, x):
        if n < 2:
            return x if n else 1.0
        return ((2 * n - 1) * x * legendre(n - 1, x) - (n - 1) * legendre(n - 2, x)) / n

    def f(n, x):
        if n not in memo:
            memo[n] = 1 / (2 * n + 1)
        return legendre(n, w * x) * memo[n]

    return f, [w], [call(3, 1.0), call(3, 2.0), call(2, 1.0), call(3, 1.0)]


@case
def cache_of_values_by_number():
    cache, w = {}, Value(0.5)

    def f(n):
        if n not in cache:
            cache[n] = w**n
        return cache[n] * 2

    return f, [w], calls(2, 3, 2, 2)


@case
def continued_fraction_from_digits():
    w, digits = Value(0.5), [1, 2, 2]

    def f():
        out = w * digits[-1]
        for d in reversed(digits[:-1]):
            out = d + 1 / out
        return out

    return f, [w], [call(), after(lambda: digits.append(2)), after(lambda: digits.__setitem__(0, 3))]


@case
def trapezoid_over_an_array_of_times():
    w, t = Value(0.5), np.linspace(0, 1, 4)

    def f():
        y = [sin(w * x) for x in t]
        return sum((t[k + 1] - t[k]) * (y[k] + y[k + 1]) / 2 for k in range(len(t) - 1))

    return f, [w], [call(), after(lambda: t.__imul__(2)), call()]
