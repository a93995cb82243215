"""Arguments as they come: containers changed in place, sets, bytes, data classes, texts, models."""

import collections
import dataclasses
import decimal
import enum
import fractions
import functools
import random

from micrograd import (
    Value,
    nn,
)
from strangers.collection import after, call, calls, case, put


@case
def dict_order_changes():
    w = Value(2.0)

    def f(d):
        out = 0.0
        for i, k in enumerate(d):
            out = out + w * d[k] * (i + 1)
        return out

    return f, [w], calls({"a": 1.0, "b": 2.0}, {"b": 2.0, "a": 1.0})


@case
def frozenset_reused_mutable_set():
    w, s = Value(2.0), {1.0, 2.0}

    def f(s):
        return sum(w * x for x in sorted(s))

    return f, [w], [call(s), after(lambda: s.add(5.0), s)]


@case
def bytearray_argument_mutated():
    w, d = Value(2.0), bytearray([1, 2])

    def f(d):
        return sum(w * x for x in d)

    return f, [w], [call(d), after(lambda: d.__setitem__(0, 9), d)]


@case
def dataclass_argument_mutated():
    @dataclasses.dataclass
    class Example:
        x: float
        y: float

    w, e = Value(2.0), Example(1.0, 2.0)

    def f(e):
        return (w * e.x - e.y) ** 2

    return f, [w], [call(e), after(put(e, x=5.0), e), call(Example(3.0, 1.0))]


@case
def namedtuple_argument():
    Point = collections.namedtuple("Point", "x y")
    w = Value(2.0)

    def f(p):
        return w * p.x - p.y

    return f, [w], calls(Point(1.0, 2.0), Point(3.0, 4.0))


@case
def fraction_decimal_arg():
    w = Value(2.0)

    def f(x):
        return w * x

    return f, [w], calls(fractions.Fraction(1, 3), fractions.Fraction(2, 3))


@case
def decimal_arg():
    w = Value(1.0)

    def f(z):
        return w * float(z)

    return f, [w], calls(decimal.Decimal("1.5"), decimal.Decimal("2.5"))


@case
def varargs_list_unpack():
    w = Value(2.0)

    def f(*rows):
        return sum(w * sum(r) for r in rows)

    return f, [w], [call([1.0, 2.0], [3.0]), call([1.0])]


@case
def string_arg():
    w = Value(2.0)

    def f(x, how):
        return getattr(w * x, how)()

    return f, [w], [call(1.0, "tanh"), call(1.0, "exp")]


@case
def partial_float_kw():
    w = Value(2.0)

    def h(x, k):
        return w * x * k

    return functools.partial(h, k=3.0), [w], [call(1.0), call(1.0, k=4.0)]


@case
def model_arg_static():
    random.seed(0)
    m, m2 = nn.MLP(2, [2, 1]), nn.MLP(2, [2, 1])

    def f(model, x):
        return model(x)

    xs = [1.0, 2.0]
    return f, m.parameters() + m2.parameters(), [call(m, xs), call(m2, xs), call(m, [2.0, 2.0])]


@case
def str_subclass_enum_arg():
    class Activation(str, enum.Enum):
        T = "t"
        R = "r"

    w = Value(2.0)

    def f(x, a):
        return (w * x).tanh() if a is Activation.T else (w * x).relu()

    return f, [w], [call(1.0, Activation.T), call(1.0, Activation.R), call(1.0, "t")]


@case
def kw_vs_positional_same():
    w = Value(2.0)

    def f(x, y):
        return w * x - y

    return f, [w], [call(1.0, 2.0), call(y=1.0, x=2.0), call(x=1.0, y=2.0)]


@case
def pandas_like_object_arg():
    class Frame:
        def __init__(self, columns):
            self.columns = columns

        def __getitem__(self, name):
            return self.columns[name]

    w, frame = Value(1.0), Frame({"a": [1.0, 2.0]})

    def f(d):
        return sum(w * x for x in d["a"])

    return f, [w], [call(frame), after(lambda: frame.columns.update(a=[5.0]), frame)]


@case
def list_sort_in_place_of_arg():
    w = Value(2.0)

    def f(xs):
        xs = list(xs)
        xs.sort(reverse=True)
        return w * xs[0] - xs[-1]

    return f, [w], calls([1.0, 2.0, 3.0], [9.0, 2.0, 3.0])


@case
def walrus_ternary_star():
    w = Value(2.0)

    def f(*xs):
        first, *rest = xs
        return (z := w * first) * (z if z.data > 3 else 1.0) + sum(rest)

    return f, [w], [call(1.0, 2.0), call(2.0, 2.0)]


@case
def empty_list():
    w = Value(2.0)

    def f(xs):
        return sum([w * x for x in xs], Value(0.0))

    return f, [w], calls([], [1.0], [])
