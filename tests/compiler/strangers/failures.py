"""Errors raised, caught, suppressed and retried; clean-up; assertions."""

import contextlib
import math

import micrograd
from micrograd import Value, log, sqrt
from strangers.collection import after, call, calls, case, put, values


@case
def domain_error_caught_far_below():
    w = Value(0.5)

    def safe_log(v):
        return log(v)

    def f(x):
        try:
            return safe_log(w * x)
        except ValueError:
            return w * -100

    return f, [w], calls(1.0, -1.0, 0.0, 2.0)


@case
def division_suppressed():
    w = Value(0.5)

    def f(x):
        out = w * 7
        with contextlib.suppress(ZeroDivisionError):
            out = w / x
        return out

    return f, [w], calls(1.0, 0.0, 2.0)


@case
def else_and_finally():
    w, marks = Value(0.5), {"k": 1.0}

    def f(x):
        try:
            out = sqrt(x)
        except ValueError:
            out = 0.0
        else:
            out = out * 2
        finally:
            k = marks["k"]
        return w * out * k

    return f, [w], [call(4.0), call(-4.0), after(lambda: marks.update(k=3.0), 4.0)]


@case
def overflow_caught():
    w = Value(1.0)

    def f(x):
        try:
            return micrograd.exp(w * x)
        except OverflowError:
            return w * math.inf

    return f, [w], calls(1.0, 1000.0, 2.0)


@case
def retried_with_a_smaller_number():
    w = Value(1.0)

    def f(x):
        for _ in range(5):
            try:
                return log(w - x)
            except ValueError:
                x = x / 2
        return w * 0

    return f, [w], calls(0.5, 1.5, 100.0, 0.5)


@case
def own_error_by_a_number():
    class TooLarge(Exception):
        pass

    w, limit = Value(1.0), {"most": 5.0}

    def check(v):
        if v.data > limit["most"]:
            raise TooLarge(f"more than {limit['most']}")
        return v

    def f(x):
        try:
            return check(w * x)
        except TooLarge:
            return w * limit["most"]

    return f, [w], [call(1.0), call(9.0), after(lambda: limit.update(most=0.5), 1.0)]


@case
def assertion_on_the_argument():
    w = Value(1.0)

    def f(x):
        assert x >= 0, f"negative: {x}"
        return w * x

    return f, [w], calls(1.0, -1.0, 2.0)


@case
def assertion_on_the_surroundings():
    w, sizes = Value(1.0), [2]

    def f(xs):
        assert len(xs) == sizes[0]
        return sum(w * x for x in xs)

    return f, [w], [call([1.0, 2.0]), call([1.0]), after(lambda: sizes.__setitem__(0, 1), [1.0, 2.0])]


@case
def type_error_as_dispatch():
    w = Value(2.0)

    def f(x):
        try:
            return sum(w * part for part in x)
        except TypeError:
            return w * x * 10

    return f, [w], calls([1.0, 2.0], 3.0, (1.0,))


@case(refused="changes what it reads: resource.opened")
def cleanup_that_changes_a_counter():
    class Resource:
        opened = 0

        def __enter__(self):
            self.opened += 1

        def __exit__(self, *error):
            return True

    resource, w = Resource(), Value(2.0)

    def f(x):
        with resource:
            return w * x / resource.opened
        return w

    return f, [w], calls(1.0, 1.0, 1.0)


@case
def division_by_a_parameter_that_becomes_zero():
    w, b = values(2, 1)

    def f(x):
        try:
            return w * x / b
        except ZeroDivisionError:
            return w * x

    return f, [w, b], [call(1.0), after(put(b, data=0.0), 1.0), after(put(b, data=4.0), 1.0)]


@case
def index_out_of_range_caught():
    ws = values(1, 2)

    def f(i):
        try:
            return micrograd.pick(ws, i) * 2
        except IndexError:
            return ws[0] * 100

    return f, ws, [call(micrograd.index(k)) for k in (5, 1, 7, 0, 2)]
