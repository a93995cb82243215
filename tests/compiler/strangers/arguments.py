"""Arguments as they come: containers changed in place, sets, bytes, data classes, integers, the same Value twice."""

import collections
import dataclasses
import decimal
import enum
import fractions
import functools
import random

from micrograd import Value, nn
from strangers.collection import after, call, calls, case, put, values


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
def same_value_twice():
    a, b = values(3, 2)

    def f(p, q):
        return p * q + p

    return f, [a, b], [call(a, b), call(a, a)]


@case
def id_keyed_dict():
    a, b = values(1, 2)

    def f(x):
        table = {id(a): 3.0, id(b): 5.0}
        return a * table[id(a)] * x + b * table[id(b)]

    return f, [a, b], calls(1.0, 2.0)


@case
def arg_is_parameter():
    w = Value(3.0)

    def f(v):
        return w * v

    return f, [w], calls(w, Value(2.0), w)


@case
def value_inputs_share_parameters():
    a, b = values(2, 3)

    def f(u, v):
        return u * v + a

    def step(g):
        u = a * b
        return g(u, u + a)

    return f, [a, b], [step, step]


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
def label_reading():
    w = Value(2.0, label="w")

    def f(v):
        return w * v if v.label == "a" else w * v * 10

    return f, [w], calls(Value(1.0, label="a"), Value(1.0, label="b"))


@case(refused="_prev|parents")
def prev_reading():
    w, a = values(2, 1)

    def f(v):
        return w * v * (1 + len(v._prev))

    return f, [w, a], [lambda g: g(a), lambda g: g(a * 2)]


@case
def value_subclass_param():
    class Parameter(Value):
        pass

    w = Parameter(2.0)

    def f(x):
        return (w * x).tanh()

    return f, [w], calls(1.0, 2.0)


@case
def model_arg_static():
    random.seed(0)
    m, m2 = nn.MLP(2, [2, 1]), nn.MLP(2, [2, 1])

    def f(model, x):
        return model(x)

    xs = [1.0, 2.0]
    return f, m.parameters() + m2.parameters(), [call(m, xs), call(m2, xs), call(m, [2.0, 2.0])]


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
