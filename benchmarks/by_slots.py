"""The style of later small engines: a class with slots, which stores the local derivatives as numbers.

A node has no closure, so it is no part of a cycle, and the collector frees nothing: what it costs is walking. As in the
original, −x, x − y and x / y are made of products, sums and powers, constants become nodes, and the sort is recursive.
"""

from __future__ import annotations

import math
from functools import partial
from operator import methodcaller
from typing import Any

from benchmarks.workloads import Engine, PlainMLP


class Value:
    __slots__ = ("children", "data", "grad", "local")

    def __init__(self, data: float, children: tuple[Value, ...] = (), local: tuple[float, ...] = ()):
        self.data = data
        self.grad = 0.0
        self.children = children
        self.local = local

    def __add__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Any) -> Value:
        other = other if isinstance(other, Value) else Value(other)
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def __pow__(self, k: float) -> Value:
        return Value(self.data**k, (self,), (k * self.data ** (k - 1),))

    def relu(self) -> Value:
        return Value(max(0.0, self.data), (self,), (float(self.data > 0),))

    def exp(self) -> Value:
        out = math.exp(self.data)
        return Value(out, (self,), (out,))

    def log(self) -> Value:
        return Value(math.log(self.data), (self,), (1 / self.data,))

    def __neg__(self) -> Value:
        return self * -1.0

    def __sub__(self, other: Any) -> Value:
        return self + (-other)

    def __truediv__(self, other: Any) -> Value:
        return self * other**-1

    def __rsub__(self, other: Any) -> Value:
        return -self + other

    def __rtruediv__(self, other: Any) -> Value:
        return self**-1 * other

    __radd__, __rmul__ = __add__, __mul__

    def backward(self) -> None:
        order: list[Value] = []
        seen: set[Value] = set()

        def visit(v: Value) -> None:
            if v not in seen:
                seen.add(v)
                for child in v.children:
                    visit(child)
                order.append(v)

        visit(self)
        self.grad = 1.0
        for v in reversed(order):
            for child, local in zip(v.children, v.local):  # noqa: B905 (as that style has it: asking takes longer)
                child.grad += local * v.grad


ENGINES = {"eager": Engine(Value, partial(PlainMLP, Value, methodcaller("relu")))}
