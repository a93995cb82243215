"""Small algebras and systems: vectors, complex numbers, quaternions, matrices, units, rotations."""

import cmath
import dataclasses
import math
import operator

import micrograd
from micrograd import Value, sqrt
from strangers.collection import after, call, calls, case, put, values


@case
def complex_roots_by_discriminant():
    w = Value(0.5)

    def f(b, c):
        d = b * b - 4 * c
        return w * (-b + micrograd.sqrt(d)) if d >= 0 else (w * -b, w * micrograd.sqrt(-d))

    return f, [w], [call(3.0, 1.0), call(1.0, 3.0), call(3.0, 1.0)]


@case
def complex_number_of_python():
    w = Value(0.5)

    def f(x):
        return w * abs(cmath.exp(1j * 2.0)) * x

    return f, [w], calls(1.0, 2.0)


@case
def vectors_with_operators():
    class Vector:
        def __init__(self, *xs):
            self.xs = xs

        def __add__(self, other):
            return Vector(*map(operator.add, self.xs, other.xs))

        def __rmul__(self, k):
            return Vector(*[k * x for x in self.xs])

        def __matmul__(self, other):
            return sum(map(operator.mul, self.xs, other.xs))

    w, origin = Value(2.0), Vector(1.0, 0.5)

    def f(x, y):
        return (w * Vector(x, y) + origin) @ Vector(y, x)

    return f, [w], [call(1.0, 2.0), after(put(origin, xs=(3.0, 4.0)), 1.0, 2.0)]


@case
def complex_numbers_by_hand():
    @dataclasses.dataclass
    class Complex:
        re: object
        im: object

        def __mul__(self, other):
            return Complex(self.re * other.re - self.im * other.im, self.re * other.im + self.im * other.re)

    a, b = values(0.5, 0.3)

    def f(x, n):
        z = out = Complex(a * x, b)
        for _ in range(n):
            out = out * z
        return out.re, out.im

    return f, [a, b], [call(1.0, 2), call(2.0, 2), call(1.0, 3)]


@case
def escape_time_of_a_fractal():
    a, b = values(0.3, 0.5)

    def f(x, y):
        re, im, n = a * x, b * y, 0
        while (re * re + im * im).data < 4 and n < 10:
            re, im, n = re * re - im * im + a * x, 2 * re * im + b * y, n + 1
        return re * re + im * im, n

    return f, [a, b], [call(1.0, 1.0), call(3.0, 1.0), call(2.0, 2.0), call(1.0, 1.0)]


@case
def units_by_a_table_of_factors():
    factors, w = {"m": 1.0, "km": 1000.0}, Value(0.5)

    def f(length, unit):
        return w * length * factors[unit]

    return f, [w], [call(1.0, "m"), call(1.0, "km"), after(lambda: factors.update(km=1e3 + 1), 1.0, "km")]


@case
def quantities_that_carry_units():
    class Quantity:
        def __init__(self, x, unit):
            self.x, self.unit = x, unit

        def __add__(self, other):
            if self.unit != other.unit:
                raise ValueError(f"{self.unit} + {other.unit}")
            return Quantity(self.x + other.x, self.unit)

    w, shift = Value(0.5), Quantity(1.0, "m")

    def f(x, unit):
        return (Quantity(w * x, unit) + shift).x

    return f, [w], [call(1.0, "m"), call(2.0, "s"), after(put(shift, unit="s"), 2.0, "s"), call(1.0, "m")]


@case
def rotation_built_once_and_rebuilt():
    class Camera:
        def __init__(self):
            self.turn(0.0)

        def turn(self, angle):
            self.matrix = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]

    w, camera = Value(0.5), Camera()

    def f(x, y):
        return [sum(m * v for m, v in zip(row, (w * x, w * y), strict=True)) for row in camera.matrix]

    return f, [w], [call(1.0, 2.0), after(lambda: camera.turn(0.3), 1.0, 2.0)]


@case
def quaternions_as_tuples():
    w = Value(0.5)
    spin = (1.0, 0.0, 0.0, 0.0)

    def times(p, q):
        (a, b, c, d), (e, f, g, h) = p, q
        return (
            a * e - b * f - c * g - d * h,
            a * f + b * e + c * h - d * g,
            a * g - b * h + c * e + d * f,
            a * h + b * g - c * f + d * e,
        )

    def f(x):
        return times((w * x, w, 1.0, 0.0), spin)

    def turn():
        nonlocal spin
        spin = (0.6, 0.8, 0.0, 0.0)

    return f, [w], [call(1.0), after(turn, 1.0)]


@case
def distance_measured_by_a_strategy():
    class Euclid:
        def __call__(self, u, v):
            return sqrt(sum((a - b) ** 2 for a, b in zip(u, v, strict=True)))

    class Manhattan:
        def __call__(self, u, v):
            return sum(abs(a - b) for a, b in zip(u, v, strict=True))

    class Space:
        def __init__(self):
            self.metric, self.w = Euclid(), Value(0.5)

        def __call__(self, x, y):
            return self.metric((self.w * x, y), (0.0, 1.0))

    m = Space()
    return m, [m.w], [call(1.0, 2.0), after(put(m, metric=Manhattan()), 1.0, 2.0)]


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
