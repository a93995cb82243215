"""Decorators, context managers, generators, coroutines and code that is made of text."""

import asyncio
import contextlib
import contextvars
import functools
import pickle

from micrograd import Value
from strangers.collection import after, call, calls, case, put


@case
def decorator_with_options():
    def scaled(options):
        def wrap(g):
            @functools.wraps(g)
            def inner(*args, **kwargs):
                return g(*args, **kwargs) * options["k"]

            return inner

        return wrap

    w, options = Value(2.0), {"k": 2.0}

    @scaled(options)
    def f(x):
        return w * x

    return f, [w], [call(1.0), after(lambda: options.update(k=3.0), 1.0)]


@case(refused="changes what it reads: self.calls")
def decorator_as_a_class_that_counts():
    class Counted:
        def __init__(self, g):
            self.g, self.calls = g, 0

        def __call__(self, x):
            self.calls += 1
            return self.g(x)

    w = Value(2.0)

    @Counted
    def f(x):
        return w * x

    def step(g):
        return g(1.0), f.calls >= 0

    return f, [w], [step] * 3


@case
def context_manager_switches_a_mode():
    mode, w = {"training": True}, Value(2.0)

    @contextlib.contextmanager
    def evaluating():
        mode["training"] = False
        try:
            yield
        finally:
            mode["training"] = True

    def f(x):
        return w * x if mode["training"] else w * x * 10

    def evaluated(g):
        with evaluating():
            return g(1.0)

    return f, [w], [call(1.0), evaluated, call(1.0), evaluated]


@case
def context_manager_entered_inside():
    class Scope:
        depth = 0

        def __enter__(self):
            self.depth += 1
            return self

        def __exit__(self, *error):
            self.depth -= 1

    scope, w = Scope(), Value(2.0)

    def f(x):
        with scope, scope:
            return w * x * scope.depth

    return f, [w], [call(1.0), call(2.0), after(put(scope, depth=1), 1.0)]


@case
def context_variable_set_outside():
    scale = contextvars.ContextVar("scale", default=1.0)
    w = Value(2.0)

    def f(x):
        return w * x * scale.get()

    return f, [w], [call(1.0), after(lambda: scale.set(4.0), 1.0)]


@case
def generator_pipeline():
    w, drop = Value(2.0), {"below": 0.0}

    def scaled(xs):
        for x in xs:
            yield w * x

    def large(vs):
        yield from (v for v in vs if v.data > drop["below"])

    def f(xs):
        return sum(large(scaled(xs)), 0.0)

    xs = [1.0, -1.0, 2.0]
    return f, [w], [call(xs), after(lambda: drop.update(below=3.0), xs), call([5.0, 1.0, 1.0])]


@case
def generator_that_is_sent_numbers():
    w = Value(2.0)

    def averager():
        total_, n, mean = 0.0, 0, 0.0
        while True:
            x = yield mean
            total_, n = total_ + x, n + 1
            mean = total_ / n

    def f(xs):
        running = averager()
        next(running)
        return [running.send(w * x) for x in xs]

    return f, [w], calls([1.0, 2.0], [3.0], [1.0, 2.0])


@case
def formula_evaluated_from_text():
    w, formulas = Value(2.0), ["w * x + 1"]

    def f(x):
        return eval(formulas[0], {"w": w, "x": x})

    return f, [w], [call(3.0), after(lambda: formulas.__setitem__(0, "w * w * x"), 3.0)]


@case
def function_made_by_exec():
    w, space = Value(2.0), {"k": 2.0}
    exec("def h(v):\n    return v * k", space)

    def f(x):
        return space["h"](w * x)

    return f, [w], [call(1.0), after(lambda: space.update(k=5.0), 1.0)]


@case
def class_made_by_type():
    w = Value(2.0)
    Model = type("Model", (), {"k": 2.0, "__call__": lambda self, x: w * x * self.k})
    m = Model()

    def f(x):
        return m(x)

    return f, [w], [call(1.0), after(put(Model, k=7.0), 1.0)]


@case
def cached_table_of_helpers():
    w = Value(2.0)

    @functools.cache
    def table(n):
        return [1 / (k + 1) for k in range(n)]

    def f(x, n):
        return sum(c * (w * x) ** k for k, c in enumerate(table(n)))

    return f, [w], [call(1.0, 2), call(1.0, 3), call(2.0, 3)]


@case
def cached_helper_of_a_changing_setting():
    w, setting = Value(2.0), {"k": 1.0}

    @functools.cache
    def scale():
        return setting["k"]

    def f(x):
        return w * x * scale()

    def change():
        setting["k"] = 5.0

    def change_and_clear():
        setting["k"] = 9.0
        scale.cache_clear()

    return f, [w], [call(1.0), after(change, 1.0), after(change_and_clear, 1.0)]


@case
def pickled_and_loaded_settings():
    w, stored = Value(2.0), pickle.dumps({"k": 3.0})

    def f(x):
        return w * x * pickle.loads(stored)["k"]

    def store():
        nonlocal stored
        stored = pickle.dumps({"k": 4.0})

    return f, [w], [call(1.0), after(store, 1.0)]


@case
def tasks_run_to_completion():
    w = Value(2.0)

    async def part(x):
        await asyncio.sleep(0)
        return w * x

    async def both(x):
        return sum(await asyncio.gather(part(x), part(x * x)))

    def f(x):
        return asyncio.run(both(x))

    return f, [w], calls(1.0, 2.0)


@case
def coroutine_driven_by_hand():
    w, k = Value(2.0), {"k": 1.0}

    async def work(x):
        return w * x * k["k"]

    def f(x):
        coroutine = work(x)
        try:
            coroutine.send(None)
        except StopIteration as stop:
            return stop.value

    return f, [w], [call(1.0), call(2.0), after(lambda: k.update(k=3.0), 1.0)]


@case
def exit_stack_of_modes():
    mode, w = {"k": 1.0}, Value(0.5)

    @contextlib.contextmanager
    def times(k):
        mode["k"] *= k
        yield
        mode["k"] /= k

    def f(x):
        with contextlib.ExitStack() as stack:
            for k in (2.0, 4.0):
                stack.enter_context(times(k))
            return w * x * mode["k"]

    return f, [w], [call(1.0), after(lambda: mode.update(k=3.0), 1.0)]
