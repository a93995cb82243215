"""What stands around a training step: clipping, averages, callbacks, freezing, masks."""

import dataclasses
import math
import random

from micrograd import Value, relu, tanh
from strangers.collection import after, call, calls, case, put, values


@case
def gradient_clipped_between_steps():
    ws = values(3, -4)

    def f(x):
        return sum(w * w * x for w in ws)

    def step(g):
        loss = g(2.0)
        loss.backward()
        norm = math.sqrt(sum(w.grad**2 for w in ws))
        for w in ws:
            w.data -= 0.1 * w.grad * min(1.0, 1.0 / norm)
            w.grad = 0.0
        return [loss.data, *[w.data for w in ws]]

    return f, [], [step] * 4


@case
def momentum_by_hand():
    w, velocity = Value(2.0), [0.0]

    def f(x):
        return (w * x - 1) ** 2

    def step(g):
        loss = g(1.5)
        w.grad = 0.0
        loss.backward()
        velocity[0] = 0.9 * velocity[0] - 0.1 * w.grad
        w.data += velocity[0]
        w.grad = 0.0
        return w.data

    return f, [w], [step] * 4


@case
def averaged_weights_swapped_in():
    class Model:
        def __init__(self):
            self.w, self.shadow = values(2, 0)

        def __call__(self, x):
            return tanh(self.w * x)

    m = Model()

    def swap():
        m.w, m.shadow = m.shadow, m.w

    return m, [m.w, m.shadow], [call(1.0), after(swap, 1.0), after(swap, 1.0)]


@case
def hard_examples_chosen_by_their_loss():
    w = Value(0.5)

    def f(rows):
        losses = sorted(((w * x - y) ** 2 for x, y in rows), key=lambda loss: loss.data)
        return sum(losses[-2:])

    a, b = [[1.0, 2.0], [2.0, 3.0], [0.0, 0.1]], [[1.0, 0.5], [3.0, 0.0], [2.0, 9.0]]
    return f, [w], calls(a, b, a)


@case
def hyperparameters_in_a_frozen_dataclass():
    @dataclasses.dataclass(frozen=True)
    class Hyper:
        slope: float = 0.1
        square: bool = False

    w, hyper = Value(-2.0), Hyper()

    def f(x):
        out = w * x
        out = out if out.data > 0 else out * hyper.slope
        return out * out if hyper.square else out

    def change(**what):
        def now():
            nonlocal hyper
            hyper = dataclasses.replace(hyper, **what)

        return now

    return f, [w], [call(1.0), after(change(slope=0.3), 1.0), after(change(square=True), 1.0), call(-1.0)]


@case
def loss_function_chosen_by_name():
    table = {"l1": lambda e: abs(e), "l2": lambda e: e**2, "huber": lambda e: e**2 / 2 if abs(e.data) < 1 else abs(e)}
    w, chosen = Value(2.0), ["l2"]

    def f(x, y):
        return table[chosen[0]](w * x - y)

    def choose(name):
        return lambda: chosen.__setitem__(0, name)

    return f, [w], [call(1.0, 0.5), after(choose("huber"), 1.0, 0.5), call(1.0, 1.8), after(choose("l1"), 1.0, 0.5)]


@case
def dropout_mask_of_the_caller():
    ws, mask = values(1, 2, 3), [True, False, True]

    def f(x):
        return sum(w * x * 2 for w, keep in zip(ws, mask, strict=True) if keep)

    return f, ws, [call(1.0), after(lambda: mask.__setitem__(1, True), 1.0), after(lambda: mask.reverse(), 2.0)]


@case(refused="random")
def dropout_by_hand():
    random.seed(1)
    ws = values(1, 2, 3)

    def f(x):
        return sum(w * x for w in ws if random.random() > 0.5) + ws[0]

    return f, ws, calls(1.0, 1.0)


@case
def labels_smoothed_by_an_attribute():
    class Criterion:
        smoothing = 0.0

        def __call__(self, p, y):
            y = y * (1 - self.smoothing) + 0.5 * self.smoothing
            return -(y * p.log() + (1 - y) * (1 - p).log())

    w, criterion = Value(0.3), Criterion()

    def f(x, y):
        return criterion((w * x).sigmoid(), y)

    return (
        f,
        [w],
        [
            call(1.0, 1.0),
            after(put(criterion, smoothing=0.1), 1.0, 1.0),
            after(lambda: put(Criterion, smoothing=0.2)(), 1.0, 0.0),
        ],
    )


@case
def callbacks_registered_later():
    w, callbacks = Value(2.0), []

    def f(x):
        out = w * x
        for callback in callbacks:
            out = callback(out)
        return out

    return f, [w], [call(1.0), after(lambda: callbacks.append(relu), -1.0), after(lambda: callbacks.append(tanh), 1.0)]


@case
def multi_task_weights_rebalanced():
    ws, weights = values(0.5, -0.5), {"a": 1.0, "b": 1.0}

    def f(x):
        tasks = {"a": (ws[0] * x - 1) ** 2, "b": (ws[1] * x + 1) ** 2}
        return {name: weights[name] * loss for name, loss in tasks.items()}

    def rebalance():
        weights["a"], weights["b"] = 0.25, 1.75

    def forget():
        weights["b"] = 0

    return f, ws, [call(1.0), after(rebalance, 1.0), after(forget, 1.0)]


@case
def accumulation_over_parts_of_a_batch():
    w, parts = Value(0.7), 2

    def f(rows):
        size = len(rows) // parts
        return [sum((w * x) ** 2 for x in rows[k * size : (k + 1) * size]) / parts for k in range(parts)]

    def finer():
        nonlocal parts
        parts = 4

    rows = [1.0, 2.0, 3.0, 4.0]
    return f, [w], [call(rows), after(finer, rows)]
