"""Whole numbers, exactly: in lists, in closures, as indices, counts and bits."""

import enum

import numpy as np

from micrograd import Value
from strangers.collection import after, call, calls, case, values

level = 1.0


@case
def int_input_division():
    w = Value(2.0)

    def f(n):
        return w * (n // 2) + n % 3

    return f, [w], calls(5, 6)


@case
def int_pow_exponent_from_list():
    w = Value(2.0)

    def f(ks):
        return w ** ks[0]

    return f, [w], calls([2], [3], [0], [-1])


@case
def bool_mask_mult():
    w = Value(2.0)

    def f(mask):
        return sum(w * m * i for i, m in enumerate(mask))

    return f, [w], calls([True, False, True], [False, True, True])


@case
def big_int_input():
    w = Value(2.0)

    def f(xs):
        return w * xs[0] + (xs[0] == xs[1])

    return f, [w], calls([2**53, 2**53], [2**53, 2**53 + 1])


@case
def large_int_args_precision():
    w = Value(1.0)

    def f(n):
        return w * (n % 7)

    return f, [w], calls(10**20, 10**20 + 1)


@case
def int_keys_dict():
    ws = values(1, 2, 3)

    def f(d):
        return sum(ws[k] * v for k, v in d.items())

    return f, ws, calls({0: 1.0, 1: 2.0}, {2: 1.0}, {1: 1.0, 0: 2.0})


@case
def dict_key_collision_1_True():
    w = Value(2.0)

    def f(d):
        return w * sum(v * (10 if k is True else 1) for k, v in d.items())

    return f, [w], calls({1: 1.0}, {True: 1.0})


@case
def exact_integers_in_a_list():
    w = Value(1.0)

    def f(ns):
        return w * (ns[0] - ns[1])

    return f, [w], calls([2**53 + 1, 2**53], [2**53, 2**53])


@case
def exact_integers_of_a_closure():
    w, ns = Value(1.0), [10**20 + 1, 10**20]

    def f(x):
        return w * x * (ns[0] - ns[1])

    return f, [w], [call(1.0), after(lambda: ns.__setitem__(1, 10**20 - 5), 1.0)]


@case
def integers_in_a_list_floor_divided():
    w = Value(1.0)

    def f(ns):
        return w * (ns[0] // 2) + ns[0] % 2

    return f, [w], calls([5], [8], [5])


@case
def bits_of_an_integer():
    ws = values(1, 2, 4)

    def f(n):
        return sum(w for k, w in enumerate(ws) if n >> k & 1) + ws[0]

    return f, ws, calls(5, 2, 7, 5)


@case
def bits_of_an_integer_in_a_list():
    ws = values(1, 2, 4)

    def f(ns):
        return sum(w for k, w in enumerate(ws) if ns[0] >> k & 1) + ws[0]

    return f, ws, calls([5], [2])


@case
def integer_in_a_list_as_an_index():
    ws = values(1, 2, 4)

    def f(row):
        return ws[row[0]] * row[1]

    return f, ws, calls([0, 2.0], [2, 1.0])


@case
def integer_in_a_list_as_a_range():
    w = Value(0.5)

    def f(row):
        out = row[1]
        for _ in range(row[0]):
            out = out * w
        return out

    return f, [w], calls([2, 2.0], [3, 1.0])


@case
def integer_becomes_a_float():
    w = Value(0.5)

    def f(n):
        return w * (n / 2) if isinstance(n, float) else w * (n // 2)

    return f, [w], calls(3, 3.0, 5)


@case
def booleans_counted():
    w = Value(0.5)

    def f(xs):
        return w * sum(x > 1 for x in xs) + any(x > 3 for x in xs) + all(xs)

    return f, [w], calls([1.0, 2.0], [4.0, 2.0], [0.0, 5.0])


@case
def number_enum_as_an_argument():
    class Level(enum.IntEnum):
        LOW = 1
        HIGH = 3

    w = Value(0.5)

    def f(level):
        return w**level if level is not Level.HIGH else w

    return f, [w], calls(Level.LOW, Level.HIGH, 3, Level.LOW)


@case
def integers_and_booleans_of_numpy():
    w = Value(0.5)

    def f(n, flag):
        return w * (n // 2) if flag else w * n

    return f, [w], [call(np.int64(5), np.True_), call(np.int64(5), np.False_), call(np.int32(8), True)]
