"""Code written for the original micrograd: the same programs on both engines, to the last digits."""

import random

import pytest

import micrograd.engine
import micrograd.nn
from benchmarks import peers


@pytest.fixture(scope="module")
def original():
    try:
        return peers.original()
    except ImportError:
        pytest.skip("micrograd 0.1.0 is the reference: make .venv/peers/original")


def arithmetic(engine, nn):
    Value = engine.Value
    a, b = Value(-4.0), Value(2.0)
    c = (a + b * 3 - 2 / b) * (1 - a) / 7 + sum([a, b, a]) + (-b) ** 3 + a**2 + b**-1
    d = (c + a).relu() + (a - c).relu() * 2
    d += d + 1
    d *= c / 100
    d.backward()
    return [d.data, c.data], [a, b]


def reuse(engine, nn):
    x = engine.Value(0.7)
    y = x
    for k in range(20):
        y = y * x + (y - k * x).relu()
    y.backward()
    return [y.data], [x]


def network(engine, nn):
    random.seed(3)
    model = nn.MLP(3, [4, 4, 1])
    xs = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    losses = []
    for _ in range(5):
        scores = [model(list(map(engine.Value, x))) for x in xs]
        loss = sum((score - y) ** 2 for score, y in zip(scores, [1.0, -1.0, -1.0, 1.0], strict=True))
        model.zero_grad()
        loss.backward()
        losses.append(loss.data)
        for p in model.parameters():
            p.data -= 0.01 * p.grad
    return losses, model.parameters()


def pieces(engine, nn):
    random.seed(5)
    neuron, layer = nn.Neuron(2), nn.Layer(2, 3, nonlin=False)
    x = [engine.Value(0.3), engine.Value(-2.0)]
    out = sum(layer(x)) * neuron(x) + nn.Neuron(2, nonlin=False)(x)
    out.backward()
    return [out.data], [*neuron.parameters(), *layer.parameters(), *x]


def lecture_walk(engine, nn):
    """The walks over `_prev` in lectures: all nodes, their strings, and the sort by hand."""
    a, b = engine.Value(2.0), engine.Value(-3.0)
    out = (a * b + a).relu() + b**2
    order, visited = [], set()

    def build(v):
        if v not in visited:
            visited.add(v)
            for parent in v._prev:
                build(parent)
            order.append(v)

    build(out)
    out.grad = 1.0
    for v in reversed(order):
        v._backward()
    return [float(len(order)), *sorted(map(hash, {v._op for v in order}))], [a, b]


@pytest.mark.parametrize("program", [arithmetic, reuse, network, pieces, lecture_walk])
def test_the_same_numbers(original, program):
    expected, expected_leaves = program(original.engine, original.nn)
    got, leaves = program(micrograd.engine, micrograd.nn)
    assert got == pytest.approx(expected, rel=1e-12)
    assert [v.grad for v in leaves] == pytest.approx([v.grad for v in expected_leaves], rel=1e-12)
