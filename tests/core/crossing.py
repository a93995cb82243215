"""Graphs that are pickled by one engine and read by the other."""

from __future__ import annotations

import pickle

from observing import Observer

import micrograd
from micrograd import Value, nn

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def graph() -> Value:
    """A graph with each way to keep derivatives: one, two, many, those that are 1, and gates that are shut."""
    a, b = Value(1.5, label="a"), Value(-0.5)
    a.own, a.grad = {"kept": [1, 2]}, 3
    out = (a * b + a**2).tanh() * 3 - b.relu()
    out = micrograd.total([out, a, a]) + micrograd.dot([a, b], [b, out], a)
    out.backward()
    out.grad = 7
    return out


def network() -> Value:
    return nn.MLP(2, [3, 1], rng=1, fused=True)([0.5, -1.0])


MADE = {"graph": graph, "network": network, "leaf": lambda: Value(2, label="leaf"), "rest": lambda: graph() % 2 // 1}


def pickled(name: str) -> list[bytes]:
    return [pickle.dumps(MADE[name](), protocol) for protocol in PROTOCOLS]


def read(texts: list[bytes]) -> list[str]:
    """What there is in them, before and after a backward pass."""
    lines: list[str] = []
    for text in texts:
        v, observer = pickle.loads(text), Observer()
        for _ in range(2):
            lines += [observer.show(v), *observer.everything()]
            v.backward()
        v.refresh()
        lines += observer.everything()
    return lines
