"""Ctrl-C wherever it may strike: jobs, what must be left as it was, and the two ways to interrupt them.

A signal strikes where a Python function begins, after a function in C, and where a loop goes round. `strike(job, k)`
raises KeyboardInterrupt at the k-th such place, so that every one of them can be tried.

    python tests/interrupts.py places STEP              # each STEP-th place of each job
    python tests/interrupts.py signals COUNT SEED       # real signals at random moments

Either prints what was left behind, as a dict.
"""

import builtins
import gc
import os
import random
import signal
import sys
import time
from collections import Counter
from itertools import count
from threading import Thread

import micrograd
from micrograd import Value, no_grad
from micrograd._core.modes import alive, current, entered, get_mode
from micrograd.compiler.tracing import exclusive
from micrograd.nn import MLP, BatchNorm, Layer, Module, Sequential, evaluating
from micrograd.nn.four_equations import four_equations
from micrograd.optim import SGD
from micrograd.teaching.record.record import record as contributions
from micrograd.training import fit


class Net(Module):
    def __init__(self):
        self.inner = MLP(2, [2, 1], rng=random.Random(0))
        self.norm = BatchNorm(1)

    def __call__(self, x):
        return self.inner(x)


model = Net()
sigmoids = Sequential(Layer(2, 2, activation="sigmoid", rng=random.Random(0)), Layer(2, 1, activation="sigmoid"))
xs, ys = [[0.5, -1.0], [1.0, 2.0], [-0.3, 0.2]], [1.0, -1.0, 0.5]


def loss():
    return sum((model(x) - y) ** 2 for x, y in zip(xs, ys, strict=True))


def train():
    optimiser = SGD(model.parameters(), lr=0.01)
    total = loss()
    optimiser.zero_grad()
    total.backward()
    optimiser.step()


def compile_and_call():
    micrograd.compile(lambda: loss() * 0.5)().backward()


def compile_for_other_numbers():
    fast = micrograd.compile(loss, parameters=model.parameters())
    fast.value_and_grad([0.1] * len(model.parameters()))


compiled = micrograd.compile(loss)
compiled()


def call_compiled():
    compiled().backward()


clock, table = time.perf_counter, {"clock": time.time, "bytes": os.urandom, "draw": random.Random(0).random}

TABLE = list(table.values())


def compile_what_times_itself():
    def f(x):
        start = clock(), table["clock"]()
        y = model.inner([x, random.Random(0).random()])
        return y if type(start) is tuple else x

    micrograd.compile(f)(0.5).backward()


def forget():
    with no_grad():
        loss()
        with no_grad():
            Value(2.0) * 3.0


def evaluate():
    with evaluating(model), no_grad():
        loss()


def explain_pass():
    contributions(loss())


def check():
    micrograd.gradcheck(lambda x: (model.inner([x, x * 2.0]) ** 2).tanh(), 0.3)


def check_equations():
    four_equations(sigmoids, [0.5, -1.0], [1.0])


def differentiate_own():
    x = model.parameters()[0]
    y = Value(x.data**2, (x, model.parameters()[1]), "own")

    def push():
        x.grad += 2 * x.data * y.grad

    y._backward = push
    micrograd.derivatives(y * 2.0, x, create_graph=False)


def differentiate():
    micrograd.hessian(lambda p: (p[0] * p[1]).tanh() + p[0] ** 3)([0.5, -1.0])


def fit_it():
    optimiser = SGD(model.parameters(), lr=0.01)
    squares = lambda outs, targets: sum((o - t) ** 2 for o, t in zip(outs, targets, strict=True))  # noqa: E731
    for compile in (False, True):
        list(
            fit(
                lambda batch: [model(x) for x in batch],
                squares,
                (xs, ys),
                optimiser,
                epochs=2,
                batch_size=2,
                compile=compile,
                evaluate=lambda m: {"loss": loss().data},
                rng=random.Random(0),
            )
        )


JOBS = [
    train,
    compile_and_call,
    compile_for_other_numbers,
    compile_what_times_itself,
    call_compiled,
    forget,
    evaluate,
    explain_pass,
    differentiate,
    differentiate_own,
    check,
    check_equations,
    fit_it,
]
KEEP_GRADS = {compile_for_other_numbers, forget, evaluate, explain_pass, differentiate, differentiate_own, check}
CLASSES = (Value, random.Random, random.SystemRandom, Thread, time, os, random, builtins)
BEFORE = [dict(vars(cls)) for cls in CLASSES]


