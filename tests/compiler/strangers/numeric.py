"""Kinds of numbers, and what is done with them: comparisons, sorting, decimals, powers, patterns."""

import math
import operator
import re
import statistics
from decimal import Decimal

import numpy as np

from micrograd import Value
from strangers.collection import after, call, calls, case, values


@case
def chained_comparisons():
    w = Value(0.5)

    def f(x):
        return w * (1 if 0 <= x < 1 else 2 if 1 <= x < 2 else 3)

    return f, [w], calls(0.5, 1.0, 7.0, -0.0, math.nan)


@case
def learning_rate_from_a_decimal():
    w, rate = Value(0.5), Decimal("0.1")

    def f(x):
        return w * x * float(rate)

    def halve():
        nonlocal rate
        rate = rate / 2

    return f, [w], [call(1.0), after(halve, 1.0), after(halve, 1.0)]


@case
def rows_parsed_from_text():
    text, w = "1.5,2\n3,4.25", Value(0.5)

    def f():
        return sum(w * float(a) - float(b) for a, b in (line.split(",") for line in text.splitlines()))

    def append():
        nonlocal text
        text += "\n7,1"

    return f, [w], [call(), after(append)]


@case
def numbers_found_by_a_pattern():
    w, pattern = Value(0.5), re.compile(r"-?\d+\.?\d*")

    def f(line):
        return sum(w * float(x) for x in pattern.findall(line))

    def whole():
        nonlocal pattern
        pattern = re.compile(r"\d+")

    return f, [w], [call("a -1.5 b 2"), call("7"), after(whole, "a -1.5 b 2")]


@case
def sorted_by_key_and_reversed():
    w = Value(0.5)

    def f(rows):
        ranked = sorted(rows, key=operator.itemgetter(1), reverse=True)
        return sum(w * x * k for k, (x, _) in enumerate(ranked))

    return f, [w], calls([(1.0, 2.0), (5.0, 3.0)], [(1.0, 4.0), (5.0, 3.0)])


@case
def minimum_by_key():
    ws = values(1, 2, 3)

    def f(x):
        return min(ws, key=lambda w: abs((w - x).data)) * x

    return f, ws, calls(1.1, 2.9, 2.0)


@case
def median_of_the_arguments():
    w = Value(0.5)

    def f(xs):
        return w * statistics.median(xs)

    return f, [w], calls([1.0, 3.0, 2.0], [5.0, 3.0, 9.0])


@case
def sums_by_math():
    w, xs = Value(0.5), [0.1] * 10

    def f(x):
        return w * x * math.fsum(xs) * math.prod([2, 3])

    return f, [w], [call(1.0), after(lambda: xs.append(1.0), 1.0)]


@case
def exponent_chosen_by_type():
    w = Value(2.0)

    def f(x, k):
        return (w * x) ** k

    return f, [w], [call(1.0, 2), call(1.0, 2.0), call(1.0, 3), call(1.0, 0.5), call(1.0, -1)]


@case
def number_read_by_item_and_index():
    w = Value(0.5)

    def f(x):
        return w.item() * x + w * float(np.float64(2.0).item())

    return f, [w], calls(1.0, 2.0)
