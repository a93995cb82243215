"""Activations: functions of one number, by name for a neuron, and as modules for a list of layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from micrograd import functions
from micrograd.engine import Value
from micrograd.nn.module import Feedforward

ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "relu": functions.relu,
    "leaky_relu": functions.leaky_relu,
    "elu": functions.elu,
    "silu": functions.silu,
    "gelu": functions.gelu,
    "softplus": functions.softplus,
    "tanh": functions.tanh,
    "sigmoid": functions.sigmoid,
    "linear": lambda x: x,
}
TITLES = {"relu": "ReLU", "leaky_relu": "LeakyReLU", "elu": "ELU", "silu": "SiLU", "gelu": "GELU"}


def checked(activation: str | Callable[[Value], Value]) -> str | Callable[[Value], Value]:
    """The activation, if there is one of that name or it is a function."""
    if isinstance(activation, str) and activation not in ACTIVATIONS:
        raise ValueError(f"no activation is called {activation!r}; there are {', '.join(ACTIVATIONS)}")
    if not isinstance(activation, str) and not callable(activation):
        raise TypeError(f"an activation is a name or a function of one Value, got {activation!r}")
    return activation


def function(activation: str | Callable[[Value], Value]) -> Callable[[Value], Value]:
    return ACTIVATIONS[activation] if isinstance(activation, str) else activation


def title(activation: str | Callable[[Value], Value]) -> str:
    """How an activation is called in texts: ReLU, Tanh, Linear."""
    name = activation if isinstance(activation, str) else getattr(activation, "__name__", repr(activation))
    return TITLES.get(name, name.capitalize())


class Activation(Feedforward):
    """One function, by name or itself, applied to each of any number of inputs."""

    def __init__(self, activation: str | Callable[[Value], Value]):
        self.activation = checked(activation)

    def forward(self, x: list[Value]) -> list[Value]:
        return [function(self.activation)(v) for v in x]

    def __repr__(self) -> str:
        return f"{title(self.activation)}()"


class ReLU(Activation):
    """max(0, x)."""

    def __init__(self) -> None:
        super().__init__("relu")


class LeakyReLU(Activation):
    """x above 0, 0.01 x below."""

    def __init__(self) -> None:
        super().__init__("leaky_relu")


class ELU(Activation):
    """x above 0, eˣ − 1 below."""

    def __init__(self) -> None:
        super().__init__("elu")


class SiLU(Activation):
    """x · σ(x)."""

    def __init__(self) -> None:
        super().__init__("silu")


class GELU(Activation):
    """x · Φ(x)."""

    def __init__(self) -> None:
        super().__init__("gelu")


class Softplus(Activation):
    """ln(1 + eˣ)."""

    def __init__(self) -> None:
        super().__init__("softplus")


class Tanh(Activation):
    """The hyperbolic tangent."""

    def __init__(self) -> None:
        super().__init__("tanh")


class Sigmoid(Activation):
    """1 / (1 + e⁻ˣ)."""

    def __init__(self) -> None:
        super().__init__("sigmoid")
