"""Unusual places of what a function reads: cells of helpers, metaclasses, views, builtins, frames, labels of Values."""

import builtins
import collections
import contextlib
import dataclasses
import decimal
import enum
import functools
import hashlib
import inspect
import itertools
import math
import sys
import types

import numpy as np

import micrograd
from micrograd import Value, tanh
from strangers.collection import after, call, calls, case, put, values

knob = 1.0


@case
def attribute_that_someone_hangs_on_a_value():
    w = Value(2.0)
    w.scale = 3.0

    def f(x):
        return w * x * w.scale

    return f, [w], [call(1.0), after(put(w, scale=5.0), 1.0)]


@case
def label_of_a_parameter():
    w = Value(2.0, label="slope")

    def f(x):
        return w * x if w.label == "slope" else w + x

    return f, [w], [call(3.0), after(put(w, label="shift"), 3.0)]


@case(refused="_op|operation|parents|_prev")
def operation_of_an_argument():
    w, a = values(2, 1)

    def f(v):
        return w * v if v._op == "" else w * v * 10

    return f, [w, a], [lambda g: g(a), lambda g: g(a * 2)]


@case
def hash_of_an_object_updated_outside():
    digest, w = hashlib.sha256(b"a"), Value(2.0)

    def f(x):
        return w * x * digest.digest()[0]

    def step(g):
        try:
            return g(1.0)
        except micrograd.TraceError:
            return w * 1.0 * digest.digest()[0]

    def update(g):
        digest.update(b"b")
        return step(g)

    return f, [w], [step, update]


@case
def precision_of_decimals():
    w = Value(2.0)
    decimal.getcontext().prec = 28

    def f(x):
        return w * x * float(decimal.Decimal(1) / 3)

    def coarsely(g):
        with decimal.localcontext() as context:
            context.prec = 3
            return g(1.0)

    return f, [w], [call(1.0), coarsely, call(1.0)]


@case
def state_kept_by_a_class_method():
    class Net:
        h = 0.0
        w = Value(0.5)

        @classmethod
        def step(cls, x):
            out = tanh(cls.w * x + cls.h)
            cls.h = out.data
            return out

    return Net.step, [Net.w], calls(1.0, 1.0, 1.0)


@case
def counter_made_by_a_factory():
    def counter():
        n = 0

        def count():
            nonlocal n
            n += 1
            return n

        return count

    w, count = Value(2.0), counter()

    def f(x):
        return w * x * count()

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="iterator|count")
def counter_of_itertools():
    w, numbers = Value(2.0), itertools.count(1)

    def f(x):
        return w * x * next(numbers)

    return f, [w], calls(1.0, 1.0, 1.0)


@case(refused="iterator|map")
def map_kept_outside():
    w, scaled = Value(2.0), map(lambda x: x * 2, [1.0, 2.0, 3.0])

    def f():
        return w * next(scaled)

    return f, [w], [call(), call()]


@case
def attribute_of_a_metaclass():
    class Meta(type):
        gain = 2.0

    class Model(metaclass=Meta):
        w = Value(0.5)

        def __call__(self, x):
            return self.w * x * type(self).gain

    m = Model()
    return m, [Model.w], [call(1.0), after(put(Meta, gain=3.0), 1.0), after(put(Model, gain=4.0), 1.0)]


@case
def subclasses_registered_by_init_subclass():
    class Layer:
        known = []

        def __init_subclass__(cls):
            Layer.known.append(cls)

    class Double(Layer):
        def __call__(self, v):
            return v * 2

    w = Value(0.5)

    def f(x):
        return functools.reduce(lambda v, kind: kind()(v), Layer.known, w * x)

    def more():
        class Shift(Layer):
            def __call__(self, v):
                return v + 1

    return f, [w], [call(1.0), after(more, 1.0)]


@case
def value_of_an_enum_member_changed():
    class Kind(enum.Enum):
        A = "a"

        def __init__(self, name):
            self.factor = 1.0

    w = Value(0.5)

    def f(x):
        return w * x * Kind.A.factor

    return f, [w], [call(1.0), after(put(Kind.A, factor=3.0), 1.0)]


@case
def list_inside_of_a_tuple():
    pair, w = (1.0, [2.0]), Value(0.5)

    def f(x):
        return w * x * pair[0] + sum(pair[1])

    return f, [w], [call(1.0), after(lambda: pair[1].append(3.0), 1.0)]


@case
def list_inside_of_a_frozen_dataclass():
    @dataclasses.dataclass(frozen=True)
    class Config:
        sizes: list = dataclasses.field(default_factory=lambda: [1.0])

    w, config = Value(0.5), Config()

    def f(x):
        return w * x * sum(config.sizes)

    return f, [w], [call(1.0), after(lambda: config.sizes.append(3.0), 1.0)]


@case
def view_of_a_dictionary():
    named, w = {"a": 1.0}, Value(0.5)
    seen = named.values()

    def f(x):
        return w * x * sum(seen)

    return f, [w], [call(1.0), after(lambda: named.update(b=2.0), 1.0)]


