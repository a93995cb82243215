"""What the inputs of a program would like to be called: as the arguments, as the labels of the parameters say."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Any

from micrograd.calculus.structures import named_leaves, transform
from micrograd.compiler.backends.namespace import identifier
from micrograd.compiler.tracing.arguments import ARRAYS, Substitution, familiar
from micrograd.compiler.tracing.tape import Tape


def input_names(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], tape: Tape, shared: Mapping[int, Any]
) -> list[str]:
    """What each input of a tape would like to be called in the source."""
    wanted = list(of_arguments(f, args, kwargs, tape.looks, shared))
    wanted += [p.label or f"p{k}" for k, p in enumerate(tape.parameters)]
    return wanted + [f"fresh{k}" for k in range(len(tape.fresh))]


def function_name(title: str) -> str:
    """The same for the function itself."""
    return identifier(title.removeprefix("the "))


def of_arguments(
    f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], looks: Set[str], shared: Mapping[int, Any]
) -> Iterator[str]:
    inputs: dict[int, object] = {}  # stand in for the inputs, each once

    def stand_in(x: Any, size: float) -> object:
        made = object()
        return inputs.setdefault(id(made), made)

    substitution = Substitution(stand_in, "is" in looks, ARRAYS in looks, shared)
    for title, x in titled(f, args, kwargs):
        for name, leaf in named_leaves(transform(familiar, substitution(x)), title):
            if id(leaf) in inputs:
                del inputs[id(leaf)]
                yield name


def titled(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[tuple[str, Any]]:
    """The arguments with the names that f has for them."""
    titles = [name or f"x{k}" for k, name in enumerate(positional_names(f, args))]
    return [*zip(titles, args, strict=True), *kwargs.items()]


def positional_names(f: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """What f calls the arguments that have a place, those of *xs by their places in it; "" where nothing is known."""
    names: list[str] = []
    try:
        bound = inspect.signature(f).bind_partial(*args)
        for name, x in bound.arguments.items():
            several = bound.signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL
            names += [f"{name}[{k}]" for k in range(len(x))] if several else [name]
    except Exception:  # no signature, arguments that do not fit, or whatever a __getattr__ of its own raises
        names = []
    return names + [""] * (len(args) - len(names))
