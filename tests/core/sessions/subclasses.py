import copy
import inspect
import math

import numpy as np
from kinds import Doubled, Listed

import micrograd
from micrograd import Value, dot, softmax, total

Listed.seen.clear()  # of other sessions
from micrograd.engine import topological


class Plain(Value):
    pass


class Deeper(Plain):
    pass


class Sibling(Value):
    pass


class Named(Value):
    def __init__(self, data, name="?"):
        super().__init__(data, label=name)
        self.name = name


class Slotted(Value):
    __slots__ = ("extra",)


class Reflecting(Value):
    def __radd__(self, other):
        return "radd", other

    def __rmul__(self, other):
        return NotImplemented

    def __rpow__(self, other):
        return "rpow", other


class Adding(Value):
    def __add__(self, other):
        return "add", other

    def __neg__(self):
        return "neg"

    def __pow__(self, k):
        return "pow", k


class Calling(Value):
    def __add__(self, other):
        return super().__add__(other)

    __radd__ = __add__

    def tanh(self):
        return super().tanh() * 2

    def backward(self):
        super().backward()
        return "done"


class Clipped(Value):
    def __setattr__(self, name, x):
        super().__setattr__(name, max(-1.0, min(1.0, x)) if name == "grad" else x)


class Greedy(Value):
    def __getattr__(self, name):
        return f"no {name}"


class Noisy(Value):
    def __getattribute__(self, name):
        return 99.0 if name == "data" else super().__getattribute__(name)


class Equal(Value):
    def __eq__(self, other):
        return isinstance(other, Value) and self.data == other.data

    def __hash__(self):
        return hash(self.data)


class Made(Value):
    def __new__(cls, data, *rest):
        self = super().__new__(cls)
        self.made = True
        return self


class Mixed(Value, dict):
    pass


class WithInt(int, Value):
    pass


class Mixin:
    def shout(self):
        return f"{self.data}!"

    def relu(self):
        return "mixin"


class Both(Mixin, Value):
    pass


KINDS = [
    Plain,
    Deeper,
    Sibling,
    Named,
    Slotted,
    Reflecting,
    Adding,
    Calling,
    Doubled,
    Listed,
    Clipped,
    Greedy,
    Noisy,
    Equal,
    Made,
    Both,
]


def attempt(compute, *operands):
    try:
        out = compute(*operands)
        return out
    except Exception as error:
        return error


def kinds(compute):
    return [(kind.__name__, attempt(compute, kind(1.5), Value(0.5, label="v"))) for kind in KINDS]


kinds(lambda x, v: x)
kinds(lambda x, v: x + v)
kinds(lambda x, v: v + x)
kinds(lambda x, v: x + x)
kinds(lambda x, v: x + 1)
kinds(lambda x, v: 1 + x)
kinds(lambda x, v: 1.0 - x)
kinds(lambda x, v: x - v)
kinds(lambda x, v: v * x)
kinds(lambda x, v: v / x)
kinds(lambda x, v: x / v)
kinds(lambda x, v: 2 / x)
kinds(lambda x, v: x**2)
kinds(lambda x, v: 2**x)
kinds(lambda x, v: x**v)
kinds(lambda x, v: v**x)
kinds(lambda x, v: -x)
kinds(lambda x, v: abs(x))
kinds(lambda x, v: x.tanh())
kinds(lambda x, v: x.relu())
kinds(lambda x, v: x.max(v))
kinds(lambda x, v: v.max(x))
kinds(lambda x, v: x.clip(0, v))
kinds(lambda x, v: x // v)
kinds(lambda x, v: divmod(x, v))
kinds(lambda x, v: x % 2)
kinds(lambda x, v: total([x, v, x]))
kinds(lambda x, v: total([v, x]))
kinds(lambda x, v: dot([x, v], [v, x], x))
kinds(lambda x, v: dot([x, v], [1.0, 2]))
kinds(lambda x, v: dot([1.0, 2], [v, x], 1.0))
kinds(lambda x, v: softmax([x, v]))
kinds(lambda x, v: micrograd.max(x, v, 2))
kinds(lambda x, v: micrograd.where(x > v, x, v))
kinds(lambda x, v: micrograd.mean([x, v]))
kinds(lambda x, v: sum([x, v]))
kinds(lambda x, v: x.detach())
kinds(lambda x, v: (x * v).backward())
kinds(lambda x, v: [out := x * v * x, out.backward(), out.grad, x.grad, v.grad])
kinds(lambda x, v: [out := v.tanh() * x.sin(), out.backward(), out.grad, x.grad, v.grad])
kinds(lambda x, v: [out := total([x, x, v]), out.backward(), out.backward(), x.grad, v.grad])
kinds(lambda x, v: [out := dot([x, v], [x, x], 2.0) * 3, out.backward(), x.grad, v.grad, out.zero_grad(), x.grad])
kinds(lambda x, v: [out := x * v, setattr(x, "data", 7), out.refresh(), out])
kinds(lambda x, v: topological(x * v + x))
kinds(lambda x, v: copy.copy(x))
kinds(lambda x, v: copy.deepcopy(x * v))
kinds(lambda x, v: x == 1.5)
kinds(lambda x, v: x == type(x)(1.5))
kinds(lambda x, v: x < v)
kinds(lambda x, v: {x, v, x})
kinds(lambda x, v: f"{x} {x:.2f}")
kinds(lambda x, v: bool(x))
kinds(lambda x, v: float(x))
kinds(lambda x, v: vars(x))
kinds(lambda x, v: math.floor(x))
kinds(lambda x, v: np.array([x, v]) + 1)
kinds(lambda x, v: np.float64(2) * x)
kinds(lambda x, v: micrograd.grad(lambda t: t * x)(2.0))
kinds(lambda x, v: micrograd.grad(lambda t: t * t)(x))
kinds(lambda x, v: micrograd.hessian(lambda t: t[0] * t[1])([x, v]))
Listed.seen
Mixed
WithInt
s = Slotted(1.0)
s.extra
s.extra = 3
s.extra
s.other = 4
s.other
vars(s)
(s + 1).extra
copy.copy(s)
del s.extra
s.extra
s.label = "s"
s
Named(1.0, "n").name
Named(1.0, name="n") + 1
Named()
Named(1.0, "n", "m")
Named("x")
(Named(1.0) + 1).name
Made(3.0)
Made(3.0).made
Both(1.0).shout()
Both(1.0).relu()
Greedy(1.0).whatever
Greedy(1.0).item
hasattr(Plain(1.0), "item")
Plain(1.0).item
Plain(1.0).whatever
Plain.tanh is Value.tanh
Plain.__mro__ == (Plain, *Value.__mro__)
[kind.__name__ for kind in Value.__mro__[1:-1] if kind.__name__ not in ("Node", "PythonNode")]
issubclass(Plain, Value)
inspect.signature(Named)
Plain.__doc__
Plain.__name__, Plain.__qualname__, Plain.__module__
x = Plain(2.0)
y = x * 3
x.__class__ = Sibling
type(x)
x * 3
y
x.__class__ = Value
x.__class__
x * 3
v = Value(2.0)
v.__class__ = Plain
v * 3
v.__class__ = Slotted
type(v).__name__
v.__class__ = int
w = Value(1.0)
w.__class__ = Listed
out = w * w
out.backward()
w.grad
Listed.seen[-2:]