@case
def mapping_proxy():
    named, w = {"a": 1.0}, Value(0.5)
    seen = types.MappingProxyType(named)

    def f(x):
        return w * x * seen["a"]

    return f, [w], [call(1.0), after(lambda: named.update(a=2.0), 1.0)]


@case
def own_mapping_with_missing_keys():
    class Weights(dict):
        def __missing__(self, key):
            return 0.25

    w, weights = Value(0.5), Weights(a=1.0)

    def f(x):
        return w * x * weights["a"] * weights["b"]

    return f, [w], [call(1.0), after(lambda: weights.update(b=2.0), 1.0)]


@case
def user_list_and_user_dict():
    xs, options, w = collections.UserList([1.0]), collections.UserDict(k=2.0), Value(0.5)

    def f(x):
        return w * x * sum(xs) * options["k"]

    return f, [w], [call(1.0), after(lambda: xs.append(3.0), 1.0), after(lambda: options.update(k=5.0), 1.0)]


@case
def list_with_an_attribute():
    class Rows(list):
        scale = 1.0

    rows, w = Rows([1.0, 2.0]), Value(0.5)

    def f(x):
        return w * x * sum(rows) * rows.scale

    return f, [w], [call(1.0), after(put(rows, scale=3.0), 1.0), after(lambda: rows.append(1.0), 1.0)]


@case
def object_that_compares_by_its_name():
    class Rule:
        def __init__(self, name, k):
            self.name, self.k = name, k

        def __eq__(self, other):
            return self.name == other.name

        def __hash__(self):
            return hash(self.name)

    w, rule = Value(0.5), Rule("a", 1.0)

    def f(x):
        return w * x * rule.k

    def rebind():
        nonlocal rule
        rule = Rule("a", 4.0)

    return f, [w], [call(1.0), after(rebind, 1.0)]


@case
def object_with_its_own_length_and_truth():
    class Bag:
        def __init__(self):
            self.items = []

        def __len__(self):
            return len(self.items)

        def __contains__(self, x):
            return x in self.items

        def __iter__(self):
            return iter(self.items)

    w, bag = Value(0.5), Bag()

    def f(x):
        return w * x * (sum(bag) if bag else 1.0) + ("a" in bag)

    return f, [w], [call(1.0), after(lambda: bag.items.append(3.0), 1.0)]


@case
def global_looked_up_by_text():
    global knob
    knob = 1.0
    w = Value(0.5)

    def f(x):
        return w * x * globals()["knob"]

    def turn():
        global knob
        knob = 4.0

    return f, [w], [call(1.0), after(turn, 1.0)]


@case
def attributes_through_vars_and_dict():
    box, w = types.SimpleNamespace(a=1.0, b=2.0), Value(0.5)

    def f(x):
        return w * x * sum(vars(box).values()) + box.__dict__["a"]

    return f, [w], [call(1.0), after(put(box, b=5.0), 1.0), after(put(box, c=1.0), 1.0)]


@case
def builtin_shadowed_later():
    space = {"w": (w := Value(0.5)), "__name__": "a_notebook"}
    exec("def f(x):\n    return w * abs(x)", space)
    return space["f"], [w], [call(-1.0), after(lambda: space.update(abs=lambda x: x * 7), -1.0)]


@case
def builtin_patched():
    w, usual = Value(0.5), builtins.abs

    def f(x):
        return w * abs(x)

    def patched(g):
        builtins.abs = lambda x: usual(x) * 3
        try:
            return g(2.0)
        finally:
            builtins.abs = usual

    return f, [w], [call(-1.0), patched, call(-1.0)]


@case
def function_of_math_patched():
    w, usual = Value(0.5), math.exp

    def f(x):
        return w * x * math.exp(1.0)

    def patched(g):
        math.exp = lambda x: 1.0
        try:
            return g(2.0)
        finally:
            math.exp = usual

    return f, [w], [call(1.0), patched, call(1.0)]


@case
def name_deleted_later():
    space = {"w": (w := Value(0.5)), "k": 2.0, "__name__": "a_notebook"}
    exec("def f(x):\n    return w * x * k", space)
    return space["f"], [w], [call(1.0), after(lambda: space.pop("k"), 1.0), after(lambda: space.update(k=3.0), 1.0)]


@case
def cell_emptied_later():
    w, k = Value(0.5), 2.0

    def f(x):
        return w * x * k

    def forget():
        nonlocal k
        del k

    return f, [w], [call(1.0), after(forget, 1.0)]


@case
def documentation_and_name_of_the_function():
    w = Value(0.5)

    def helper(x):
        """2"""
        return x * float(helper.__doc__)

    def f(x):
        return helper(w * x) * len(helper.__name__)

    return f, [w], [call(1.0), after(put(helper, __doc__="3"), 1.0), after(put(helper, __name__="h"), 1.0)]


