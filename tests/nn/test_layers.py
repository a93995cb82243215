"""Layers: weights as nested lists, biases or none, sequences, activations, modes, prediction, summary."""

import copy
import pickle
import random

import numpy as np
import pytest

from micrograd import Value, no_grad, tanh, total
from micrograd.nn import (
    ACTIVATIONS,
    ELU,
    GELU,
    MLP,
    Activation,
    BatchNorm,
    Dropout,
    Feedforward,
    Layer,
    LeakyReLU,
    Neuron,
    ReLU,
    Sequential,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
    evaluating,
)


def test_weights_and_biases_are_nested_lists():
    layer = Layer(2, 3, nonlin=False)
    values = [*layer.parameters()]
    layer.weight = [[1, 2], [3, 4], [5, 6]]
    layer.bias = np.array([0.5, -0.5, 1.5])
    assert layer.weight == [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]] and layer.bias == [0.5, -0.5, 1.5]
    assert layer.parameters() == values
    assert [out.data for out in layer([1.0, 10.0])] == [21.5, 42.5, 66.5]
    outs = layer([1.0, 10.0])
    (outs[0] + 2 * outs[2]).backward()
    assert layer.weight.grad == [[1.0, 10.0], [0.0, 0.0], [2.0, 20.0]] and layer.bias.grad == [1.0, 0.0, 2.0]


def test_an_item_of_a_weight_can_be_set():
    layer = Layer(2, 2, nonlin=False)
    weight = layer.weight
    weight[0][1] = 7
    weight[1] = [8, 9]
    layer.bias[0] = 3
    assert layer.weight[0][1] == 7 and layer.weight[1] == [8, 9] and layer.bias == [3, 0]
    assert weight == layer.weight and type(pickle.loads(pickle.dumps(weight))) is list
    with pytest.raises(ValueError, match=r"shape \(2,\) is needed, got \(1,\)"):
        weight[0] = [1]


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        ("weight", [[1, 2, 3], [4, 5, 6]], ValueError, r"weight of Layer .*: shape \(2, 2\) is needed, got \(2, 3\)"),
        ("weight", [[1, 2], [3]], ValueError, "rows of unequal length"),
        ("weight", [1, 2], ValueError, r"got \(2,\)"),
        ("weight", [[1, 2], [3, "x"]], ValueError, "real number, got str 'x'"),
        ("bias", [1], ValueError, r"bias of Layer .*: shape \(2,\) is needed, got \(1,\)"),
        ("bias", 1.0, ValueError, r"got \(\)"),
        ("bias", [], ValueError, r"got \(0,\)"),
    ],
)
def test_a_wrong_shape_changes_nothing(name, content, error, message):
    layer = Layer(2, 2)
    before = layer.weight, layer.bias
    with pytest.raises(error, match=message):
        setattr(layer, name, content)
    assert (layer.weight, layer.bias) == before


@pytest.mark.parametrize("fused", [False, True])
def test_without_biases(fused):
    layer = Layer(2, 2, nonlin=False, bias=False, fused=fused)
    layer.weight = [[1, 2], [3, 4]]
    assert layer.bias is None and layer.neurons[0].b is None
    assert [out.data for out in layer([10, 1])] == [12, 34]
    assert len(layer.parameters()) == 4 and len(MLP(2, [3, 1], bias=False).parameters()) == 9
    with pytest.raises(ValueError, match="made without biases"):
        layer.bias = [1, 2]


def test_sequential():
    model = Sequential(Layer(2, 3), Layer(3, 2, nonlin=False))
    assert (model.nin, model.nout, len(model)) == (2, 2, 2)
    x = [0.3, -0.2]
    assert [v.data for v in model(x)] == [v.data for v in model[1](model[0](x))]
    assert [*model] == model.layers == Sequential([model[0], model[1]]).layers
    assert repr(model) == "Sequential of [Layer of 3 ReLUNeuron(2), Layer of 2 LinearNeuron(3)]"
    assert [name for name, _ in model.named_parameters()][0] == "layers.0.neurons.0.w.0"


def test_widths_of_a_sequential_must_fit():
    with pytest.raises(ValueError, match="layer 2, .*, takes 4 inputs, but the one before it gives 3"):
        Sequential(Layer(2, 3), ReLU(), Layer(4, 1))
    with pytest.raises(ValueError, match="at least one module"):
        Sequential()
    with pytest.raises(ValueError, match="at least one module"):
        Sequential([])
    with pytest.raises(TypeError, match=r"got .* at 1; a function goes into Activation\(function\)"):
        Sequential(Layer(2, 3), tanh)
    with pytest.raises(TypeError, match="got 3 at 0"):
        Sequential(3)


MODULES = [ReLU, LeakyReLU, ELU, SiLU, GELU, Softplus, Tanh, Sigmoid]


@pytest.mark.parametrize("module", MODULES)
def test_activations_as_modules(module):
    one = module()
    xs = [-1.5, 0.4, 2.0]
    assert [v.data for v in one(xs)] == [ACTIVATIONS[one.activation](x) for x in xs]
    inside = Sequential(Layer(2, 2, nonlin=False, rng=random.Random(1)), one)
    named = Layer(2, 2, activation=one.activation, rng=random.Random(1))
    assert [v.data for v in inside([0.3, 0.9])] == [v.data for v in named([0.3, 0.9])]
    assert repr(one) == f"{module.__name__}()" and one.parameters() == []


