import micrograd
from micrograd import Value, nn, total

a, b = Value(1.5, label="a"), Value(-0.5, label="b")
calls = []
KEPT = {name: Value.__dict__.get(name) for name in ("__init__", "backward", "data", "grad")}


def patch(name, made):
    setattr(Value, name, made)


def restore(name):
    if KEPT.get(name) is not None:
        setattr(Value, name, KEPT[name])
    else:
        delattr(Value, name)


original = Value.__add__
patch("__add__", lambda self, other: (calls.append("add"), original(self, other))[1])
a + b
a + 1
1 + a
sum([a, b])
calls
total([a, b])
nn.Neuron(2, rng=1)([a, b]).data
calls
del Value.__add__
calls.clear()
a + b
1 + a
calls
patch("__radd__", lambda self, other: "radd")
1 + a
a + b
del Value.__radd__
1 + a
original_tanh = Value.tanh
patch("tanh", lambda self: (calls.append("tanh"), original_tanh(self))[1])
a.tanh()
micrograd.tanh(a)
nn.MLP(2, [2, 1], rng=1, activation="tanh")([a, b]).data
calls
del Value.tanh
calls.clear()
a.tanh()
nn.MLP(2, [2, 1], rng=1, activation="tanh")([a, b]).data
calls
patch("relu", lambda self: "relu")
a.relu()
micrograd.relu(a)
nn.Neuron(2, rng=1)([a, b])
del Value.relu
a.relu()
micrograd.relu(a)
patch("__mul__", lambda self, other: "mul")
a * b
2 * a
a * 2
del Value.__mul__
a * b
patch("__pow__", lambda self, other: "pow")
a**2
2**a
del Value.__pow__
a**2
patch("__neg__", lambda self: "neg")
-a
del Value.__neg__
-a
before = Value.backward
patch("backward", lambda self: (calls.append("backward"), before(self))[1])
out = (a * b).tanh()
out.backward()
a.grad, b.grad
calls
micrograd.grad(lambda x: x * x)(3.0)
Value.backward = before
out.backward()
a.grad, b.grad
calls
initialise = Value.__init__


def loud(self, data, *rest, **named):
    calls.append(("init", data))
    initialise(self, data, *rest, **named)
    self.mine = True


Value.__init__ = loud
Value(2.0).mine
Value(3)
a + 1
calls
hasattr(a + 1, "mine")
Value.__init__ = initialise
calls.clear()
Value(2.0)
hasattr(Value(2.0), "mine")
calls
inherited = Value.__dict__.get("data")
plain = Value.data
Value.data = property(lambda self: self._data + 100, lambda self, x: plain.__set__(self, x))
a.data
a
a + 1
a < 50
f"{a:.1f}"
a.data = 7
a.data
del Value.data
a.data
a.data = 1.5
a
plain_grad = Value.grad
seen = []
Value.grad = property(
    lambda self: plain_grad.__get__(self), lambda self, x: (seen.append(x), plain_grad.__set__(self, x))[0]
)
a.grad = 0.0
out = a * a
out.backward()
seen
a.grad
(a * b).zero_grad()
seen
del Value.grad
out.backward()
a.grad
seen
Value.label = "everybody"
a + 1
Value(1.0).label
Value.label = ""
Value(1.0).label
Value.double = lambda self: self * 2
a.double()
del Value.double
a.double()
equal = Value.__eq__
Value.__eq__ = lambda self, other: True
a == b
Value.__eq__ = equal
a == b
