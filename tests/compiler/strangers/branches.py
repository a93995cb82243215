"""Decisions by numbers: loops, early returns, comparisons, sorting, caught errors."""

import functools
import math

import micrograd
from micrograd import Value
from strangers.collection import after, call, calls, case, put, values


@case
def loop_length_by_data():
    w = Value(2.0)

    def f(x):
        y, n = w * x, 0
        while y.data < 100:
            y, n = y * 2, n + 1
        return y + n

    return f, [w], calls(1.0, 50.0, 3.0, 1.0)


@case
def early_return():
    w = Value(2.0)

    def f(x):
        if x < 0:
            return w * 0.5
        for i in range(5):
            if (w * x * i).data > 6:
                return w * x * i
        return w

    return f, [w], calls(1.0, -1.0, 10.0, 0.0, -0.0)


@case
def sorted_floats():
    w = Value(2.0)

    def f(x):
        s = sorted(x)
        return w * s[0] + w * w * s[-1]

    return f, [w], calls([1.0, 2.0, 3.0], [5.0, 2.0, 3.0], [2.0, 2.0, 2.0])


@case
def accuracy_as_number():
    w, b = values(1, -2)

    def f(X, ys):
        scores = [w * x + b for x in X]
        accuracy = sum((s.data > 0) == (y > 0) for s, y in zip(scores, ys, strict=True)) / len(ys)
        loss = sum((1 + -y * s).relu() for s, y in zip(scores, ys, strict=True))
        return loss, accuracy

    return f, [w, b], [call([1.0, 5.0], [1, -1]), call([3.0, 1.0], [1, -1]), call([3.0, 1.0], [-1, 1])]


@case
def python_abs_of_float():
    w = Value(2.0)

    def f(a):
        return w * abs(a)

    return f, [w], calls(1.0, -3.0, -0.0)


@case
def recursion_by_value():
    w = Value(2.0)

    def grow(v):
        return v if v.data > 10 else grow(v * v + 1)

    def f(x):
        return grow(w * x)

    return f, [w], calls(1.0, 0.1, 20.0)


@case
def exception_by_value():
    w = Value(2.0)

    def f(x):
        if x > 5:
            raise ValueError("too large")
        return w * x

    return f, [w], calls(1.0, 10.0, 2.0)


@case
def nan_input_branches():
    w = Value(2.0)

    def f(x):
        if x > 0:
            return w * 1
        elif x <= 0:
            return w * 2
        return w * 3

    return f, [w], calls(1.0, math.nan, -1.0, math.inf, math.nan)


@case
def structure_changes():
    w = Value(2.0)

    def f(x):
        return {"a": w * x[0]} if len(x) == 1 else [w * xi for xi in x]

    return f, [w], calls([1.0], [1.0, 2.0], (1.0, 2.0), [1.0])


@case
def straight_through():
    w = Value(0.3)

    def f(x):
        z = w * x
        hard = 1.0 if z.data > 0 else 0.0
        return z + (hard - z).detach()

    return f, [w], calls(1.0, -1.0, 2.0)


@case
def data_in_if():
    w = Value(2.0)

    def f(x):
        if w.data > 3:
            return w * x
        return w * w * x

    return f, [w], [call(1.0), after(put(w, data=7.0), 2.0), after(put(w, data=1.0), 2.0)]


@case
def not_and_or():
    w = Value(2.0)

    def f(x, y):
        if not x:
            return w
        if x and y:
            return w * 2
        return w * (x or 3.0)

    return f, [w], [call(*xy) for xy in ((0.0, 1.0), (1.0, 1.0), (1.0, 0.0), (-0.0, 3.0), (math.nan, 1.0))]


@case
def list_index_count_in():
    w = Value(2.0)

    def f(xs):
        return w * xs.index(2.0) + xs.count(1.0) + (3.0 in xs)

    return f, [w], calls([1.0, 2.0], [2.0, 1.0], [3.0, 2.0])


@case
def match_statement():
    w = Value(2.0)

    def f(x):
        match x:
            case 1.0:
                return w
            case 2.0:
                return w * 2
            case _:
                return w * 3

    return f, [w], calls(1.0, 2.0, 7.0, 1.0)


@case
def clip_by_python_min_max():
    w = Value(2.0)

    def f(x):
        z = w * x
        return max(min(z.data, 1.0), -1.0) * w

    return f, [w], calls(0.1, 10.0, -10.0, 0.2)


@case
def comparing_values_directly():
    a, b = values(1, 2)

    def f(x):
        return a * x if a < b else b * x

    return f, [a, b], [call(1.0), after(put(a, data=3.0), 1.0)]


@case
def while_newton():
    def f(a):
        x = a
        while abs((x * x - a).data) > 1e-9:
            x = 0.5 * (x + a / x)
        return x

    a, b = values(2, 9)
    return f, [a, b], calls(a, b, a)


@case
def param_unused_then_used():
    a, b = values(1, 2)

    def f(x):
        return a * x if x > 0 else b * x

    return f, [a, b], calls(1.0, -1.0, 1.0)


@case
def value_eq_none_in():
    a, b = values(1, 1)

    def f(x):
        return a * x if a == b else b * x

    return f, [a, b], [call(1.0)]


@case
def label_smoothing_conditional():
    w = Value(0.3)

    def f(x, y):
        p = micrograd.sigmoid(w * x)
        return -(p.log() if y else (1 - p).log())

    return f, [w], [call(1.0, y) for y in (1, 0, 1.0, 0.0)]


@case
def functools_reduce_map_filter():
    w = Value(2.0)

    def f(xs):
        return functools.reduce(lambda a, b: a * b, map(lambda x: w * x, filter(lambda x: x > 0, xs)))

    return f, [w], calls([1.0, 2.0], [2.0, -2.0])


@case
def strict_prev_nan_guard():
    w = Value(2.0)

    def f(x):
        y = w * x
        return y if y.data == y.data else w * 0

    return f, [w], calls(1.0, math.nan)


@case
def abs_small_guard():
    w = Value(2.0)

    def f(x):
        return micrograd.sin(w * x) / (w * x) if abs(x) > 1e-8 else Value(1.0)

    return f, [w], calls(1.0, 0.0, 1e-9)


@case
def try_except_division():
    w = Value(2.0)

    def f(x):
        try:
            return w / x
        except ZeroDivisionError:
            return w * 0.0

    return f, [w], calls(1.0, 0.0, 4.0)


@case
def try_except_pow():
    w = Value(2.0)

    def f(x):
        try:
            return (w * x) ** 0.5
        except ValueError:
            return -((-w * x) ** 0.5)

    return f, [w], calls(1.0, -4.0)


@case
def try_except_value_error_float_input():
    w = Value(2.0)

    def f(x):
        try:
            s = micrograd.sqrt(x)
        except ValueError:
            s = 0.0
        return w * s

    return f, [w], calls(4.0, -4.0)
