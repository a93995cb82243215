"""Allocations that fail, one by one: each operation gives its result or MemoryError, and leaves no node behind.

    python tests/core/no_memory.py

prints the names of the operations and how many of their allocations were made to fail, as a dict.
"""

import _testcapi
import copy
import gc
import random
import sys

import micrograd
from micrograd import Value, engine, no_grad
from micrograd._core import lending
from micrograd.nn import MLP

a, b, c = Value(0.5, label="a"), Value(-2.0), Value(3.0)
deep = a
for _ in range(600):
    deep = deep * b.tanh() + c
models = [MLP(2, [3, 1], rng=random.Random(0), fused=fused) for fused in (False, True)]
own = Value(1.0, (a, deep), "own")


def push():
    a.grad += own.grad


own._backward = push


class Sub(Value):
    pass


sub = Sub(2.0)


def assign():
    a.data, a.grad, a.label, a.own = 0.5, 1, "a", [a]
    del a.own
    a.grad = 0.0


def forget():
    with no_grad():
        a * b + 1.0


JOBS = {
    "make": lambda: Value(1.0),
    "make with parents": lambda: Value(1.0, (a, b), "op"),
    "make many": lambda: [a + 1.0 for _ in range(1500)] and None,
    "add": lambda: a + b,
    "add a number": lambda: a + 1,
    "number to the power": lambda: 2.0**c,
    "power": lambda: c**2,
    "unary": lambda: a.tanh(),
    "by the Python method": lambda: b.exp() / Value(float("inf")),
    "error": lambda: a / 0.0,
    "total": lambda: micrograd.total([a, b, deep]),
    "dot": lambda: micrograd.dot([a, b], [deep, c], 2.0),
    "layers": lambda: models[0]([a, 1.0]),
    "fused layers": lambda: models[1]([a, 1.0]),
    "subclass": lambda: sub * a + sub,
    "backward": lambda: deep.backward(),
    "backward of many": lambda: micrograd.total([a, b, deep]).backward(),
    "backward of one's own": lambda: own.backward(),
    "zero": lambda: deep.zero_grad(),
    "refresh": lambda: deep.refresh(),
    "sort": lambda: engine.topological(deep),
    "derivatives": lambda: micrograd.derivatives(deep, [a, b], create_graph=False),
    "grad": lambda: micrograd.grad(lambda x: x * x.tanh())(0.5),
    "look": lambda: (own.parents, deep.parents, deep.partials, deep.constants, deep._op, deep._prev, repr(deep)),
    "assign": assign,
    "forget": forget,
    "copy": lambda: copy.deepcopy(a * b),
    "read": lambda: lending.read_floats([a, b]),
    "write": lambda: lending.write_floats([a, b], [0.5, -2.0]),
    "count": lambda: len(lending.living()),
    "collect": lambda: gc.collect(),
}  # fmt: skip
MOST = 250

# The interpreter itself loses objects and errors where the allocation of an exception or of a frame fails.
OF_PYTHON = {"error", "layers", "fused layers", "grad", "copy"}


def attempt(job, k):
    """Whether it was told that the k-th allocation of a job failed."""
    failed = False
    _testcapi.set_nomemory(k, k + 1)
    try:
        job()
    except MemoryError:
        failed = True
    finally:
        _testcapi.remove_mem_hooks()
    return failed


def leave_out(name, job):
    for _ in range(3):
        job() if name != "error" else None
    gc.collect()
    before, failures = len(lending.living()), 0
    for k in range(MOST):
        try:
            failures += attempt(job, k)
        except ZeroDivisionError:
            pass
        except SystemError as error:
            if name not in OF_PYTHON:
                sys.exit(f"{name} at {k}: {error}")
        a.__dict__.pop("own", None)
        a.data, a.grad = 0.5, 0.0
        if k % 10 == 9 and len(lending.living()) != before:
            gc.collect()
            if len(lending.living()) != before:
                if name not in OF_PYTHON:
                    sys.exit(f"{name} at {k}: {len(lending.living()) - before} nodes are left")
                before = len(lending.living())
    return failures


if __name__ == "__main__":
    sys.unraisablehook = lambda error: None
    result = {name: leave_out(name, job) for name, job in JOBS.items() if not sys.argv[1:] or name in sys.argv[1:]}
    x = Value(3.0)
    (x * x).backward()
    assert x.grad == 6.0 and deep.data == deep.data
    print(result)
