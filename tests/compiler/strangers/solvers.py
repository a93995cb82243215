"""Numerical methods: roots, minima, differential equations, interpolation, series, small linear systems."""

import bisect
import functools
import itertools
import math
from fractions import Fraction

import numpy as np

import micrograd
from micrograd import Value, cos, exp, log, sin, sqrt
from strangers.collection import after, call, calls, case, put, values


@case
def bisection_until_narrow():
    w = Value(2.0)

    def f(target):
        low, high = 0.0, 4.0
        while high - low > 0.1:
            middle = (low + high) / 2
            low, high = (middle, high) if (w * middle).data < target else (low, middle)
        return w * low

    return f, [w], calls(3.0, 5.0, 3.0)


@case
def newton_with_a_tolerance_kept_outside():
    options = {"tol": 1e-3}
    w = Value(3.0)

    def f(x):
        for _ in range(20):
            step = (x * x - w) / (2 * x)
            x = x - step
            if abs(step.data) < options["tol"]:
                break
        return x

    return f, [w], [call(1.0), after(lambda: options.update(tol=1e-9), 1.0), call(5.0)]


@case
def newton_keeps_its_iteration_count():
    class Newton:
        iterations = 0

        def solve(self, w):
            x, self.iterations = 1.0, 0
            while abs((x * x - w).data if isinstance(w, Value) else x * x - w) > 1e-6:
                x = 0.5 * (x + w / x)
                self.iterations += 1
            return x

    newton, w = Newton(), Value(2.0)

    def f(scale):
        return newton.solve(w * scale) + newton.iterations

    return f, [w], calls(1.0, 8.0, 1.0)


@case
def secant_remembers_the_last_point():
    w, last = Value(2.0), [0.5]

    def f(x):
        slope = ((w * x) ** 2 - (w * last[0]) ** 2) / (x - last[0])
        return x - (w * x) ** 2 / slope

    return f, [w], [call(1.0), after(lambda: last.__setitem__(0, 0.25), 1.0), call(2.0)]


@case
def line_search_halves_the_step():
    w = Value(3.0)

    def f(x, rate):
        old = (w * x - 1) ** 2
        while True:
            new = (w * (x - rate * (w.data * x - 1) * w.data) - 1) ** 2
            if new.data <= old.data or rate < 1e-6:
                return new
            rate = rate / 2

    return f, [w], [call(1.0, 1.0), call(1.0, 0.01), call(0.1, 10.0)]


@case
def golden_section_on_floats():
    w = Value(1.5)
    ratio = (math.sqrt(5) - 1) / 2

    def f(low, high):
        while high - low > 0.2:
            a, b = high - ratio * (high - low), low + ratio * (high - low)
            if (a - 1) ** 2 < (b - 1) ** 2:
                high = b
            else:
                low = a
        return w * (low + high) / 2

    return f, [w], [call(0.0, 2.0), call(-1.0, 3.0), call(0.0, 2.0)]


@case
def runge_kutta_from_a_table_of_weights():
    tableau = {"a": [[], [0.5]], "b": [0.0, 1.0]}
    w = Value(-0.5)

    def f(y, h):
        ks = []
        for row in tableau["a"]:
            ks.append(w * (y + h * sum(a * k for a, k in zip(row, ks, strict=True))))
        return y + h * sum(b * k for b, k in zip(tableau["b"], ks, strict=True))

    return f, [w], [call(1.0, 0.1), after(lambda: tableau.update(b=[0.5, 0.5], a=[[], [1.0]]), 1.0, 0.1)]


@case
def adaptive_steps_of_an_ode():
    w = Value(-1.0)

    def f(y, tolerance):
        t, h = 0.0, 0.5
        while t < 1.0:
            h = min(h, 1.0 - t)
            coarse, fine = y + h * w * y, y + h * w * (y + h / 2 * w * y)
            error = abs((fine - coarse).data)
            if error < tolerance or h < 0.05:
                t, y = t + h, fine
            else:
                h = h / 2
        return y

    return f, [w], [call(1.0, 0.2), call(1.0, 0.01), call(3.0, 0.2)]


@case
def fixed_point_with_a_maximum():
    w = Value(0.5)

    def f(x, most=50):
        for count in range(most):
            new = cos(w * x)
            if abs((new - x).data) < 1e-3:
                return new, count
            x = new
        return x, most

    return f, [w], [call(1.0), call(1.0, 2), call(-3.0)]


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
def pivots_in_gaussian_elimination():
    w = Value(2.0)

    def f(a, b, c, d):
        rows = [[w * a, w * b, 1.0], [w * c, w * d, 2.0]]
        rows.sort(key=lambda row: -abs(row[0].data))
        factor = rows[1][0] / rows[0][0]
        y = (rows[1][2] - factor * rows[0][2]) / (rows[1][1] - factor * rows[0][1])
        return (rows[0][2] - rows[0][1] * y) / rows[0][0], y

    return f, [w], [call(4.0, 1.0, 2.0, 3.0), call(1.0, 1.0, 2.0, 3.0), call(4.0, 1.0, 2.0, 3.0)]


