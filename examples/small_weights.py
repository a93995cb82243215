"""A 4-3-3-2 ReLU network without biases and with weights near 0: one step, and two derivatives by their formulas."""

from __future__ import annotations

import random

from micrograd import Value, softmax
from micrograd.losses import cross_entropy
from micrograd.nn import MLP, normal
from micrograd.optim import SGD

BATCH = [[1.0, 2.0, -1.0, 0.5], [-0.5, 1.5, 2.0, 1.0]]
CLASSES = [0, 1]
RATE = 0.01


def network(seed: int = 1) -> MLP:
    return MLP(4, [3, 3, 2], init=normal(0.001), bias=False, rng=random.Random(seed))


def step(model: MLP) -> Value:
    """One step of gradient descent; returns the loss before the step and leaves its gradients in place."""
    optimiser = SGD(model.parameters(), lr=RATE)
    loss = cross_entropy(model(BATCH), CLASSES)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss


def last_layer(model: MLP, k: int, j: int) -> float:
    """∂loss/∂wₖⱼ of the last layer: Σ over the batch of ∂loss/∂outₖ · (its input)ⱼ."""
    return sum(errors(model, x, t)[k] * outputs(model, x, 2)[j].data for x, t in zip(BATCH, CLASSES, strict=True))


def layer_before(model: MLP, j: int, i: int) -> float:
    """∂loss/∂wⱼᵢ of the layer before: Σ over the batch of (Σₖ ∂loss/∂outₖ · vₖⱼ) · ReLU′ⱼ · (its input)ᵢ."""
    slope = 0.0
    for x, target in zip(BATCH, CLASSES, strict=True):
        back = sum(error * row[j] for error, row in zip(errors(model, x, target), model[2].weight, strict=True))
        gate = 1.0 if outputs(model, x, 2)[j].data > 0 else 0.0
        slope += back * gate * outputs(model, x, 1)[i].data
    return slope


def outputs(model: MLP, x: list[float], layers: int) -> list[Value]:
    """The outputs of the first `layers` layers of the model."""
    values = [Value(v) for v in x]
    for layer in model.layers[:layers]:
        values = layer.flow(values)
    return values


def errors(model: MLP, x: list[float], target: int) -> list[float]:
    """∂loss/∂out of one example: softmax minus one-hot, divided by the size of the batch."""
    chances = softmax([out.data for out in outputs(model, x, 3)])
    return [(p - (k == target)) / len(BATCH) for k, p in enumerate(chances)]


def main() -> None:
    model = network()
    formulas = last_layer(model, 0, 0), layer_before(model, 0, 0)
    loss = step(model)
    print(f"loss {loss.data:.12f}, ln 2 is 0.693147180560: such small weights tell the classes apart hardly at all")
    for k, (name, formula) in enumerate(zip(("last layer", "layer before"), formulas, strict=True)):
        print(f"{name:12}  by formula {formula: .6e}   by backpropagation {model[2 - k].weight.grad[0][0]: .6e}")


if __name__ == "__main__":
    main()
