"""A right class is right whatever else it does: `==`, `float`, `bool`, `repr`, slots, a dataclass, no label."""

import warnings
from dataclasses import dataclass

import numpy as np
import pytest

from micrograd import Value, check


class Plain:
    """The shortest right class: two operations, and a backward pass that clears what lies between."""

    __slots__ = ("data", "grad", "parents", "push")

    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents, self.push = data, self.zero(), parents, lambda: None

    @staticmethod
    def zero():
        return 0.0

    def lift(self, other):
        return other if isinstance(other, Plain) else type(self)(other)

    def give(self, amount):
        self.grad = (self.grad or 0.0) + amount

    def __add__(self, other):
        other = self.lift(other)
        out = type(self)(self.data + other.data, (self, other))
        out.push = lambda: (self.give(out.grad), other.give(out.grad))
        return out

    def __mul__(self, other):
        other = self.lift(other)
        out = type(self)(self.data * other.data, (self, other))
        out.push = lambda: (self.give(other.data * out.grad), other.give(self.data * out.grad))
        return out

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            v, done = stack.pop()
            if done:
                order.append(v)
            elif id(v) not in seen:
                seen.add(id(v))
                stack += [(v, True), *((p, False) for p in v.parents)]
        for v in order:
            if v.parents:
                v.grad = 0.0
        self.give(1.0)
        for v in reversed(order):
            v.push()


def no(message):
    def method(self, *operands):
        raise RuntimeError(message)

    return method


def warns(self):
    warnings.warn("this number leaves the graph", stacklevel=2)
    return float(self.data)


OWN_WAYS = {
    "refuses everything else": {
        "__eq__": no("no =="),
        "__hash__": None,
        "__bool__": no("no truth"),
        "__float__": no("no float"),
        "__repr__": no("no repr"),
        "__getattr__": no("no such thing"),
    },
    "answers everything else": {
        "__eq__": lambda a, b: type(a)(1.0),
        "__hash__": object.__hash__,
        "__len__": lambda self: 0,
        "__float__": warns,
        "__getattr__": lambda self, name: 5,
    },
    "equal by number": {"__eq__": lambda a, b: a.data == a.lift(b).data, "__hash__": None},
    "grads begin as None": {"zero": staticmethod(lambda: None)},
    "grads as arrays": {"zero": staticmethod(lambda: np.array(0.0))},
}


@pytest.mark.parametrize("ways", OWN_WAYS.values(), ids=OWN_WAYS)
def test_whatever_else_the_class_does(ways):
    diagnosis = check(type("Own", (Plain,), {**ways}))
    assert diagnosis and diagnosis.expressions > 500


def test_a_dataclass():
    @dataclass
    class Data:
        data: float
        parents: tuple = ()
        grad: float = 0.0
        push: object = None

        zero, lift = staticmethod(Plain.zero), lambda self, other: other if isinstance(other, Data) else Data(other)
        give, __add__, __mul__, backward = Plain.give, Plain.__add__, Plain.__mul__, Plain.backward

        def __post_init__(self):
            self.push = lambda: None

    assert check(Data)


@pytest.mark.slow
def test_subclasses_of_ours():
    class ByNumber(Value):
        __slots__ = ()

        def __eq__(self, other):
            return self.data == getattr(other, "data", other)

        __hash__ = Value.__hash__

    assert check(ByNumber)


def test_the_class_and_not_one_of_its_numbers():
    with pytest.raises(TypeError, match=r"got Plain .*; to check the class, write check\(Plain\)"):
        check(Plain(3.0))

    class Number:
        def __init__(self, data):
            self.data, self.grad = data, 0.0

    assert "no difference found in 1 expression, in their values alone." in str(check(Number))


def test_a_derivative_that_works_with_values():
    assert check(lambda x: Value(x) ** 2, lambda x: Value(2 * x))
    wrong = check(lambda x: Value(x) ** 2, lambda x: Value(3 * x))
    assert not wrong and wrong.finding.got == 9.0
