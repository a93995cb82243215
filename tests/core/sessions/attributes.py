import gc
import weakref
from fractions import Fraction

import numpy as np

from micrograd import Value

NAMES = "data grad label primitive parents constants partials _prev _op _backward _data _grad real imag T shape item"
NAMES += " backward tanh __add__ __class__ __dict__ __doc__ __init__ __hash__ whatever _private __slots__ __weakref__"
CONTENTS = [
    1.0,
    2,
    True,
    None,
    "x",
    np.float64(3.5),
    np.float32(0.1),
    np.int64(3),
    Fraction(1, 3),
    10**400,
    [1.0],
    (),
    Value(9.0),
]


def attempt(act, *arguments):
    try:
        return act(*arguments)
    except Exception as error:
        return error


def nodes():
    a, b = Value(1.5, label="a"), Value(-0.5)
    own = Value(3.0, (a, b), "own")
    return [a, a * b, a**2, a.tanh(), own]


[
    [(name, attempt(getattr, v, name)) for v in nodes()]
    for name in NAMES.split()
    if "__" not in name and name not in ("backward", "tanh", "_backward")
]
[
    [(name, attempt(delattr, v, name)) for v in nodes()[:2]]
    for name in NAMES.split()
    if name not in "grad _grad _data primitive"
]
[
    [(name, x, attempt(setattr, (v := Value(1.5) * 2), name, x), v) for x in CONTENTS]
    for name in ("data", "grad", "label", "_op", "whatever")
]
[
    [(name, x, attempt(setattr, (v := Value(1.5)), name, x), v) for x in CONTENTS]
    for name in ("data", "grad", "label", "_op", "primitive")
]
[
    [(name, x, attempt(setattr, (v := Value(1.5)), name, x)) for x in (1.0, None)]
    for name in ("parents", "constants", "partials")
]
[
    [
        (name, attempt(setattr, (v := Value(1.5)), name, 1.0))
        for name in "real imag item tanh backward __class__ __dict__ __weakref__ T".split()
    ]
]
v = Value(1.0)
v.whatever
v.backwrd()
v.whatever = 3
v.whatever
vars(v)
v.__dict__
v.__dict__["other"] = 4
v.other
del v.whatever
v.whatever
del v.whatever
v.__dict__ = {"fresh": 1}
v.fresh
v.other
v.__dict__ = 3
del v.__dict__
v.fresh
vars(v)
v.label = "x"
vars(v)
del v.label
v.label
del v.label
v.grad = 3
type(v.grad), v.grad
v.grad = np.float64(2)
type(v.grad), v.grad
v.grad = None
v
out = v * 2
out.backward()
v.grad
v.grad = 0
out.backward()
type(v.grad), v.grad
v.grad = 1
out.backward()
type(v.grad), v.grad
v.grad = True
out.backward()
type(v.grad), v.grad
v.grad = np.float32(0.1)
out.backward()
type(v.grad), v.grad
v.grad = np.array([1.0, 2.0])
out.backward()
v.grad
v.grad = Fraction(1, 3)
out.backward()
type(v.grad), v.grad
v.grad = "x"
out.backward()
v.grad
out.grad
v.grad = Value(1.0)
out.backward()
v.grad
v.grad = 0.0
out.grad = "x"
out.backward()
out
out.grad = np.float32(1)
out.backward()
type(out.grad)
v
v.data = np.float64(2)
type(v.data)
v.data = 3
type(v.data)
v.data = True
v.data
v.data = "x"
v.data = None
v.data = [1.0]
v.data = Value(1.0)
v.data
v.data += 1
v.data -= np.float32(0.5)
v.data, type(v.data)
v._data = 5
type(v._data)
v
v + 1
v * 2
v**2
v.tanh()
v.relu()
(v + 1).backward()
v._data = np.float32(0.1)
v + 1
v * v
v.tanh()
v**2
1 / v
v.max(3)
type((v + 1).data)
v._data = None
v + 1
v.tanh()
v
v._data = "x"
v + 1
v * 2
v.tanh()
v < 1
v.data = 1.0
v._grad = 4
v.grad
v.primitive = "x"
v
v._op
v.primitive = None
v.parents = ()
v.parents
v.partials = ()
v.constants = ()
v.real = 1
v.real is v
v.imag
weakref.ref(v)
v.self = v
v.self.self.data
leaf = Value(1.0)
leaf.out = leaf * 2
leaf.out.parents[0] is leaf
gc.collect() > -1
leaf.out.data
hasattr(v, "nothing"), hasattr(v, "data"), hasattr(v, "T"), hasattr(v, "shape")
getattr(v, "nothing", 7)
v._seen
Value.data.__get__(v)
Value.data.__set__(v, 3)
v
Value.data.__set__(v, "x")
Value.grad.__get__(v)
Value.grad.__set__(v, 3)
v
Value.parents.__get__(v)
Value.parents.__set__(v, ())
object.__setattr__(v, "grad", 7.0)
v.grad
object.__getattribute__(v, "grad")
v.__setattr__("grad", 8.0)
v.__getattribute__("grad")
v.grad
v.__sizeof__() > 0
v.__dir__() == dir(v)
setattr(v, "with space", 1)
vars(v)
setattr(v, 3, 1)
