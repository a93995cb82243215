"""Subclasses of Value as learners write them, and numbers of all kinds: what programs are made of."""

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

from micrograd import Value


class Plain(Value):
    pass


class Deeper(Plain):
    pass


class Slotted(Value):
    __slots__ = ("extra",)


class Reflecting(Value):
    def __radd__(self, other):
        return super().__radd__(other) * 2

    def __mul__(self, other):
        return super().__mul__(other) + 1


class Doubled(Value):
    @property
    def data(self):
        return 2 * self._data

    @data.setter
    def data(self, x):
        self._data = x


class Listed(Value):
    """Lists what its grad is set to."""

    seen = []

    @property
    def grad(self):
        return self._grad

    @grad.setter
    def grad(self, x):
        Listed.seen.append((type(x), x))
        self._grad = x


class Watched(Value):
    """Counts how often its grad is set."""

    count = 0

    @property
    def grad(self):
        return self._grad

    @grad.setter
    def grad(self, x):
        self.count += 1
        self._grad = x


class Clipped(Value):
    def __setattr__(self, name, x):
        if name == "grad" and isinstance(x, float):
            x = max(-1.0, min(1.0, x))
        super().__setattr__(name, x)


KINDS = [Value, Value, Value, Value, Plain, Deeper, Slotted, Reflecting, Doubled, Watched, Clipped]

NUMBERS = [0.5, -1.5, 2.0, 3, -2, 1, 0, 0.0, -0.0, True, False, 0.1, 1e-3, 7.25, -20.0, 800.0, -800.0]
NUMBERS += [math.inf, -math.inf, math.nan, 1e308, -1e308, 5e-324, 10**400, 2**60, -(2**63) - 1]
NUMBERS += [Fraction(1, 3), Decimal("0.75"), np.float64(1.25), np.float32(0.1), np.float16(0.5)]
NUMBERS += [np.int64(3), np.int8(-2), np.bool_(True), np.array(2.5), np.longdouble(0.1)]
OTHERS = [None, "x", 1j, [1.0], np.array([1.0, 2.0]), object]
