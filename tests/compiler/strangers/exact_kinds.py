"""Numbers that are equal, and yet of another kind: as keys, as fractions, of NumPy and of Python."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

from micrograd import Value
from strangers.collection import calls, case


@case
def zeros_of_both_signs_as_keys():
    w = Value(0.5)

    def f(table):
        return sum(math.copysign(1.0, key) * w * x for key, x in table.items())

    return f, [w], calls({0.0: 1.0}, {-0.0: 1.0}, {0.0: 2.0})


@case
def tuples_of_kinds_as_keys():
    w = Value(0.5)

    def f(table):
        return sum(w * x * (1 if isinstance(key[0], float) else 10) for key, x in table.items())

    return f, [w], calls({(1, 2): 1.0}, {(1.0, 2): 1.0}, {(True, 2): 1.0}, {(1, 2): 3.0})


@case
def texts_of_equal_keys():
    w = Value(0.5)

    def f(table):
        return sum(w * x * len(str(key)) for key, x in table.items())

    return f, [w], calls({Decimal("1.0"): 1.0}, {Decimal("1.00"): 1.0}, {frozenset([1]): 1.0}, {frozenset([1.0]): 1.0})


@case(refused="plain")
def numerator_of_a_fraction():
    w = Value(0.5)

    def f(x):
        return w * x.numerator / x.denominator

    return f, [w], calls(Fraction(1, 3), Fraction(2, 7))


@case(refused="plain")
def fraction_as_text():
    w = Value(0.5)

    def f(x):
        return w * len(str(x))

    return f, [w], calls(Fraction(1, 3), Fraction(22, 7))


@case
def zero_of_numpy_divides_in_a_try():
    w = Value(0.5)

    def f(x):
        try:
            y = 1 / x
        except ZeroDivisionError:
            y = 7.0
        return w if y == math.inf else w * y

    return f, [w], calls(np.float64(2.0), np.float64(0.0), 0.0, 2.0, np.float64(0.0))
