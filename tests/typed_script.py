# pyright: strict
# mypy: disallow-any-expr
"""A learner's script, in which a type checker must know the type of every expression: see test_types.py.

One function for each room; `assert_type` fails where a checker sees another type than the one written down.
"""

import random
import tempfile
from pathlib import Path

from typing_extensions import assert_type

from micrograd import Value
from micrograd.losses import binary_cross_entropy, cross_entropy, max_margin, mse, quadratic, sigmoid_cross_entropy
from micrograd.nn import MLP, BatchNorm, Dropout, Feedforward, Layer, Neuron, ReLU, Sequential
from micrograd.optim import SGD, Adam, Optimiser
from micrograd.training import History, accuracy, fit, train

# ---- networks, losses, training


class Skip(Feedforward):
    """x + layer(x): a layer that the learner defines."""

    def __init__(self, width: int) -> None:
        self.nin = width
        self.inner = Layer(width, width, activation="tanh", init="xavier")

    def forward(self, x: list[Value]) -> list[Value]:
        return [v + out for v, out in zip(x, self.inner.flow(x), strict=True)]


def networks() -> None:
    neuron = Neuron(2, rng=random.Random(1))
    assert_type(neuron([1.0, -2.0]), Value)
    assert_type(neuron([[1.0, -2.0], [0.5, Value(3.0)]]), list[Value])
    neuron([1.0, 2.0]).backward()
    assert_type(neuron.w, list[Value])
    assert_type(neuron.b, Value | None)

    model = MLP(2, [3, 1], activation="tanh", init="he", fused=True, rng=random.Random(1))
    assert_type(model([1.0, -2.0]), Value | list[Value])
    assert_type(model([Value(1.0), -2]), Value | list[Value])
    assert_type(model([[1.0, -2.0], [0.5, 3.0]]), list[Value] | list[list[Value]])
    assert_type(model.predict([1.0, -2.0], "margin"), int)
    assert_type(model.predict([[1.0, -2.0]], output="margin"), list[int])
    assert_type(model.parameters(), list[Value])
    assert_type(model.eval().train(), MLP)
    assert_type(model.layers, list[Layer])
    assert_type(model[0].weight[0][1], float)
    assert_type(model[0].weight.grad, list[list[float]])
    assert_type([layer.nout for layer in model], list[int])
    model[0].weight = [[0.5, -0.5], [1.0, 2.0], [0.0, 1.0]]
    assert_type(model.summary().parameters, int)
    assert_type([row.nodes for row in model.summary()], list[int])

    deep = Sequential(Layer(2, 4, nonlin=False), BatchNorm(4), ReLU(), Dropout(0.1), Skip(4), Layer(4, 2))
    assert_type(deep([[1.0, -2.0], [0.5, 3.0]]), list[Value] | list[list[Value]])
    assert_type(Sequential(Layer(2, 2), Layer(2, 1))[1].neurons[0].w, list[Value])
    with tempfile.TemporaryDirectory() as folder:
        deep.save(Path(folder) / "model")
        deep.load(Path(folder) / "model")
    deep.load_state_dict(deep.state_dict())


def losses() -> None:
    model = MLP(2, [3, 1], rng=random.Random(1))
    classifier = MLP(2, [3, 2], rng=random.Random(1))
    inputs, targets = [[1.0, -2.0], [0.5, 3.0]], [[0.0], [1.0]]
    assert_type(mse(model(inputs), targets), Value)
    assert_type(mse(model(inputs), targets, reduction="sum"), Value)
    assert_type(mse(model(inputs), targets, reduction="none"), list[Value])
    assert_type(mse([1.0, 2.0], [0, 1]), float)
    assert_type(mse([[1.0, 2.0]], [[0, 1]], "none"), list[float])
    assert_type(mse([Value(1.0), 2.0], [0, 1]), float | Value)
    assert_type(mse(Value(1.0), 2.0), Value)
    assert_type(max_margin(model(inputs), [-1, 1]), Value)
    assert_type(quadratic(model(inputs), targets), Value)
    assert_type(quadratic(classifier(inputs), [0, 1]), Value)
    assert_type(sigmoid_cross_entropy(classifier(inputs), [0, 1]), Value)
    assert_type(cross_entropy(classifier(inputs), [0, 1]), Value)
    assert_type(cross_entropy(classifier([1.0, 2.0]), 1), Value)
    assert_type(cross_entropy([[0.0, 0.0]], [1], "sum"), float)
    assert_type(binary_cross_entropy([0.5, 0.25], [1, 0]), float)
    cross_entropy(classifier(inputs), [0, 1]).backward()


def training() -> None:
    model = MLP(2, [3, 2], rng=random.Random(1))
    inputs, targets = [[1.0, -2.0], [0.5, 3.0]], [0, 1]

    def evaluate(model: MLP) -> dict[str, float]:
        return {"accuracy": accuracy(model, inputs, targets)}

    optimiser = SGD(model.parameters(), lr=0.1, momentum=0.9, decayed=model[0].neurons[0].w)
    for epoch in fit(model, cross_entropy, (inputs, targets), optimiser, epochs=2, batch_size=1, evaluate=evaluate):
        assert_type(epoch["loss"], float)
    assert_type(accuracy(model, inputs, targets), float)
    assert_type(train(model, cross_entropy, (inputs, targets), optimiser, epochs=1, rng=0), History)

    optimisers: list[Optimiser] = [SGD(model.parameters()), Adam(model.parameters(), lr=0.01)]
    for each in optimisers:
        each.zero_grad()
        cross_entropy(model(inputs), targets).backward()
        each.step()
        assert_type(each.lr, float)


SECTIONS = [networks, losses, training]

if __name__ == "__main__":
    for section in SECTIONS:
        section()
