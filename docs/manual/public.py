"""Every public name of the package, with the page of the reference that it stands on.

A module exports what its `__all__` lists; without one, the functions and classes that it defines without an underscore.
A name is called by the shortest path that works after `import micrograd`: `micrograd.grad`, `micrograd.nn.MLP`.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import micrograd
from micrograd.engine import IN_PYTHON, Value

# The pages in their order, each with the modules whose names it describes; the first is the one it is called by.
PAGES = {
    "engine": ["micrograd.engine", "micrograd"],
    "functions": ["micrograd.functions"],
    "drawing": ["micrograd.drawing", "micrograd.drawing.graphviz_digraph"],
    "teaching": [
        "micrograd.teaching",
        "micrograd.teaching.step",
        "micrograd.teaching.update",
        "micrograd.teaching.words.explain",
        "micrograd.teaching.exercise",
        "micrograd.teaching.bug",
        "micrograd.teaching.classroom",
        "micrograd.teaching.homework",
        "micrograd.teaching.check",
    ],
    "nn": ["micrograd.nn", "micrograd.nn.four_equations"],
    "losses": ["micrograd.losses"],
    "optim": ["micrograd.optim"],
    "datasets": ["micrograd.datasets"],
    "training": ["micrograd.training"],
    "calculus": ["micrograd.calculus"],
    "compiler": ["micrograd.compiler"],
    "interop": ["micrograd.interop"],
}

# Names of the front door that belong to another page than the module which defines them.
ELSEWHERE = {"index": "compiler", "fresh": "compiler"}

# What holds data has no docstring of its own.
DATA = {
    "micrograd.nn.ACTIVATIONS": "The activations by name, as `Neuron`, `Layer` and `MLP` take them.",
    "micrograd.training.Epoch": "The figures of an epoch by name: `dict[str, float]`.",
}


@dataclass(frozen=True)
class Public:
    """A public name: its path, what it stands for, and where it is described."""

    path: str
    thing: Any
    page: str

    @property
    def module(self) -> str:
        return self.path.rpartition(".")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def doc(self) -> str:
        return DATA.get(self.path) or inspect.getdoc(self.thing) or ""

    @property
    def is_class(self) -> bool:
        return inspect.isclass(self.thing) and self.path not in DATA


def exported(module: ModuleType) -> list[str]:
    """The public names of a module."""
    listed = getattr(module, "__all__", None)
    if listed is not None:
        return list(listed)
    return [
        name
        for name, thing in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(thing) or inspect.isclass(thing))
        and thing.__module__ == module.__name__
    ]


def path_to(module: str, name: str, thing: Any) -> str:
    """The shortest path: the front door's, or that of a room which a module is part of."""
    room = ".".join(module.split(".")[:2])
    for place in ("micrograd", room, module):
        if getattr(import_module(place), name, None) is thing:
            return f"{place}.{name}"
    raise AttributeError(f"{module} has no {name}")


@cache
def names() -> tuple[Public, ...]:
    """All public names, each once, page by page."""
    found: dict[str, Public] = {}
    rooms = [(page, module) for page, modules in PAGES.items() for module in modules]
    for page, module in sorted(rooms, key=lambda room: room[1] == "micrograd"):  # the front door has what is left
        for name in exported(import_module(module)):
            thing = getattr(import_module(module), name)
            path = path_to(module, name, thing)
            if not inspect.ismodule(thing) and path not in found:
                found[path] = Public(path, thing, ELSEWHERE.get(name, page))
    known = [*found.values()]
    return tuple(public for page in PAGES for public in known if public.page == page)


def members(public: Public) -> Iterator[tuple[str, Any]]:
    """The public attributes that a class defines itself, or takes from bases before the first one with an entry."""
    described = {id(other.thing) for other in names() if other.is_class}
    seen = set()
    for base in public.thing.__mro__:
        if base is not public.thing and id(base) in described:
            return
        room = base.__module__.split(".")
        if room[0] == "micrograd" and room[1] != "_core":
            own = {**vars(base), **(IN_PYTHON if base is Value else {})}  # also where they are in C
            for name, member in own.items():
                if not name.startswith("_") and name not in seen:
                    seen.add(name)
                    yield name, member


def is_callable(member: Any) -> bool:
    return inspect.isfunction(member) or isinstance(member, classmethod | staticmethod)


def own_doc(member: Any) -> str:
    """The docstring that a method or property has itself; that of plain data is that of its class, and no help."""
    if is_callable(member) or isinstance(member, property) or type(member).__name__ == "cached_property":
        return inspect.cleandoc(getattr(member, "__doc__", None) or "")
    return ""


def is_a_function_too(name: str) -> bool:
    """Whether a method of a Value is also a function of the front door, which describes it."""
    return name in micrograd.functions.__all__
