import math
from decimal import Decimal
from fractions import Fraction

import numpy as np

from micrograd import Value

EXPONENTS = [
    0,
    1,
    2,
    3,
    -1,
    -2,
    True,
    False,
    0.5,
    -0.5,
    1.0,
    2.0,
    -0.0,
    0.0,
    1e300,
    -1e300,
    1e16,
    9e15,
    2**53 + 1,
    10**18,
    10**400,
]
EXPONENTS += [
    math.inf,
    -math.inf,
    math.nan,
    np.int64(2),
    np.int32(-1),
    np.uint8(3),
    np.float64(0.5),
    np.float32(0.1),
    np.bool_(True),
]
EXPONENTS += [Fraction(1, 2), Fraction(3), Decimal("1.5"), "2", None, 1j, [2], 5e-324, 1 + 2**-52, -(2**63), 2**63]
BASES = [2.0, -2.0, 0.0, -0.0, 1.0, -1.0, 0.5, 1e308, 5e-324, math.inf, -math.inf, math.nan, 3.7, -8.0]


def attempt(compute, *operands):
    try:
        out = compute(*operands)
        if isinstance(out, Value):
            out.backward()
        return out
    except Exception as error:
        return error


[[attempt(lambda x, k: x**k, Value(x), k) for k in EXPONENTS] for x in BASES]
[[attempt(lambda x, k: k**x, Value(x), k) for k in EXPONENTS] for x in BASES]
[[attempt(lambda x, k: x**k, Value(x), Value(k)) for k in BASES] for x in BASES]
[[attempt(lambda x, k: x**k, x, Value(k)) for k in BASES] for x in BASES]
v = Value(2.0, label="v")
pow(v, 2)
pow(2, v)
pow(v, v)
pow(v, 2, 5)
pow(v, v, 5)
pow(v, 2, None)
pow(2, v, 5)
pow(2, 3, v)
pow(2.0, 3, v)
pow(2.0, v, 5)
pow("x", v, 5)
pow("x", 2, v)
pow(v, 2, v)
pow(v, 2, "x")
pow("x", v)
pow(v, "x")
v.__pow__(2, 5)
v._to_the(3)
v._to_the(Value(3.0))
v._to_the("x")
v._to_the(np.float64(3))
v._to_the(np.array([3.0]))
v._to_the([3.0])
v._to_the(10**400)
[(v**k).constants for k in (2, 2.0, True, np.int64(2), np.float32(2), Fraction(2), Fraction(1, 2))]
[(v**k)._op for k in (2, 2.0, True, np.int64(2), np.float32(2), Fraction(2), Fraction(1, 2), -1, 0.5)]
[repr(v**k) for k in (2, 2.0, True)]
big = v ** (2**62)
big
big.constants
huge = Value(1.0) ** 10**30
huge
huge.constants
huge.backward()
huge.refresh()
huge
Value(1.0) ** 10**400
power = v**3
power.refresh()
power
v.data = 0.0
power.refresh()
power
inverse = v**-1
v.data = 3
inverse.refresh()
inverse = v**-1
v.data = 0.0
inverse.refresh()
inverse
v.data
