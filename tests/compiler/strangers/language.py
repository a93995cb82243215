"""What else Python offers: patterns, arguments by stars, partial application, methods by name."""

import functools
import itertools
import operator
import types

from micrograd import Value, relu, tanh
from strangers.collection import after, call, calls, case, put


@case
def helper_monkey_patched():
    tools = types.SimpleNamespace(act=tanh)
    w = Value(2.0)

    def f(x):
        return tools.act(w * x)

    return f, [w], [call(1.0), after(put(tools, act=relu), 1.0), after(put(tools, act=lambda v: v * v), 1.0)]


@case
def itertools_in_all_variety():
    w = Value(2.0)

    def f(xs):
        pairs = itertools.combinations(xs, 2)
        sums = itertools.accumulate((w * a * b for a, b in pairs), operator.add)
        return list(itertools.islice(sums, 2)), sum(a * b for a, b in itertools.product(xs, repeat=2)) * w

    return f, [w], calls([1.0, 2.0, 3.0], [0.5, 0.0, 1.0])


@case
def methods_by_operator_and_partial():
    class Box:
        def __init__(self):
            self.w, self.k = Value(2.0), 1.0

        def scale(self, power, x):
            return self.w * x**power * self.k

    box = Box()
    square = functools.partial(box.scale, 2)
    k_of = operator.attrgetter("k")

    def f(x):
        return square(x) + k_of(box)

    return f, [box.w], [call(3.0), after(put(box, k=4.0), 3.0)]


@case
def call_by_method_name():
    w, how = Value(0.5), {"name": "tanh"}
    apply = operator.methodcaller("sigmoid")

    def f(x):
        return getattr(w * x, how["name"])() + apply(w * x)

    return f, [w], [call(1.0), after(lambda: how.update(name="relu"), 1.0)]


@case
def star_arguments_pass_through_layers():
    w = Value(2.0)

    def inner(*args, scale=1.0, **options):
        return sum(w * x for x in args) * scale + len(options)

    def f(*args, **options):
        return inner(*args, **options)

    return f, [w], [call(1.0, 2.0), call(1.0, scale=3.0), call(1.0, note="x"), call(1.0, 2.0, scale=0.5)]


@case
def match_on_structures():
    w = Value(2.0)

    def f(command):
        match command:
            case ("scale", x):
                return w * x
            case {"kind": "shift", "by": x}:
                return w + x
            case [x, y, *_]:
                return w * x + y
            case _:
                return w * 0

    return f, [w], calls(("scale", 3.0), {"kind": "shift", "by": 2.0}, [1.0, 2.0, 3.0], None, ("scale", 5.0))


@case
def match_on_classes():
    class Add:
        __match_args__ = ("left", "right")

        def __init__(self, left, right):
            self.left, self.right = left, right

    w, tree = Value(2.0), None
    tree = Add(1.0, Add(2.0, "w"))

    def value(node):
        match node:
            case Add(left, right):
                return value(left) + value(right)
            case str():
                return w
            case float() | int():
                return node

    def f(x):
        return value(tree) * x

    return f, [w], [call(1.0), after(lambda: put(tree, left=5)(), 1.0), after(lambda: put(tree, right="w")(), 2.0)]
