"""A 4-3-3-2 ReLU network without biases, from weights near 0: one step, and two of its derivatives as formulas."""

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
    """One step of gradient descent; returns the loss before it, and leaves the gradients of it."""
    optimiser = SGD(model.parameters(), lr=RATE)
    loss = cross_entropy(model(BATCH), CLASSES)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss


def last_layer(model: MLP, k: int, j: int) -> float:
    """∂loss/∂wₖⱼ of the last layer: Σ over the batch of ∂loss/∂outₖ · (its input)ⱼ."""
    return sum(errors(model, x, t)[k] * hidden(model, x)[j].data for x, t in zip(BATCH, CLASSES, strict=True))


def layer_before(model: MLP, j: int, i: int) -> float:
    """∂loss/∂wⱼᵢ of the layer before: Σ over the batch of (Σₖ ∂loss/∂outₖ · vₖⱼ) · ReLU′ⱼ · (its input)ᵢ."""
    slope = 0.0
    for x, target in zip(BATCH, CLASSES, strict=True):
        back = sum(error * row[j] for error, row in zip(errors(model, x, target), model[2].weight, strict=True))
        gate = 1.0 if hidden(model, x)[j].data > 0 else 0.0
        slope += back * gate * model[0](x)[i].data
    return slope


def hidden(model: MLP, x: list[float]) -> list[Value]:
    return model[1](model[0](x))


def errors(model: MLP, x: list[float], target: int) -> list[float]:
    """∂loss/∂out of one example: softmax minus one-hot, divided by the size of the batch."""
    chances = softmax([out.data for out in model(x)])
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
