"""The four equations of backpropagation, checked on a network: with δ = ∂C/∂z, the error of a layer's weighted sums,

    BP1   δᴸ = ∇ₐC ⊙ σ′(zᴸ)              the error of the output layer L
    BP2   δˡ = (wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ)     the error of a layer from that of the next
    BP3   ∂C/∂bⱼ = δⱼ                    the gradient of a bias
    BP4   ∂C/∂wⱼₖ = aₖ δⱼ                the gradient of a weight, a the layer's inputs

In a graph of Values δ is the `grad` of the node z: the engine knows none of these equations, they follow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd import losses
from micrograd.engine import Value
from micrograd.nn import Feedforward, Layer, Sigmoid
from micrograd.nn.chain import Chain

COSTS = ("quadratic", "cross_entropy")


class Sums(NamedTuple):
    """A sigmoid layer at work: its inputs a, its weighted sums z, its outputs σ(z)."""

    layer: Layer
    a: list[Value]
    z: list[Value]
    out: list[Value]


def four_equations(
    model: Feedforward, x: Sequence[float], y: Sequence[float], cost: str = "quadratic"
) -> dict[str, dict[int, float]]:
    """The largest deviation of backpropagation from each equation, by layer (from 1), for one example.

    The model is a sigmoid `Layer`, or a chain of them. `cost` is 'quadratic', ½ Σ (a − y)², or 'cross_entropy',
    −Σ (y ln a + (1 − y) ln(1 − a)), whose δᴸ is a − y. The grads of the parameters are left as they were. Raises
    `ValueError` for another kind of network.
    """
    if cost not in COSTS:
        raise ValueError(f"cost is 'quadratic' or 'cross_entropy', got {cost!r}")
    before = [(p, p.grad) for p in model.parameters()]
    try:
        model.zero_grad()
        layers = _sums(model, x)
        out = layers[-1].out
        if cost == "quadratic":
            losses.quadratic(out, y).backward()
            slopes = [a.data - t for a, t in zip(out, y, strict=True)]
        else:
            losses.binary_cross_entropy(out, y, reduction="sum").backward()
            slopes = [(a.data - t) / (a.data * (1 - a.data)) for a, t in zip(out, y, strict=True)]
        return _deviations(layers, slopes)
    finally:
        for p, grad in before:
            p.grad = grad


def _sums(model: Feedforward, x: Sequence[float]) -> list[Sums]:
    """The layers of the model with what went through them."""
    outs = [Value(v) for v in x]
    if len(outs) != model.nin:
        raise ValueError(f"{model!r} takes {model.nin} inputs, got {len(outs)}")
    found: list[Sums] = []
    waiting: tuple[Layer, list[Value]] | None = None
    for step in model.layers if isinstance(model, Chain) else [model]:
        a, outs = outs, step.flow(outs)
        if isinstance(step, Layer) and step.activation in ("linear", "sigmoid") and not waiting:
            waiting = step, a
        elif not (isinstance(step, Sigmoid) and waiting):
            raise ValueError(f"the four equations are for layers with a sigmoid after each, got {step!r}")
        if isinstance(step, Sigmoid) or step.activation == "sigmoid":
            found.append(Sums(*waiting, [v.parents[0] for v in outs], outs))
            waiting = None
    if waiting:
        raise ValueError(f"the four equations need a sigmoid after the last layer, too, got {waiting[0]!r}")
    return found


def _deviations(layers: list[Sums], slopes: list[float]) -> dict[str, dict[int, float]]:
    found: dict[str, dict[int, float]] = {"BP1": {}, "BP2": {}, "BP3": {}, "BP4": {}}
    last = len(layers)
    for number, (layer, a, z, out) in enumerate(layers, start=1):
        delta = [v.grad for v in z]
        if number < last:
            after, rows = layers[number].z, layers[number].layer.weight
            slopes_here = [sum(row[j] * v.grad for row, v in zip(rows, after, strict=True)) for j in range(len(z))]
        else:
            slopes_here = slopes
        errors = [slope * v.data * (1 - v.data) for slope, v in zip(slopes_here, out, strict=True)]
        found["BP1" if number == last else "BP2"][number] = _largest(delta, errors)
        if (bias := layer.bias) is not None:
            found["BP3"][number] = _largest(bias.grad, delta)
        products = [[v.data * d for v in a] for d in delta]
        found["BP4"][number] = max(map(_largest, layer.weight.grad, products))
    return found


def _largest(got: Sequence[float], wanted: Sequence[float]) -> float:
    return max(abs(g - w) for g, w in zip(got, wanted, strict=True))
