"""The function changes what it reads: counters, histories, queues, states, caches."""

import collections
import contextvars
import functools
import math
import threading

import numpy as np

from micrograd import (
    Value,
)
from strangers.collection import call, calls, case, values


@case(refused="changes what it reads: self.step")
def call_counter_attribute():
    class Model:
        def __init__(self):
            self.w, self.step = Value(2.0), 0

        def __call__(self, x):
            self.step += 1
            return self.w * x * (0.5**self.step)

    m = Model()
    return m, [m.w], calls(1.0, 1.0, 1.0)


@case(refused="changes what it reads: state\\['t'\\]")
def call_counter_in_dict():
    w, state = Value(2.0), {"t": 0}

    def f(x):
        state["t"] += 1
        return w * x / (1 - 0.9 ** state["t"])

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="changes what it reads: f.n")
def call_counter_function_attr():
    w = Value(2.0)

    def f(x):
        f.n = getattr(f, "n", 0) + 1
        return w * x * f.n

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="changes what it reads: history")
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


@case(refused="changes what it reads: queue")
def list_pop_queue():
    w, queue = Value(2.0), [3.0, 2.0, 1.0]

    def f(x):
        return w * x * queue.pop()

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="changes what it reads: self.h")
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


@case(refused="changes what it reads: state")
def rnn_state_in_closure_obj_deque_data():
    w, state = Value(0.5), collections.deque([0.0], maxlen=1)

    def f(x):
        h = (w * x + state[-1]).tanh()
        state.append(h.data)
        return h

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="changes what it reads: state")
def state_in_numpy_object_array():
    w, state = Value(0.5), np.array([Value(0.0)], dtype=object)

    def f(x):
        state[0] = (w * x + state[0]).tanh()
        return state[0] * 1.0

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="changes what it reads: cell.state")
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


@case(refused="changes what it reads: local")
def state_in_threadlocal():
    w, local = Value(0.5), threading.local()
    local.h = 0.0

    def f(x):
        y = (w * x + local.h).tanh()
        local.h = y.data
        return y

    return f, [w], calls(1.0, 1.0, 1.0)


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


@case(refused="plain")
def lru_cache_helper():
    w = Value(2.0)

    @functools.lru_cache(None)
    def helper(x):
        return math.exp(x)

    def f(x):
        return w * helper(x)

    return f, [w], calls(1.0, 2.0)


@case(refused="backward")
def backward_inside_maml():
    w = Value(2.0)

    def f(x):
        loss = (w * x - 1) ** 2
        loss.backward()
        return w - 0.1 * w.grad

    return f, [w], calls(1.0, 2.0)


@case
def context_variable_set_for_the_first_time():
    level = contextvars.ContextVar("level of nobody", default=3.0)
    (w,) = values(2.0)

    def f(x):
        result = w * x * level.get()
        level.set(5.0)
        return result

    return f, [w], [call(1.0), call(1.0), call(2.0)]


@case(refused="changes what it reads: table")
def array_in_the_closure_resized():
    table = np.array([1.0, 2.0])
    (w,) = values(2.0)

    def f(x):
        result = w * x * float(table.sum())
        table.resize(len(table) + 1, refcheck=False)
        return result

    return f, [w], [call(1.0), call(1.0)]


@case
def array_in_the_closure_flattened():
    table = np.array([[1.0, 2.0], [3.0, 4.0]])
    (w,) = values(2.0)

    def f(x):
        result = w * x * float(table[0].sum())
        table.resize((4,), refcheck=False)
        return result

    return f, [w], [call(1.0), call(1.0), call(2.0)]