@case
def determinant_by_recursion():
    w = Value(2.0)

    def det(m):
        if len(m) == 1:
            return m[0][0]
        return sum((-1) ** k * x * det([row[:k] + row[k + 1 :] for row in m[1:]]) for k, x in enumerate(m[0]))

    def f(m):
        return det([[w * x for x in row] for row in m])

    return f, [w], calls([[1.0, 2.0], [3.0, 5.0]], [[2.0]], [[1.0, 2.0, 0.0], [0.0, 1.0, 1.0], [3.0, 0.0, 1.0]])


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
def matrix_power_by_squaring():
    w = Value(0.5)

    def times(a, b):
        return [[sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)] for row in a]

    def f(n):
        out, base = [[1.0, 0.0], [0.0, 1.0]], [[w, 1.0], [1.0, 0.0]]
        while n:
            if n & 1:
                out = times(out, base)
            base, n = times(base, base), n >> 1
        return out

    return f, [w], calls(3, 5, 3)


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
def interval_halves_with_memory():
    class Bracket:
        def __init__(self):
            self.low, self.high, self.w = 0.0, 4.0, Value(2.0)

        def __call__(self):
            return (self.w * (self.low + self.high) / 2 - 3) ** 2

        def shrink(self):
            middle = (self.low + self.high) / 2
            if self.w.data * middle > 3:
                self.high = middle
            else:
                self.low = middle

    m = Bracket()
    return m, [m.w], [call()] + [after(m.shrink)] * 5


@case
def penalty_grows_when_violated():
    w, state = Value(2.0), {"mu": 1.0}

    def f(x):
        violation = (w * x - 1).relu()
        return w * w + state["mu"] * violation**2

    def grow(g):
        out = g(1.0)
        if w.data > 1:
            state["mu"] *= 10
        return out

    return f, [w], [grow] * 5


@case
def stencil_with_boundary_by_name():
    w, boundary = Value(0.1), {"kind": "periodic"}

    def f(u):
        n, ghost = len(u), boundary["kind"] == "fixed"
        left = [0.0 if ghost and k == 0 else u[k - 1] for k in range(n)]
        right = [0.0 if ghost and k == n - 1 else u[(k + 1) % n] for k in range(n)]
        return [x + w * (a - 2 * x + b) for a, x, b in zip(left, u, right, strict=True)]

    u = [1.0, 2.0, 4.0]
    return f, [w], [call(u), after(lambda: boundary.update(kind="fixed"), u), call([0.0, 1.0, 0.0])]


@case
def trapezoid_over_an_array_of_times():
    w, t = Value(0.5), np.linspace(0, 1, 4)

    def f():
        y = [sin(w * x) for x in t]
        return sum((t[k + 1] - t[k]) * (y[k] + y[k + 1]) / 2 for k in range(len(t) - 1))

    return f, [w], [call(), after(lambda: t.__imul__(2)), call()]


@case
def gradient_descent_inside_by_grad():
    w, options = Value(0.5), {"steps": 2, "rate": 0.1}

    def f(x):
        slope = micrograd.grad(lambda z: (z - w.data) ** 2)
        for _ in range(options["steps"]):
            x = x - options["rate"] * slope(x)
        return w * x

    return (
        f,
        [w],
        [call(1.0), after(lambda: options.update(steps=3), 1.0), after(lambda: options.update(rate=0.5), 1.0)],
    )


@case
def log_of_a_clamped_number():
    w, floor = Value(0.5), [1e-3]

    def f(x):
        z = w * x
        return log(z if z.data > floor[0] else Value(floor[0]))

    return f, [w], [call(1.0), call(-1.0), after(lambda: floor.__setitem__(0, 5.0), 1.0)]


@case
def norm_chosen_by_order():
    ws, norm = values(3, -4), types_of_norm()

    def f(x):
        return norm.of([w * x for w in ws])

    return f, ws, [call(1.0), after(put(norm, p=1), 1.0), after(put(norm, p=math.inf), 1.0)]


def types_of_norm():
    class Norm:
        p = 2

        def of(self, xs):
            if self.p == math.inf:
                return micrograd.max([abs(x) for x in xs])
            if self.p == 1:
                return sum(abs(x) for x in xs)
            return sqrt(sum(x * x for x in xs))

    return Norm()
