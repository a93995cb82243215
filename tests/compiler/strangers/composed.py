"""Compiled derivatives, compiled functions inside compiled ones, and functions around them."""

import functools

import numpy as np

import micrograd
from micrograd import Value, sin, tanh, value_and_grad
from strangers.collection import after, call, calls, case, put, values


@case
def gradient_of_a_fit_to_rebound_data():
    ys = [1.0, 2.0]

    def loss(a):
        return sum((a * x - y) ** 2 for x, y in zip((1.0, 2.0), ys, strict=True))

    def rebind():
        nonlocal ys
        ys = [5.0, 9.0]

    return micrograd.grad(loss), [], [call(0.5), after(rebind, 0.5), after(lambda: ys.__setitem__(0, 0.0), 0.5)]


@case
def value_and_gradient_with_a_setting():
    setting = {"k": 1.0}
    f = value_and_grad(lambda x: setting["k"] * x**3)
    return f, [], [call(2.0), after(lambda: setting.update(k=2.0), 2.0)]


@case
def jacobian_of_a_function_with_a_mode():
    class Map:
        swap = False

        def __call__(self, xs):
            a, b = xs
            return [a * b, a] if not self.swap else [a, a * b]

    it = Map()
    return micrograd.jacobian(it), [], [call([2.0, 3.0]), after(put(it, swap=True), [2.0, 3.0])]


@case
def hessian_of_a_polynomial_with_coefficients():
    cs = [1.0, 2.0, 0.5]

    def f(xs):
        a, b = xs
        return cs[0] * a**2 + cs[1] * a * b + cs[2] * b**3

    return micrograd.hessian(f), [], [call([1.0, 2.0]), after(lambda: cs.__setitem__(1, -1.0), [1.0, 2.0])]


@case
def second_derivative_by_composition():
    k = {"k": 1.0}
    f = micrograd.grad(micrograd.grad(lambda x: sin(k["k"] * x)))
    return f, [], [call(0.5), after(lambda: k.update(k=2.0), 0.5)]


@case
def partial_application_of_a_gradient():
    options = {"power": 2}

    def loss(scale, x):
        return scale * x ** options["power"]

    f = functools.partial(micrograd.grad(loss, 1), 3.0)
    return f, [], [call(2.0), after(lambda: options.update(power=3), 2.0)]


@case
def compiled_helper_of_a_changing_object():
    class Act:
        def __init__(self):
            self.k, self.w = 1.0, Value(0.5)

        def __call__(self, x):
            return tanh(self.w * x * self.k)

    act = Act()
    fast = micrograd.compile(act)

    def f(x):
        return fast(x) + fast(x * 2)

    return f, [act.w], [call(1.0), after(put(act, k=3.0), 1.0)]


@case
def gradient_inside_of_a_loss():
    w, order = Value(0.5), {"n": 1}

    def net(x):
        return tanh(w * x)

    def f(x):
        slope = micrograd.grad(net)
        return (slope(x) - order["n"]) ** 2

    return f, [w], [call(1.0), after(lambda: order.update(n=2), 1.0)]


@case
def composition_by_reduce():
    w = Value(0.5)
    chain = [tanh, lambda v: v * w]

    def compose(*fs):
        return functools.reduce(lambda f, g: lambda x: g(f(x)), fs)

    def f(x):
        return compose(*chain)(w * x)

    return f, [w], [call(1.0), after(chain.reverse, 1.0), after(lambda: chain.append(sin), 1.0)]


@case(refused="changes what it reads: m.ws")
def flat_vector_unpacked_into_a_model():
    class Model:
        def __init__(self):
            self.ws = values(0, 0)

        def load(self, theta):
            self.ws = list(theta)
            return self

        def __call__(self, x):
            return self.ws[0] * x + self.ws[1]

    m, theta = Model(), values(2, 3)

    def f(theta, x):
        return m.load(theta)(x)

    return f, theta, [call(theta, 1.0), call(theta, 2.0)]


@case
def descent_by_compiled_gradient():
    target = np.array([1.0, 2.0])

    def loss(theta):
        return sum((t - y) ** 2 for t, y in zip(theta, target, strict=True))

    theta = [0.0, 0.0]

    def step(g):
        theta[:] = [t - 0.1 * d for t, d in zip(theta, g(theta), strict=True)]
        return list(theta)

    def moved(g):
        target[0] = -5.0
        return step(g)

    return micrograd.grad(loss), [], [step, step, moved, step]


@case
def method_compiled_through_its_instance():
    class Net:
        def __init__(self):
            self.w, self.gain, self.calls = Value(0.5), 1, 0

        def loss(self, x):
            return (self.w * x * self.gain) ** 2

    net = Net()

    def step(gain):
        def take(g):
            net.gain, net.calls = gain, net.calls + 1
            return g(1.0)

        return take

    return net.loss, [net.w], [step(1), step(2), step(1), step(3)]


@case
def swapped_functions():
    w = Value(0.5)

    def one(v):
        return v * 2

    def two(v):
        return v * v

    first, second = one, two

    def f(x):
        return second(first(w * x))

    def swap():
        nonlocal first, second
        first, second = second, first

    return f, [w], [*calls(1.0, 2.0), after(swap, 1.0), after(swap, 1.0)]
