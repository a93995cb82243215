"""The four equations of backpropagation hold on a network whose engine knows none of them."""

from __future__ import annotations

import random

from micrograd.nn import Layer, Sequential
from micrograd.nn.four_equations import four_equations


def network(rng: random.Random) -> Sequential[Layer]:
    widths = [3, 5, 4, 2]
    return Sequential(Layer(a, b, activation="sigmoid", rng=rng) for a, b in zip(widths, widths[1:], strict=False))


def main() -> None:
    model = network(random.Random(7))
    for cost in ("quadratic", "cross_entropy"):
        print(cost, "cost: the largest deviation by equation and layer")
        for equation, layers in four_equations(model, [0.2, -0.9, 0.5], [0.0, 1.0], cost).items():
            print("  ", equation, {layer: f"{deviation:.1e}" for layer, deviation in layers.items()})


if __name__ == "__main__":
    main()
