"""Unusual arguments: views, ranges, deques, objects of own classes, subclasses of numbers and containers."""

import collections
import dataclasses
import types
from decimal import Decimal

from micrograd import (
    Value,
)
from strangers.collection import after, call, calls, case, put, values


@case
def range_and_slice_as_arguments():
    w, xs = Value(0.5), [1.0, 2.0, 4.0]

    def f(which):
        return sum(w * x for x in xs[which]) if isinstance(which, slice) else sum(w * xs[k] for k in which)

    return f, [w], calls(range(2), slice(1, 3), range(3), slice(0, 1))


@case
def items_of_a_dictionary_as_an_argument():
    w, named = Value(0.5), {"a": 1.0}

    def f(items):
        return sum(w * x * len(k) for k, x in items)

    return f, [w], [call(named.items()), after(lambda: named.update(bb=3.0), named.items())]


@case
def deque_as_an_argument():
    w, recent = Value(0.5), collections.deque([1.0, 2.0], maxlen=3)

    def f(xs):
        return sum(w * x for x in xs)

    return f, [w], [call(recent), after(lambda: recent.append(4.0), recent), after(lambda: recent.append(5.0), recent)]


@case
def default_dictionary_as_an_argument():
    w = Value(0.5)

    def f(d):
        return w * d["a"] + d["b"]

    def make(**entries):
        return collections.defaultdict(float, entries)

    return f, [w], calls(make(a=1.0), make(a=2.0, b=3.0), make(b=1.0))


@case
def dataclass_of_values_as_an_argument():
    @dataclasses.dataclass
    class Pair:
        left: Value
        right: Value

    a, b = values(1, 2)
    pair = Pair(a, b)

    def f(pair):
        return pair.left * pair.right

    return f, [a, b], [call(pair), after(put(pair, right=a), pair), call(Pair(b, b))]


@case
def namespace_of_options_as_an_argument():
    w, options = Value(0.5), types.SimpleNamespace(rate=0.1, verbose=False)

    def f(x, options):
        return w * x * options.rate

    return f, [w], [call(1.0, options), after(put(options, rate=0.2), 1.0, options), call(2.0, options)]


@case
def object_whose_equality_is_its_identity():
    class Example:
        def __init__(self, x):
            self.x = x

    w = Value(0.5)

    def f(e):
        return w * e.x

    def fresh(x):
        return lambda g: g(Example(x))

    return f, [w], [fresh(1.0), fresh(2.0), fresh(1.0)]


@case
def subclasses_of_float_and_int():
    class Metres(float):
        factor = 100.0

    w = Value(0.5)

    def f(x):
        return w * x * getattr(x, "factor", 1.0)

    return f, [w], calls(Metres(1.0), 1.0, Metres(2.0))


@case
def subclass_of_float_in_a_list():
    class Metres(float):
        factor = 100.0

    w = Value(0.5)

    def f(xs):
        return w * xs[0] * getattr(xs[0], "factor", 1.0)

    return f, [w], calls([Metres(1.0)], [1.0], [Metres(2.0)])


@case
def nothing_or_a_number():
    w = Value(0.5)

    def f(x=None):
        return w if x is None else w * x

    return f, [w], [call(), call(2.0), call(None), call(x=3.0)]


@case
def nothing_inside_of_a_list():
    w = Value(0.5)

    def f(xs):
        return sum(w * x for x in xs if x is not None)

    return f, [w], calls([1.0, None], [None, 2.0], [1.0, 2.0])


@case
def texts_beside_numbers():
    w = Value(0.5)

    def f(rows):
        return sum((w if kind == "up" else -w) * x for kind, x in rows)

    return f, [w], calls([("up", 1.0), ("down", 2.0)], [("up", 3.0), ("up", 2.0)])


@case
def ragged_rows():
    w = Value(0.5)

    def f(rows):
        return [sum(w * x for x in row) for row in rows]

    return f, [w], calls([[1.0], [2.0, 3.0]], [[1.0, 2.0], []])


@case
def list_compared_with_its_elements():
    w = Value(0.5)

    def f(xs, limit):
        return w * (xs == [1.0, 2.0]) + w * (max(xs) > limit)

    return f, [w], [call([1.0, 2.0], 0.5), call([1.0, 3.0], 5.0), call([1.0, 2.0], 5.0)]


@case(refused="changes its argument: a dict")
def mutated_copy_of_an_argument():
    w = Value(0.5)

    def f(xs, d):
        xs = xs[:]
        xs.append(d.pop("x"))
        return sum(w * x for x in xs)

    return f, [w], [lambda g: g([1.0], {"x": 2.0}), lambda g: g([3.0], {"x": 5.0})]


@case(refused="changes its argument: a list")
def argument_filled_inside():
    w = Value(0.5)

    def f(x, out):
        out.append(w * x)
        return out[0] * 2

    def step(x):
        def take(g):
            out = []
            result = g(x, out)
            return result, len(out)

        return take

    return f, [w], [step(1.0), step(2.0)]


@case(refused="Decimal")
def decimals_inside_of_a_list():
    w = Value(0.5)

    def f(xs):
        return w * float(xs[0] + xs[1])

    return f, [w], calls([Decimal("0.1"), Decimal("0.2")], [Decimal("0.5"), Decimal("0.2")])


@case
def arguments_by_every_spelling():
    w = Value(0.5)

    def f(a, /, b, *rest, c=1.0, **others):
        return w * a + b * c + sum(rest) + sum(others.values())

    return f, [w], [call(1.0, 2.0), call(1.0, b=2.0, c=3.0), call(1.0, 2.0, 3.0, d=4.0), call(1.0, 2.0, 3.0, e=4.0)]


@case
def text_as_a_program():
    ws = dict(zip("ab", values(1, 2), strict=True))

    def f(text):
        out, sign = Value(0.0), 1
        for token in text.split():
            if token in "+-":
                sign = 1 if token == "+" else -1
            else:
                out = out + sign * (ws[token] if token in ws else float(token))
        return out

    return f, [*ws.values()], calls("a + b", "a - b - 3", "2 - a", "a + b")


@case
def bytes_as_an_argument():
    w = Value(0.5)

    def f(data):
        return sum(w * byte for byte in data)

    return f, [w], calls(b"\x01\x02", b"\x03", bytearray(b"\x01"))


@case
def mutable_object_hidden_in_a_tuple_argument():
    class Scale:
        k = 1.0

    w, scale = Value(0.5), Scale()

    def f(pair):
        x, s = pair
        return w * x * s.k

    return f, [w], [call((1.0, scale)), after(put(scale, k=4.0), (1.0, scale)), call((2.0, scale))]


@case
def mutable_object_hidden_in_a_dictionary_argument():
    w, batch = Value(0.5), {"x": [1.0], "meta": {"weights": {"a": 2.0}, "tags": {"u"}}}

    def f(batch):
        return w * sum(batch["x"]) * batch["meta"]["weights"]["a"] * len(batch["meta"]["tags"])

    def edit():
        batch["meta"]["weights"]["a"] = 5.0

    return f, [w], [call(batch), after(edit, batch), after(lambda: batch["meta"]["tags"].add("v"), batch)]
