"""Unusual places of what a function reads: class methods, registries, contexts, objects with rules of their own."""

import decimal
import functools

from micrograd import Value, tanh
from strangers.collection import after, call, calls, case


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


@case(refused="changes what it reads: self.h")
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
def dispatch_table_extended():
    @functools.singledispatch
    def measure(x):
        return 1.0

    w, things = Value(0.5), ["a", 2.0]

    def f(x):
        return w * x * sum(measure(thing) for thing in things)

    return f, [w], [call(1.0), after(lambda: measure.register(str, lambda x: 10.0), 1.0)]
