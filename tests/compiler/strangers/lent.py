"""Numbers that change at every call, and then become something else."""

import math
import types

import micrograd
from micrograd import Value, tanh
from strangers.collection import after, case, put


def steps(change, count=5):
    return [after(change, 1.0) for _ in range(count)]


@case
def decayed_rate_decides():
    w, state = Value(0.5), {"rate": 1.0}

    def f(x):
        return w * x * state["rate"] if state["rate"] > 0.2 else w * x

    return f, [w], steps(lambda: state.update(rate=state["rate"] * 0.6), 7)


@case
def decayed_rate_under_an_exponential():
    w, state = Value(0.5), {"rate": 1.0}

    def f(x):
        return w * x * math.exp(-state["rate"])

    return f, [w], steps(lambda: state.update(rate=state["rate"] * 0.6))


@case
def decayed_rate_becomes_something_else():
    w, box = Value(0.5), types.SimpleNamespace(k=1.0)

    def f(x):
        return w * x * box.k

    def decay():
        box.k *= 0.5

    return (
        f,
        [w],
        [
            *steps(decay),
            after(put(box, k=2), 1.0),
            after(put(box, k=w), 1.0),
            after(put(box, k=0.5), 1.0),
            after(put(box, k=True), 1.0),
            *steps(decay, 2),
        ],
    )


@case
def decayed_rate_is_deleted():
    w, state = Value(0.5), {"rate": 1.0}

    def f(x):
        return w * x * state.get("rate", 7.0)

    def decay():
        state["rate"] *= 0.5

    return f, [w], [*steps(decay), after(lambda: state.pop("rate"), 1.0), after(lambda: state.update(rate=3.0), 1.0)]


@case
def decayed_items_of_a_list():
    w, rates = Value(0.5), [1.0, 2.0]

    def f(x):
        return sum(w * x * rate for rate in rates)

    def decay():
        rates[:] = [rate * 0.5 for rate in rates]

    return f, [w], [*steps(decay), after(lambda: rates.append(5.0), 1.0), *steps(decay, 3)]


@case
def decayed_cell_of_two_functions():
    w, rate = Value(0.5), 1.0

    def inner(v):
        return tanh(v * rate)

    fast = micrograd.compile(inner)

    def f(x):
        return fast(w * x) * rate

    def decay():
        nonlocal rate
        rate *= 0.7

    return f, [w], steps(decay)


@case
def decayed_number_in_a_text():
    w, box = Value(0.5), types.SimpleNamespace(k=1.0)

    def f(x):
        return w * x * len(f"{box.k}") + box.k

    def decay():
        box.k *= 0.9

    return f, [w], steps(decay)


@case
def decayed_number_as_a_key():
    w, box, table = Value(0.5), types.SimpleNamespace(k=8.0), {4.0: 1.0, 2.0: 5.0}

    def f(x):
        return w * x * table.get(box.k, 3.0)

    def decay():
        box.k *= 0.5

    return f, [w], steps(decay)


@case
def decayed_number_through_a_property():
    class Schedule:
        def __init__(self):
            self.base, self.floor = 1.0, 0.3

        @property
        def rate(self):
            return max(self.base, self.floor)

    w, schedule = Value(0.5), Schedule()

    def f(x):
        return w * x * schedule.rate

    def decay():
        schedule.base *= 0.7

    return f, [w], steps(decay, 6)


@case
def decayed_number_beside_a_counter():
    class Trainer:
        def __init__(self):
            self.w, self.rate, self.step, self.log = Value(0.5), 1.0, 0, []

        def loss(self, x):
            return self.w * x * self.rate

    t = Trainer()

    def train():
        t.rate *= 0.9
        t.step += 1
        t.log.append(t.rate)

    return t.loss, [t.w], steps(train, 6)


@case
def counter_that_scales():
    w, box = Value(0.5), types.SimpleNamespace(step=0)

    def f(x):
        return w * x / (1 + box.step)

    def advance():
        box.step += 1

    return f, [w], steps(advance, 8)


@case
def infinite_and_missing_numbers():
    w, box = Value(0.5), types.SimpleNamespace(k=1.0)

    def f(x):
        return w * x + box.k * 1.0

    return f, [w], [after(put(box, k=k), 1.0) for k in (1.0, 2.0, 3.0, math.inf, math.nan, -0.0, 0.0, math.nan)]


@case
def decayed_number_kept_by_what_is_returned():
    w, box = Value(0.5), types.SimpleNamespace(k=1.0)

    def f(x):
        return {"loss": w * x * box.k, "rate": box.k, "text": f"{box.k:.2f}"}

    def decay():
        box.k *= 0.9

    return f, [w], steps(decay, 6)


