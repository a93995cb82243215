"""The function changes what it reads: counters, histories, queues, states, caches; or asks what nothing can watch."""

import collections
import functools
import logging
import math
import os
import random
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from micrograd import Value
from strangers.collection import calls, case


@case(refused="step")
def call_counter_attribute():
    class Model:
        def __init__(self):
            self.w, self.step = Value(2.0), 0

        def __call__(self, x):
            self.step += 1
            return self.w * x * (0.5**self.step)

    m = Model()
    return m, [m.w], calls(1.0, 1.0, 1.0)


@case(refused="'t'")
def call_counter_in_dict():
    w, state = Value(2.0), {"t": 0}

    def f(x):
        state["t"] += 1
        return w * x / (1 - 0.9 ** state["t"])

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="n")
def call_counter_function_attr():
    w = Value(2.0)

    def f(x):
        f.n = getattr(f, "n", 0) + 1
        return w * x * f.n

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="history")
def history_append_outer_const():
    w, history = Value(2.0), []

    def f(x):
        history.append(1)
        return w * x * len(history)

    return f, [w], calls(1.0, 2.0)


@case
def list_argument_modified_inside():
    w, xs = Value(2.0), [1.0, 2.0]

    def f(xs):
        xs.append(1.0)
        return sum(w * x for x in xs)

    return f, [w], calls(xs, xs)


@case(refused="queue")
def list_pop_queue():
    w, queue = Value(2.0), [3.0, 2.0, 1.0]

    def f(x):
        return w * x * queue.pop()

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="h")
def slots_keep_state():
    class Model:
        __slots__ = ("w", "h")

        def __init__(self):
            self.w, self.h = Value(2.0), Value(0.0)

        def __call__(self, x):
            self.h = (self.w * x + self.h).tanh()
            return self.h

    m = Model()
    return m, [m.w], calls(1.0, 1.0, 1.0)


@case(refused="kept|state")
def rnn_state_in_closure_obj_deque_data():
    w, state = Value(0.5), collections.deque([0.0], maxlen=1)

    def f(x):
        h = (w * x + state[-1]).tanh()
        state.append(h.data)
        return h

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="kept|state")
def state_in_numpy_object_array():
    w, state = Value(0.5), np.array([Value(0.0)], dtype=object)

    def f(x):
        state[0] = (w * x + state[0]).tanh()
        return state[0] * 1.0

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="kept|state")
def state_in_function_attr():
    w = Value(0.5)

    def cell(x):
        y = (w * x + cell.state).tanh()
        cell.state = y
        return y

    cell.state = Value(0.0)

    def f(x):
        return cell(x) * 1.0

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="kept|h")
def state_in_threadlocal():
    w, local = Value(0.5), threading.local()
    local.h = 0.0

    def f(x):
        y = (w * x + local.h).tanh()
        local.h = y.data
        return y

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="iterator|generator")
def generator_function_state():
    def powers():
        k = 1.0
        while True:
            yield k
            k *= 2

    w, factors = Value(2.0), powers()

    def f(x):
        return w * x * next(factors)

    return f, [w], calls(1.0, 1.0)


@case(refused="iterator")
def zip_argument():
    w = Value(2.0)

    def f(pairs):
        return sum(w * x - y for x, y in pairs)

    return f, [w], [lambda g: g(zip([1.0], [2.0], strict=True)), lambda g: g(zip([3.0], [2.0], strict=True))]


@case
def cached_property_param():
    class Model:
        def __init__(self):
            self.w = Value(2.0)

        @functools.cached_property
        def square(self):
            return self.w * self.w

        def __call__(self, x):
            return self.square * x

    m = Model()
    return m, [m.w], calls(1.0, 2.0)


@case
def lru_cache_helper():
    w = Value(2.0)

    @functools.lru_cache(None)
    def helper(x):
        return math.exp(x)

    def f(x):
        return w * helper(x)

    return f, [w], calls(1.0, 2.0)


@case(refused="random")
def secrets_random():
    w = Value(2.0)

    def f(x):
        return w * x * (1 + 0 * secrets.randbelow(10)) + secrets.randbelow(10**6)

    return f, [w], calls(1.0, 1.0)


@case(refused="random")
def os_urandom():
    w = Value(2.0)

    def f(x):
        return w * x + os.urandom(7)[0]

    return f, [w], calls(1.0, 1.0)


@case
def numpy_default_rng_inside_seeded():
    w = Value(2.0)

    def f(x):
        rng = np.random.default_rng(0)
        return w * x * rng.normal()

    return f, [w], calls(1.0, 2.0)


@case(refused="random")
def random_Random_inside_unseeded():
    w = Value(2.0)

    def f(x):
        rng = random.Random()
        return w * x * rng.random()

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="time|clock")
def time_in_function():
    w = Value(2.0)

    def f(x):
        return w * x + time.perf_counter()

    return f, [w], calls(1.0, 1.0)


@case(refused="thread")
def pool_map_inside():
    w = Value(2.0)

    def f(xs):
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(lambda x: w * x, xs))

    return f, [w], calls([1.0, 2.0], [3.0, 2.0])


@case
def logging_inside():
    w, log = Value(2.0), logging.getLogger("strangers.inside")
    log.handlers, log.propagate = [logging.NullHandler()], False

    def f(x):
        log.warning("loss %s %.3f", w, w.data)
        return w * x

    return f, [w], calls(1.0, 2.0)


@case(refused="backward")
def backward_inside_maml():
    w = Value(2.0)

    def f(x):
        loss = (w * x - 1) ** 2
        loss.backward()
        return w - 0.1 * w.grad

    return f, [w], calls(1.0, 2.0)
