"""Edges of arithmetic and of domains: zeros with a sign, infinities, errors of eager mode."""

import math

import micrograd
from micrograd import Value, log, losses
from strangers.collection import after, call, calls, case, put, values


@case(edge="a division by zero is inf, unless strict=True")
def division_by_zero_not_caught():
    w = Value(2.0)

    def f(x):
        return w / x

    return f, [w], calls(1.0, 0.0, 2.0)


@case(edge="a logarithm of a negative number is nan, unless strict=True")
def logarithm_of_a_negative_number():
    w = Value(2.0)

    def f(x):
        return log(w * x)

    return f, [w], calls(1.0, -1.0, 2.0)


@case
def sign_of_zero():
    w = Value(0.5)

    def f(x):
        return w * x, -x, x * 0.0, 0.0 - x, x + 0.0

    return f, [w], calls(0.0, -0.0, 1.0, -1.0)


@case
def minus_zero_in_the_closure():
    w, shift = Value(-0.0), -0.0

    def f(x):
        return w + shift, (w * x) + shift, shift * x

    def plus():
        nonlocal shift
        shift = 0.0

    return f, [w], [call(1.0), after(plus, 1.0), call(-1.0)]


@case
def huge_and_tiny_numbers():
    w = Value(1e-300)

    def f(x):
        return w * x * 1e-10, x * 1e300

    return f, [w], calls(1.0, 1e10, 1e-20)


@case
def barrier_outside_of_which_it_is_infinite():
    w = Value(0.5)

    def f(x):
        if not 0 < x < 1:
            return math.inf
        return -micrograd.log(w * x) - micrograd.log(1 - w * x)

    return f, [w], calls(0.5, 2.0, 0.25, 0.0)


@case
def negative_zero_add():
    w = Value(-0.0)

    def f(x):
        return (w + 0.0) * x + (w * 1.0 - 0.0)

    return f, [w], calls(1.0, -1.0, -0.0)


@case(edge="a division by zero is nan, unless strict=True")
def x_minus_x_nan():
    w = Value(1.0)

    def f(x):
        return w * (x - x) + w / w

    return f, [w], [call(1.0), call(math.inf), after(put(w, data=0.0), 1.0)]


@case(edge="zero to a negative power is inf, unless strict=True")
def pow_edges():
    w = Value(0.0)

    def f(x, k):
        return w**x + (w + x) ** 2

    return f, [w], [call(x, 0) for x in (1.0, 2.0, 0.0, 0.5, -1.0)]


@case(edge="a division by zero is inf, unless strict=True")
def int_input_over_zero_error():
    w = Value(2.0)

    def f(xs):
        return w * (1 / xs[0])

    return f, [w], calls([2.0], [0.0], [4.0])


@case(edge="a root of a negative number is nan, unless strict=True")
def pow_negative_fraction_float():
    w = Value(2.0)

    def f(x):
        return w * x**0.5

    return f, [w], calls(2.0, -1.0)


@case
def rpow():
    w = Value(2.0)

    def f(x):
        return x**w

    return f, [w], calls(2.0, 0.0, 1.0, -2.0)


@case
def ce_targets_change():
    ws = values(1, 2, 3)

    def f(xs, t):
        return losses.cross_entropy([[w * x for w in ws] for x in xs], t)

    return f, ws, [call([1.0, 2.0], t) for t in ([0, 1], [2, 2], [2, 3], [0, 0])]


@case
def max_margin_bad_label():
    w = Value(0.5)

    def f(xs, ys):
        return losses.max_margin([w * x for x in xs], ys)

    return f, [w], [call([1.0, 0.5], [1, -1]), call([1.0, 0.5], [1, 0]), call([0.5, 0.5], [-1, -1])]


@case
def logsumexp_edges():
    ws, inf = values(1, 1), math.inf

    def f(xs):
        return micrograd.logsumexp([w * x for w, x in zip(ws, xs, strict=True)])

    return f, ws, calls([1.0, 1.0], [1e308, 1e308], [-inf, 1.0], [-inf, -inf], [inf, 1.0])
