"""Which activation is which module of PyTorch: one table, read in both directions."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from micrograd import functions
from micrograd.nn.activations import ACTIVATION_MODULES, Activation

# Functions that have no name among our activations, under the names of PyTorch's classes. A subclass of another class
# comes first.
FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "ReLU6": functions.relu6,
    "Hardtanh": functions.hardtanh,
    "Mish": functions.mish,
    "SELU": functions.selu,
    "Softsign": functions.softsign,
}
MODULES: dict[str, Callable[[], Activation]] = {
    **{module.__name__: module for module in ACTIVATION_MODULES.values()},
    **{name: lambda f=function: Activation(f) for name, function in FUNCTIONS.items()},  # type: ignore[misc]
    "Identity": lambda: Activation("linear"),
}
NAMES: dict[Any, str] = {
    "linear": "Identity",
    functions.swish: "SiLU",
    **{function: name for name, function in FUNCTIONS.items()},
    **{name: module.__name__ for name, module in ACTIVATION_MODULES.items()},
    **{getattr(functions, name): module.__name__ for name, module in ACTIVATION_MODULES.items()},
}
# What may differ from the usual setting: our function, our name of the setting, and PyTorch's.
SETTINGS: dict[str, tuple[Callable[..., Any], str, str]] = {
    "LeakyReLU": (functions.leaky_relu, "slope", "negative_slope"),
    "ELU": (functions.elu, "alpha", "alpha"),
}
EXACT = {"Softplus": {"threshold": 40.0}}  # beyond its usual threshold, a straight line replaces PyTorch's function
FREE = ("inplace", "threshold")  # settings that change no digit, or a difference that `from_torch` tells


def module_of(activation: Any, nn: Any) -> Any:
    """A new PyTorch module for an activation, by name or function; None if it is a function without a counterpart."""
    if isinstance(activation, partial):
        for name, (function, ours, theirs) in SETTINGS.items():
            if activation.func is function and not activation.args and activation.keywords.keys() == {ours}:
                return getattr(nn, name)(**{theirs: activation.keywords[ours]})
        return None
    try:
        known = NAMES.get(activation)
    except TypeError:  # no hash
        return None
    return None if known is None else getattr(nn, known)(**EXACT.get(known, {}))


def activation_of(module: Any, usual: Any, name: str) -> Activation:
    """Our activation for a PyTorch module of that name; `usual` is one with the usual settings."""
    if name in SETTINGS:
        function, ours, theirs = SETTINGS[name]
        if (setting := getattr(module, theirs)) != getattr(usual, theirs):
            return Activation(partial(function, **{ours: setting}))
    return MODULES[name]()
