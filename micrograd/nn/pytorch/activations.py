"""Which activation is which module of PyTorch: one table, read in both directions."""

from __future__ import annotations

from collections.abc import Callable
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
EXACT = {"Softplus": {"threshold": 40.0}}  # beyond its usual threshold, a straight line replaces PyTorch's function
FREE = ("inplace", "threshold")  # settings that change no digit, or a difference that `from_torch` tells


def module_of(activation: Any, nn: Any) -> Any:
    """A new PyTorch module for an activation, by name or function; None if it is a function without a counterpart."""
    try:
        name = NAMES.get(activation)
    except TypeError:  # no hash
        return None
    return None if name is None else getattr(nn, name)(**EXACT.get(name, {}))
