"""A 10-20-10-5 classifier on random inputs with random classes: it can only memorise them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from micrograd.losses import cross_entropy
from micrograd.nn import Layer, Sequential, normal
from micrograd.optim import SGD
from micrograd.training import Epoch, accuracy, fit

Sample = tuple[list[list[float]], list[int]]


def network(rng: random.Random) -> Sequential[Layer]:
    """ReLU, ReLU, sigmoid; weights with standard deviation 1/√fan_out, biases with 0.1."""
    widths, activations = [10, 20, 10, 5], ["relu", "relu", "sigmoid"]
    return Sequential(
        Layer(nin, nout, activation=activation, init=normal(nout**-0.5), bias=normal(0.1), fused=True, rng=rng)
        for nin, nout, activation in zip(widths, widths[1:], activations, strict=False)
    )


def samples(n: int, rng: random.Random) -> Sample:
    """Inputs of normal noise and random classes: there is nothing to learn."""
    return [[rng.gauss(0, 1) for _ in range(10)] for _ in range(n)], [rng.randrange(5) for _ in range(n)]


def train(
    model: Sequential[Layer], data: Sample, rng: random.Random, epochs: int, progress: bool = False
) -> Iterator[Epoch]:
    optimiser = SGD(model.parameters(), lr=0.01)
    return fit(model, cross_entropy, data, optimiser, epochs=epochs, batch_size=4, rng=rng, progress=progress)


def main(seed: int = 1, epochs: int = 1000) -> None:
    rng = random.Random(seed)
    model, data, fresh = network(rng), samples(100, rng), samples(1000, rng)
    history = list(train(model, data, rng, epochs, progress=True))
    print(f"loss {history[0]['loss']:.3f} in the first epoch, {history[-1]['loss']:.3f} in the last")
    print(f"{accuracy(model, *data):.0%} of what it learned, {accuracy(model, *fresh):.0%} of 1,000 fresh samples")


if __name__ == "__main__":
    main()
