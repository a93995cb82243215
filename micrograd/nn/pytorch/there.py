"""A model as a PyTorch module: layer by layer, with its numbers, its modes, and the parameters that it shares."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from micrograd.engine import Value
from micrograd.nn.activations import Activation, title
from micrograd.nn.chain import Chain
from micrograd.nn.dense import Layer, Neuron, fires
from micrograd.nn.dropout import Dropout
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.module import Module
from micrograd.nn.normalisation import BatchNorm
from micrograd.nn.pytorch.activations import module_of
from micrograd.nn.state import Tensor

if TYPE_CHECKING:
    from torch.nn import Module as TorchModule


def to_torch(model: Feedforward) -> TorchModule:
    """A `torch.nn.Module` in float64 with the numbers, and in the mode, of the model; a copy that shares nothing.

    What the model uses in several places is one parameter there too, and a tensor that its `parameters()` leaves out
    needs no gradient there.

    Raises `TypeError` for a layer without a counterpart in PyTorch, such as an activation that is a function you wrote:
    `micrograd.compile(model).to_torch(*example)` takes any code there.
    """
    torch = import_torch()
    there = There(torch, {id(p) for p in model.parameters()} if isinstance(model, Module) else set())
    steps = there.steps(model)
    module: TorchModule = steps[0] if len(steps) == 1 else there.sequence(steps, model)
    return module


def import_torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ImportError("this needs PyTorch: pip install 'micrograd-lab[torch]'") from error
    return torch


def computes_like(module: Any, kind: Any) -> bool:
    """Whether the class of a module has the calls of its base `kind`."""
    return all(getattr(type(module), name) is getattr(kind, name) for name in ("__call__", "flow", "forward"))


class There:
    """The modules of one model: each is made once, and each tensor of Values becomes one parameter."""

    def __init__(self, torch: Any, trained: set[int]):
        self.torch, self.nn, self.trained = torch, torch.nn, trained
        self.made: dict[int, list[Any]] = {}
        self.tensors: dict[tuple[int, ...], Any] = {}
        self.placed: set[int] = set()

    def steps(self, part: Any) -> list[Any]:
        """The steps of PyTorch's `Sequential` for a part of the model: an activation is a step of its own there."""
        if id(part) not in self.made:
            kind = next((kind for kind in STEPS if isinstance(part, kind) and computes_like(part, kind)), None)
            if kind is None:
                raise no_counterpart(part, "it computes something of its own")
            self.made[id(part)] = steps = STEPS[kind](self, part)
            for step in steps:
                step.training = part.training
        return self.made[id(part)]

    def sequence(self, steps: Iterable[Any], part: Any) -> Any:
        module = self.nn.Sequential(*steps)
        module.training = part.training
        return module

    # ---- the kinds of parts

    def chain(self, chain: Chain[Any]) -> list[Any]:
        check_nothing_else(chain, chain.other_tensors("", "layers"), "layers")
        return [self.sequence([step for layer in chain.layers for step in self.steps(layer)], chain)]

    def layer(self, layer: Layer) -> list[Any]:
        if not all(fires(type(neuron)) and type(neuron).fire is Neuron.fire for neuron in layer.neurons):
            raise no_counterpart(layer, "its neurons compute something of their own")
        if not layer.alike():
            raise no_counterpart(layer, "its neurons differ")
        others = [tensor for tensor in layer.tensors_of_step("") if tensor.name not in ("weight", "bias")]
        check_nothing_else(layer, others, "weights")
        return self.dense(layer, layer.neurons)

    def neuron(self, neuron: Neuron) -> list[Any]:
        if type(neuron).fire is not Neuron.fire:
            raise no_counterpart(neuron, "it computes something of its own")
        check_nothing_else(neuron, neuron.other_tensors("", "w", "b", "activation"), "weights")
        return self.dense(neuron, [neuron])

    def dense(self, part: Any, neurons: Sequence[Neuron]) -> list[Any]:
        shape = len(neurons), len(neurons[0].w)
        biases = [neuron.b for neuron in neurons if neuron.b is not None]
        linear = self.nn.Linear(shape[1], shape[0], bias=bool(biases), device="meta")  # nothing is drawn
        linear.weight = self.parameter(part, "weight", [v for neuron in neurons for v in neuron.w], shape)
        if biases:
            linear.bias = self.parameter(part, "bias", biases, shape[:1])
        activation = neurons[0].activation
        return [linear, *([] if activation == "linear" else self.activation(part, activation))]

    def activation(self, part: Any, activation: Any) -> list[Any]:
        if isinstance(activation, Module):
            return self.steps(activation)
        if (module := module_of(activation, self.nn)) is None:
            name = getattr(activation, "__name__", None) or title(activation)
            raise no_counterpart(part, f"{name} is no activation of PyTorch's")
        return [module]

    def normalisation(self, norm: BatchNorm) -> list[Any]:
        check_nothing_else(norm, norm.other_tensors("", "gamma", "beta"), "weights")
        settings = {"eps": norm.eps, "momentum": 1 - norm.momentum, "dtype": self.torch.float64}
        module = self.nn.BatchNorm1d(norm.nin, **settings)
        module.weight = self.parameter(norm, "weight", norm.gamma, [len(norm.gamma)])
        module.bias = self.parameter(norm, "bias", norm.beta, [len(norm.beta)])
        for name in ("running_mean", "running_var", "num_batches_tracked"):
            getattr(module, name).copy_(self.torch.tensor(getattr(norm, name), dtype=self.torch.float64))
        return [module]

    def plain(self, part: Any, steps: list[Any]) -> list[Any]:
        check_nothing_else(part, part.other_tensors("", "activation"), "activation")
        return steps

    # ---- parameters

    def parameter(self, part: Any, name: str, values: Sequence[Value], shape: Sequence[int]) -> Any:
        """A new parameter with the numbers of the Values, or the one that they have become already."""
        key = tuple(map(id, values))
        if key not in self.tensors:
            if len({*key}) < len(key) or not self.placed.isdisjoint(key):
                raise no_counterpart(
                    part, f"a part of its {name} is used elsewhere too, and PyTorch shares whole tensors"
                )
            trains = {v in self.trained for v in key}
            if len(trains) > 1:
                raise no_counterpart(
                    part, f"parameters() leaves out a part of its {name}, and PyTorch trains whole tensors"
                )
            numbers = self.torch.tensor([v.data for v in values], dtype=self.torch.float64).reshape(*shape)
            self.placed.update(key)
            self.tensors[key] = self.nn.Parameter(numbers, requires_grad=trains == {True})
        return self.tensors[key]


STEPS: dict[type[Any], Callable[[There, Any], list[Any]]] = {
    Chain: There.chain,
    Layer: There.layer,
    Neuron: There.neuron,
    Activation: lambda there, part: there.plain(part, there.activation(part, part.activation)),
    BatchNorm: There.normalisation,
    Dropout: lambda there, part: there.plain(part, [there.nn.Dropout(part.p)]),
}


# ---- errors


def no_counterpart(part: Any, why: str) -> TypeError:
    return TypeError(
        f"PyTorch has no counterpart of {part!r}: {why}; micrograd.compile(model).to_torch(*example) takes any code"
    )


def check_nothing_else(part: Any, tensors: Iterable[Tensor], known: str) -> None:
    """Raise `TypeError` if the part has tensors that would be lost."""
    if names := [tensor.name for tensor in tensors]:
        raise TypeError(f"PyTorch has no counterpart of {', '.join(names)}, which {part!r} has beside its {known}")
