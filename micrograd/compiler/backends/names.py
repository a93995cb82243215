"""The names of inputs in a program: those of the arguments, the labels of the parameters, as Python writes names."""

from __future__ import annotations

import inspect
import keyword
import re
from collections.abc import Callable, Iterator
from typing import Any

from micrograd.calculus.structures import named_leaves, transform
from micrograd.compiler.backends.python import NAMES
from micrograd.compiler.tracing.arguments import familiar, static
from micrograd.compiler.tracing.tape import Tape
from micrograd.engine import Value
from micrograd.ops import PRIMITIVES


def input_names(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], tape: Tape) -> list[str]:
    """A name for each input of a tape; all different, and different from the names that `source` uses."""
    wanted = list(of_arguments(f, args, kwargs))
    wanted += [p.label or f"p{k}" for k, p in enumerate(tape.parameters)]
    wanted += [f"fresh{k}" for k in range(len(tape.fresh))]
    taken = reserved()
    found = []
    for name in map(identifier, wanted):
        if re.fullmatch(r"v\d+|d_.*|seed_\d+", name):
            name += "_"
        k, free = 2, name
        while free in taken:
            free, k = f"{name}_{k}", k + 1
        taken.add(free)
        found.append(free)
    return found


def function_name(title: str) -> str:
    """A name for the function itself, different from those that its source uses."""
    name = identifier(title.removeprefix("the "))
    return f"{name}_" if name in reserved() else name


def reserved() -> set[str]:
    return {"inputs", "shared", *NAMES, *PRIMITIVES, *keyword.kwlist}


def of_arguments(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[str]:
    try:
        bound = list(inspect.signature(f).bind(*args).arguments) if args else []
    except (TypeError, ValueError):
        bound = []
    titles = [bound[k] if k < len(bound) else f"x{k}" for k in range(len(args))]
    for title, x in [*zip(titles, args, strict=True), *kwargs.items()]:
        for name, leaf in named_leaves(transform(familiar, x), title):
            if isinstance(leaf, Value) or not static(leaf, bare=leaf is x):
                yield name


def identifier(text: str) -> str:
    """The text as a Python identifier: x[0]['w'] as x_0_w."""
    name = re.sub(r"\W+", "_", text).strip("_") or "x"
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"x_{name}"