def faults(job):
    """What is not as it was before the job."""
    found = []
    if job in KEEP_GRADS and any(p.grad != 7.0 for p in model.parameters()):
        found.append("a grad")
    if any(p.grad != 0.0 for p in sigmoids.parameters()):
        found.append("a grad of the equations")
    for cls, before in zip(CLASSES, BEFORE, strict=True):
        now = dict(vars(cls))
        found += [f"{cls.__name__}.{name}" for name in {**before, **now} if before.get(name) is not now.get(name)]
    if clock is not time.perf_counter or any(x is not y for x, y in zip(TABLE, table.values(), strict=True)):
        found.append("a function of the table")
    if get_mode() is not None:
        found.append(f"mode {get_mode()}")
    if entered:
        found.append("a derivative that is being taken")
    if exclusive.changes:
        found.append("a change that was not undone")
    if not gc.isenabled():
        found.append("the collector")
    if not all(module.training for module in model.modules()):
        found.append("evaluation mode")
    if not all(type(p.grad) is float and type(p.data) is float for p in model.parameters()):
        found.append("a number of the parameters")
    free = []
    thread = Thread(target=lambda: free.append(exclusive.lock.acquire(blocking=False) and exclusive.lock.release()))
    thread.start()
    thread.join()
    if free != [None]:
        found.append("the lock")
    x = Value(3.0)
    (x * x).backward()
    if x.grad != 6.0:
        found.append("a gradient")
    return found


def repair():
    """Put everything back, so that a fault is counted once."""
    for cls, before in zip(CLASSES, BEFORE, strict=True):
        for name in set(vars(cls)) - set(before):
            delattr(cls, name)
        for name, member in before.items():
            if vars(cls).get(name) is not member:
                setattr(cls, name, member)
    current.set(())
    entered.clear()
    exclusive.changes.clear()
    gc.enable()
    model.train()
    sigmoids.zero_grad()


def prepare():
    for p in model.parameters():
        p.grad = 7.0


def strike(job, k):
    """Whether the job had a k-th place to be interrupted at; it was interrupted there."""
    at = count()
    prepare()

    def strike_at_k():
        if next(at) == k:
            sys.setprofile(None)
            sys.settrace(None)
            raise KeyboardInterrupt

    def calls(frame, event, argument):
        if event in ("call", "c_return", "c_exception"):
            strike_at_k()

    def loops(frame, event, argument):
        latest = frame.f_lineno

        def lines(frame, event, argument):
            nonlocal latest
            before, latest = latest, frame.f_lineno
            if event == "line" and latest < before:
                strike_at_k()
            return lines

        return lines

    try:
        sys.settrace(loops)
        sys.setprofile(calls)
        job()
    except KeyboardInterrupt:
        return True
    finally:
        sys.setprofile(None)
        sys.settrace(None)
    return False


def strike_places(step):
    left = Counter()
    for job in JOBS:
        k = 0
        while strike(job, k):
            note(left, job)
            k += step
    return left


def send_signals(total, seed):
    left, rng, durations = Counter(), random.Random(seed), {}
    for job in JOBS:
        start = time.perf_counter()
        job()
        durations[job] = time.perf_counter() - start
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    hits = 0
    while hits < total:
        job = JOBS[hits % len(JOBS)]
        prepare()
        try:
            signal.setitimer(signal.ITIMER_REAL, max(1e-6, rng.random() * durations[job]))
            for _ in range(1000):
                job()
        except KeyboardInterrupt:
            hits += 1
        signal.setitimer(signal.ITIMER_REAL, 0)
        note(left, job)
    return left


def note(left, job):
    if found := faults(job):
        left[f"{job.__name__}: {', '.join(found)}"] += 1
        repair()


if __name__ == "__main__":
    for job in JOBS:
        job()  # imports what it needs
    result = {"places": strike_places, "signals": send_signals}[sys.argv[1]](*map(int, sys.argv[2:]))
    gc.collect()
    if alive:
        result["modes alive"] = len(alive)
    print(dict(result))
