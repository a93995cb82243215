"""Numbers that change from step to step: rates, temperatures, milestones, strengths."""

import math
from collections import deque

from micrograd import Value, optim, tanh
from strangers.collection import after, call, calls, case, put, values


@case
def penalty_grows_when_violated():
    w, state = Value(2.0), {"mu": 1.0}

    def f(x):
        violation = (w * x - 1).relu()
        return w * w + state["mu"] * violation**2

    def grow(g):
        out = g(1.0)
        if w.data > 1:
            state["mu"] *= 10
        return out

    return f, [w], [grow] * 5


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


@case(refused="changes what it reads: self.average")
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
def optimiser_rate_read_by_the_loss():
    w = Value(2.0)
    opt = optim.SGD([w], lr=0.5)

    def f(x):
        return (w * x - 1) ** 2 + opt.lr * w * w

    return f, [w], [call(1.0), after(put(opt, lr=0.25), 1.0)]


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


def put_step(state, k):
    return lambda: state.update(step=k)