@case
def signature_inspected():
    w = Value(0.5)

    def act(v, k=2.0):
        return v * k

    def f(x):
        return act(w * x) * inspect.signature(act).parameters["k"].default

    return f, [w], [call(1.0), after(put(act, __defaults__=(3.0,)), 1.0)]


@case
def variable_of_the_calling_frame():
    w = Value(0.5)

    def f(x):
        frame = sys._getframe()
        return w * x * len(frame.f_code.co_varnames)

    return f, [w], calls(1.0, 2.0)


@case
def parameters_sorted_in_place_inside():
    ws = values(3, 1, 2)

    def f(x):
        ws.sort(key=lambda w: w.data)
        return ws[0] * x + ws[-1]

    return f, (lambda: ws), [call(1.0), call(1.0), after(lambda: put(ws[0], data=9.0)(), 1.0)]


@case
def equal_list_in_its_place():
    rows, w = [1.0, 2.0], Value(0.5)
    box = types.SimpleNamespace(rows=rows)

    def f(x):
        return w * x * sum(box.rows)

    return (
        f,
        [w],
        [
            call(1.0),
            after(lambda: put(box, rows=list(rows))(), 1.0),
            after(lambda: rows.append(9.0), 1.0),
            after(lambda: box.rows.append(9.0), 1.0),
        ],
    )


@case
def one_list_in_two_places():
    shared, w = [1.0], Value(0.5)
    a, b = {"xs": shared}, {"xs": shared}

    def f(x):
        return w * x * (sum(a["xs"]) + sum(b["xs"]))

    return f, [w], [call(1.0), after(lambda: shared.append(2.0), 1.0), after(lambda: b.update(xs=[5.0]), 1.0)]


@case
def one_true_and_one():
    w, options = Value(0.5), {"k": 1}

    def f(x):
        return w * x * (10 if options["k"] is True else 1) / (2 if isinstance(options["k"], float) else 1)

    def to(k):
        return lambda: options.update(k=k)

    return f, [w], [call(1.0), after(to(True), 1.0), after(to(1.0), 1.0), after(to(1), 1.0), after(to(np.True_), 1.0)]


@case
def ranges_slices_and_complex_numbers():
    w, box = Value(0.5), types.SimpleNamespace(span=range(2), cut=slice(0, 1), z=1 + 2j)

    def f(xs):
        return sum(w * xs[k] for k in box.span) + sum(xs[box.cut]) + abs(box.z)

    xs = [1.0, 2.0, 4.0]
    return (
        f,
        [w],
        [call(xs), after(put(box, span=range(3)), xs), after(put(box, cut=slice(1, 3)), xs), after(put(box, z=5j), xs)],
    )


@case
def exit_stack_of_modes():
    mode, w = {"k": 1.0}, Value(0.5)

    @contextlib.contextmanager
    def times(k):
        mode["k"] *= k
        yield
        mode["k"] /= k

    def f(x):
        with contextlib.ExitStack() as stack:
            for k in (2.0, 4.0):
                stack.enter_context(times(k))
            return w * x * mode["k"]

    return f, [w], [call(1.0), after(lambda: mode.update(k=3.0), 1.0)]


@case
def cached_property_that_is_stale():
    class Model:
        def __init__(self):
            self.w, self.k = Value(0.5), 2.0

        @functools.cached_property
        def table(self):
            return [self.k, self.k**2]

        def __call__(self, x):
            return self.w * x * sum(self.table)

    m = Model()
    return m, [m.w], [call(1.0), after(put(m, k=3.0), 1.0), after(lambda: vars(m).pop("table"), 1.0)]


@case
def partial_method_and_static_method():
    class Model:
        w = Value(0.5)

        @staticmethod
        def clip(v):
            return v if v.data < 1 else v * 0 + 1

        def scale(self, k, x):
            return self.clip(self.w * x * k)

        double = functools.partialmethod(scale, 2.0)

    m = Model()

    def change():
        Model.double = functools.partialmethod(Model.scale, 0.5)

    return (lambda x: m.double(x)), [m.w], [call(0.5), call(9.0), after(change, 0.5)]


@case
def dispatch_table_extended():
    @functools.singledispatch
    def measure(x):
        return 1.0

    w, things = Value(0.5), ["a", 2.0]

    def f(x):
        return w * x * sum(measure(thing) for thing in things)

    return f, [w], [call(1.0), after(lambda: measure.register(str, lambda x: 10.0), 1.0)]


@case
def default_factory_of_a_dictionary():
    counts, w = collections.defaultdict(lambda: 1.0), Value(0.5)

    def f(name):
        return w * counts[name]

    return f, [w], [call("a"), call("a"), call("b"), after(lambda: counts.update(a=5.0), "a"), call("b")]


@case
def set_default_inside():
    table, w = {}, Value(0.5)

    def f(name, x):
        return w * x * table.setdefault(name, len(table) + 1)

    return f, [w], [call("a", 1.0), call("b", 1.0), call("a", 2.0), call("b", 2.0)]
