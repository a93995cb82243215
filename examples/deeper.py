"""Batch normalisation and dropout on the moons: in training they depend on the batch, in evaluation they do not."""

from __future__ import annotations

import random

from micrograd import datasets
from micrograd.losses import cross_entropy
from micrograd.nn import BatchNorm, Dropout, Feedforward, Layer, ReLU, Sequential
from micrograd.optim import SGD
from micrograd.training import accuracy, fit


def network(rng: random.Random, layers: int = 4, width: int = 8) -> Sequential:
    """2-8-8-…-2: after each hidden layer batch normalisation and ReLU, and once, before the last layer, dropout."""
    steps: list[Feedforward] = []
    for k in range(layers):
        steps += [
            Layer(width if k else 2, width, nonlin=False, init="he", fused=True, rng=rng),
            BatchNorm(width),
            ReLU(),
        ]
    return Sequential(*steps, Dropout(0.1, rng=rng), Layer(width, 2, nonlin=False, init="xavier", fused=True, rng=rng))


def main() -> None:
    rng = random.Random(3)
    points, labels = datasets.moons(200, noise=0.1)
    inputs, unseen, classes, unseen_classes = datasets.split(points, [int(label > 0) for label in labels])
    model = network(rng)
    print(model.summary())
    optimiser = SGD(model.parameters(), lr=0.1)
    for epoch in fit(model, cross_entropy, (inputs, classes), optimiser, epochs=10, batch_size=20, rng=rng):
        right = accuracy(model, unseen, unseen_classes)
        print(f"epoch {epoch['epoch']:2}   loss {epoch['loss']:.4f}   held out {right:.0%}")
    model.eval()
    alone, among = model(inputs[0]), model(inputs)[0]
    for where, outputs in (("in evaluation, alone:    ", alone), ("and in a batch of others:", among)):
        assert isinstance(outputs, list)
        print(where, [f"{v.data:.6f}" for v in outputs])


if __name__ == "__main__":
    main()
