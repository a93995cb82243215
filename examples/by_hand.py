"""A 2-2-2 sigmoid network small enough to check every number with a pocket calculator."""

from __future__ import annotations

from typing import Any

from micrograd import Value
from micrograd.losses import quadratic
from micrograd.nn import Layer, Sequential
from micrograd.optim import SGD

INPUTS, TARGETS = [0.05, 0.10], [0.01, 0.99]


def network() -> Sequential[Layer]:
    hidden, output = Layer(2, 2, activation="sigmoid"), Layer(2, 2, activation="sigmoid")
    hidden.weight, hidden.bias = [[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35]
    output.weight, output.bias = [[0.40, 0.45], [0.50, 0.55]], [0.60, 0.60]
    return Sequential(hidden, output)


def forward(model: Sequential[Layer]) -> tuple[list[Value], Value]:
    """The outputs, and the loss ½ Σ (out − target)²."""
    outputs = model.flow([Value(x) for x in INPUTS])
    return outputs, quadratic(outputs, TARGETS)


def two_paths(model: Sequential[Layer], outputs: list[Value]) -> list[float]:
    """The contribution of each output to the gradient of the first layer's first weight; call it after `backward`.

    ∂loss/∂w = Σₖ (outₖ − targetₖ) · outₖ (1 − outₖ) · vₖ · h (1 − h) · x, where h is the first hidden neuron's output
    and vₖ its weight in output k.
    """
    h = model[0].neurons[0](INPUTS).data
    return [
        (out.data - target) * out.data * (1 - out.data) * row[0] * h * (1 - h) * INPUTS[0]
        for out, target, row in zip(outputs, TARGETS, model[1].weight, strict=True)
    ]


def rounded(numbers: Any) -> Any:
    """A nested list with its numbers rounded to four digits."""
    return [rounded(part) for part in numbers] if isinstance(numbers, list) else round(numbers, 4)


def main() -> None:
    model = network()
    outputs, loss = forward(model)
    loss.backward()
    print("outputs ", rounded([out.data for out in outputs]), "  loss", round(loss.data, 4))
    for name, layer in zip(("hidden", "output"), model, strict=True):
        print(f"gradient, {name} weights", rounded(layer.weight.grad))
    print("the first weight's two paths", " + ".join(f"{path:.6f}" for path in two_paths(model, outputs)))
    print("add up to its gradient      ", f"{model[0].weight.grad[0][0]:.6f}")
    SGD(model.parameters(), lr=0.5).step()
    for name, layer in zip(("hidden", "output"), model, strict=True):
        print(f"after one step, {name} weights", rounded(layer.weight), "biases", rounded(layer.bias))
    print("loss now", round(forward(model)[1].data, 4))


if __name__ == "__main__":
    main()
