"""Simulations: particles, circuits, fields, lenses, clocks."""

import collections
import enum
import math

import numpy as np

import micrograd
from micrograd import (
    Value,
    cos,
    sin,
)
from strangers.collection import after, call, calls, case, put


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


@case(refused="changes what it reads: self.time")
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
def dual_of_a_problem_by_sign():
    w, sense = Value(0.5), {"sign": 1}

    def f(x):
        return sense["sign"] * (w * x - 2) ** 2

    return f, [w], [call(1.0), after(lambda: sense.update(sign=-1), 1.0), after(lambda: sense.update(sign=-1.0), 1.0)]


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
def angle_wrapped_by_loops():
    w = Value(0.5)

    def f(angle):
        while angle > math.pi:
            angle -= 2 * math.pi
        while angle <= -math.pi:
            angle += 2 * math.pi
        return cos(w * angle)

    return f, [w], calls(1.0, 7.0, -9.0, 1.0)
