"""To PyTorch and back: the same layers with the same numbers, so outputs and gradients are the same.

    >>> module = to_torch(model)            # a torch.nn.Sequential in float64, which PyTorch can move to a GPU
    >>> model = from_torch(module)

Both sides have fully connected layers, activations, batch normalisation, dropout, and sequences of them, with the same
names in `state_dict()`. Batch normalisation differs twice: PyTorch's `momentum` is one minus ours, and in training
PyTorch keeps an unbiased running variance.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from micrograd.nn.activations import ACTIVATION_MODULES, Activation
from micrograd.nn.chain import Chain, Sequential, unroll
from micrograd.nn.dense import Layer, Neuron, fires
from micrograd.nn.dropout import Dropout
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.normalisation import BatchNorm

if TYPE_CHECKING:
    from torch.nn import Module as TorchModule


def to_torch(model: Feedforward) -> TorchModule:
    """A `torch.nn.Module` in float64 with the numbers, and in the mode, of the model; a copy that shares nothing.

    Raises `TypeError` for a layer without a counterpart in PyTorch, such as an activation that is a function you wrote.
    """
    torch = _torch()
    alone = isinstance(model, Layer) and model.activation != "linear"  # its state is that of a `Sequential`
    whole = Sequential(model).train(model.training) if alone else model
    module: TorchModule = _to_torch(whole, torch.nn)
    state = {name: torch.tensor(content, dtype=torch.float64) for name, content in model.state_dict().items()}
    if lost := [name for name in state if name not in module.state_dict()]:
        raise TypeError(f"PyTorch has no counterpart of {', '.join(lost)}, which {model!r} has beside its layers")
    module.double().load_state_dict(state)
    return module


def from_torch(module: TorchModule, fused: bool = False) -> Feedforward:
    """A model with the numbers, and in the mode, of a `torch.nn.Module`; `fused` as for a `Neuron`.

    Raises `TypeError` for a layer that has no counterpart here, `ValueError` for a setting that has none. PyTorch's
    Softplus is a straight line above 20, ours is not: they differ there by up to 2e-9.
    """
    model = _from_torch(module, _torch().nn, fused)
    model.load_state_dict(module.state_dict())
    return model


# ---- there


def _to_torch(step: Any, nn: Any, training: bool = True) -> Any:
    """The PyTorch module for a step of an unrolled model: for a module, or for the name of an activation."""
    module = _counterpart(step, nn)
    if module is None:
        raise TypeError(f"PyTorch has no counterpart of {step!r}")
    module.training = getattr(step, "training", training)
    return module


def _counterpart(step: Any, nn: Any) -> Any:
    """A new PyTorch module like the step, or None; a subclass counts as its base if it computes the same."""
    if isinstance(step, str):
        return _activation(step, nn)
    for kind, convert in TO_TORCH.items():
        if isinstance(step, kind) and computes_like(step, kind):
            return convert(step, nn)
    return None


def computes_like(module: Any, kind: Any) -> bool:
    """Whether the class of a module has the calls of its base `kind`."""
    return all(getattr(type(module), name) is getattr(kind, name) for name in ("__call__", "flow", "forward"))


def _linear(layer: Layer, nn: Any) -> Any:
    """The counterpart of a layer of neurons that are all alike; None if a neuron computes something of its own."""
    usual = all(fires(type(n)) and type(n).fire is Neuron.fire for n in layer.neurons)
    if not layer.alike() or not usual:
        return None
    return nn.Linear(layer.nin, layer.nout, bias=layer.bias is not None)


def _activation(name: Any, nn: Any) -> Any:
    if name == "softplus":
        return nn.Softplus(threshold=40.0)
    return getattr(nn, ACTIVATION_MODULES[name].__name__)() if name in ACTIVATION_MODULES else None


def _chain(chain: Chain, nn: Any) -> Any:
    return nn.Sequential(*(_to_torch(step, nn, chain.training) for step in unroll(chain)))


TO_TORCH: dict[type[Any], Callable[[Any, Any], Any]] = {
    Chain: _chain,
    Layer: _linear,
    Activation: lambda step, nn: _activation(step.activation, nn),
    BatchNorm: lambda norm, nn: nn.BatchNorm1d(norm.nin, eps=norm.eps, momentum=1 - norm.momentum),
    Dropout: lambda dropout, nn: nn.Dropout(dropout.p),
}


# ---- and back


def _from_torch(module: Any, nn: Any, fused: bool) -> Feedforward:
    model: Feedforward
    kind = type(module)
    activations = {getattr(nn, ours.__name__): ours for ours in ACTIVATION_MODULES.values()}
    if kind is nn.Linear:
        bias = module.bias is not None
        model = Layer(module.in_features, module.out_features, False, bias=bias, fused=fused, rng=random.Random(0))
    elif kind is nn.Sequential:
        model = Sequential(*(_from_torch(part, nn, fused) for part in module))
    elif kind is nn.BatchNorm1d:
        _check_settings(module, nn.BatchNorm1d(module.num_features), "momentum", "eps")
        if module.momentum is None:
            raise ValueError(f"batch normalisation without a momentum has no counterpart here, got {module}")
        model = BatchNorm(module.num_features, momentum=1 - module.momentum, eps=module.eps)
    elif kind is nn.Dropout:
        model = Dropout(module.p)
    elif kind in activations:
        _check_settings(module, kind(), "inplace", "threshold")
        model = activations[kind]()
    else:
        raise TypeError(f"there is no counterpart here of {module}")
    for part in [model] if isinstance(model, Chain) else model.modules():
        part.training = module.training
    return model


def _check_settings(module: Any, usual: Any, *free: str) -> None:
    """Raise `ValueError` if a public setting of the module, other than the `free` ones, differs from the usual one."""
    for name, setting in vars(usual).items():
        if not name.startswith("_") and name not in ("training", *free) and getattr(module, name) != setting:
            raise ValueError(f"{name}={getattr(module, name)!r} has no counterpart here, only {setting!r}, in {module}")


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ImportError("this needs PyTorch: pip install 'micrograd-lab[torch]'") from error
    return torch
