"""Neurons, and layers of neurons: weighted sums of all inputs, each followed by an activation."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, overload

from micrograd._core.arrays import Array
from micrograd._core.native import extension
from micrograd.engine import Value
from micrograd.functions import dot
from micrograd.nn.activations import ACTIVATIONS, METHODS, activate, check_activation, title
from micrograd.nn.arguments import NeuronOptions, check_count, check_nonlin, maker
from micrograd.nn.feedforward import Feedforward, flow, note
from micrograd.nn.initialisation import Rng, Rule, find_rng, find_rule
from micrograd.nn.module import Module
from micrograd.nn.nested import Matrix, Vector, assign, to_lists
from micrograd.nn.state import Tensor, are_parameters, attribute_tensors, join

if TYPE_CHECKING:
    from typing_extensions import Unpack


class Neuron(Feedforward):
    """f(w·x + b), by default with weights drawn uniformly from [−1, 1) and b = 0.

    activation   a name from `ACTIVATIONS` or a function of one Value; `nonlin=False` leaves it out
    fused        the sum w·x + b is one node instead of two for each weight: the same numbers, several times faster
    init         how the weights start: a name or a rule of `initialisation`
    bias         False for none (then `b` is None), or a name or a rule for how it starts
    fan_out      the number of neurons that see the same inputs, for rules that depend on it
    """

    w: list[Value]
    b: Value | None = None
    activation: str | Callable[[Value], Value] = "relu"  # of a subclass that sets w and b alone, too
    fused = False

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
        rng: Rng | int = random,
    ):
        nin = check_count("nin", nin, "a neuron needs at least one input")
        check_nonlin(nonlin)
        check_activation(activation)
        draw, source = find_rule(init), find_rng(rng)
        self.nin = nin
        self.w = [Value(draw(source, nin, fan_out)) for _ in range(nin)]
        if bias is True:
            self.b = Value(0.0)
        elif bias is not False:
            if not (isinstance(bias, str) or callable(bias)):
                raise TypeError(f"bias must be True, False or how it starts, a name or a rule, got {bias!r}")
            self.b = Value(find_rule(bias)(source, nin, fan_out))
        self.activation, self.fused = activation if nonlin else "linear", fused

    @property
    def nonlin(self) -> bool:
        """Whether an activation follows the sum. It can be set: False leaves it out, True is relu if there is none."""
        return self.activation != "linear"

    @nonlin.setter
    def nonlin(self, nonlin: bool) -> None:
        check_nonlin(nonlin)
        if bool(nonlin) != self.nonlin:
            self.activation = "relu" if nonlin else "linear"

    @property
    def nout(self) -> int:
        return 1

    def forward(self, x: list[Value]) -> list[Value]:
        return [self.fire(x)]

    def fire(self, x: list[Value]) -> Any:
        """The neuron's one result."""
        out: Any = self.b
        if self.fused:
            out = dot(self.w, x, Value(0.0) if out is None else out)
        else:
            for wi, xi in zip(self.w, x, strict=True):
                out = wi * xi if out is None else out + wi * xi
        activation = self.activation
        return ACTIVATIONS[activation](out) if isinstance(activation, str) else activate(activation, out)

    if TYPE_CHECKING:  # a neuron has one output, so a type checker may know that it is a Value

        @overload
        def __call__(self, x: Array) -> Value | list[Value]: ...
        @overload
        def __call__(self, x: float | Value | Iterable[float | Value]) -> Value: ...
        @overload
        def __call__(self, x: Iterable[Sequence[float | Value] | Array]) -> list[Value]: ...
        def __call__(self, x: Any) -> Any: ...

    def __repr__(self) -> str:
        kind = type(self)
        return f"{f'{title(self.activation)}Neuron' if kind is Neuron else kind.__name__}({len(self.w)})"


CALL, FLOW, FORWARD = Neuron.__call__, Neuron.flow, Neuron.forward


def fires(kind: Any) -> bool:
    """Whether a neuron of that class is a `Neuron` whose call is all in `fire`."""
    return getattr(kind, "forward", None) is FORWARD and kind.flow is FLOW and kind.__call__ is CALL


