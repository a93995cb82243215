"""Modules: shapes, parameters, the original's numbers, and wrong input."""

import random

import numpy as np
import pytest

import micrograd
from micrograd import Value, datasets, losses
from micrograd.nn import ACTIVATIONS, MLP, Feedforward, Layer, Module, Neuron
from micrograd.optim import SGD


@pytest.mark.parametrize("fused", [False, True])
def test_the_published_losses_of_the_moons_classifier(fused):
    random.seed(1337)
    points, labels = datasets.moons(100, noise=0.1, seed=1337)
    model = MLP(2, [16, 16, 1], fused=fused)
    parameters = model.parameters()
    optimiser = SGD(parameters)
    published = [0.8958441028683222, 1.7235905336972, 0.7429006313851]
    for k, expected in enumerate(published):
        loss = losses.max_margin(model(points), labels) + 1e-4 * sum(p * p for p in parameters)
        assert loss.data == pytest.approx(expected, rel=1e-10)
        optimiser.zero_grad()
        loss.backward()
        optimiser.lr = 1.0 - 0.9 * k / 100
        optimiser.step()


def test_weights_are_drawn_in_the_originals_order():
    random.seed(7)
    model = MLP(3, [2, 1])
    random.seed(7)
    drawn = []
    for width, count in ((3, 2), (2, 1)):
        for _ in range(count):
            drawn += [*(random.uniform(-1, 1) for _ in range(width)), 0.0]
    assert [p.data for p in model.parameters()] == drawn
    again = MLP(3, [2, 1], rng=random.Random(7))
    assert [p.data for p in again.parameters()] == drawn


def test_one_example_or_a_batch():
    model = MLP(2, [3, 2], rng=random.Random(0))
    one = model([0.5, -1.0])
    assert [type(v) for v in one] == [Value, Value]
    for batch in ([[0.5, -1.0], [1, 2]], np.array([[0.5, -1.0], [1, 2]]), [(0.5, -1.0), (Value(1), 2)]):
        outs = model(batch)
        assert [v.data for v in outs[0]] == [v.data for v in one] and len(outs) == 2
    assert [v.data for v in model(np.array([0.5, -1.0]))] == [v.data for v in model(iter([0.5, -1.0]))]
    assert type(MLP(2, [1])([1, 2])) is Value
    assert type(MLP(1, [1, 1, 4, 1, 1])(0.5)) is Value
    assert type(Layer(1, 1)(Layer(2, 1)([1, 2]))) is Value


def test_results_know_the_modules_that_made_them():
    model = MLP(2, [3, 1])
    x = [Value(0.5), Value(1.0)]
    out = model(x)
    assert [module for module, _ in out._calls] == [model.layers[1].neurons[0], model.layers[1], model]
    hidden = out._calls[0][1]
    assert hidden == out._calls[1][1] and len(hidden) == 3 and out._calls[2][1] == x
    assert [module for module, _ in hidden[2]._calls] == [model.layers[0].neurons[2], model.layers[0]]
    with micrograd.no_grad():
        assert not hasattr(model(x), "_calls")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations_by_name(name):
    neuron = Neuron(2, activation=name, rng=random.Random(3))
    linear = neuron.w[0].data * 0.4 + neuron.w[1].data * -0.7
    assert neuron([0.4, -0.7]).data == pytest.approx(ACTIVATIONS[name](linear), rel=1e-14)


def test_activation_by_function():
    def square(v):
        return v * v

    model = MLP(2, [2, 1], activation=square)
    assert repr(model) == "MLP of [Layer of 2 SquareNeuron(2), Layer of 1 LinearNeuron(2)]"
    assert model([1.0, 2.0]).data == MLP.forward(model, [Value(1.0), Value(2.0)])[0].data
    with pytest.raises(ValueError, match="no activation is called 'rleu'; there are relu, "):
        Neuron(2, activation="rleu")


def test_reprs():
    assert repr(Neuron(3)) == "ReLUNeuron(3)" and repr(Neuron(3, nonlin=False)) == "LinearNeuron(3)"
    assert repr(Layer(2, 4, activation="tanh")) == "Layer of 4 TanhNeuron(2)"


def test_wrong_sizes():
    model = MLP(2, [3, 1])
    for x in ([1.0], [1.0, 2.0, 3.0], [], 1.0, [[1.0, 2.0], [1.0]]):
        with pytest.raises(ValueError, match="takes 2 inputs, got [0-3]"):
            model(x)
    with pytest.raises(ValueError, match="nin=0"):
        Neuron(0)
    with pytest.raises(ValueError, match="nout=0"):
        Layer(2, 0)
    with pytest.raises(ValueError, match="at least one layer"):
        MLP(2, [])
    with pytest.raises(TypeError, match="real number, got str"):
        Neuron(2)(["a", "b"])


def test_parameters_of_a_learners_module():
    class Tied(Module):
        def __init__(self):
            self.scale = Value(2.0)
            self.parts = {"first": Layer(1, 1), "again": [self.scale]}
            self.last = self.scale * 3
            self.name = "tied"

    module = Tied()
    names = [name for name, _ in module.named_parameters()]
    assert names == ["scale", "parts.first.neurons.0.w.0", "parts.first.neurons.0.b"]
    assert len(module.parameters()) == 3
    module.scale.grad = 1.0
    module.zero_grad()
    assert module.scale.grad == 0.0


def test_fused_is_the_same_to_the_bit():
    plain, fused = (MLP(3, [5, 4, 2], fused=fused, rng=random.Random(2)) for fused in (False, True))
    x = [0.3, -0.8, 1.7]
    grads = []
    for model in (plain, fused):
        first, second = model(x)
        (first * second).backward()
        grads.append([p.grad for p in model.parameters()])
        assert [first.data, second.data] == [v.data for v in plain(x)]
    assert grads[0] == pytest.approx(grads[1], rel=1e-14)


def test_a_subclass_without_forward():
    class Nothing(Feedforward):
        nin = 1

    with pytest.raises(NotImplementedError, match="Nothing does not define forward"):
        Nothing()([1.0])
