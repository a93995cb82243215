"""The arguments of neurons, layers and networks: what they are, and what to write instead of a wrong one."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Callable, Mapping
from typing import Any, TypedDict

from micrograd.engine import Value
from micrograd.nn.initialisation import Rng, Rule, find_rng
from micrograd.nn.module import Module


class NeuronOptions(TypedDict, total=False):
    """The arguments that a `Layer` and an `MLP` pass on to each `Neuron`, and `neuron`, the class to take instead."""

    activation: str | Callable[[Value], Value]
    fused: bool
    init: str | Rule
    bias: bool | str | Rule
    rng: Rng | int
    neuron: Callable[..., Module]


def maker(options: Any, usual: Any, **own: Any) -> Callable[[int], Any]:
    """The function from `nin` to a neuron, with the options of a layer, and those of its `own` that the class takes.

    The class is that in the options, else the `usual` one.
    """
    options = {**options, "rng": find_rng(options["rng"])} if "rng" in options else dict(options)
    kind: Any = options.pop("neuron", usual)
    if not callable(kind) or isinstance(kind, Module):
        hint = f": write its class, {type(kind).__name__}" if isinstance(kind, Module) else ""
        raise TypeError(f"neuron must be a class of neurons, such as Neuron or a subclass of it, got {kind!r}{hint}")
    if kind is usual:
        check_options(options)
    else:
        taken = inspect.signature(kind).parameters.values()
        anything = any(p.kind is p.VAR_KEYWORD for p in taken)
        own = {name: x for name, x in own.items() if anything or any(p.name == name for p in taken)}

    def make(nin: int) -> Any:
        neuron = kind(nin, **own, **options)
        if not (isinstance(neuron, Module) and callable(neuron)):
            raise TypeError(f"a neuron must be a Neuron or another module, got {neuron!r}: subclass Neuron")
        return neuron

    return make


def check_options(options: Mapping[str, Any]) -> None:
    """Raise `TypeError` for an argument that a neuron does not take."""
    for name in options:
        if name not in NeuronOptions.__annotations__:
            hint = HINTS.get(name, f"there are {', '.join(NeuronOptions.__annotations__)}")
            raise TypeError(f"a neuron takes no {name}={options[name]!r}: {hint}")


HINTS = {
    "seed": "write rng=",
    "nonlin": "the last layer of an MLP is linear, all others have the activation; for none, activation='linear'",
}


def check_nonlin(nonlin: Any) -> None:
    if isinstance(nonlin, str) or callable(nonlin):
        name = repr(nonlin) if isinstance(nonlin, str) else getattr(nonlin, "__name__", "f")
        raise TypeError(f"nonlin is True or False, got {nonlin!r}: write activation={name}")
    if nonlin not in (True, False):
        raise TypeError(f"nonlin is True or False, got {nonlin!r}")


def check_count(name: str, n: Any, wanted: str) -> int:
    """A number of inputs or of neurons. Raises `TypeError` unless it is a whole number, `ValueError` below 1."""
    try:
        n = operator.index(n)
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {type(n).__name__} {n!r}") from None
    if n < 1:
        raise ValueError(f"{wanted}, got {name}={n}")
    return int(n)
