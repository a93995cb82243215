"""Functions that repeat a step n times: each makes, for n, the function and its arguments."""

import math
import random

import micrograd
from micrograd import Value


def parameters(count, scale=0.4, seed=1):
    rng = random.Random(seed)
    return [Value(rng.gauss(0, scale)) for _ in range(count)]


def matrix(n, m, seed=1):
    rng = random.Random(seed)
    return [[Value(rng.gauss(0, 0.5 / math.sqrt(m))) for _ in range(m)] for _ in range(n)]


def times(w, x):
    return [micrograd.total([a * b for a, b in zip(row, x, strict=True)]) for row in w]


def rk4(f, state, dt):
    k1 = f(state)
    k2 = f([x + dt / 2 * k for x, k in zip(state, k1, strict=True)])
    k3 = f([x + dt / 2 * k for x, k in zip(state, k2, strict=True)])
    k4 = f([x + dt * k for x, k in zip(state, k3, strict=True)])
    return [x + dt / 6 * (a + 2 * b + 2 * c + d) for x, a, b, c, d in zip(state, k1, k2, k3, k4, strict=True)]


def pendulum(n):
    angle, friction = Value(0.5), Value(0.1)

    def run(speed):
        state = [angle, speed]
        for _ in range(n):
            state = rk4(lambda s: [s[1], -9.81 * micrograd.sin(s[0]) - friction * s[1]], state, 0.01)
        return state[0] * state[0] + state[1]

    return run, (0.3,)


def lorenz(n):
    s, r, b = Value(10.0), Value(28.0), Value(8 / 3)

    def run(x, y, z):
        state = [x, y, z]
        for _ in range(n):
            state = rk4(lambda p: [s * (p[1] - p[0]), p[0] * (r - p[2]) - p[1], p[0] * p[1] - b * p[2]], state, 0.01)
        return micrograd.total(state)

    return run, (1.0, 1.1, 0.9)


def kalman(n):
    noise, drift, rate = parameters(3, 0.3)

    def run(measured):
        x, p, loss = 0.0, 1.0, 0.0
        for z in measured:
            x, p = x * (1 - rate) + drift, p + noise * noise
            gain = p / (p + 0.5)
            error = z - x
            loss = loss + error * error
            x, p = x + gain * error, (1 - gain) * p
        return loss

    return run, ([math.sin(k / 5) for k in range(n)],)


def rnn(n, hidden=5, inputs=3):
    w, u, b = matrix(hidden, inputs, 2), matrix(hidden, hidden, 3), parameters(hidden)

    def run(xs):
        h = [0.0] * hidden
        for x in xs:
            h = [micrograd.tanh(p + q + r) for p, q, r in zip(times(w, x), times(u, h), b, strict=True)]
        return micrograd.total([v * v for v in h])

    return run, ([[math.sin(k + j) for j in range(inputs)] for k in range(n)],)


def gru(n, hidden=4, inputs=2):
    gates = [(matrix(hidden, inputs + hidden, k), parameters(hidden, seed=k)) for k in range(3)]

    def gate(k, x):
        w, b = gates[k]
        return [p + q for p, q in zip(times(w, x), b, strict=True)]

    def run(xs):
        h, outputs = [0.1] * hidden, []
        for x in xs:
            z = [micrograd.sigmoid(v) for v in gate(0, [*x, *h])]
            r = [micrograd.sigmoid(v) for v in gate(1, [*x, *h])]
            c = [micrograd.tanh(v) for v in gate(2, [*x, *(a * b for a, b in zip(r, h, strict=True))])]
            h = [a + u * (b - a) for a, b, u in zip(h, c, z, strict=True)]
            outputs.append(h[0] - x[0])
        return micrograd.total([e * e for e in outputs])

    return run, ([[math.sin(k + j) for j in range(inputs)] for k in range(n)],)


