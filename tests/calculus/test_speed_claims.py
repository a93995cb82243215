"""The benchmark of the calculus measures what it says; how fast, is for `make bench`."""

import random

import pytest

from benchmarks import calculus, scalar
from micrograd import Value, grad, hessian
from micrograd.nn import MLP


def test_the_gradients_are_right():
    expected = scalar.gradient(Value)
    assert calculus.ours()() == expected == grad(calculus.rosenbrock_2d)(calculus.START)
    assert grad(calculus.rosenbrock)(calculus.START) == pytest.approx(expected)
    assert hessian(calculus.rosenbrock)([1.0] * 4)[3][2:] == [-400.0, 200.0]
    calculus.right("ours", expected)
    with pytest.raises(ArithmeticError, match="planted: the gradient is"):
        calculus.right("planted", [1.0, 2.0])


def test_differences_are_those_of_the_same_loss():
    model = MLP(2, [3, 1], activation="tanh", rng=random.Random(0))
    before = [p.data for p in model.parameters()]

    def loss():
        return calculus.evaluate(model, [[0.3, -0.2], [0.8, 0.5]], [1, -1])

    by_differences = calculus.numerical(loss, model.parameters())
    assert by_differences == pytest.approx(calculus.backpropagated(loss, model.parameters()), rel=1e-6, abs=1e-8)
    assert [p.data for p in model.parameters()] == before
