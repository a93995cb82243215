"""Simulations and small algebras: particles, circuits, units, vectors, complex numbers and matrices by hand."""

import collections
import dataclasses
import enum
import math
import operator

import numpy as np

import micrograd
from micrograd import Value, cos, exp, sin, sqrt
from strangers.collection import after, call, calls, case, put, values


@case
def pendulum_with_a_length_that_changes():
    class Pendulum:
        def __init__(self):
            self.length, self.damping, self.g = 1.0, Value(0.1), 9.81

        def __call__(self, angle, speed):
            for _ in range(3):
                speed = speed - 0.01 * (self.g / self.length * sin(angle) + self.damping * speed)
                angle = angle + 0.01 * speed
            return angle

    m = Pendulum()
    return m, [m.damping], [call(1.0, 0.0), after(put(m, length=2.0), 1.0, 0.0), after(put(m, g=1.62), 1.0, 0.0)]


@case
def planets_in_a_list_of_objects():
    class Body:
        def __init__(self, mass, x):
            self.mass, self.x = mass, x

    g = Value(1.0)
    bodies = [Body(1.0, 0.0), Body(2.0, 1.0)]

    def f():
        return sum(g * a.mass * b.mass / abs(a.x - b.x) for k, a in enumerate(bodies) for b in bodies[k + 1 :])

    return (
        f,
        [g],
        [
            call(),
            after(lambda: bodies.append(Body(0.5, 3.0))),
            after(put(bodies[0], x=-1.0)),
            after(lambda: bodies.pop()),
        ],
    )


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
def bouncing_ball_with_events():
    e = Value(0.8)

    def f(height, steps):
        v, x, bounces = 0.0, height, 0
        for _ in range(steps):
            v, x = v - 0.1, x + 0.1 * v
            if x < 0:
                x, v, bounces = -x, -v * e, bounces + 1
        return x * e, bounces

    return f, [e], [call(0.05, 8), call(1.0, 8), call(0.05, 8)]


@case
def material_looked_up_by_enum():
    class Material(enum.Enum):
        STEEL = 7.8
        WOOD = 0.6

    class Beam:
        def __init__(self):
            self.material, self.width = Material.STEEL, Value(0.5)

        def __call__(self, length):
            return self.width * length * self.material.value

    m = Beam()
    return m, [m.width], [call(2.0), after(put(m, material=Material.WOOD), 2.0)]


@case
def circuit_as_a_graph_of_names():
    r, edges = Value(2.0), {"a": ["b", "c"], "b": ["c"], "c": []}

    def resistance(node):
        below = [r + resistance(n) for n in edges[node]]
        return 1 / sum(1 / x for x in below) if below else 1.0

    def f():
        return resistance("a")

    return (
        f,
        [r],
        [call(), after(lambda: edges["c"].append("d") or edges.update(d=[])), after(lambda: edges["a"].pop())],
    )


@case
def cooling_law_with_a_switch_of_phase():
    k = Value(0.3)

    def f(temperature, steps):
        liquid = temperature > 0
        for _ in range(steps):
            temperature = temperature - k * temperature * (1.0 if liquid else 0.5)
            liquid = bool(temperature.data > 0.4)
        return temperature

    return f, [k], [call(1.0, 4), call(0.5, 4), call(-1.0, 4)]


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
def potential_from_an_array_of_charges():
    k, charges, places = Value(0.5), np.array([1.0, -1.0]), np.array([[0.0, 0.0], [1.0, 1.0]])

    def f(x, y):
        return k * sum(q / ((x - a) ** 2 + (y - b) ** 2) ** 0.5 for q, (a, b) in zip(charges, places, strict=True))

    def move():
        places[1] += 1.0

    return f, [k], [call(0.5, 0.2), after(move, 0.5, 0.2), after(lambda: charges.__setitem__(0, 3.0), 0.5, 0.2)]


@case
def photons_counted_in_a_histogram():
    w, counts = Value(1.5), collections.Counter({1: 3, 2: 5})

    def f():
        return -sum(n * (k * micrograd.log(w) - w) for k, n in counts.items())

    return f, [w], [call(), after(lambda: counts.update([3, 3])), after(lambda: counts.pop(1))]


@case
def clock_of_the_simulation_advances():
    class World:
        def __init__(self):
            self.time, self.w = 0.0, Value(0.5)

        def step(self, dt):
            self.time += dt
            return sin(self.w * self.time)

    world = World()
    return world.step, [world.w], calls(0.5, 0.5, 0.25)


@case
def force_laws_composed_by_sum():
    k, laws = Value(0.5), []
    laws.append(lambda x: -k * x)

    def f(x):
        return sum((law(x) for law in laws), 0.0)

    return (
        f,
        [k],
        [
            call(1.0),
            after(lambda: laws.append(lambda x: -0.1 * x**3), 1.0),
            after(laws.clear, 1.0),
            after(lambda: laws.append(lambda x: k), 1.0),
        ],
    )


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
def dual_of_a_problem_by_sign():
    w, sense = Value(0.5), {"sign": 1}

    def f(x):
        return sense["sign"] * (w * x - 2) ** 2

    return f, [w], [call(1.0), after(lambda: sense.update(sign=-1), 1.0), after(lambda: sense.update(sign=-1.0), 1.0)]


@case
def barrier_outside_of_which_it_is_infinite():
    w = Value(0.5)

    def f(x):
        if not 0 < x < 1:
            return math.inf
        return -micrograd.log(w * x) - micrograd.log(1 - w * x)

    return f, [w], calls(0.5, 2.0, 0.25, 0.0)


@case
def lens_stack_in_reverse_order():
    powers, w = [1.0, 2.0], Value(0.3)

    def f(y, angle):
        for p in powers[::-1]:
            angle = angle - p * w * y
            y = y + 0.1 * angle
        return y

    return f, [w], [call(1.0, 0.0), after(powers.reverse, 1.0, 0.0), after(powers.sort, 1.0, 0.0)]


@case
def random_walk_recorded_before():
    w, steps = Value(0.3), np.random.default_rng(3).normal(size=4)

    def f(x):
        for s in steps:
            x = x + w * s
        return x

    return f, [w], [call(0.0), after(lambda: steps.sort(), 1.0), call(1.0)]


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
def angle_wrapped_by_loops():
    w = Value(0.5)

    def f(angle):
        while angle > math.pi:
            angle -= 2 * math.pi
        while angle <= -math.pi:
            angle += 2 * math.pi
        return cos(w * angle)

    return f, [w], calls(1.0, 7.0, -9.0, 1.0)