@case
def decayed_global_of_a_notebook():
    space = {"w": (w := Value(0.5)), "rate": 1.0, "__name__": "a_notebook"}
    exec("def f(x):\n    return w * x * rate", space)
    return space["f"], [w], steps(lambda: space.update(rate=space["rate"] * 0.9), 6)


@case
def decayed_and_restored():
    w, box = Value(0.5), types.SimpleNamespace(k=1.0)

    def f(x):
        return w * x * box.k if isinstance(box.k, float) else w * x * 100

    return f, [w], [after(put(box, k=k), 1.0) for k in (1.0, 0.5, 0.25, 1.0, 0.5, 3, 0.5, "x")]


def decay(state, x, factor=0.5):
    def step(f):
        result = f(x)
        state["rate"] *= factor
        return [result, state["rate"]]

    return step


@case(refused="changes what it reads: state\\['rate'\\]")
def decayed_number_that_the_function_scales_on_a_branch():
    w, state = Value(0.5), {"rate": 1.0}

    def f(x):
        if x > 5:
            state["rate"] = state["rate"] * 0.5
        return w * x * state["rate"]

    return f, [w], [*[decay(state, 1.0)] * 5, decay(state, 6.0), decay(state, 1.0), decay(state, 7.0)]


@case(refused="changes what it reads: state\\['rate'\\]")
def decayed_number_that_the_function_resets_on_a_branch():
    w, state = Value(0.5), {"rate": 1.0}

    def f(x):
        if x > 5:
            state["rate"] = 0.125
        return w * x * state["rate"]

    return f, [w], [*[decay(state, 1.0)] * 5, decay(state, 6.0), decay(state, 1.0), decay(state, 7.0)]


@case(refused="changes what it reads: state, which was")
def decayed_number_that_the_function_removes_on_a_branch():
    w, state = Value(0.5), {"rate": 1.0}

    def f(x):
        rate = state.pop("rate") if x > 5 else state.get("rate", 7.0)
        return w * x * rate

    def again(x):
        def step(f):
            result = f(x)
            state["rate"] = state.get("rate", 2.0) * 0.5
            return result

        return step

    return f, [w], [*[again(1.0)] * 5, again(6.0), again(1.0), again(7.0)]


@case(refused="changes what it reads: state.hits")
def decayed_number_beside_a_counter_of_the_function():
    w, state = Value(0.5), types.SimpleNamespace(rate=1.0, hits=0)

    def f(x):
        if x > 5:
            state.hits += 1
        return w * x * state.rate * (1 + state.hits)

    def again(x):
        def step(f):
            result = f(x)
            state.rate *= 0.5
            return result

        return step

    return f, [w], [*[again(1.0)] * 5, again(6.0), again(1.0), again(7.0), again(8.0)]


@case
def decayed_number_put_aside_and_back_by_the_function():
    w, state = Value(0.5), types.SimpleNamespace(rate=1.0)

    def f(x):
        usual, state.rate = state.rate, 0.5
        try:
            result = w * x * state.rate
        finally:
            state.rate = usual
        return result * state.rate

    def weaken():
        state.rate *= 0.7

    return f, [w], steps(weaken, 7)


@case
def decayed_items_of_a_list_that_shrinks_and_grows():
    w, rates = Value(0.5), [1.0, 2.0, 3.0]

    def f(x):
        return w * x * sum(rates)

    def weaken():
        rates[-1] *= 0.9

    changes = (rates.pop, lambda: rates.append(9.0), rates.clear, lambda: rates.append(4.0))
    return f, [w], [*steps(weaken, 4), *[after(change, 1.0) for change in changes], *steps(weaken, 3)]


@case
def decayed_slot_of_an_object_that_changes_its_class():
    class Linear:
        __slots__ = ("gain", "__dict__")

    class Square:
        __slots__ = ("gain", "__dict__")

    w, layer = Value(0.5), Linear()
    layer.gain = 1.0

    def f(x):
        return w * x * layer.gain

    def weaken():
        layer.gain *= 0.9

    return f, [w], [*steps(weaken, 4), after(put(layer, __class__=Square), 1.0), *steps(weaken, 3)]


@case
def class_of_an_object_with_slots_changed_inside():
    class First:
        __slots__ = ("gain", "__dict__")

    class Later:
        __slots__ = ("gain", "__dict__")

    w, layer = Value(0.5), First()
    layer.gain = 3.0

    def f(x):
        result = w * x * layer.gain * (2.0 if type(layer) is First else 1.0)
        layer.__class__ = Later
        return result

    return f, [w], [after(lambda: None, 1.0)] * 3
