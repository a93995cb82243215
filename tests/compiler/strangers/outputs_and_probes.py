"""Texts, probes of files and dates, and calls of libraries with numbers that a trace stands in for."""

import datetime
import json
import math
import operator
import os
import pathlib
import pickle
import statistics
import tempfile

import numpy as np

from micrograd import Value
from strangers.collection import after, call, calls, case


@case(refused="file")
def existence_of_a_file_decides():
    path, w = os.path.join(tempfile.mkdtemp(), "checkpoint"), Value(0.5)

    def f(x):
        return w * x * (10 if os.path.exists(path) else 1)

    return f, [w], [call(1.0), after(lambda: open(path, "w").close(), 1.0)]


@case(refused="file")
def listing_of_a_folder():
    folder, w = pathlib.Path(tempfile.mkdtemp()), Value(0.5)

    def f(x):
        return w * x * (1 + len(list(folder.iterdir())))

    return f, [w], [call(1.0), after(lambda: (folder / "a").touch(), 1.0)]


@case(refused="clock")
def hour_of_the_day():
    w = Value(0.5)

    def f(x):
        return w * x * datetime.datetime.now().microsecond

    return f, [w], calls(1.0, 1.0)


@case
def texts_of_lists():
    w = Value(0.5)

    def f(xs):
        return w * len(str(xs)) + len(", ".join(map(str, xs))) + len(f"{xs!r:>20}")

    return f, [w], calls([1.0, 2.5], [10.25, 3.0])


@case(refused="not JSON serializable")
def text_as_json():
    w = Value(0.5)

    def f(x):
        return w * json.loads(json.dumps({"x": x}))["x"]

    return f, [w], calls(1.5, 2.5)


@case(refused="PicklingError")
def number_pickled_and_loaded():
    w = Value(0.5)

    def f(x):
        return w * pickle.loads(pickle.dumps(x))

    return f, [w], calls(1.5, 2.5)


@case
def arrays_made_of_numbers():
    w = Value(0.5)

    def f(x, y):
        return (w * np.array([x, y])).sum() + w * np.stack([x, y]).max() + w * np.asarray([x * 2])[0]

    return f, [w], [call(1.0, 2.0), call(3.0, 2.0)]


@case(refused="plain")
def arrays_of_floats_made_of_numbers():
    w = Value(0.5)

    def f(x, y):
        return (w * np.array([x, y], dtype=float)).sum() + w * np.full(2, x)[0] + w * np.float64(y)

    return f, [w], [call(1.0, 2.0), call(3.0, 2.0)]


@case
def means_by_numpy():
    w = Value(0.5)

    def f(xs):
        return w * np.mean(xs) + np.sum(xs) + np.max(xs) - np.min(xs)

    return f, [w], calls([1.0, 2.0], [5.0, 3.0])


@case
def spread_by_numpy():
    w = Value(0.5)

    def f(xs):
        return w * np.median(xs) + np.ptp(xs)

    return f, [w], calls([1.0, 2.0], [5.0, 3.0])


@case(refused="plain")
def mean_by_statistics():
    w = Value(0.5)

    def f(xs):
        return w * statistics.fmean(xs) + statistics.pstdev(xs)

    return f, [w], calls([1.0, 2.0], [5.0, 3.0])


@case(refused="plain")
def distances_by_math():
    w = Value(0.5)

    def f(x, y):
        return w * math.hypot(x, y) + math.dist((x,), (y,)) + math.pow(x, 2)

    return f, [w], [call(3.0, 4.0), call(1.0, 4.0)]


@case
def operators_as_functions():
    w = Value(0.5)

    def f(x, y):
        return operator.add(w * x, y) * operator.neg(x) + operator.truediv(y, x) + (10 if operator.lt(x, y) else 0)

    return f, [w], [call(3.0, 4.0), call(5.0, 4.0)]


@case(refused="plain")
def powers_and_remainders():
    w = Value(0.5)

    def f(x):
        return w * pow(x, 2) + x.__pow__(2) + abs(-x) + sum(divmod(x, 2.0))

    return f, [w], calls(3.0, 4.5)


@case
def integers_as_characters():
    w = Value(0.5)

    def f(ns):
        return w * len(chr(ns[0]) + hex(ns[0]) + bin(ns[0])) + ns[0].bit_length()

    return f, [w], calls([65], [1000], [65])


@case
def bits_flipped():
    w = Value(0.5)

    def f(ns):
        return w * (ns[0] ^ 3) + (~ns[0] & 255) + (ns[0] << 2) + (ns[0] | 1)

    return f, [w], calls([5], [9], [5])


@case
def lists_repeated_by_an_integer():
    w = Value(0.5)

    def f(ns):
        return sum([w] * ns[0]) + len("ab" * ns[1])

    return f, [w], calls([2, 1], [3, 2])


@case
def slices_by_integers_in_a_list():
    w, xs = Value(0.5), [1.0, 2.0, 4.0, 8.0]

    def f(ns):
        return sum(w * x for x in xs[ns[0] : ns[1]])

    return f, [w], calls([0, 2], [1, 4])


@case
def smallest_of_mixed_numbers():
    w = Value(0.5)

    def f(x, n):
        return w * min(x, n, 2.5) + max([x, n], key=lambda v: -v) + sum([x, n, True])

    return f, [w], [call(1.0, 2), call(4.0, 3), call(2.0, 2)]


@case
def equality_of_numbers_and_tuples():
    w = Value(0.5)

    def f(x, y):
        return w * ((x, y) == (1.0, 2.0)) + w * (x == y) + ((x, y) < (y, x)) + (x != 1)

    return f, [w], [call(1.0, 2.0), call(2.0, 2.0), call(3.0, 2.0), call(1.0, 2.0)]


@case
def counting_equal_numbers():
    w = Value(0.5)

    def f(xs):
        best = max(xs, key=xs.count)
        return w * best * xs.count(best) + xs.index(best)

    return f, [w], calls([1.0, 2.0, 2.0], [3.0, 3.0, 2.0])


@case
def numbers_sorted_with_their_places():
    w = Value(0.5)

    def f(xs):
        ranks = {k: rank for rank, (x, k) in enumerate(sorted((x, k) for k, x in enumerate(xs)))}
        return sum(w * x * ranks[k] for k, x in enumerate(xs))

    return f, [w], calls([3.0, 1.0, 2.0], [1.0, 1.0, 0.0])


@case
def zeros_of_both_signs_in_branches():
    w = Value(0.5)

    def f(x):
        return w * (1 if x == 0 else 2) * (1 if str(x).startswith("-") else 3) * (5 if not x else 7)

    return f, [w], calls(0.0, -0.0, 1.0, -1.0)


@case
def truth_of_numbers_and_containers():
    w = Value(0.5)

    def f(xs):
        return w * bool(xs) + w * all(xs) + any(x > 2 for x in xs) + (xs and xs[0] or 5.0)

    return f, [w], calls([1.0, 0.0], [], [0.0, 3.0], [2.0, 2.0])
