"""A 2-2-2 sigmoid network whose every number can be followed with a pocket calculator."""

from __future__ import annotations

from micrograd import Value
from micrograd.losses import quadratic
from micrograd.nn import Layer, Sequential
from micrograd.optim import SGD

INPUTS, TARGETS = [0.05, 0.10], [0.01, 0.99]


def network() -> Sequential:
    hidden, output = Layer(2, 2, activation="sigmoid"), Layer(2, 2, activation="sigmoid")
    hidden.weight, hidden.bias = [[0.15, 0.20], [0.25, 0.30]], [0.35, 0.35]
    output.weight, output.bias = [[0.40, 0.45], [0.50, 0.55]], [0.60, 0.60]
    return Sequential(hidden, output)


def forward(model: Sequential) -> tuple[list[Value], Value]:
    """The outputs, and the loss ½ Σ (out − target)²."""
    outputs = model(INPUTS)
    return outputs, quadratic(outputs, TARGETS)


def two_paths(model: Sequential, outputs: list[Value]) -> list[float]:
    """What reaches the first weight of the first layer through each output; call it after `backward`.

    ∂loss/∂w = Σₖ (outₖ − targetₖ) · outₖ (1 − outₖ) · vₖ · h (1 − h) · x, with h the first hidden neuron's output and
    vₖ the weight from it to output k.
    """
    h = float(model[0](INPUTS)[0])
    return [
        (out.data - target) * out.data * (1 - out.data) * row[0] * h * (1 - h) * INPUTS[0]
        for out, target, row in zip(outputs, TARGETS, model[1].weight, strict=True)
    ]


def rounded(numbers: list) -> list:
    return [rounded(part) if isinstance(part, list) else round(part, 4) for part in numbers]


def main() -> None:
    model = network()
    outputs, loss = forward(model)
    loss.backward()
    print("outputs ", rounded([out.data for out in outputs]), "  loss", round(loss.data, 4))
    for name, layer in zip(("hidden", "output"), model, strict=True):
        print(f"gradient, {name} weights", rounded(layer.weight.grad))
    print("the first weight's two paths", " + ".join(f"{path:.6f}" for path in two_paths(model, outputs)))
    print("are its gradient            ", f"{model[0].weight.grad[0][0]:.6f}")
    SGD(model.parameters(), lr=0.5).step()
    for name, layer in zip(("hidden", "output"), model, strict=True):
        print(f"after one step, {name} weights", rounded(layer.weight), "biases", rounded(layer.bias))
    print("loss now", round(forward(model)[1].data, 4))


if __name__ == "__main__":
    main()
