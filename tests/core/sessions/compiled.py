import random

import numpy as np
from kinds import Doubled

import micrograd
from micrograd import Value, nn


def attempt(act, *arguments):
    try:
        return act(*arguments)
    except Exception as error:
        return error


w, b = Value(1.5, label="w"), Value(-0.5, label="b")
f = micrograd.compile(lambda x: (w * x + b).tanh() ** 2)
f(2.0)
f(2.0).backward()
w, b
out = f(-1.0) * 3 + w
out.backward()
w, b
out
w.data = 0.25
f(2.0)
f(2.0).parents
g = micrograd.compile(lambda x: micrograd.relu(x) if x > 0 else -x * w)
g(1.0), g(-1.0), g(0.0)
attempt(g, "x")
attempt(micrograd.compile(lambda x: float(x) * w), 1.0)
attempt(micrograd.compile(lambda x: x / w), 0.0)
attempt(micrograd.compile(lambda x: x.log() * w), -1.0)
micrograd.compile(lambda x: np.dot(np.array([w, b]), x))([1.0, 2.0])
micrograd.compile(lambda x: sum(x) * w)([1.0, 2.0, 3.0])
h = micrograd.compile(lambda x: x * w + sum(Value(float(i)) for i in range(3)))
h(2.0), h(3.0)
h
model = nn.MLP(2, [4, 4, 1], rng=random.Random(3))
loss = micrograd.compile(lambda x, y: (1 - y * model(x)).relu() + 1e-4 * sum(p * p for p in model.parameters()))
loss([0.5, -1.0], 1.0)
loss([0.5, -1.0], -1.0).backward()
[(p.data, p.grad) for p in model.parameters()]
second = micrograd.grad(micrograd.compile(lambda x: x**3 * w))
second(2.0)
micrograd.grad(lambda x: f(x) * x)(1.5)


d = Doubled(3.0)
attempt(micrograd.compile(lambda x: x * d), 2.0)
with micrograd.no_grad():
    quiet = f(2.0)
quiet
quiet.parents
print(loss)
