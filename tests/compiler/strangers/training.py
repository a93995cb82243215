"""What stands around a training step: schedules, clipping, averages, curricula, freezing, early stopping."""

import dataclasses
import math
import random
from collections import deque

from micrograd import Value, nn, optim, relu, tanh, total
from strangers.collection import after, call, calls, case, put, values


@case(traces=3)
def rate_decays_on_self():
    class Trainer:
        def __init__(self):
            self.w, self.rate = Value(2.0), 0.1

        def loss(self, x):
            return (self.w * x - 1) ** 2 * self.rate

    t = Trainer()

    def decay():
        t.rate *= 0.99

    return t.loss, [t.w], [after(decay, 3.0)] * 20


@case(traces=3)
def temperature_anneals_in_a_config():
    w, config = Value(0.5), {"temperature": 5.0, "name": "run 3"}

    def f(x):
        return tanh(w * x / config["temperature"])

    return f, [w], [after(lambda: config.update(temperature=config["temperature"] * 0.8), 1.0)] * 8


@case
def warm_up_then_cosine():
    w, state = Value(1.5), {"step": 0}

    def rate(step):
        return step / 3 if step < 3 else 0.5 * (1 + math.cos(math.pi * (step - 3) / 5))

    def f(x):
        return w * x * rate(state["step"])

    return f, [w], [after(put_step(state, k), 2.0) for k in range(7)]


def put_step(state, k):
    return lambda: state.update(step=k)


@case
def step_passed_as_a_bare_int():
    w = Value(1.5)

    def f(x, step):
        return w * x * 0.9**step

    return f, [w], [call(2.0, k) for k in (0, 1, 5, 1)]


@case
def piecewise_schedule_from_milestones():
    w, milestones = Value(1.5), [2, 4]

    def f(x, epoch):
        return w * x * 0.1 ** sum(epoch >= m for m in milestones)

    return f, [w], [call(2.0, 1), call(2.0, 3), after(lambda: milestones.append(1), 2.0, 3), call(2.0, 1)]


@case
def l2_strength_switched_on_later():
    ws, regular = values(1, -2), {"l2": 0}

    def f(x):
        loss = sum(w * x for w in ws) ** 2
        if regular["l2"]:
            loss += regular["l2"] * sum(w * w for w in ws)
        return loss

    return f, ws, [call(1.0), after(lambda: regular.update(l2=0.1), 1.0), after(lambda: regular.update(l2=0), 2.0)]


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
def average_kept_by_the_loss():
    class Meter:
        def __init__(self):
            self.average, self.w = 0.0, Value(2.0)

        def __call__(self, x):
            loss = (self.w * x) ** 2
            self.average = 0.9 * self.average + 0.1 * loss.data
            return loss - self.average

    m = Meter()
    return m, [m.w], calls(1.0, 2.0, 1.0)


@case
def early_stopping_flag():
    class Stopper:
        best, patience, bad, stopped = math.inf, 2, 0, False

        def see(self, loss):
            self.bad = 0 if loss < self.best else self.bad + 1
            self.best = min(self.best, loss)
            self.stopped = self.bad >= self.patience

    w, stopper = Value(2.0), Stopper()

    def f(x):
        return w * 0.0 if stopper.stopped else (w * x - 1) ** 2

    def step(g):
        out = g(1.5)
        stopper.see(out.data)
        return out

    return f, [w], [step] * 4


@case
def curriculum_takes_more_rows_each_epoch():
    w, rows, seen = Value(0.5), [(1.0, 2.0), (2.0, 3.0), (-1.0, 0.5)], [1]

    def f():
        return sum((w * x - y) ** 2 for x, y in rows[: seen[0]])

    return f, [w], [call(), after(lambda: seen.__setitem__(0, 2)), after(lambda: seen.__setitem__(0, 3))]


@case
def hard_examples_chosen_by_their_loss():
    w = Value(0.5)

    def f(rows):
        losses = sorted(((w * x - y) ** 2 for x, y in rows), key=lambda loss: loss.data)
        return sum(losses[-2:])

    a, b = [[1.0, 2.0], [2.0, 3.0], [0.0, 0.1]], [[1.0, 0.5], [3.0, 0.0], [2.0, 9.0]]
    return f, [w], calls(a, b, a)


@case
def layer_frozen_by_detaching():
    random.seed(2)
    first, second, frozen = nn.Layer(1, 2), nn.Layer(2, 1), []

    def f(x):
        h = first([x])
        if first in frozen:
            h = [v.detach() for v in h]
        return second(h)

    return f, first.parameters() + second.parameters(), [call(1.0), after(lambda: frozen.append(first), 1.0)]


@case
def head_replaced_for_transfer():
    random.seed(2)
    body, heads = nn.Layer(1, 2, activation="tanh"), {"old": nn.Layer(2, 1), "new": nn.Layer(2, 3)}
    net = nn.Sequential(body, heads["old"])

    def f(x):
        out = net([x])
        return total(out) if isinstance(out, list) else out

    def transfer():
        net.layers[1] = heads["new"]

    return f, (lambda: net.parameters()), [call(1.0), after(transfer, 1.0)]


@case
def weights_tied_later():
    class Tied:
        def __init__(self):
            self.embed, self.out = values(0.5, 0.7)

        def __call__(self, x):
            return self.out * tanh(self.embed * x)

    m = Tied()
    both = [m.embed, m.out]

    def tie():
        m.out = m.embed

    return m, both, [call(1.0), after(tie, 1.0)]


@case
def ensemble_grows():
    random.seed(5)
    models = [nn.Neuron(1)]
    more = nn.Neuron(1)

    def f(x):
        return sum(m([x]) for m in models) / len(models)

    return f, models[0].parameters() + more.parameters(), [call(1.0), after(lambda: models.append(more), 1.0)]


@case
def metrics_in_a_deque_of_the_caller():
    w, recent = Value(2.0), deque(maxlen=3)

    def f(x):
        return (w * x) ** 2 / (1 + len(recent))

    def step(g):
        out = g(1.5)
        recent.append(out.data)
        return out

    return f, [w], [step] * 5


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
def optimiser_rate_read_by_the_loss():
    w = Value(2.0)
    opt = optim.SGD([w], lr=0.5)

    def f(x):
        return (w * x - 1) ** 2 + opt.lr * w * w

    return f, [w], [call(1.0), after(put(opt, lr=0.25), 1.0)]


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


@case
def history_of_losses_printed_every_other_call():
    w, history = Value(0.7), []

    def f(x):
        loss = (w * x) ** 2
        if len(history) % 2 == 0:
            loss = loss * 2
        return loss

    def step(g):
        out = g(1.0)
        history.append(out.data)
        return out

    return f, [w], [step] * 5
