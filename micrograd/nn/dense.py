"""Neurons, and layers of neurons: weighted sums of all inputs, each followed by an activation."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypedDict, overload

from micrograd._core.arrays import Array
from micrograd.engine import Value
from micrograd.functions import dot
from micrograd.nn.activations import ACTIVATIONS, check_activation, title
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.initialisation import Rng, Rule, find_rule
from micrograd.nn.module import tensors_of
from micrograd.nn.nested import Matrix, Vector, assign, to_lists
from micrograd.nn.state import Tensor, attribute_tensors, join

if TYPE_CHECKING:
    from typing_extensions import Unpack


class NeuronOptions(TypedDict, total=False):
    """The arguments that a `Layer` and an `MLP` pass on to each `Neuron`."""

    activation: str | Callable[[Value], Value]
    fused: bool
    init: str | Rule
    bias: bool | str | Rule
    rng: Rng


class Neuron(Feedforward):
    """f(w·x + b), by default with weights drawn uniformly from [−1, 1) and b = 0.

    activation   a name from `ACTIVATIONS` or a function of one Value; `nonlin=False` leaves it out
    fused        the sum w·x + b is one node instead of two for each weight: the same numbers, several times faster
    init         how the weights start: a name or a rule of `initialisation`
    bias         False for none (then `b` is None), or a name or a rule for how it starts
    fan_out      the number of neurons that see the same inputs, for rules that depend on it
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
        rng: Rng = random,
    ):
        if nin < 1:
            raise ValueError(f"a neuron needs at least one input, got nin={nin}")
        check_activation(activation)
        draw = find_rule(init)
        self.nin = nin
        self.w = [Value(draw(rng, nin, fan_out)) for _ in range(nin)]
        self.b: Value | None = None
        if bias is True:
            self.b = Value(0.0)
        elif bias is not False:
            self.b = Value(find_rule(bias)(rng, nin, fan_out))
        self.nonlin, self.activation, self.fused = nonlin, activation if nonlin else "linear", fused

    @property
    def nout(self) -> int:
        return 1

    def forward(self, x: list[Value]) -> list[Value]:
        return [self.fire(x)]

    def fire(self, x: list[Value]) -> Value:
        """The neuron's one result."""
        out: Any = self.b
        if self.fused:
            out = dot(self.w, x, Value(0.0) if out is None else out)
        else:
            for wi, xi in zip(self.w, x, strict=True):
                out = wi * xi if out is None else out + wi * xi
        activate = ACTIVATIONS[self.activation] if isinstance(self.activation, str) else self.activation
        return activate(out)

    if TYPE_CHECKING:  # a neuron has one output, so a type checker may know that it is a Value

        @overload
        def __call__(self, x: Array) -> Value | list[Value]: ...
        @overload
        def __call__(self, x: float | Value | Iterable[float | Value]) -> Value: ...
        @overload
        def __call__(self, x: Iterable[Sequence[float | Value] | Array]) -> list[Value]: ...
        def __call__(self, x: Any) -> Any: ...

    def __repr__(self) -> str:
        return f"{title(self.activation)}Neuron({len(self.w)})"


class Layer(Feedforward):
    """`nout` neurons that all see the same `nin` inputs; further arguments go to each `Neuron`.

    `weight`, of shape (nout, nin), and `bias`, of shape (nout,), read and set the numbers of all neurons as nested
    lists; `weight.grad` and `bias.grad` are their gradients. `bias` is None if the neurons have none.
    """

    def __init__(self, nin: int, nout: int, nonlin: bool = True, **options: Unpack[NeuronOptions]):
        if nout < 1:
            raise ValueError(f"a layer needs at least one neuron, got nout={nout}")
        self.nin = nin
        self.neurons = [Neuron(nin, nonlin, fan_out=nout, **options) for _ in range(nout)]

    @property
    def nout(self) -> int:
        return len(self.neurons)

    @property
    def activation(self) -> str | Callable[[Value], Value]:
        return self.neurons[0].activation

    @property
    def weight(self) -> Matrix:
        return Matrix([neuron.w for neuron in self.neurons])

    @weight.setter
    def weight(self, rows: Sequence[Sequence[float]] | Array) -> None:
        self._assign("weight", [neuron.w for neuron in self.neurons], rows)

    @property
    def bias(self) -> Vector | None:
        biases = self._biases()
        return Vector(biases) if biases else None

    @bias.setter
    def bias(self, row: Sequence[float] | Array) -> None:
        if not (biases := self._biases()):
            raise ValueError(f"{self!r} was made without biases")
        self._assign("bias", biases, row)

    def _biases(self) -> list[Value]:
        return [neuron.b for neuron in self.neurons if neuron.b is not None]

    def _assign(self, name: str, values: list[Any], content: Any) -> None:
        try:
            assign(values, to_lists(content))
        except ValueError as error:
            raise ValueError(f"{name} of {self!r}: {error}") from None

    def tensors(self, path: str = "") -> Iterator[Tensor]:
        """Named as in PyTorch, where a layer with an activation is a `Sequential` whose first step has the weights."""
        return self.tensors_of_step(path if self.activation == "linear" else join(path, 0))

    def tensors_of_step(self, path: str) -> Iterator[Tensor]:
        """The tensors of a step in a chain, where the activation is the next step."""
        yield from attribute_tensors(self, path, "weight", "bias")
        yield from tensors_of(vars(self), path, without=("neurons",))

    @property
    def summary_name(self) -> str:
        return "Layer" + ("" if self.activation == "linear" else f", {title(self.activation)}")

    def forward(self, x: list[Value]) -> list[Value]:
        return [neuron.fire(x) for neuron in self.neurons]

    def flow(self, x: list[Value]) -> list[Value]:
        """`forward`, which notes both calls on each result in one pass: the neuron's and the layer's."""
        if type(self).forward is not Layer.forward:
            return super().flow(x)
        outs, call = [], (self, x)
        for neuron in self.neurons:
            out = neuron.fire(x)
            if isinstance(out, Value) and out.primitive is not None:
                out._calls = (neuron, x), call  # type: ignore[attr-defined]
            outs.append(out)
        return outs

    def __repr__(self) -> str:
        return f"Layer of {len(self.neurons)} {self.neurons[0]}"