def leapfrog(n):
    stiffness, mass = Value(2.0), Value(1.5)

    def run(x, v):
        for _ in range(n):
            v = v - 0.05 * stiffness * x / mass
            x = x + 0.05 * v
        return x * x + v

    return run, (1.0, 0.2)


def power_iteration(n, size=6):
    a = matrix(size, size, 5)

    def run(x):
        for _ in range(n):
            y = times(a, x)
            norm = micrograd.total([v * v for v in y]) ** 0.5
            x = [v / norm for v in y]
        return x[0] + x[1]

    return run, ([1.0 + k for k in range(size)],)


def newton(n):
    c = Value(2.0)

    def run(x):
        for _ in range(n):
            x = x - (x * x * x - c) / (3 * x * x + 0.1)
        return x

    return run, (1.3,)


def scan(n):
    """Every step's output is there."""
    a, b = parameters(2)

    def run(xs):
        s, out = 0.5, []
        for x in xs:
            s = micrograd.tanh(a * s + b * x)
            out.append(s * 2 + 1)
        return out

    return run, ([math.cos(k) for k in range(n)],)


def second_order(n):
    """Looks two steps back."""
    a, b = parameters(2)

    def run(x):
        before, now = x, x * 2
        for _ in range(n):
            before, now = now, micrograd.sin(a * now + b * before)
        return now

    return run, (0.3,)


def two_loops(n):
    a, b = parameters(2)

    def run(x):
        states = []
        for _ in range(n):
            x = micrograd.sin(a * x) + b
            states.append(x)
        y = 0.1
        for s in states:
            y = micrograd.tanh(y * a + s) - b
        return y

    return run, (0.7,)


def nested(n):
    a, b = parameters(2)

    def run(x):
        for _ in range(n):
            y = x
            for _ in range(5):
                y = micrograd.sin(a * y) + x
            x = micrograd.tanh(y * b + x)
        return x

    return run, (0.7,)


def one_step_differs(n):
    a, b = parameters(2)

    def run(x):
        for k in range(n):
            x = micrograd.exp(-x * b) if k == n // 3 else micrograd.sin(a * x) + b * x
        return x

    return run, (0.7,)


def guarded(n):
    a, b = parameters(2)

    def run(xs):
        s = 0.4
        for x in xs:
            s = s * a + b if x > 0 else s * a + b
            s = micrograd.relu(s + x)
            if s > -5.0:
                s = s * 0.5
        return s

    return run, ([0.3 + math.cos(k / 7) ** 2 for k in range(n)],)


def ragged(n):
    """Attends to all that was before: no two steps are the same."""
    a, b = parameters(2)

    def run(x):
        states = [x]
        for _ in range(min(n, 60)):
            states.append(micrograd.tanh(micrograd.total([s * a for s in states]) + b))
        return states[-1]

    return run, (0.2,)


def batch_of_chains(n):
    """Examples side by side: each is a chain, but none waits for another."""
    w = parameters(3)

    def run(xs):
        losses = []
        for x in xs:
            for v in w:
                x = micrograd.tanh(x * v + 0.1)
            losses.append(x * x)
        return micrograd.total(losses)

    return run, ([math.cos(k) for k in range(n)],)


def running_total_of_networks(n):
    """Only a sum goes from step to step; all the rest is side by side."""
    w = parameters(6)

    def run(xs):
        sofar, worst = 0.0, 0.0
        for x in xs:
            y = x
            for v in w:
                y = micrograd.tanh(y * v + x)
            sofar = sofar + y
            worst = worst + sofar * sofar
        return worst

    return run, ([math.cos(k) for k in range(n)],)


LOOPS = {
    f.__name__: f
    for f in (pendulum, lorenz, kalman, rnn, gru, leapfrog, power_iteration, newton, scan, second_order, two_loops)
} | {f.__name__: f for f in (nested, one_step_differs, guarded)}
OTHERS = {f.__name__: f for f in (ragged, batch_of_chains, running_total_of_networks)}
