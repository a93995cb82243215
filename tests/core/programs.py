"""Random programs over Values, as lists of steps that Hypothesis draws and shrinks.

An operand is an integer: from 0 on a Value of an earlier step, counted back from the latest, below 0 one of `ANY`.
"""

from __future__ import annotations

import copy
import operator
import pickle
import random
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import numpy as np
from hypothesis import strategies as st
from kinds import KINDS, NUMBERS, OTHERS
from observing import Observer, warned
from random_expressions import POINTS, expression
from random_expressions import STEPS as EXPRESSIONS

import micrograd
from micrograd import Value, calculus, functions, losses, nn
from micrograd.engine import topological
from micrograd.ops import PRIMITIVES
from micrograd.optim import SGD, Adam

ANY = [*NUMBERS, *OTHERS]
BINARY = "add sub mul truediv mod floordiv pow iadd isub imul itruediv ipow matmul".split()
COMPARING = "lt le gt ge eq ne".split()
ONE = [name for op in PRIMITIVES.values() if len(op.operands) == 1 for name in op.methods]
UNARY = [
    *(name for name in dir(operator) if name in ("neg", "pos", "abs", "truth", "not_", "index")),
    "float",
    "int",
    "round",
]
TWO = [name for op in PRIMITIVES.values() if len(op.operands) == 2 for name in op.methods if "__" not in name]
LISTS = "total softmax log_softmax logsumexp norm mean max min prod var std".split()
FLAGS = "encountered in"  # NumPy's words about floating-point flags, which belong to whoever computed last
UFUNCS = "sqrt log exp tanh abs sign add subtract multiply divide power maximum fmod floor isnan hypot less".split()
ATTRIBUTES = "data grad label _op own _data _grad".split()
COPIES: list[Callable[[Any], Any]] = [copy.copy, copy.deepcopy]
COPIES += [lambda v, p=p: pickle.loads(pickle.dumps(v, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)]


class Machine:
    """The state of a program while it runs."""

    def __init__(self) -> None:
        self.made: list[Any] = []
        self.observer = Observer()
        self.log: list[str] = []
        self.modes = ExitStack()

    def operand(self, i: int) -> Any:
        if i < 0 or not self.made:
            return ANY[i % len(ANY)]
        return self.value(i)

    def value(self, i: int) -> Value:
        if not self.made:
            self.made.append(Value(0.5))
        return self.made[-1 - i % len(self.made)]  # 0 is the latest

    def run(self, steps: list[tuple[Any, ...]]) -> list[str]:
        for name, *arguments in steps:
            self.log.append(f"{name} {arguments}")
            with warned(self.log, but=FLAGS):
                try:
                    out = globals()[f"do_{name}"](self, *arguments)
                    self.log.append(f"    {self.observer.show(out)}")
                except Exception as error:
                    self.log.append(f"    raises {self.observer.show(error)}")
                    continue
            if not isinstance(out, (list, tuple)):
                out = [out]
            self.made += [v for v in out if isinstance(v, Value)]
        self.modes.close()
        return [*self.log, *self.observer.everything()]


def run(steps: list[tuple[Any, ...]]) -> list[str]:
    return Machine().run(steps)


# ---- the steps


def do_leaf(m: Machine, kind: int, x: int) -> Any:
    return KINDS[kind](m.operand(x))


def do_named(m: Machine, x: int) -> Any:
    return Value(m.operand(x), label=f"x{len(m.made)}")


def do_binary(m: Machine, name: str, a: int, b: int) -> Any:
    return getattr(operator, name)(m.operand(a), m.operand(b))


def do_with_number(m: Machine, name: str, a: int, b: int) -> Any:
    return getattr(operator, name)(m.value(a), ANY[b % len(ANY)])


def do_number_with(m: Machine, name: str, a: int, b: int) -> Any:
    return getattr(operator, name)(ANY[a % len(ANY)], m.value(b))


def do_compare(m: Machine, name: str, a: int, b: int) -> Any:
    return getattr(operator, name)(m.value(a), m.operand(b))


def do_unary(m: Machine, name: str, a: int) -> Any:
    v = m.value(a)
    return (
        getattr(operator, name)(v) if hasattr(operator, name) else {"float": float, "int": int, "round": round}[name](v)
    )


def do_one(m: Machine, name: str, a: int) -> Any:
    return getattr(m.value(a), name)()


def do_function(m: Machine, name: str, a: int) -> Any:
    return getattr(functions, name)(m.operand(a))


def do_two(m: Machine, name: str, a: int, b: int) -> Any:
    return getattr(m.value(a), name)(m.operand(b))


def do_clip(m: Machine, a: int, low: int, high: int) -> Any:
    return m.value(a).clip(m.operand(low), m.operand(high))


def do_where(m: Machine, c: int, a: int, b: int) -> Any:
    return functions.where(m.operand(c), m.operand(a), m.operand(b))


def do_list(m: Machine, name: str, items: list[int]) -> Any:
    return getattr(functions, name)([m.operand(i) for i in items])


def do_dot(m: Machine, w: list[int], x: list[int], bias: int) -> Any:
    n = min(len(w), len(x))
    return functions.dot([m.operand(i) for i in w[:n]], [m.operand(i) for i in x[:n]], m.operand(bias))


def do_cross_entropy(m: Machine, items: list[int], i: int) -> Any:
    return losses.cross_entropy([m.operand(k) for k in items], i)


def do_own(m: Machine, parents: list[int], data: int, amounts: list[int]) -> Any:
    """An operation of one's own, as the documentation writes it; the derivatives are numbers of any kind."""
    operands = tuple(m.value(i) for i in parents)
    out = Value(m.operand(data), operands, "own")

    def push() -> None:
        for p, i in zip(operands, amounts, strict=False):
            p.grad += NUMBERS[i % len(NUMBERS)] * out.grad

    out._backward = push
    return out


def do_children(m: Machine, parents: list[int], data: int) -> Any:
    return Value(m.operand(data), tuple(m.operand(i) for i in parents), "made")


def do_push(m: Machine, a: int, items: list[int]) -> Any:
    v, before = m.value(a), m.value(a)._backward

    def push() -> None:
        before()
        for i in items:
            m.value(i).grad += v.grad

    v._backward = push


def do_push_again(m: Machine, a: int) -> Any:
    m.value(a)._backward = m.value(a)._backward


def do_push_by_hand(m: Machine, a: int) -> Any:
    return m.value(a)._backward()


def do_assign(m: Machine, a: int, name: str, x: int) -> Any:
    setattr(m.value(a), name, m.operand(x))


def do_number(m: Machine, a: int, name: str, x: int) -> Any:
    setattr(m.value(a), name, NUMBERS[x % len(NUMBERS)])


def do_prev(m: Machine, a: int, parents: list[int]) -> Any:
    v = m.value(a)
    later = [p for i in parents if (p := m.value(i)) is not v and v not in topological(p)]  # no circle
    v._prev = later


def do_backward(m: Machine, a: int) -> Any:
    m.value(a).backward()
    return [(v.data, v.grad) for v in m.made]


def do_zero_grad(m: Machine, a: int) -> Any:
    return m.value(a).zero_grad()


def do_refresh(m: Machine, a: int) -> Any:
    return m.value(a).refresh()


def do_detach(m: Machine, a: int) -> Any:
    return m.value(a).detach()


def do_sort(m: Machine, a: int) -> Any:
    return len(topological(m.value(a)))


def do_copy(m: Machine, how: int, a: int) -> Any:
    return COPIES[how](m.value(a))


def do_no_grad(m: Machine, on: bool) -> Any:
    m.modes.enter_context(micrograd.no_grad()) if on else m.modes.pop_all().close()


def do_grad(m: Machine, steps: list[tuple[Any, ...]], xs: list[float], a: int) -> Any:
    f, v = expression(steps), m.operand(a)
    return calculus.grad(lambda xs: f(xs) * v)(xs)


def do_value_and_grad(m: Machine, steps: list[tuple[Any, ...]], xs: list[float], a: int) -> Any:
    f, v = expression(steps), m.value(a)
    return calculus.value_and_grad(lambda x: f([x, v, *xs]))(v)


def do_hessian(m: Machine, steps: list[tuple[Any, ...]], xs: list[float]) -> Any:
    return calculus.hessian(expression(steps))(xs)


def do_nested(m: Machine, steps: list[tuple[Any, ...]], xs: list[float], a: int) -> Any:
    f, v = expression(steps), m.value(a)
    return calculus.grad(lambda x: x * calculus.grad(lambda y: f([x, y, v]))(x))(xs[0])


def do_derivatives(m: Machine, a: int, with_respect_to: list[int]) -> Any:
    return calculus.derivatives(m.value(a), [m.value(i) for i in with_respect_to])


def do_compiled(m: Machine, steps: list[tuple[Any, ...]], xs: list[float], a: int) -> Any:
    f, v = expression(steps), m.value(a)
    g = micrograd.compile(lambda x: f([x, v, *xs]) * v)
    g(xs[0]).backward()
    return g(xs[-1])


def do_array(m: Machine, name: str, items: list[int], other: int) -> Any:
    array, ufunc = np.array([m.value(i) for i in items], dtype=object), getattr(np, name)
    return list(ufunc(array) if ufunc.nin == 1 else ufunc(array, m.operand(other)))


def do_array_method(m: Machine, name: str, items: list[int]) -> Any:
    return getattr(np.array([m.value(i) for i in items], dtype=object), name)()


def do_network(m: Machine, seed: int, fused: bool, activation: str, x: list[int], train: int) -> Any:
    model = nn.MLP(len(x), [2, 1], rng=random.Random(seed), fused=fused, activation=activation)
    out = model([m.operand(i) for i in x])
    out.backward()
    (Adam if train % 2 else SGD)(model.parameters(), 0.1).step()
    return [out, model([m.operand(i) for i in x])][: 1 + train % 3]


# ---- how they are drawn

V = st.integers(0, 12)  # a Value
A = st.one_of(V, st.integers(-len(ANY), -1))
PARENTS = st.lists(V, min_size=1, max_size=4)
MIXED = st.lists(A, min_size=1, max_size=4)
FEW = st.lists(EXPRESSIONS, min_size=1, max_size=5)
NUMBER = st.integers(0, len(ANY) - 1)
REAL = st.integers(-len(ANY), -1 - len(OTHERS))


def step(name: str, *arguments: Any) -> Any:
    return st.tuples(st.just(name), *arguments)


def one_of(names: Any) -> Any:
    return st.sampled_from(list(names))


LEAVES = st.one_of(
    step("leaf", st.integers(0, len(KINDS) - 1), REAL),
    step("leaf", st.integers(0, len(KINDS) - 1), st.integers(-len(ANY), 5 - len(ANY))),
)
ARITHMETIC = [
    step("binary", one_of(["add", "sub", "mul", "truediv"]), V, V),
    step("binary", one_of(BINARY), V, V),
    step("with_number", one_of(BINARY), V, NUMBER),
    step("number_with", one_of(BINARY), NUMBER, V),
    step("one", one_of(ONE), V),
    step("one", one_of(["relu", "tanh", "abs", "sqrt", "log", "exp"]), V),
    step("two", one_of(TWO), V, A),
    step("list", one_of(LISTS), PARENTS),
    step("dot", PARENTS, PARENTS, V),
]
SWEEPS = [step("backward", V), step("backward", V), step("push_by_hand", V), step("zero_grad", V), step("refresh", V)]
ODD = [
    step("named", st.integers(-len(ANY), -1)),
    step("binary", one_of(BINARY), A, A),
    step("compare", one_of(COMPARING), V, A),
    step("unary", one_of(UNARY), V),
    step("function", one_of(n for n in ONE if hasattr(functions, n)), A),
    step("clip", V, A, A),
    step("where", A, A, A),
    step("list", one_of(LISTS), MIXED),
    step("dot", MIXED, MIXED, A),
    step("cross_entropy", PARENTS, st.integers(-1, 2)),
    step("own", PARENTS, REAL, PARENTS),
    step("children", MIXED, REAL),
    step("push", V, PARENTS),
    step("push_again", V),
    step("assign", V, one_of(ATTRIBUTES), A),
    step("number", V, one_of(["data", "grad", "grad"]), V),
    step("prev", V, PARENTS),
    step("detach", V),
    step("sort", V),
    step("copy", st.integers(0, len(COPIES) - 1), V),
    step("no_grad", st.booleans()),
    step("grad", FEW, POINTS, A),
    step("value_and_grad", FEW, POINTS, V),
    step("hessian", FEW, POINTS),
    step("nested", FEW, POINTS, V),
    step("derivatives", V, PARENTS),
    step("compiled", FEW, POINTS, V),
    step("array", one_of(UFUNCS), PARENTS, A),
    step("array_method", one_of(["sum", "mean", "prod", "max", "min", "cumsum", "var", "std", "argmax"]), PARENTS),
    step("network", st.integers(0, 3), st.booleans(), one_of(["relu", "tanh", "sigmoid", "gelu", "linear"]), MIXED, V),
]
PROGRAMS = st.tuples(
    st.lists(LEAVES, min_size=2, max_size=4),
    st.lists(st.one_of(*ARITHMETIC, *SWEEPS, *ODD), min_size=4, max_size=12),
    st.lists(st.one_of(*ARITHMETIC), min_size=2, max_size=8),
    st.lists(step("backward", V), min_size=2, max_size=3),
    st.lists(st.one_of(*SWEEPS, *ODD), max_size=6),
).map(lambda parts: [step for part in parts for step in part])
