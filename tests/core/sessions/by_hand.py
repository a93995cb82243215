import math

import micrograd
from micrograd import Value
from micrograd.engine import topological

a, b = Value(2.0, label="a"), Value(-3.0, label="b")


def attempt(act, *arguments):
    try:
        return act(*arguments)
    except Exception as error:
        return error


cube = Value(a.data**3, (a,), "cube")
cube


def push():
    a.grad += 3 * a.data**2 * cube.grad


cube.backward()
cube._backward()
a
cube._backward = push
cube._backward is push
cube.backward()
a
out = cube * b + cube
out.backward()
a, b, cube
out.backward()
a
out.zero_grad()
a, b, cube, out
out.refresh()
out
micrograd.grad(lambda x: x * x)(a)
product = a * b
original = product._backward
original()
product.grad = 1.0
original()
a, b
product._backward = lambda: (original(), original())
product.backward()
a, b
product
product.partials
product.parents
topological(product)
product.refresh()
product._backward = original
product.backward()
a, b
product._backward = None
product
product.backward()
product._backward = 3
product.backward()
product
product._backward = "x"
attempt(product.backward)
failing = a * b


def fail():
    raise KeyError("mine")


failing._backward = fail
(failing * 2).backward()
failing
a.grad = 0.0
leaf = Value(1.0)
leaf._backward
leaf._backward()
leaf._backward = lambda: setattr(a, "grad", 5.0)
leaf
leaf.backward()
a
(leaf * 2).backward()
leaf.parents, leaf.partials
s = a + b
s._prev
s._prev == {a, b}
s._prev = (a, b)
s
s._prev = {b, a}
s
s._prev = (a,)
s
s.backward()
a, b
s._prev = ()
s
s.backward()
s._prev = (a, b, a)
s
topological(s)
s._prev = [1.0]
s
s.backward()
topological(s)
t = a * b
t._prev = None
t._prev = a
t._prev = 3
t
t._prev = (cube,)
topological(t)
t.backward()
a, b
t._op
t._op = "new"
t._op
t.primitive
vars(t)
t._op = ""
t._op
t._op = None
t._op
leaf = Value(1.0)
leaf._op
leaf._op = "input"
leaf
leaf.primitive
leaf._op = ""
leaf.primitive
leaf._op = None
leaf.primitive
leaf._prev = (a,)
leaf
leaf.backward()
topological(leaf)
wide = Value(1.0, tuple(Value(float(i)) for i in range(5)), "wide")
wide.backward()
wide.partials
wide._backward = lambda: [setattr(p, "grad", p.grad + i) for i, p in enumerate(wide.parents)]
wide.backward()
wide.parents
total = micrograd.total([a, b, a])
total._backward
total.grad = 2.0
total._backward()
a, b
total._backward = total._backward
total.backward()
a, b
replaced = (a * b).tanh()
inner = replaced.parents[0]
inner._backward = lambda: setattr(a, "grad", math.inf)
replaced.backward()
a, b
during = a * b


def changes():
    during._prev = (b,)
    a.grad += during.grad


during._backward = changes
(during + a).backward()
during, a


class Function:
    def __call__(self):
        a.grad += 100.0


called = a * 1
called._backward = Function()
called.backward()
a
nested = a * b
nested._backward = lambda: (a * b).backward()
(nested * 3).backward()
a, b, nested
