"""Neurons, layers and multilayer perceptrons, built from Values.

    >>> model = MLP(2, [16, 16, 1])         # two inputs, two hidden layers of 16 ReLU neurons, one linear output
    >>> model([0.5, -1.0])                  # one example: a Value (a list of them where there are several outputs)
    >>> model([[0.5, -1.0], [0.2, 0.3]])    # a batch: one result for each example

A module of one's own derives from `Module`, keeps Values, modules, or lists and dicts of them as attributes, and finds
them again in `parameters()`.
"""

from __future__ import annotations

import numbers
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from micrograd import functions
from micrograd.engine import Value
from micrograd.functions import dot

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": functions.relu,
    "leaky_relu": functions.leaky_relu,
    "elu": functions.elu,
    "silu": functions.silu,
    "gelu": functions.gelu,
    "softplus": functions.softplus,
    "tanh": functions.tanh,
    "sigmoid": functions.sigmoid,
    "linear": lambda x: x,
}
TITLES = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "silu": "SiLU", "gelu": "GELU"}


class Module:
    """Something with parameters: the leaf Values among its attributes, in the order in which they were set."""

    def named_parameters(self) -> Iterator[tuple[str, Value]]:
        """Every parameter once, with its path, such as `layers.0.neurons.3.w.1`."""
        seen: set[Value] = set()
        stack: list[tuple[str, Any]] = [("", self)]
        while stack:
            path, thing = stack.pop()
            if isinstance(thing, Value):
                if thing not in seen and not thing.parents:
                    seen.add(thing)
                    yield path, thing
                continue
            if isinstance(thing, Module):
                thing = vars(thing)
            inner = thing.items() if isinstance(thing, dict) else enumerate(thing)
            parts = [(f"{path}.{name}" if path else str(name), part) for name, part in inner]
            stack += [
                (name, part) for name, part in reversed(parts) if isinstance(part, (Value, Module, list, tuple, dict))
            ]

    def parameters(self) -> list[Value]:
        return [parameter for _, parameter in self.named_parameters()]

    def zero_grad(self) -> None:
        for parameter in self.parameters():
            parameter.grad = 0.0


class Feedforward(Module):
    """A module from `nin` numbers to a list of Values: a subclass defines `forward`, a user calls the module."""

    nin: int

    def forward(self, x: list[Value]) -> list[Value]:
        raise NotImplementedError(f"{type(self).__name__} does not define forward")

    def __call__(self, x: Any) -> Any:
        """The result for one example, or a list of results for a batch.

        One example is a flat sequence of `nin` numbers or Values (or the bare number, where `nin` is 1), a batch a
        sequence of such sequences. A single output comes as a Value, several as a list. Raises `ValueError` for
        another number of inputs.
        """
        row = [x] if isinstance(x, (Value, numbers.Real)) or _computes(x) else list(x)
        if row and hasattr(row[0], "__len__") and not isinstance(row[0], str):
            return [self(example) for example in row]
        if len(row) != self.nin:
            raise ValueError(f"{self!r} takes {self.nin} inputs, got {len(row)}")
        outs = self.flow([v if isinstance(v, Value) or _computes(v) else Value(v) for v in row])
        return outs[0] if len(outs) == 1 else outs

    def flow(self, x: list[Value]) -> list[Value]:
        """`forward`, and a note on each result: which modules' calls returned it, the innermost first, given what."""
        outs = self.forward(x)
        for out in outs:
            if getattr(out, "primitive", None) is not None:
                out._calls = (*getattr(out, "_calls", ()), (self, x))  # type: ignore[attr-defined]
        return outs


def _computes(x: Any) -> bool:
    """Whether x is another kind of number, one that brings its elementary functions along (a dual number, a series)."""
    return hasattr(x, "relu")


class Neuron(Feedforward):
    """f(w·x + b), with weights drawn uniformly from [−1, 1) and b = 0.

    `activation` is a name from `ACTIVATIONS` or a function of one Value; `nonlin=False` leaves it out. With
    `fused=True` the sum w·x + b is one node instead of two for each weight: the same numbers, several times faster.
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Callable[[Value], Value] = "relu",
        fused: bool = False,
        rng: Any = random,
    ):
        if nin < 1:
            raise ValueError(f"a neuron needs at least one input, got nin={nin}")
        if isinstance(activation, str) and activation not in ACTIVATIONS:
            raise ValueError(f"no activation is called {activation!r}; there are {', '.join(ACTIVATIONS)}")
        self.nin = nin
        self.w = [Value(rng.uniform(-1, 1)) for _ in range(nin)]
        self.b = Value(0.0)
        self.nonlin, self.activation, self.fused = nonlin, activation if nonlin else "linear", fused

    def forward(self, x: list[Value]) -> list[Value]:
        if self.fused:
            out = dot(self.w, x, self.b)
        else:
            out = self.b
            for wi, xi in zip(self.w, x, strict=True):
                out = out + wi * xi
        activation = self.activation
        return [(ACTIVATIONS[activation] if isinstance(activation, str) else activation)(out)]

    def __repr__(self) -> str:
        name = self.activation if isinstance(self.activation, str) else self.activation.__name__
        return f"{TITLES.get(name, name.capitalize())}Neuron({len(self.w)})"


class Layer(Feedforward):
    """`nout` neurons that all see the same `nin` inputs; further arguments go to each `Neuron`."""

    def __init__(self, nin: int, nout: int, nonlin: bool = True, **kwargs: Any):
        if nout < 1:
            raise ValueError(f"a layer needs at least one neuron, got nout={nout}")
        self.nin = nin
        self.neurons = [Neuron(nin, nonlin, **kwargs) for _ in range(nout)]

    def forward(self, x: list[Value]) -> list[Value]:
        return [neuron.flow(x)[0] for neuron in self.neurons]

    def __repr__(self) -> str:
        return f"Layer of {len(self.neurons)} {self.neurons[0]}"


class MLP(Feedforward):
    """A multilayer perceptron: layers of the widths `nouts`, each feeding the next, the last one linear.

    Further arguments (`activation`, `fused`, `rng`) go to each `Neuron`.
    """

    def __init__(self, nin: int, nouts: Iterable[int], **kwargs: Any):
        widths = [nin, *nouts]
        if len(widths) < 2:
            raise ValueError("an MLP needs at least one layer, got nouts=[]")
        last = len(widths) - 2
        self.nin = nin
        self.layers = [Layer(widths[i], widths[i + 1], nonlin=i != last, **kwargs) for i in range(last + 1)]

    def forward(self, x: list[Value]) -> list[Value]:
        for layer in self.layers:
            x = layer.flow(x)
        return x

    def __repr__(self) -> str:
        return f"MLP of [{', '.join(map(str, self.layers))}]"
