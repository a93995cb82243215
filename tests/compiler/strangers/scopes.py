"""Closures, defaults, globals and names that change, disappear, or are shadowed."""

import builtins
import inspect
import math
import sys

from micrograd import Value
from strangers.collection import after, call, calls, case, put, values

level = 1.0
switch = False
knob = 1.0


@case
def closures_made_in_a_loop():
    ws = values(1, 2, 3)
    scaled = [lambda x, w=w: w * x for w in ws]

    def f(x):
        return sum(h(x) * k for k, h in enumerate(scaled))

    return f, ws, [call(1.0), after(scaled.reverse, 1.0), after(lambda: scaled.pop(), 1.0)]


@case
def closures_that_share_the_last_variable():
    ws, made = values(1, 2, 3), []
    for w in ws:
        made.append(lambda x: w * x)  # noqa: B023

    def f(x):
        return sum(h(x) for h in made)

    return f, ws, [call(1.0), after(lambda: made.pop(), 1.0)]


@case(refused="changes what it reads")
def default_list_grows():
    w = Value(2.0)

    def f(x, seen=[]):  # noqa: B006
        seen.append(1)
        return w * x / len(seen)

    return f, [w], calls(1.0, 1.0, 1.0)


@case
def default_dictionary_read_only():
    w, defaults = Value(2.0), {"k": 1.0}

    def f(x, options=defaults):
        return w * x * options["k"]

    return f, [w], [call(1.0), after(lambda: defaults.update(k=5.0), 1.0), call(1.0, {"k": 2.0})]


@case
def defaults_replaced_on_the_function():
    w = Value(2.0)

    def h(x, k=1.0):
        return x * k

    def f(x):
        return h(w * x)

    return f, [w], [call(1.0), after(put(h, __defaults__=(4.0,)), 1.0)]


@case
def code_replaced_on_the_function():
    w = Value(2.0)

    def h(x):
        return x * 2

    def other(x):
        return x * 5

    def f(x):
        return h(w * x)

    return f, [w], [call(1.0), after(lambda: put(h, __code__=other.__code__)(), 1.0)]


@case
def global_number_and_flag():
    global level, switch
    level, switch = 1.0, False
    w = Value(2.0)

    def f(x):
        return w * x * level if switch else w * x + level

    def set_to(a, b):
        def change():
            global level, switch
            level, switch = a, b

        return change

    return (
        f,
        [w],
        [call(1.0), after(set_to(3.0, False), 1.0), after(set_to(3.0, True), 1.0), after(set_to(1.0, False), 2.0)],
    )


@case(refused="changes what it reads: the global level")
def global_set_inside():
    global level
    level = 1.0
    w = Value(2.0)

    def f(x):
        global level
        level = level + 1
        return w * x * level

    return f, [w], calls(1.0, 1.0, 1.0)


@case
def global_set_to_the_same_inside():
    global level
    level = 1.0
    w = Value(2.0)

    def f(x):
        global level
        level = 3.0
        return w * x * level

    return f, [w], calls(1.0, 2.0, 3.0)


@case(refused="changes what it reads: count")
def nonlocal_counter():
    w, count = Value(2.0), 0

    def f(x):
        nonlocal count
        count += 1
        return w * x**count

    return f, [w], calls(2.0, 2.0, 2.0)


@case
def nonlocal_flag_that_settles():
    w, first = Value(2.0), True

    def f(x):
        nonlocal first
        if first:
            first = False
            return w * x * 100
        return w * x

    return f, [w], calls(2.0, 2.0, 3.0)


@case(refused="changes what it reads: n,")
def counter_made_by_a_factory():
    def counter():
        n = 0

        def count():
            nonlocal n
            n += 1
            return n

        return count

    w, count = Value(2.0), counter()

    def f(x):
        return w * x * count()

    return f, [w], calls(1.0, 1.0, 1.0)


@case
def global_looked_up_by_text():
    global knob
    knob = 1.0
    w = Value(0.5)

    def f(x):
        return w * x * globals()["knob"]

    def turn():
        global knob
        knob = 4.0

    return f, [w], [call(1.0), after(turn, 1.0)]


@case
def builtin_shadowed_later():
    space = {"w": (w := Value(0.5)), "__name__": "a_notebook"}
    exec("def f(x):\n    return w * abs(x)", space)
    return space["f"], [w], [call(-1.0), after(lambda: space.update(abs=lambda x: x * 7), -1.0)]


@case
def builtin_patched():
    w, usual = Value(0.5), builtins.abs

    def f(x):
        return w * abs(x)

    def patched(g):
        builtins.abs = lambda x: usual(x) * 3
        try:
            return g(2.0)
        finally:
            builtins.abs = usual

    return f, [w], [call(-1.0), patched, call(-1.0)]


@case
def function_of_math_patched():
    w, usual = Value(0.5), math.exp

    def f(x):
        return w * x * math.exp(1.0)

    def patched(g):
        math.exp = lambda x: 1.0
        try:
            return g(2.0)
        finally:
            math.exp = usual

    return f, [w], [call(1.0), patched, call(1.0)]


@case
def name_deleted_later():
    space = {"w": (w := Value(0.5)), "k": 2.0, "__name__": "a_notebook"}
    exec("def f(x):\n    return w * x * k", space)
    return space["f"], [w], [call(1.0), after(lambda: space.pop("k"), 1.0), after(lambda: space.update(k=3.0), 1.0)]


@case
def cell_emptied_later():
    w, k = Value(0.5), 2.0

    def f(x):
        return w * x * k

    def forget():
        nonlocal k
        del k

    return f, [w], [call(1.0), after(forget, 1.0)]


@case
def documentation_and_name_of_the_function():
    w = Value(0.5)

    def helper(x):
        """2"""
        return x * float(helper.__doc__)

    def f(x):
        return helper(w * x) * len(helper.__name__)

    return f, [w], [call(1.0), after(put(helper, __doc__="3"), 1.0), after(put(helper, __name__="h"), 1.0)]


@case
def signature_inspected():
    w = Value(0.5)

    def act(v, k=2.0):
        return v * k

    def f(x):
        return act(w * x) * inspect.signature(act).parameters["k"].default

    return f, [w], [call(1.0), after(put(act, __defaults__=(3.0,)), 1.0)]


@case
def variable_of_the_calling_frame():
    w = Value(0.5)

    def f(x):
        frame = sys._getframe()
        return w * x * len(frame.f_code.co_varnames)

    return f, [w], calls(1.0, 2.0)
