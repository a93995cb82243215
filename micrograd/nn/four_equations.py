"""The four equations of backpropagation, checked on a network: with δ = ∂C/∂z, the error of a layer's weighted sums,

    BP1   δᴸ = ∇ₐC ⊙ σ′(zᴸ)              the error of the output layer L
    BP2   δˡ = (wˡ⁺¹)ᵀ δˡ⁺¹ ⊙ σ′(zˡ)     the error of a layer from that of the next
    BP3   ∂C/∂bⱼ = δⱼ                    the gradient of a bias
    BP4   ∂C/∂wⱼₖ = aₖ δⱼ                the gradient of a weight, a the layer's inputs

In a graph of Values, δ is the `grad` of the node z. The engine knows none of these equations: they follow from the
chain rule at every node.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd import losses
from micrograd._core.keeping import keep
from micrograd.engine import Value
from micrograd.nn.activations import Sigmoid
from micrograd.nn.chain import Chain
from micrograd.nn.dense import Layer
from micrograd.nn.feedforward import Feedforward

__all__ = ["four_equations"]

COSTS = ("quadratic", "cross_entropy")


class LayerPass(NamedTuple):
    """One pass through a sigmoid layer: its inputs a, its weighted sums z, its outputs σ(z)."""

    layer: Layer
    a: list[Value]
    z: list[Value]
    out: list[Value]


def four_equations(
    model: Feedforward, x: Sequence[float], y: Sequence[float], cost: str = "quadratic"
) -> dict[str, dict[int, float]]:
    """The largest deviation of backpropagation from each equation, by layer (from 1), for one example.

    The model is a sigmoid `Layer`, or a chain of them. `cost` is 'quadratic', ½ Σ (a − y)², or 'cross_entropy',
    −Σ (y ln a + (1 − y) ln(1 − a)), whose δᴸ is a − y. The grads of the parameters stay as they were. Raises
    `ValueError` for any other kind of network.
    """
    if cost not in COSTS:
        raise ValueError(f"cost must be 'quadratic' or 'cross_entropy', got {cost!r}")
    grads = keep(model.parameters(), "grad")
    try:
        model.zero_grad()
        passes = _run(model, x)
        out = passes[-1].out
        if cost == "quadratic":
            losses.quadratic(out, y).backward()
            slopes = [a.data - t for a, t in zip(out, y, strict=True)]
        else:
            losses.binary_cross_entropy(out, y, reduction="sum").backward()
            slopes = [(a.data - t) / (a.data * (1 - a.data)) for a, t in zip(out, y, strict=True)]
        return _compare(passes, slopes)
    finally:
        any(grads)


def _run(model: Feedforward, x: Sequence[float]) -> list[LayerPass]:
    """The pass through each layer; a `Sigmoid` after a linear layer belongs to it."""
    out = [Value(v) for v in x]
    if len(out) != model.nin:
        raise ValueError(f"{model.takes}, got {len(out)}")
    passes: list[LayerPass] = []
    linear: tuple[Layer, list[Value]] | None = None
    for step in model.layers if isinstance(model, Chain) else [model]:
        a, out = out, step.flow(out)
        if isinstance(step, Layer) and step.activation == "linear" and linear is None:
            linear = step, a
        elif isinstance(step, Layer) and step.activation == "sigmoid" and linear is None:
            passes.append(LayerPass(step, a, [v.parents[0] for v in out], out))
        elif isinstance(step, Sigmoid) and linear is not None:
            passes.append(LayerPass(*linear, [v.parents[0] for v in out], out))
            linear = None
        else:
            raise ValueError(f"the four equations are for layers with a sigmoid after each, got {step!r}")
    if linear is not None:
        raise ValueError(f"the four equations need a sigmoid after the last layer too, got {linear[0]!r}")
    return passes


def _compare(passes: list[LayerPass], slopes: list[float]) -> dict[str, dict[int, float]]:
    """The deviations, from the slopes ∂C/∂a of the last layer's outputs."""
    deviations: dict[str, dict[int, float]] = {"BP1": {}, "BP2": {}, "BP3": {}, "BP4": {}}
    last = len(passes)
    for number, (layer, a, z, out) in enumerate(passes, start=1):
        delta = [v.grad for v in z]
        if number < last:
            following = passes[number]
            rows = list(zip(following.layer.weight, following.z, strict=True))
            slopes_here = [sum(row[j] * v.grad for row, v in rows) for j in range(len(z))]
        else:
            slopes_here = slopes
        errors = [slope * v.data * (1 - v.data) for slope, v in zip(slopes_here, out, strict=True)]
        deviations["BP1" if number == last else "BP2"][number] = _largest(delta, errors)
        if (bias := layer.bias) is not None:
            deviations["BP3"][number] = _largest(bias.grad, delta)
        products = [[v.data * d for v in a] for d in delta]
        deviations["BP4"][number] = max(map(_largest, layer.weight.grad, products))
    return deviations


def _largest(got: Sequence[float], wanted: Sequence[float]) -> float:
    return max(abs(g - w) for g, w in zip(got, wanted, strict=True))
