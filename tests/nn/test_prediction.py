"""What the outputs say: classes and accuracy, of several outputs and of one."""

import math
import random

import pytest

from micrograd import Value, losses
from micrograd.nn import MLP, Feedforward, Layer, Sequential, Sigmoid
from micrograd.optim import Adam
from micrograd.training import accuracy, train

XOR = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]
BITS, SIGNS = [0, 1, 1, 0], [-1, 1, 1, -1]


class Given(Feedforward):
    """Its output is its input."""

    nin = 1

    def forward(self, x):
        return [v * 1.0 for v in x]


@pytest.mark.parametrize(
    ("loss", "labels", "last"),
    [
        (losses.mse, BITS, "linear"),
        (losses.quadratic, [[0], [1], [1], [0]], "linear"),
        (losses.mse, SIGNS, "linear"),
        (losses.sigmoid_cross_entropy, BITS, "linear"),
        (losses.sigmoid_cross_entropy, [[0.0], [1.0], [1.0], [0.0]], "linear"),
        (losses.max_margin, SIGNS, "linear"),
        (losses.binary_cross_entropy, BITS, "sigmoid"),
        (losses.mse, BITS, "sigmoid"),
        (lambda outs, ys: losses.mse(outs, ys), SIGNS, "linear"),
    ],
)
def test_what_was_learned_is_found(loss, labels, last):
    rng = random.Random(3)
    model = Sequential(Layer(2, 8, activation="tanh", rng=rng), Layer(8, 1, activation=last, rng=rng))
    history = train(model, loss, (XOR, labels), Adam(model.parameters(), lr=0.05), epochs=250, rng=None, compile=True)
    assert history[-1]["loss"] < 0.05
    assert accuracy(model, XOR, labels) == 1.0
    found = model.predict(XOR)
    assert found == [label[0] if isinstance(label, list) else label for label in labels]
    assert model.predict(XOR[1]) == found[1]


def test_a_regression_predicts_numbers():
    model = Layer(1, 1, nonlin=False, rng=0)
    xs, ys = [[0.0], [1.0], [2.0]], [0.5, 2.5, 4.5]
    train(model, losses.mse, (xs, ys), Adam(model.parameters(), lr=0.1), epochs=400, compile=True)
    assert model.predict(xs) == pytest.approx(ys, abs=0.01) and model.predict([1.0]) == pytest.approx(2.5, abs=0.01)
    with pytest.raises(ValueError, match=r"the output is a number, not a class: .* losses\.mse\(model\(inputs\)"):
        accuracy(model, xs, ys)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("logit", [0, 1, 1]),
        ("probability", [0, 0, 1]),
        ("margin", [-1, 1, 1]),
        ("number", [-0.25, 0.25, 0.75]),
    ],
)
def test_the_caller_may_say_what_an_output_is(output, expected):
    model = Given()
    xs = [[-0.25], [0.25], [0.75]]
    assert model.predict(xs, output=output) == expected and model.predict(0.25, output=output) == expected[1]
    model.output = output
    assert model.predict(xs) == expected and model.predict([0.25], output="margin") == 1


def test_what_cannot_be_known_is_asked_for():
    model = Given()
    with pytest.raises(ValueError, match="one output alone does not say which class it means: write output='logit' if"):
        model.predict([0.25])
    with pytest.raises(ValueError, match="the labels do not say what one output means: write output='logit'"):
        accuracy(model, [[-0.25], [0.25]], [0, 1])
    assert accuracy(model, [[-0.25], [0.25]], [0, 1], output="logit") == 1.0
    assert accuracy(model, [[-0.25], [0.25]], [0, 1], output="probability") == 0.5
    assert accuracy(model, [[-0.25], [0.75]], [0, 1]) == 1.0  # both readings agree
    assert accuracy(model, [[-0.25], [0.25]], [-1, 1]) == 1.0
    assert accuracy(Sequential(Given(), Sigmoid()), [[-0.25], [0.25]], [0, 1]) == 1.0
    assert Sequential(Given(), Sigmoid()).predict([[-0.25], [0.25]]) == [0, 1]
    with pytest.raises(ValueError, match="output must be one of 'logit', 'probability', .*, got 'sign'"):
        model.predict([0.25], output="sign")
    model.output = "margin"
    with pytest.raises(ValueError, match="a target must be one of the classes -1, 1, got 0"):
        accuracy(model, [[1.0]], [0])
    with pytest.raises(ValueError, match="outputs of nan"):
        model.predict([math.nan])


@pytest.mark.parametrize(
    ("targets", "says"),
    [
        ([3, 0], "a target must be one of the classes 0, 1, 2, got 3"),
        ([-1, 0], "one of the classes 0, 1, 2, got -1"),
        (
            [[0, 0, 1], [1, 0, 0]],
            r"the index of a class, got \[0, 0, 1\]: for a one-hot list, the place of its 1",
        ),
        ([0.5, 1], "got 0.5"),
    ],
)
def test_targets_that_are_no_classes(targets, says):
    with pytest.raises(ValueError, match=says):
        accuracy(MLP(2, [3], rng=0), [[1.0, 2.0], [0.5, 1.0]], targets)


def test_labels_of_any_kind():
    np = pytest.importorskip("numpy")
    model, xs = Given(), [[-1.0], [2.0]]
    for labels in ([False, True], [0.0, 1.0], np.array([0, 1]), np.array([[0.0], [1.0]]), (0, 1)):
        assert accuracy(model, xs, labels) == 1.0
    assert accuracy(MLP(2, [2], rng=0), np.array([[1.0, 2.0]]), np.array([1])) in (0.0, 1.0)


def test_several_outputs_are_as_before():
    layer = Layer(2, 2, nonlin=False)
    layer.weight, layer.bias = [[1, 0], [0, 1]], [0, 0]
    assert layer.predict([[1, 0], [0, 1]]) == [0, 1] and accuracy(layer, [[1, 0], [0, 1]], [0, 0]) == 0.5
    assert type(layer([1.0, 2.0])[0]) is Value
