"""Kinds of numbers and what is done with them: rounding, exact integers, text, decimals, bits, comparisons, sorting."""

import cmath
import decimal
import math
import operator
import re
import statistics
import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np

import micrograd
from micrograd import Value
from strangers.collection import after, call, calls, case, values


@case(refused="round|plain")
def rounded_to_two_places():
    w = Value(2.0)

    def f(x):
        return w * round(x, 2)

    return f, [w], calls(1.234, 2.345)


@case(refused="plain|int")
def parity_of_a_float():
    w = Value(2.0)

    def f(x):
        return w * x if int(x) % 2 else w * x * 10

    return f, [w], calls(1.0, 2.0)


@case
def whole_numbers_by_is_integer():
    w = Value(2.0)

    def f(x):
        return w * x if x.is_integer() else w * x * 10

    return f, [w], calls(1.0, 2.5)


@case
def remainder_and_floor_division():
    w = Value(2.0)

    def f(x):
        return w * (x % 2.0) + x // 2.0

    return f, [w], calls(3.5, 5.0)


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
def chained_comparisons():
    w = Value(0.5)

    def f(x):
        return w * (1 if 0 <= x < 1 else 2 if 1 <= x < 2 else 3)

    return f, [w], calls(0.5, 1.0, 7.0, -0.0, math.nan)


@case
def close_by_isclose():
    w = Value(0.5)

    def f(x):
        return w if math.isclose(x, 1.0, rel_tol=0.1) else w * x

    return f, [w], calls(1.0, 2.0)


@case
def finite_by_isnan_and_isinf():
    w = Value(0.5)

    def f(x):
        return w * 0 if math.isnan(x) or math.isinf(x) else w * x

    return f, [w], calls(1.0, math.inf, math.nan)


@case
def nan_by_numpy():
    w = Value(0.5)

    def f(x):
        return w * 0 if np.isnan(x) else w * x

    return f, [w], calls(1.0, math.nan)


@case
def sign_of_zero():
    w = Value(0.5)

    def f(x):
        return w * x, -x, x * 0.0, 0.0 - x, x + 0.0

    return f, [w], calls(0.0, -0.0, 1.0, -1.0)


@case
def sign_copied():
    w = Value(0.5)

    def f(x):
        return w * math.copysign(2.0, x)

    return f, [w], calls(1.0, -1.0)


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
def square_root_by_math():
    w = Value(0.5)

    def f(x):
        return w * math.sqrt(x)

    return f, [w], calls(4.0, 9.0)


@case
def float_of_the_data_in_a_comparison():
    w = Value(0.5)

    def f(x):
        out = w * x
        while float(out.data) < 4.0:
            out = out * 2
        return out

    return f, [w], calls(1.0, 3.0, 9.0)


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
def decimal_made_of_the_argument():
    w = Value(0.5)

    def f(x):
        return w * float(Decimal(str(x)).quantize(Decimal("0.1"), rounding=decimal.ROUND_HALF_UP))

    return f, [w], calls(1.25, 2.36)


@case
def fraction_made_of_the_argument():
    w = Value(0.5)

    def f(x):
        return w * float(Fraction(x).limit_denominator(10))

    return f, [w], calls(0.33, 0.51)


@case
def complex_roots_by_discriminant():
    w = Value(0.5)

    def f(b, c):
        d = b * b - 4 * c
        return w * (-b + micrograd.sqrt(d)) if d >= 0 else (w * -b, w * micrograd.sqrt(-d))

    return f, [w], [call(3.0, 1.0), call(1.0, 3.0), call(3.0, 1.0)]


@case
def complex_number_of_python():
    w = Value(0.5)

    def f(x):
        return w * abs(cmath.exp(1j * 2.0)) * x

    return f, [w], calls(1.0, 2.0)


@case
def complex_number_of_the_argument():
    w = Value(0.5)

    def f(x):
        return w * abs(complex(x, 1.0))

    return f, [w], calls(1.0, 2.0)


@case
def bytes_of_a_float():
    w = Value(0.5)

    def f(x):
        return w * struct.pack("<d", x)[7]

    return f, [w], calls(1.0, -2.0)


@case
def digits_of_a_float():
    w = Value(0.5)

    def f(x):
        return w * sum(int(d) for d in str(x) if d.isdigit())

    return f, [w], calls(1.25, 36.0, 1.25)


@case
def text_formatted_and_split():
    w = Value(0.5)

    def f(x):
        mantissa, exponent = f"{x:.2e}".split("e")
        return w * float(mantissa) * int(exponent)

    return f, [w], calls(123.0, 4.5)


@case
def text_by_percent_and_format():
    w = Value(0.5)

    def f(x):
        return w * len("{:.3g}".format(x)) * len("%.2f" % x)  # noqa: UP031, UP032

    return f, [w], calls(1.0, 12345.0)


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
def name_of_a_bin_as_a_key():
    w, table = Value(0.5), {"low": 1.0, "high": 10.0}

    def f(x):
        return w * x * table["high" if x > 1 else "low"]

    return f, [w], [call(0.5), call(2.0), after(lambda: table.update(low=3.0), 0.5)]


@case(refused="hash|key|plain")
def float_as_a_key():
    w, table = Value(0.5), {0.5: 1.0, 2.0: 10.0}

    def f(x):
        return w * table[x]

    return f, [w], calls(0.5, 2.0)


@case(refused="hash|key|plain")
def distinct_numbers_in_a_set():
    w = Value(0.5)

    def f(xs):
        return w * len(set(xs))

    return f, [w], calls([1.0, 2.0], [1.0, 1.0])


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
def huge_and_tiny_numbers():
    w = Value(1e-300)

    def f(x):
        return w * x * 1e-10, x * 1e300

    return f, [w], calls(1.0, 1e10, 1e-20)


@case
def number_read_by_item_and_index():
    w = Value(0.5)

    def f(x):
        return w.item() * x + w * float(np.float64(2.0).item())

    return f, [w], calls(1.0, 2.0)
