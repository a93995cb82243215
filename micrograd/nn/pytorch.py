"""To PyTorch and back: the same layers with the same numbers, so that outputs and gradients are the same.

    >>> module = to_torch(model)            # a torch.nn.Sequential in float64, which PyTorch can take to a GPU
    >>> model = from_torch(module)

What both have: fully connected layers, activations, batch normalisation, dropout, and sequences of them. The names in
`state_dict()` are the same on both sides. Two differences are PyTorch's own: its `momentum` of batch normalisation is
one minus ours, and in training it keeps an unbiased running variance.
"""

from __future__ import annotations

import random
from typing import Any

from micrograd.nn import Activation, BatchNorm, Dropout, Feedforward, Layer, Sequential, activations
from micrograd.nn.chain import Chain, unrolled

TORCH_NAMES = {name: activations.title(name) for name in activations.ACTIVATIONS if name != "linear"}


def to_torch(model: Feedforward) -> Any:
    """A `torch.nn.Module` in float64 with the numbers, and in the mode, of the model; a copy that shares nothing.

    Raises `TypeError` for a layer of which PyTorch has no counterpart, such as an activation that is a function of
    one's own.
    """
    torch = _torch()
    if isinstance(model, Layer) and len(unrolled(model)) == 2:
        module = _counterpart(Sequential(model).train(model.training), torch.nn)
    else:
        module = _counterpart(model, torch.nn)
    state = {name: torch.tensor(content, dtype=torch.float64) for name, content in model.state_dict().items()}
    module.double().load_state_dict(state)
    return module


def from_torch(module: Any, fused: bool = False) -> Feedforward:
    """A model with the numbers, and in the mode, of a `torch.nn.Module`; `fused` as for a `Neuron`.

    Raises `TypeError` for a layer that has no counterpart here, `ValueError` for a setting that has none. PyTorch's
    Softplus is a straight line above 20, ours is not: they differ there by up to 2e-9.
    """
    model = _ours(module, _torch().nn, fused)
    model.load_state_dict(module.state_dict())
    return model


def _counterpart(step: Any, nn: Any, training: bool = True) -> Any:
    """What stands in PyTorch for a step of an unrolled model: a module, or the name of an activation."""
    training = getattr(step, "training", training)
    name = step.activation if isinstance(step, Activation) else step
    if isinstance(name, str) and name in TORCH_NAMES:
        module = nn.Softplus(threshold=40.0) if name == "softplus" else getattr(nn, TORCH_NAMES[name])()
    elif isinstance(step, Layer):
        module = nn.Linear(step.nin, step.nout, bias=step.bias is not None)
    elif isinstance(step, Chain):
        module = nn.Sequential(*(_counterpart(inner, nn, training) for inner in unrolled(step)))
    elif isinstance(step, BatchNorm):
        module = nn.BatchNorm1d(step.nin, eps=step.eps, momentum=1 - step.momentum)
    elif isinstance(step, Dropout):
        module = nn.Dropout(step.p)
    else:
        raise TypeError(f"PyTorch has no counterpart of {step!r}")
    module.training = training
    return module


def _ours(module: Any, nn: Any, fused: bool) -> Feedforward:
    model: Feedforward
    kind = type(module)
    if kind is nn.Linear:
        bias = module.bias is not None
        model = Layer(module.in_features, module.out_features, False, bias=bias, fused=fused, rng=random.Random(0))
    elif kind is nn.Sequential:
        model = Sequential(*(_ours(part, nn, fused) for part in module))
    elif kind is nn.BatchNorm1d:
        _same_settings(module, nn.BatchNorm1d(module.num_features), "momentum", "eps")
        if module.momentum is None:
            raise ValueError(f"batch normalisation without a momentum has no counterpart here, got {module}")
        model = BatchNorm(module.num_features, momentum=1 - module.momentum, eps=module.eps)
    elif kind is nn.Dropout:
        model = Dropout(module.p)
    elif name := next((ours for ours, theirs in TORCH_NAMES.items() if kind is getattr(nn, theirs)), None):
        _same_settings(module, kind(), "inplace", "threshold")
        model = next(c for c in Activation.__subclasses__() if c.__name__ == TORCH_NAMES[name])()  # type: ignore[call-arg]
    else:
        raise TypeError(f"there is no counterpart here of {module}")
    for part in [model] if isinstance(model, Chain) else model.modules():
        part.training = module.training
    return model


def _same_settings(module: Any, usual: Any, *free: str) -> None:
    """Raise `ValueError` where a public setting of the module differs from the usual one, but for the `free` ones."""
    for name, setting in vars(usual).items():
        if not name.startswith("_") and name not in ("training", *free) and getattr(module, name) != setting:
            raise ValueError(f"{name}={getattr(module, name)!r} has no counterpart here, only {setting!r}, in {module}")


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise ImportError("this needs PyTorch: pip install 'micrograd-lab[torch]'") from error
    return torch
