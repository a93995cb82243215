"""Numerical methods: roots, minima, differential equations, fixed points."""

import math

import micrograd
from micrograd import Value, cos, log
from strangers.collection import after, call, calls, case


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


@case(refused="changes what it reads: newton.iterations")
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
