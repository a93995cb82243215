"""Long runs: how often a function is traced, when what it does not read changes at each step, and what it reads too."""

import argparse
import functools
import math
import random

import numpy as np

from micrograd import Value, nn, optim, tanh
from strangers.collection import after, call, case, put, values


class Trainer:
    """A model, its optimiser, and what people keep beside them."""

    def __init__(self):
        random.seed(0)
        self.model = nn.MLP(2, [3, 1])
        self.optimiser = optim.Adam(self.model.parameters(), lr=0.01)
        self.history, self.steps, self.rate, self.best, self.running = [], 0, 0.1, math.inf, 0.0

    def loss(self, x, y):
        return (self.model(x) - y) ** 2

    def step(self, g):
        loss = g([0.1 * self.steps, 1.0], 1.0)
        self.optimiser.zero_grad()
        loss.backward()
        self.optimiser.step()
        self.optimiser.zero_grad()
        self.history.append(loss.data)
        self.steps += 1
        self.best = min(self.best, loss.data)
        self.rate *= 0.99
        self.running = 0.9 * self.running + 0.1 * loss.data
        return loss.data


class DecayingTrainer(Trainer):
    def loss(self, x, y):
        return (self.model(x) - y) ** 2 * self.rate


@case(traces=1)
def trainer_with_history_optimiser_and_counters():
    t = Trainer()
    return t.loss, [], [t.step] * 20


@case(traces=3)
def trainer_whose_rate_decays():
    t = DecayingTrainer()
    return t.loss, [], [t.step] * 20


@case(traces=2)
def flag_that_flips_at_each_call():
    w, flags = Value(2.0), {"train": True}

    def f(x):
        return w * x if flags["train"] else w * x * 10

    def flip():
        flags["train"] = not flags["train"]

    return f, [w], [after(flip, 1.0)] * 20


@case(traces=3)
def dictionary_entry_that_changes_at_each_call():
    w, config = Value(2.0), {"rate": 0.1}

    def f(x):
        return w * x * config["rate"]

    return f, [w], [after(lambda: config.update(rate=config["rate"] * 0.9), 3.0)] * 20


@case(traces=2)
def namespace_of_arguments_changed_once():
    w, args = Value(2.0), argparse.Namespace(rate=0.1, verbose=False, name="run")

    def f(x):
        return w * x * args.rate

    return f, [w], [call(3.0), call(3.0), after(put(args, rate=0.2), 3.0), after(put(args, name="next"), 3.0)]


@case(traces=1)
def data_in_the_closure_and_losses_kept_outside():
    rng, ws, losses = np.random.default_rng(0), values(0.5, -0.5), []
    X, y = rng.normal(size=(20, 2)), rng.normal(size=20)

    def f():
        return sum((sum(w * x for w, x in zip(ws, X[k], strict=True)) - y[k]) ** 2 for k in range(5))

    def step(g):
        loss = g()
        losses.append(loss.data)
        return loss

    return f, ws, [step] * 6


@case(traces=1)
def helpers_cached_by_their_arguments():
    w = Value(0.5)

    @functools.lru_cache(None)
    def table(n):
        return tuple(1 / (k + 1) for k in range(n))

    def f(x):
        return sum(c * w**k * x for k, c in enumerate(table(3)))

    return f, [w], [call(1.0), call(2.0), call(3.0)]


@case(traces=3)
def evaluation_between_epochs():
    random.seed(1)
    model = nn.Sequential(nn.Layer(1, 2, activation="tanh"), nn.BatchNorm(2), nn.Layer(2, 1))
    rows = [[0.5], [1.0], [-1.0]]

    def f(rows):
        return sum(out * out for out in model(rows))

    def epoch(g):
        model.train()
        first = g(rows).data
        model.eval()
        return first, g(rows)

    return f, model.parameters(), [epoch] * 4


@case(traces=2)
def two_models_in_turns():
    random.seed(1)
    first, second = nn.Neuron(1), nn.Neuron(1)

    def f(model, x):
        return tanh(model([x]))

    return f, first.parameters() + second.parameters(), [call(first, 1.0), call(second, 1.0)] * 5


@case(traces=2)
def models_swapped_in_turns():
    random.seed(1)
    models = [nn.Neuron(1), nn.Neuron(1)]

    def f(x):
        return tanh(models[0]([x]))

    return f, [p for m in models for p in m.parameters()], [after(models.reverse, 1.0)] * 10


@case(traces=1)
def results_kept_in_lists_of_the_caller():
    w, trace, best = Value(0.5), [], {"loss": math.inf}

    def f(x):
        return (w * x - 1) ** 2

    def step(g):
        loss = g(2.0)
        trace.append(loss)
        best["loss"] = min(best["loss"], loss.data)
        return loss

    return f, [w], [step] * 6


@case(traces=1)
def weights_moved_by_hand():
    ws = values(0.5, 0.25)

    def f(x):
        return sum(w * x for w in ws) ** 2

    def step(g):
        loss = g(1.0)
        loss.backward()
        for w in ws:
            w.data -= 0.1 * w.grad
            w.grad = 0.0
        return loss.data

    return f, [], [step] * 8
