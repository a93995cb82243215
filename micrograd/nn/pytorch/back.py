"""A PyTorch module as a model: layer by layer, with its numbers, its modes, and the parameters that it shares."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from micrograd._core.scalars import describe
from micrograd.nn.chain import Chain, Sequential
from micrograd.nn.dense import Layer
from micrograd.nn.dropout import Dropout
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.normalisation import BatchNorm
from micrograd.nn.pytorch.activations import FREE, MODULES, SETTINGS, activation_of
from micrograd.nn.pytorch.there import import_torch

if TYPE_CHECKING:
    from torch.nn import Module as TorchModule

INSTEAD = {
    "Flatten": "an example is a flat list here, so leave it out",
    "Softmax": "micrograd.softmax takes the outputs of a model",
    "LogSoftmax": "micrograd.log_softmax takes the outputs of a model",
    "OptimizedModule": "take the module inside, its _orig_mod",
    "Module": "write it as a torch.nn.Sequential, or take its layers one by one",
}


def from_torch(module: TorchModule, fused: bool = False) -> Feedforward:
    """A model with the numbers, and in the mode, of a `torch.nn.Module`; `fused` as for a `Neuron`.

    What the module uses in several places is one parameter here too. All parameters are trained, also those that need
    no gradient there. PyTorch's Softplus is a straight line above 20, ours is not: they differ there by up to 2e-9.

    Raises `TypeError` for a layer that has no counterpart here, `ValueError` for a setting that has none.
    """
    nn = import_torch().nn
    if not isinstance(module, nn.Module):
        raise TypeError(f"from_torch takes a torch.nn.Module, got {describe(module)}")
    return Back(nn, fused).part(module)


class Back:
    """The parts of one model: each is made once, and each parameter becomes one list of Values."""

    def __init__(self, nn: Any, fused: bool):
        self.nn, self.fused = nn, fused
        self.made: dict[int, Feedforward] = {}
        self.values: dict[int, list[Any]] = {}

    def part(self, module: Any) -> Feedforward:
        if id(module) not in self.made:
            check_plain(module)
            self.made[id(module)] = part = self.convert(module)
            for inner in [part] if isinstance(part, Chain) else part.modules():
                inner.training = module.training
        return self.made[id(module)]

    def convert(self, module: Any) -> Feedforward:
        """The part for a module whose class is one of these, or computes as one of these."""
        for name, make in PARTS.items():
            kind = getattr(self.nn, name)
            if isinstance(module, kind) and type(module).forward is kind.forward:
                return make(self, module)
        for name in MODULES:
            kind = getattr(self.nn, name)
            if isinstance(module, kind) and type(module).forward is kind.forward:
                usual, free = kind(), [theirs for _, _, theirs in SETTINGS.values()]
                check_settings(module, usual, *FREE, *free)
                return activation_of(module, usual, name)
        raise TypeError(f"there is no counterpart here of {module}: {instead_of(module)}")

    def sequence(self, module: Any) -> Feedforward:
        return Sequential(*map(self.part, module))

    def linear(self, module: Any) -> Feedforward:
        bias = module.bias is not None
        nin, nout = module.in_features, module.out_features
        layer = Layer(nin, nout, False, bias=bias, fused=self.fused, rng=random.Random(0))
        layer.load_state_dict(module.state_dict())
        weights = self.shared(module.weight, [neuron.w for neuron in layer.neurons])
        biases = self.shared(module.bias, [neuron.b for neuron in layer.neurons])
        for neuron, w, b in zip(layer.neurons, weights, biases, strict=True):
            neuron.w, neuron.b = w, b
        return layer

    def normalisation(self, module: Any) -> Feedforward:
        check_settings(module, self.nn.BatchNorm1d(module.num_features), "momentum", "eps")
        if module.momentum is None:
            raise ValueError(f"batch normalisation without a momentum has no counterpart here, got {module}")
        norm = BatchNorm(module.num_features, momentum=1 - module.momentum, eps=module.eps)
        norm.load_state_dict(module.state_dict())
        norm.gamma, norm.beta = self.shared(module.weight, norm.gamma), self.shared(module.bias, norm.beta)
        return norm

    def shared(self, parameter: Any, values: list[Any]) -> list[Any]:
        """The Values that this parameter has become already, or these."""
        return values if parameter is None else self.values.setdefault(id(parameter), values)


PARTS: dict[str, Callable[[Back, Any], Feedforward]] = {
    "Linear": Back.linear,
    "Sequential": Back.sequence,
    "BatchNorm1d": Back.normalisation,
    "Dropout": lambda back, module: Dropout(module.p),
}


# ---- errors


def instead_of(module: Any) -> str:
    """What to do about a module without a counterpart."""
    name, kind = type(module).__name__, type(module).__module__
    if not kind.startswith("torch."):
        return INSTEAD["Module"]
    return INSTEAD.get(
        name, f"the layers that have one are {', '.join(PARTS)}, and the activations {', '.join(MODULES)}"
    )


def check_plain(module: Any) -> None:
    """Raise `ValueError` for what changes how a module computes, from outside of it."""
    if hasattr(module, "initialize_parameters"):
        raise ValueError(f"a lazy module has no parameters yet: call it once, on an input, got {module}")
    hooks = "_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks"
    if any(getattr(module, name, None) for name in hooks):
        raise ValueError(f"hooks have no counterpart here: remove those of {module}")
    if hasattr(module, "parametrizations"):
        raise ValueError(
            f"a parametrized tensor has no counterpart here: torch.nn.utils.parametrize.remove_parametrizations leaves "
            f"its numbers, got {module}"
        )


def check_settings(module: Any, usual: Any, *free: str) -> None:
    """Raise `ValueError` if a public setting of the module, other than the `free` ones, differs from the usual one."""
    for name, setting in vars(usual).items():
        if not name.startswith("_") and name not in ("training", *free) and getattr(module, name) != setting:
            raise ValueError(f"{name}={getattr(module, name)!r} has no counterpart here, only {setting!r}, in {module}")
