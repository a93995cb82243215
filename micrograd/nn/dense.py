"""Neurons, and layers of neurons: weighted sums of all inputs, each bent by an activation."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from micrograd.engine import Value
from micrograd.functions import dot
from micrograd.nn.activations import ACTIVATIONS, checked, title
from micrograd.nn.initialisation import Rule, rule
from micrograd.nn.module import Feedforward
from micrograd.nn.nested import Numbers, assign, plain


class Neuron(Feedforward):
    """f(w·x + b), with weights drawn uniformly from [−1, 1) and b = 0 unless told otherwise.

    activation   a name from `ACTIVATIONS` or a function of one Value; `nonlin=False` leaves it out
    fused        the sum w·x + b is one node instead of two for each weight: the same numbers, several times faster
    init         how the weights start: a name or a rule of `initialisation`
    bias         False for none (then `b` is None), or a name or a rule for how it starts
    fan_out      the number of neurons that see the same inputs, for rules that ask
    """

    def __init__(
        self,
        nin: int,
        nonlin: bool = True,
        *,
        activation: str | Callable[[Value], Value] = "relu",
        fused: bool = False,
        init: str | Rule = "uniform",
        bias: bool | str | Rule = True,
        fan_out: int = 1,
        rng: Any = random,
    ):
        if nin < 1:
            raise ValueError(f"a neuron needs at least one input, got nin={nin}")
        checked(activation)
        draw = rule(init)
        self.nin = nin
        self.w = [Value(draw(rng, nin, fan_out)) for _ in range(nin)]
        self.b: Value | None = None
        if bias is True:
            self.b = Value(0.0)
        elif bias is not False:
            self.b = Value(rule(bias)(rng, nin, fan_out))
        self.nonlin, self.activation, self.fused = nonlin, activation if nonlin else "linear", fused

    @property
    def nout(self) -> int:
        return 1

    def forward(self, x: list[Value]) -> list[Value]:
        return [self.fire(x)]

    def fire(self, x: list[Value]) -> Value:
        """The neuron's one result."""
        out = self.b
        if self.fused:
            out = dot(self.w, x, Value(0.0) if out is None else out)
        else:
            for wi, xi in zip(self.w, x, strict=True):
                out = wi * xi if out is None else out + wi * xi
        return ACTIVATIONS.get(self.activation, self.activation)(out)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        return f"{title(self.activation)}Neuron({len(self.w)})"


class Layer(Feedforward):
    """`nout` neurons that all see the same `nin` inputs; further arguments go to each `Neuron`.

    `weight`, of shape (nout, nin), and `bias`, of shape (nout,), read and set the numbers of all neurons as nested
    lists; `weight.grad` and `bias.grad` are their gradients. `bias` is None where the neurons have none.
    """

    def __init__(self, nin: int, nout: int, nonlin: bool = True, **kwargs: Any):
        if nout < 1:
            raise ValueError(f"a layer needs at least one neuron, got nout={nout}")
        self.nin = nin
        self.neurons = [Neuron(nin, nonlin, fan_out=nout, **kwargs) for _ in range(nout)]

    @property
    def nout(self) -> int:
        return len(self.neurons)

    @property
    def activation(self) -> str | Callable[[Value], Value]:
        return self.neurons[0].activation

    @property
    def weight(self) -> Numbers:
        return Numbers([neuron.w for neuron in self.neurons])

    @weight.setter
    def weight(self, rows: Any) -> None:
        self._assign("weight", [neuron.w for neuron in self.neurons], rows)

    @property
    def bias(self) -> Numbers | None:
        biases = [neuron.b for neuron in self.neurons]
        return None if biases[0] is None else Numbers(biases)

    @bias.setter
    def bias(self, row: Any) -> None:
        if self.neurons[0].b is None:
            raise ValueError(f"{self!r} was made without biases")
        self._assign("bias", [neuron.b for neuron in self.neurons], row)

    def _assign(self, name: str, values: list, content: Any) -> None:
        try:
            assign(values, plain(content))
        except ValueError as error:
            raise ValueError(f"{name} of {self!r}: {error}") from None

    def forward(self, x: list[Value]) -> list[Value]:
        return [neuron.fire(x) for neuron in self.neurons]

    def flow(self, x: list[Value]) -> list[Value]:
        """`forward`, and on each result the notes of both calls, the neuron's and the layer's: so many, in one go."""
        outs, call = [], (self, x)
        for neuron in self.neurons:
            out = neuron.fire(x)
            if isinstance(out, Value) and out.primitive is not None:
                out._calls = (neuron, x), call  # type: ignore[attr-defined]
            outs.append(out)
        return outs

    def __repr__(self) -> str:
        return f"Layer of {len(self.neurons)} {self.neurons[0]}"
