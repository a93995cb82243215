"""Activations: functions of one number, by name for a neuron, and as modules for a list of layers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, Protocol, overload

from micrograd import functions
from micrograd._core.scalars import of_our_own
from micrograd.engine import GradientLost, Value
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


# Of a Value each calls the method, which a learner may have replaced.
_BY_METHOD: dict[str, Any] = {
    "relu": lambda x: x.relu() if isinstance(x, Value) else functions.relu(x),
    "leaky_relu": lambda x: x.leaky_relu() if isinstance(x, Value) else functions.leaky_relu(x),
    "elu": lambda x: x.elu() if isinstance(x, Value) else functions.elu(x),
    "silu": lambda x: x.silu() if isinstance(x, Value) else functions.silu(x),
    "gelu": lambda x: x.gelu() if isinstance(x, Value) else functions.gelu(x),
    "softplus": lambda x: x.softplus() if isinstance(x, Value) else functions.softplus(x),
    "tanh": lambda x: x.tanh() if isinstance(x, Value) else functions.tanh(x),
    "sigmoid": lambda x: x.sigmoid() if isinstance(x, Value) else functions.sigmoid(x),
}
ACTIVATIONS: dict[str, ActivationFunction] = {**_BY_METHOD, "linear": linear}
METHODS = {function: name for name, function in _BY_METHOD.items()} | {linear: None}  # for the native node


def activate(activation: str | Callable[[Any], Any], v: Any) -> Any:
    """The activation of v. Raises `TypeError` if a function returns no Value for a Value: no gradient could flow."""
    if isinstance(activation, str):
        return ACTIVATIONS[activation](v)
    try:
        out = activation(v)
    except GradientLost as error:
        raise no_value(activation, "made a float of it") from error
    if isinstance(out, Value) or not isinstance(v, Value) or of_our_own(out):
        return out
    raise no_value(activation, f"returned {type(out).__name__} {out!r}")


def no_value(activation: Any, what: str) -> TypeError:
    name = getattr(activation, "__name__", "")
    write = f"write micrograd.{name}" if hasattr(functions, name) else "build it from functions such as micrograd.tanh"
    return TypeError(
        f"an activation must return a Value, for the gradient to flow through; {name or activation!r} {what}: "
        f"{write}, or return Value(number) if none shall flow"
    )


def check_activation(activation: str | Callable[[Value], Value]) -> None:
    """Raise `ValueError` for an unknown name, `TypeError` for anything but a name or a function."""
    if isinstance(activation, str):
        if activation not in ACTIVATIONS:
            near = activation.lower().replace("leakyrelu", "leaky_relu")
            hint = f": write {near!r}" if near in ACTIVATIONS else f"; there are {', '.join(ACTIVATIONS)}"
            raise ValueError(f"no activation is called {activation!r}{hint}")
    elif isinstance(activation, type) or not callable(activation):
        hint = "for none, write 'linear'"
        if isinstance(activation, type):
            hint = f"a class makes one, write {activation.__name__}()"
        raise TypeError(f"an activation must be a name or a function of one Value, got {activation!r}: {hint}")


def title(activation: str | Callable[[Value], Value]) -> str:
    """The name of an activation in texts: ReLU, Tanh, Linear."""
    if isinstance(activation, partial):
        settings = [*map(str, activation.args), *(f"{name}={value}" for name, value in activation.keywords.items())]
        return f"{title(activation.func)}({', '.join(settings)})"
    name = activation if isinstance(activation, str) else getattr(activation, "__name__", repr(activation))
    return ACTIVATION_MODULES[name].__name__ if name in ACTIVATION_MODULES else name.capitalize()


class Activation(Feedforward):
    """One function, by name or itself, applied to each of any number of inputs."""

    def __init__(self, activation: str | Callable[[Value], Value]):
        check_activation(activation)
        self.activation = activation

    def forward(self, x: list[Value]) -> list[Value]:
        return [activate(self.activation, v) for v in x]

    def __repr__(self) -> str:
        text = title(self.activation)
        return text if isinstance(self.activation, partial) else f"{text}()"


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
