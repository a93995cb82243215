"""A traced number that becomes something else: an int, a text, a fraction, a key, a place in a table."""

import bisect
import copy
import decimal
import math
import statistics
import struct
from decimal import Decimal
from fractions import Fraction

import numpy as np

from micrograd import Value
from strangers.collection import after, call, calls, case, put, values

exponent = 1.0


@case
def math_isnan():
    w = Value(2.0)

    def f(x):
        if math.isnan(x):
            return w * 100
        return w * x

    return f, [w], calls(1.0, math.nan, 2.0)


@case
def fstring_branch():
    w = Value(2.0)

    def f(x):
        text = f"{x:.1f}"
        return w * x if text == "1.0" else w * x * 10

    return f, [w], calls(1.0, 2.0)


@case
def str_parse_data():
    w = Value(2.0)

    def f(x):
        return w * float(str((w * x).data))

    return f, [w], calls(1.234, 2.345)


@case
def percent_format():
    w = Value(2.0)

    def f(x):
        return w * float("%.1f" % x)  # noqa: UP031

    return f, [w], calls(1.23, 2.34)


@case(refused="read a grad")
def deepcopy_inside():
    w = Value(2.0)

    def f(x):
        return copy.deepcopy(w) * w * x

    return f, [w], [call(1.0), after(put(w, data=5.0), 1.0)]


@case(refused="plain")
def statistics_mean_of_inputs():
    w = Value(2.0)

    def f(xs):
        return w * statistics.mean(xs)

    return f, [w], calls([1.0, 2.0], [3.0, 2.0])


@case
def math_floor_ceil():
    w = Value(2.0)

    def f(x):
        return w * math.floor(x)

    return f, [w], calls(1.5, 2.5)


@case
def bisect_table():
    w = Value(2.0)

    def f(x):
        return w * bisect.bisect([0.0, 1.0, 2.0], x)

    return f, [w], calls(0.5, 1.5, 5.0)


@case(refused="plain")
def float_hex_as_integer_ratio():
    w = Value(2.0)

    def f(x):
        a, b = x.as_integer_ratio()
        return w * a / b

    return f, [w], calls(1.0, 2.5)


@case
def bool_as_index():
    ws = values(2, 5)

    def f(x):
        return ws[x > 0] * x

    return f, ws, calls(1.0, -1.0)


@case
def try_float_conv_fallback():
    w = Value(2.0)

    def f(x):
        try:
            x = float(x)
        except TypeError:
            pass
        return w * x

    return f, [w], calls(1.0, 2.0)


@case(refused="plain")
def rounded_to_two_places():
    w = Value(2.0)

    def f(x):
        return w * round(x, 2)

    return f, [w], calls(1.234, 2.345)


@case(refused="plain")
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


@case(refused="plain")
def remainder_and_floor_division():
    w = Value(2.0)

    def f(x):
        return w * (x % 2.0) + x // 2.0

    return f, [w], calls(3.5, 5.0)


@case(refused="plain")
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


@case(refused="plain")
def sign_copied():
    w = Value(0.5)

    def f(x):
        return w * math.copysign(2.0, x)

    return f, [w], calls(1.0, -1.0)


@case(refused="plain")
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
def decimal_made_of_the_argument():
    w = Value(0.5)

    def f(x):
        return w * float(Decimal(str(x)).quantize(Decimal("0.1"), rounding=decimal.ROUND_HALF_UP))

    return f, [w], calls(1.25, 2.36)


@case(refused="plain")
def fraction_made_of_the_argument():
    w = Value(0.5)

    def f(x):
        return w * float(Fraction(x).limit_denominator(10))

    return f, [w], calls(0.33, 0.51)


@case(refused="plain")
def complex_number_of_the_argument():
    w = Value(0.5)

    def f(x):
        return w * abs(complex(x, 1.0))

    return f, [w], calls(1.0, 2.0)


@case(refused="argument is not a float")
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
def name_of_a_bin_as_a_key():
    w, table = Value(0.5), {"low": 1.0, "high": 10.0}

    def f(x):
        return w * x * table["high" if x > 1 else "low"]

    return f, [w], [call(0.5), call(2.0), after(lambda: table.update(low=3.0), 0.5)]


@case(refused="plain")
def float_as_a_key():
    w, table = Value(0.5), {0.5: 1.0, 2.0: 10.0}

    def f(x):
        return w * table[x]

    return f, [w], calls(0.5, 2.0)


@case(refused="plain")
def distinct_numbers_in_a_set():
    w = Value(0.5)

    def f(xs):
        return w * len(set(xs))

    return f, [w], calls([1.0, 2.0], [1.0, 1.0])