def test_an_activation_from_a_function():
    def square(v):
        return v * v

    assert [v.data for v in Activation(square)([2, 3])] == [4, 9] and repr(Activation(square)) == "Square()"
    with pytest.raises(ValueError, match="no activation is called 'swish'"):
        Activation("swish")
    with pytest.raises(TypeError, match="a name or a function of one Value, got 3"):
        Activation(3)


def test_modes():
    model = Sequential(Layer(2, 2), Sequential(BatchNorm(2), Dropout(0.5)))
    assert model.training and model.eval() is model
    assert {module.training for module in model.modules()} == {False} and len(model.modules()) == 7
    model.train()
    model[1][0].eval()
    with evaluating(model):
        assert {module.training for module in model.modules()} == {False}
    assert model.training and model[1][1].training and not model[1][0].training
    with pytest.raises(RuntimeError), evaluating(model):
        raise RuntimeError
    assert model.training


def test_predict():
    layer = Layer(2, 3, nonlin=False)
    layer.weight, layer.bias = [[1, 0], [0, 1], [0, 0]], [0, 0, 0.5]
    model = Sequential(layer, Dropout(0.9))
    assert model.predict([1, 0]) == 0 and model.predict([[1, 0], (0, 1), np.array([0.1, 0.2])]) == [0, 1, 2]
    assert model.training
    score = Layer(1, 1, nonlin=False)
    score.weight = [[1]]
    score.output = "margin"
    assert score.predict(0.5) == 1 and score.predict([-0.5]) == -1 and score.predict([[1], [-1]]) == [1, -1]
    with pytest.raises(ValueError, match="outputs of nan"):
        model.predict([float("nan"), 0])
    with pytest.raises(ValueError, match="at least one example"):
        Sequential(ReLU())([])


def test_summary():
    model = Sequential(
        Layer(2, 16), BatchNorm(16), Dropout(0.5), MLP(16, [4, 1], activation="tanh", fused=True, bias=False)
    )
    rows = model.summary()
    assert [(r.name, r.nin, r.nout, r.parameters, r.nodes) for r in rows] == [
        ("0", 2, 16, 48, 80),
        ("1", 16, 16, 32, 64),
        ("2", 16, 16, 0, 0),
        ("3.0", 16, 4, 64, 8),
        ("3.1", 4, 1, 4, 1),
    ]
    lines = str(rows).splitlines()
    assert lines[0].split() == ["layer", "in", "out", "parameters", "nodes"]
    assert lines[2].split() == ["0", "Layer,", "ReLU", "2", "16", "48", "80"]
    assert lines[-1].split() == ["total", "2", "1", "148", "153"] and len(set(map(len, lines))) == 1
    assert model.training and repr(rows) == str(rows)
    with no_grad(), pytest.raises(ValueError, match="no nodes to count inside of no_grad"):
        model.summary()
    assert Neuron(3).summary().nodes == 7
    with pytest.raises(ValueError, match="any number of inputs"):
        ReLU().summary()


def test_a_learners_module_in_a_sequential():
    class Skip(Feedforward):
        def __init__(self, width):
            self.nin, self.inner = width, Layer(width, width, activation="tanh")

        def forward(self, x):
            return [v + out for v, out in zip(x, self.inner.flow(x), strict=True)]

    model = Sequential(BatchNorm(2), Skip(2), Layer(2, 1, nonlin=False))
    outs = model([[1.0, 2.0], [3.0, -1.0]])
    assert [type(out) for out in outs] == [Value, Value] and model.summary()[1].nout == 2
    assert len(model.parameters()) == 4 + 6 + 3


def test_a_learners_batchwise_module():
    class Centred(Feedforward):
        batchwise = True

        def forward_batch(self, rows):
            means = [total(column) / len(rows) for column in zip(*rows, strict=True)]
            return [[v - mean for v, mean in zip(x, means, strict=True)] for x in rows]

    class Nothing(Feedforward):
        batchwise = True

    model = Sequential(Neuron(2, nonlin=False), Centred())
    model[0].w[0].data, model[0].w[1].data = 1.0, 2.0
    assert model.nout == 1 and [out.data for out in model([[1.0, 0.0], [0.0, 1.0]])] == [-0.5, 0.5]
    with pytest.raises(NotImplementedError, match="Nothing is batchwise, but does not define forward_batch"):
        Nothing()([[1.0]])


def test_results_of_a_batchwise_module_note_the_whole_batch():
    model = Sequential(Layer(1, 2), BatchNorm(2))
    xs = [[Value(1.0)], [Value(2.0)]]
    first, _ = model(xs)
    assert [module for module, _ in first[0]._calls] == [model[1], model]
    assert len(first[0]._calls[0][1]) == 4 and first[0]._calls[1][1] == [xs[0][0], xs[1][0]]
    dropout = Dropout(0.5).eval()
    value = Value(1.0) + 1
    assert dropout([value]) is value and not hasattr(value, "_calls")


def test_copies_are_independent():
    model = Sequential(Layer(2, 2), BatchNorm(2), Dropout(0.3, rng=random.Random(3)))
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.state_dict() == model.state_dict()
        twin[0].weight = [[0, 0], [0, 0]]
        assert model[0].weight != [[0, 0], [0, 0]]


def test_a_module_that_contains_itself():
    model = Sequential(Layer(1, 1))
    model[0].parent = model
    assert len(model.parameters()) == 2 and len(model.modules()) == 3
