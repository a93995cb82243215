"""Activations: functions of one number, by name for a neuron, and as modules for a list of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Protocol, overload

from micrograd import functions
from micrograd.engine import Value
from micrograd.nn.feedforward import Feedforward


class ActivationFunction(Protocol):
    """A function of one number, float or Value."""

    @overload
    def __call__(self, x: float) -> float: ...
    @overload
    def __call__(self, x: Value) -> Value: ...


def linear(x: Any) -> Any:
    """x itself."""
    return x


ACTIVATIONS: dict[str, ActivationFunction] = {
    "relu": functions.relu,
    "leaky_relu": functions.leaky_relu,
    "elu": functions.elu,
    "silu": functions.silu,
    "gelu": functions.gelu,
    "softplus": functions.softplus,
    "tanh": functions.tanh,
    "sigmoid": functions.sigmoid,
    "linear": linear,
}


def check_activation(activation: str | Callable[[Value], Value]) -> None:
    """Raise `ValueError` for an unknown name, `TypeError` for anything but a name or a function."""
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            raise ValueError(f"no activation is called {activation!r}; there are {', '.join(ACTIVATIONS)}")
    elif not callable(activation):
        raise TypeError(f"an activation must be a name or a function of one Value, got {activation!r}")


def title(activation: str | Callable[[Value], Value]) -> str:
    """The name of an activation in texts: ReLU, Tanh, Linear."""
    name = activation if isinstance(activation, str) else getattr(activation, "__name__", repr(activation))
    return ACTIVATION_MODULES[name].__name__ if name in ACTIVATION_MODULES else name.capitalize()


class Activation(Feedforward):
    """One function, by name or itself, applied to each of any number of inputs."""

    def __init__(self, activation: str | Callable[[Value], Value]):
        check_activation(activation)
        self.activation = activation

    def forward(self, x: list[Value]) -> list[Value]:
        activate = ACTIVATIONS[self.activation] if isinstance(self.activation, str) else self.activation
        return [activate(v) for v in x]

    def __repr__(self) -> str:
        return f"{title(self.activation)}()"


class NamedActivation(Activation):
    """An activation that has a class of its own."""

    name: ClassVar[str]

    def __init__(self) -> None:
        super().__init__(self.name)


class ReLU(NamedActivation):
    """max(0, x)."""

    name = "relu"


class LeakyReLU(NamedActivation):
    """x above 0, 0.01 x below."""

    name = "leaky_relu"


class ELU(NamedActivation):
    """x above 0, eˣ − 1 below."""

    name = "elu"


class SiLU(NamedActivation):
    """x · σ(x)."""

    name = "silu"


class GELU(NamedActivation):
    """x · Φ(x)."""

    name = "gelu"


class Softplus(NamedActivation):
    """ln(1 + eˣ)."""

    name = "softplus"


class Tanh(NamedActivation):
    """The hyperbolic tangent."""

    name = "tanh"


class Sigmoid(NamedActivation):
    """1 / (1 + e⁻ˣ)."""

    name = "sigmoid"


ACTIVATION_MODULES = {module.name: module for module in (ReLU, LeakyReLU, ELU, SiLU, GELU, Softplus, Tanh, Sigmoid)}
