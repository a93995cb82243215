"""What comes back, and what is done with it: structures, copies, gradients, steps of an optimiser."""

import copy
import math
import pickle
import random

import numpy as np

import micrograd
from micrograd import Value, nn, no_grad, optim
from strangers.collection import With, after, call, calls, case, put, values


@case
def compile_of_compile():
    w = Value(2.0)
    f = micrograd.compile(lambda x: (w * x).tanh())
    return f, [w], calls(1.0, 0.3)


@case
def train_eval_dropout():
    random.seed(0)
    m = nn.Sequential(nn.Layer(2, 3), nn.Dropout(0.5), nn.Layer(3, 1))

    def f(x):
        return m(x)

    return f, m.parameters(), [after(m.eval, [1.0, 2.0]), after(m.eval, [1.0, 2.0]), call([2.0, 2.0])]


@case
def train_eval_user_module():
    class Model(nn.Module):
        def __init__(self):
            self.w = Value(2.0)

        def parameters(self):
            return [self.w]

        def __call__(self, x):
            return self.w * x if self.training else self.w * x * 100

    m = Model()
    return m, [m.w], [call(1.0), after(m.eval, 1.0), after(m.train, 1.0)]


@case
def optimiser_steps_between():
    random.seed(0)
    m = nn.MLP(2, [3, 1])
    opt = optim.Adam(m.parameters(), lr=0.1)

    def f(x, y):
        return (m(x) - y) ** 2

    def step(g):
        opt.zero_grad()
        loss = g([1.0, 2.0], 1.0)
        loss.backward()
        opt.step()
        return [loss.data, *[p.data for p in m.parameters()]]

    return f, [], [step] * 4


@case
def backward_twice_same_result():
    w = Value(2.0)

    def f(x):
        return (w * x) ** 2

    def step(g):
        w.grad = 0.0
        loss = g(3.0)
        loss.backward()
        loss.backward()
        return w.grad

    return f, [], [step, step]


@case
def no_grad_outside():
    w = Value(2.0)

    def f(x):
        return (w * x).tanh()

    def quietly(g):
        with no_grad():
            return g(1.0)

    return f, [w], [quietly, call(1.0), quietly, call(2.0)]


@case
def return_inputs():
    w, v = values(2, 3)

    def f(x, v):
        return x, v, w, w * x

    return f, [w, v], [call(1.0, v), call(2.0, v)]


@case
def return_only_constant():
    def f(x):
        return 3.0

    return f, [], calls(1.0, 2.0)


@case
def return_nested_dicts():
    w = Value(2.0)

    def f(x):
        return {"a": {"b": [w * x, (x, w.data)], "c": {}}, "loss": w * w}

    return f, [w], calls(1.0, 2.0)


@case
def return_string_of_number():
    w = Value(2.0)

    def f(x):
        return w * x, f"{x:.2f}"

    return f, [w], calls(1.0, 2.0)


@case
def micrograd_grad_inside():
    w = Value(2.0)

    def f(x):
        slope = micrograd.grad(lambda t: (w * t) ** 3)(x)
        return slope * w

    return f, [w], calls(1.0, 2.0)


@case
def value_data_int_stays():
    w = Value(2.0)
    w.data = 3

    def f(x):
        return w * x

    return f, [w], [call(1.0), after(put(w, data=7), 1.0)]


@case
def eager_around_result():
    w = Value(2.0)

    def f(x):
        return (w * x).tanh()

    def step(g):
        r = g(0.3)
        return r * w + r * r

    return f, [w], [step, step]


@case
def lazy_rows_after_param_change():
    w = Value(2.0)

    def f(x):
        return w * x * w, w**3

    def step(g):
        grads, results = [], g(3.0)
        w.data = 100.0
        for result in results:
            result.backward()
            grads.append(w.grad)
            w.grad = 0.0
        w.data = 2.0
        return grads

    return f, [], [step, step]


@case
def pickle_deepcopy_result():
    w = Value(2.0)

    def f(x):
        return w * x * w, w + 1

    def step(g):
        copied, loaded = copy.deepcopy(g(3.0)[0]), pickle.loads(pickle.dumps(g(3.0)[1]))
        return float(copied.data), float(loaded.data)

    return f, [], [step]


@case
def prev_op_of_result():
    w = Value(2.0)

    def f(x):
        return w * x * w

    return f, [], [lambda g: len(g(3.0)._prev) >= 1]


@case
def returned_value_mutated_data():
    w = Value(2.0)

    def f(x):
        return w

    def step(g):
        g(1.0).data = 9.0
        seen, w.data = w.data, 2.0
        return seen

    return f, [], [step]


@case
def grad_clip_by_data_norm():
    ws = values(3, 4)

    def f(x):
        norm = micrograd.sqrt(sum(w.data**2 for w in ws))
        return sum(w * x for w in ws) / norm

    return f, ws, [call(1.0), after(put(ws[0], data=0.0), 2.0)]


@case
def deep_chain():
    w = Value(0.999)

    def f(x):
        y = x * w
        for _ in range(5000):
            y = y * w
        return y

    return f, [w], calls(1.0, 2.0)


@case
def new_value_constant_inside():
    w = Value(2.0)

    def f(x):
        c, d = Value(3.0), Value(x)
        return w * c * d + d * d

    return f, [w], calls(1.0, 2.0)


@case
def math_pi_fine():
    w = Value(2.0)

    def f(x):
        return w * x * math.pi * math.exp(1.0)

    return f, [w], calls(1.0, 2.0)


@case
def array_mutated_between_result_and_backward():
    w, X = Value(2.0), np.array([1.0, 2.0])

    def f(X):
        return [w * X[0] * w, w * X[1] * w]

    def step(g):
        first, _ = g(X)
        X[:] = 100.0
        first.backward()
        seen, w.grad, X[:] = w.grad, 0.0, [1.0, 2.0]
        return seen

    return f, [], [step, step]


@case
def values_of_the_call_get_their_grads():
    w = Value(2.0)

    def f(x):
        return w * x

    def step(g):
        v = Value(3.0)
        return With(g(v), [v])

    return f, [w], [step, step]
