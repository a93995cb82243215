import math
import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np

from micrograd import Value

NUMBERS = [
    2.0,
    -0.0,
    3,
    -7,
    True,
    False,
    10**400,
    2**60,
    Fraction(1, 3),
    Decimal("0.5"),
    np.float64(1.5),
    np.float32(0.1),
]
NUMBERS += [
    np.int64(3),
    np.bool_(True),
    math.inf,
    -math.inf,
    math.nan,
    1e308,
    5e-324,
    np.array(2.0),
    np.longdouble(0.1),
]
OTHERS = [None, "x", "3", b"", [], [1.0], (1.0,), {}, set(), 1j, object, ..., NotImplemented, len, Value, range(2)]
BINARY = "add sub mul truediv mod floordiv pow matmul lshift and_ or_ xor".split()
COMPARING = "lt le gt ge eq ne is_ contains".split()
UNARY = "neg pos abs not_ truth index invert".split()


def all_of(names, *operands):
    out = {}
    for name in names:
        try:
            out[name] = getattr(operator, name)(*operands)
        except Exception as error:
            out[name] = error
    return out


def backwards(results):
    for out in results.values():
        if isinstance(out, Value):
            out.backward()
    return results


v, w, zero = Value(1.5, label="v"), Value(-2.5, label="w"), Value(0.0, label="zero")
backwards(all_of(BINARY, v, w))
backwards(all_of(BINARY, w, v))
backwards(all_of(BINARY, v, v))
backwards(all_of(BINARY, v, zero))
backwards(all_of(BINARY, zero, v))
backwards(all_of(BINARY, zero, zero))
[all_of(COMPARING, x, y) for x in (v, w, zero) for y in (v, w, zero)]
[all_of(UNARY, x) for x in (v, w, zero)]
[backwards(all_of(BINARY, v, x)) for x in NUMBERS]
[backwards(all_of(BINARY, x, v)) for x in NUMBERS]
[backwards(all_of(BINARY, w, x)) for x in NUMBERS]
[backwards(all_of(BINARY, x, w)) for x in NUMBERS]
[backwards(all_of(BINARY, x, zero)) for x in NUMBERS]
[all_of(BINARY, v, x) for x in OTHERS]
[all_of(BINARY, x, v) for x in OTHERS]
[all_of(COMPARING, v, x) for x in NUMBERS]
[all_of(COMPARING, x, v) for x in NUMBERS]
[all_of(COMPARING, v, x) for x in OTHERS]
[all_of(COMPARING, x, v) for x in OTHERS]
[all_of(["iadd", "isub", "imul", "itruediv", "imod", "ifloordiv", "ipow", "imatmul"], v, x) for x in (2, w, "x", None)]
[divmod(v, x) for x in (w, 2, -0.5)]
[divmod(x, v) for x in (2, -0.5)]
divmod(v, "x")
divmod("x", v)
divmod(v, zero)
divmod(1, zero)
0 < v < 2
v < w < v
v < zero <= 1.5
v < "x"
v < None
"x" < v
v < 1j
v < [1]
v == v
v == 1.5
1.5 == v
v != 1.5
v == "x"
v == None
v == Fraction(3, 2)
v == Decimal("1.5")
v == np.float64(1.5)
np.float64(1.5) == v
v == 10**400
v == 1.5 + 0j
hash(v) == hash(v)
hash(v) == object.__hash__(v)
bool(zero)
bool(v)
not zero
float(v)
int(v)
complex(v)
round(v)
round(v, 2)
math.floor(w)
math.ceil(w)
math.trunc(w)
abs(w)
-v
+v
+v is v
~v
v @ w
[1.0] @ v
v[0]
len(v)
list(v)
v()
iter(v)
next(v)
v in [w]
v in [w, v]
v in {v: 1}
1.5 in [v]
v in [1.5]
w in v
with_v = f"{v} {v:.2f} {v!r} {v!s} {v:>10}"
with_v
format(v)
format(v, ".3e")
format(v, "x")
"%s %r %.2f" % (v, v, v.data)
"%.2f" % v
"%d" % v
[1, 2][v]
range(v)
"x" * v
v * "x"
[0] * v
v += 1
v
v -= w
v *= 2
v /= w
v **= 2
v //= 3
v %= 2
v
v.backward()
v
w
Value(1e308) + Value(1e308)
Value(1e308) * 10
Value(1e308) * 10.0 - math.inf
Value(math.inf) - Value(math.inf)
Value(0.0) * math.inf
Value(5e-324) / 2
1 / Value(5e-324)
Value(1.0) / 0
1 / Value(0.0)
1 // Value(0.0)
1 % Value(0.0)
Value(0.0) / 0.0
Value(-0.0) + 0
Value(-0.0) + -0.0
Value(-0.0) * 1
0 * Value(-1.0)
0 - Value(0.0)
-Value(0.0)
Value(2.0).__add__(3)
Value(2.0).__add__("x")
Value(2.0).__radd__(3)
Value(2.0).__radd__("x")
Value(2.0).__rsub__(3)
Value(2.0).__rtruediv__(3)
Value(2.0).__rpow__(3)
Value(2.0).__rpow__("x")
Value(2.0).__pow__(3)
Value(2.0).__pow__("x")
Value(2.0).__pow__(3, 4)
Value(2.0).__neg__()
Value(2.0).__bool__()
Value(2.0).__float__()
Value.__add__(Value(2.0), 3)
Value.tanh(Value(1.0), 2)
Value.max(Value(1.0), 2)
Value.max(Value(1.0))
Value(1.0).max(other=2)
Value(1.0).max(y=2)
Value(1.0).max(2, other=2)
Value(1.0).max(2, 3)
Value(1.0).max()
Value(1.0).logaddexp(other=Value(2.0))
Value(1.0)._to_the(other=2)
Value(1.0).clip(low=0, high=1)
Value(1.0).clip(0, 1)
Value(1.0).hypot(other=2)
Value(1.0).atan2(2)
Value(1.0).atan2("x")
Value(1.0).tanh(x=1)
Value(1.0).tanh(1)
Value(1.0).tanh(*[], **{})
Value(1.0).__floor__(1)
Value(1.0).abs(1)
Value(1.0).backward(1)
Value(1.0).backward(retain_graph=True)
Value(1.0).zero_grad(1)
Value(1.0).detach(x=1)
