"""The whole expression as a title."""

import pytest
from graphs import named, network, neuron, own, shared

from micrograd import Value
from micrograd.engine import topological
from micrograd.text.expression import evaluate, names
from micrograd.text.names import Names
from micrograd.text.whole import MOST, write_whole


def whole(root):
    return write_whole(Names(root, topological(root)))


def test_the_root_in_its_leaves():
    assert whole(neuron()) == "o = tanh(w1·x1 + w2·x2 + b)"
    assert whole(shared()) == "L = a·b·(a·b + c)"
    assert whole(Value(2.0) * Value(3.0)) == "L = 2·3"
    assert whole(Value(2.0, label="a")) == "a"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("tanh(w*x + b)", "L = tanh(w·x + b)"),
        ("-(a + b)*c", "L = −(a + b)·c"),
        ("relu(-a) - (b - 2)**3/a", "L = relu(−a) − (b − 2)³ / a"),
        ("max(a, b, c)", "L = max(max(a, b), c)"),
        ("a + b + c + d + e + f + g + h", "L = a + b + c + d + e + f + g + h"),
    ],
)
def test_what_was_typed(typed, written):
    assert whole(evaluate(typed, **{name: Value(0.5, label=name) for name in names(typed)})) == written


def test_an_operation_of_a_learner():
    (a,) = named(a=2.0)
    assert whole(own(a) * 2.0) == "L = cube(a)·2"


def test_what_is_too_long_keeps_its_name():
    assert len(whole(network(2, 3, 1))) <= MOST and whole(network(2, 3, 1)).startswith(
        "loss = (b[1,0] + w[1,0,0]·tanh("
    )
    assert whole(network(2, 9, 1)) == "loss"
    x = Value(1.0, label="x")
    for _ in range(200):
        x = x * x
    assert whole(x) == "L"
