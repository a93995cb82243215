import inspect
import math
from fractions import Fraction

import numpy as np
from kinds import Doubled, Listed

from micrograd import Value, optim

Listed.seen.clear()  # of other sessions


class Parameter:
    def __init__(self, data):
        self.data, self.grad = data, 0.0


GRADS = [
    0.5,
    -0.0,
    0.0,
    3,
    True,
    1e308,
    -1e200,
    5e-324,
    math.inf,
    math.nan,
    np.float64(0.25),
    np.float32(0.1),
    Fraction(1, 3),
]
GRADS += [None, "x", Value(1.0), 10**400, [1.0]]
KINDS = [Value, Value, Doubled, Listed, Parameter]


def attempt(act, *arguments):
    try:
        return act(*arguments)
    except Exception as error:
        return error


def state(parameters):
    return [(attempt(lambda: p.data), attempt(lambda: p.grad)) for p in parameters]


MAKERS = [lambda p: optim.SGD(p, 0.1), lambda p: optim.SGD(p, 0.1, momentum=0.9), lambda p: optim.SGD(p, lr=1)]
MAKERS += [lambda p: optim.SGD(p, 0.1, momentum=0.9, nesterov=True), lambda p: optim.SGD(p, 0.1, weight_decay=0.01)]
MAKERS += [
    lambda p: optim.Adam(p),
    lambda p: optim.Adam(p, 0.01, betas=(0.5, 0.9)),
    lambda p: optim.Adam(p, 0.01, weight_decay=0.1),
]
MAKERS += [
    lambda p: optim.SGD(p, 0.1, momentum=0.5, dampening=0.25),
    lambda p: optim.SGD(p, 0.0),
    lambda p: optim.SGD(p, -1),
    lambda p: optim.SGD(p, math.inf),
]
MAKERS += [lambda p: optim.Adam(p, eps=0.0), lambda p: optim.Adam(p, 1e308)]


def run(make, kinds, grads, data=1.5):
    parameters = [kind(data) for kind in kinds]
    optimiser = make(parameters)
    out = []
    for _ in range(3):
        for p, g in zip(parameters, grads * len(parameters)):
            p.grad = g
        out.append((attempt(optimiser.step), state(parameters)))
    out.append((attempt(optimiser.zero_grad), state(parameters)))
    return out


[attempt(run, make, [Value] * 3, [0.5, -2.0, 0.25]) for make in MAKERS]
[[attempt(run, make, [Value] * 3, [0.5, g, 0.25]) for g in GRADS] for make in MAKERS[:9]]
[[attempt(run, make, [Value, kind, Value], [0.5, -2.0, 0.25]) for kind in KINDS] for make in MAKERS[:9]]
[
    [attempt(run, make, [Value] * 2, [g], x) for g in (0.5, 1e308, 0.0)]
    for x in (0.0, 1e308, 5e-324, math.inf, math.nan, 3)
    for make in MAKERS
]
Listed.seen
a, b = Value(1.0), Value(2.0)
attempt(optim.SGD, [a, a, b], 0.1)
attempt(optim.SGD, [], 0.1)
attempt(optim.SGD, [1.0], 0.1)
attempt(optim.SGD, a, 0.1)
attempt(optim.SGD, iter([a, b]), 0.1)
attempt(optim.SGD, [a * b], 0.1)
attempt(optim.SGD, [a], "x")
attempt(optim.SGD, [a], None)
o = optim.SGD([a, b], 0.5, momentum=0.9)
a.grad, b.grad = 1.0, 2.0
o.step()
a, b
o.lr = 2
o.step()
a, b
o.lr = Fraction(1, 2)
attempt(o.step)
a, b
o.lr = np.float64(0.5)
attempt(o.step)
a, b
o.lr = "x"
attempt(o.step)
a, b
a._data = 3
o.lr = 0.1
attempt(o.step)
a, b
a._data = None
attempt(o.step)
a, b
a.data = 1.0
b.__class__ = Doubled
attempt(o.step)
a, b
setattr(Value, "data", property(lambda self: self._data, lambda self, x: Listed.seen.append(x)))
attempt(o.step)
delattr(Value, "data")
Listed.seen[-3:]
attempt(o.step)
a, b
inspect.signature(optim.SGD)
a * 2
