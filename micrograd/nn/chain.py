"""Modules one after the other: a list of one's own (`Sequential`), or the layers of a multilayer perceptron (`MLP`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from micrograd.engine import Value
from micrograd.nn.dense import Layer
from micrograd.nn.module import Feedforward


class Chain(Feedforward):
    """Feeds what one of its `layers` returns to the next."""

    layers: list[Any]

    @property
    def nout(self) -> int | None:
        return next((layer.nout for layer in reversed(self.layers) if layer.nout is not None), None)

    @property
    def batchwise(self) -> bool:
        return any(layer.batchwise for layer in self.layers)

    def forward(self, x: list[Value]) -> list[Value]:
        for layer in self.layers:
            x = layer.flow(x)
        return x

    def forward_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        for layer in self.layers:
            rows = layer.flow_batch(rows)
        return rows

    def __len__(self) -> int:
        return len(self.layers)

    def __getitem__(self, index: int) -> Any:
        return self.layers[index]

    def __iter__(self) -> Iterator[Any]:
        return iter(self.layers)


class Sequential(Chain):
    """The given modules, each feeding the next. Raises `ValueError` where the widths of two do not fit."""

    def __init__(self, *layers: Feedforward | Iterable[Feedforward]):
        single = len(layers) == 1 and isinstance(layers[0], Iterable) and not isinstance(layers[0], Feedforward)
        self.layers = [*layers[0]] if single else [*layers]  # type: ignore[misc]
        if not self.layers:
            raise ValueError("a Sequential needs at least one module, got none")
        self.nin, width = None, None
        for k, layer in enumerate(self.layers):
            if not isinstance(layer, Feedforward):
                hint = "; a function goes into Activation(function)" if callable(layer) else ""
                raise TypeError(f"a Sequential is made of modules, got {layer!r} at {k}{hint}")
            if layer.nin is not None and width is not None and layer.nin != width:
                raise ValueError(f"layer {k}, {layer!r}, takes {layer.nin} inputs, but the one before it gives {width}")
            self.nin = layer.nin if self.nin is None else self.nin
            width = layer.nout if layer.nout is not None else width

    def __repr__(self) -> str:
        return f"Sequential of [{', '.join(map(str, self.layers))}]"


class MLP(Chain):
    """A multilayer perceptron: layers of the widths `nouts`, each feeding the next, the last one linear.

    Further arguments (`activation`, `fused`, `init`, `bias`, `rng`) go to each `Neuron`.
    """

    def __init__(self, nin: int, nouts: Iterable[int], **kwargs: Any):
        widths = [nin, *nouts]
        if len(widths) < 2:
            raise ValueError("an MLP needs at least one layer, got nouts=[]")
        last = len(widths) - 2
        self.nin = nin
        self.layers = [Layer(widths[i], widths[i + 1], nonlin=i != last, **kwargs) for i in range(last + 1)]

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"


def unrolled(model: Feedforward) -> list[Any]:
    """The steps of PyTorch's `Sequential` for the same network, a layer's activation (its name or function) apart."""
    steps: list[Any] = []
    for layer in model.layers if isinstance(model, Chain) else [model]:
        steps.append(layer)
        if isinstance(layer, Layer) and layer.activation != "linear":
            steps.append(layer.activation)
    return steps