class Layer(Feedforward):
    """`nout` neurons that all see the same `nin` inputs; further arguments go to each `Neuron`.

    `neuron` is the class of the neurons, `Neuron` or one of your own, called with `nin`, and with `nonlin` and
    `fan_out` if it takes them.

    `weight`, of shape (nout, nin), and `bias`, of shape (nout,), read and set the numbers of all neurons as nested
    lists; `weight.grad` and `bias.grad` are their gradients. `bias` is None if the neurons have none.
    """

    neurons: list[Neuron]

    def __init__(self, nin: int, nout: int, nonlin: bool = True, **options: Unpack[NeuronOptions]):
        self.nin = check_count("nin", nin, "a layer needs at least one input")
        nout = check_count("nout", nout, "a layer needs at least one neuron")
        check_nonlin(nonlin)
        make = maker(options, Neuron, nonlin=nonlin, fan_out=nout)
        self.neurons = [make(self.nin) for _ in range(nout)]

    @property
    def nout(self) -> int:
        return len(self.neurons)

    @property
    def activation(self) -> str | Callable[[Value], Value]:
        """That of the first neuron: a name or a function."""
        activation: str | Callable[[Value], Value] = getattr(self.neurons[0], "activation", "linear")
        return activation

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
        activation = self.activation
        yield from self.tensors_of_step(path if activation == "linear" else join(path, 0))
        if isinstance(activation, Module):
            yield from activation.tensors(join(path, 1))

    def tensors_of_step(self, path: str) -> Iterator[Tensor]:
        """The tensors of a step in a chain, where the activation is the next step.

        What a neuron has beside its weights and its bias is named by its path; of neurons that are not alike all is.
        """
        if alike := self.alike():
            yield from attribute_tensors(self, path, "weight", "bias")
        for k, neuron in enumerate(self.neurons):
            place = join(path, f"neurons.{k}")
            yield from neuron.other_tensors(place, "w", "b", "activation") if alike else neuron.tensors(place)
        yield from self.other_tensors(path, "neurons")

    def alike(self) -> bool:
        """Whether all are `Neuron`s with one weight for each input, the same activation, and all or none a bias."""
        return (
            all(isinstance(n, Neuron) and n.activation == self.activation for n in self.neurons)
            and all(are_parameters(n.w) and len(n.w) == self.nin for n in self.neurons)
            and len({n.b is None for n in self.neurons}) == 1
            and all(n.b is None or are_parameters(n.b) for n in self.neurons)
        )

    @property
    def summary_name(self) -> str:
        return "Layer" + ("" if self.activation == "linear" else f", {title(self.activation)}")

    def forward(self, x: list[Value]) -> list[Value]:
        return [one_result(neuron, x) for neuron in self.neurons]

    def _run(self, x: list[Value]) -> list[Value]:
        """`forward`, which notes both calls on each result in one pass: the neuron's and the layer's."""
        if type(self).forward is not FORWARD_OF_ALL:
            return super()._run(x)
        call, kind, at_once = (self, x), None, False
        outs: list[Value]
        if extension is not None and (outs := extension.layer(self.neurons, x, call)) is not None:
            return outs  # type: ignore[no-any-return]
        outs = []
        for neuron in self.neurons:
            if neuron.__class__ is not kind:
                kind = neuron.__class__
                at_once = fires(kind)
            if at_once:
                out = neuron.fire(x)
                if isinstance(out, Value) and out.primitive is not None:
                    out._calls = (neuron, x), call  # type: ignore[attr-defined]
            else:
                out = one_result(neuron, x)
                note([out], call)
            outs.append(out)
        return outs

    def __repr__(self) -> str:
        return f"Layer of {len(self.neurons)} {self.neurons[0]}"


FORWARD_OF_ALL = Layer.forward

if extension is not None:
    of_layer = Layer._run, FORWARD_OF_ALL, Layer.flow, Layer.__call__
    extension.teach((Neuron.fire, FORWARD, FLOW, CALL), of_layer, ACTIVATIONS, activate, METHODS)


def one_result(neuron: Any, x: list[Value]) -> Value:
    outs = flow(neuron, x)
    if len(outs) != 1:
        raise ValueError(f"a neuron has one result, {neuron!r} returned {len(outs)}")
    return outs[0]
