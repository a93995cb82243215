"""The callables of `sources` that are there at the moment, and what stands in for each."""

from __future__ import annotations

import sys
from functools import partial
from operator import is_
from types import BuiltinMethodType, MethodDescriptorType, MethodType, ModuleType
from typing import Any

from micrograd.compiler.tracing.standins.answers import Source, StandIn, is_ours, stand_in
from micrograd.compiler.tracing.standins.sources import SOURCES

PATHS = {path: source for source in SOURCES for path in source.paths.split()}
ABSENT = object()
HEAP, IMMUTABLE = 1 << 9, 1 << 8  # flags of classes: made while Python runs; not to be changed


def lookup(path: str) -> tuple[Any, str, list[str]]:
    """The module or class of a path, or None, and the name in there; and the modules that are not imported."""
    home, _, name = path.rpartition(".")
    module, inside, missing = home, list[str](), list[str]()
    while module and module not in sys.modules:
        missing.append(module)
        module, _, part = module.rpartition(".")
        inside.insert(0, part)
    owner = sys.modules.get(module)
    for part in inside:
        owner = vars(owner).get(part) if isinstance(owner, (ModuleType, type)) else None
    return owner, name, missing


def fixed(owner: Any) -> bool:
    """Whether it is a class whose members nobody can replace."""
    return isinstance(owner, type) and owner.__flags__ & (HEAP | IMMUTABLE) != HEAP


class Table:
    """The callables of `sources` that are there now, and what stands in for each.

    members     by module or class: what to put in for the time of a trace
    originals   by the identity of an original, its stand-in
    sources     by the same, its source
    methods     by class and name, the source of a method in C
    """

    def __init__(self) -> None:
        self.found: list[tuple[Any, str, Any]] = []
        self.missing: set[str] = set()
        self.originals: dict[int, Any] = {}
        self.sources: dict[int, Source] = {}
        self.methods: dict[tuple[type[Any], str], Source] = {}
        members: dict[int, tuple[Any, dict[str, Any]]] = {}
        for path, source in PATHS.items():
            owner, name, missing = lookup(path)
            self.missing.update(missing)
            if owner is None:
                continue
            usual = member(owner, name)
            self.found.append((owner, name, usual))
            if usual is ABSENT or is_ours(usual):
                continue  # not on this system, or placed already, by a trace around this one
            if isinstance(owner, type):
                self.methods[owner, name] = source
            if not fixed(owner):
                made = self.originals.get(id(usual)) or stand_in(usual, source, isinstance(owner, type))
                self.originals[id(usual)], self.sources[id(usual)] = made, source
                members.setdefault(id(owner), (owner, {}))[1][name] = made
        self.members = list(members.values())
        self.scanned: dict[str, tuple[int, list[str]]] = {}

    def holds(self) -> bool:
        """Whether all of them are what they were."""
        return self.missing.isdisjoint(sys.modules) and all(member(o, name) is x for o, name, x in self.found)

    def bound_in(self, module: str) -> dict[str, Any]:
        """The names that a module of an installed package binds to originals, with what takes their place."""
        space = getattr(sys.modules.get(module), "__dict__", {})
        size, names = self.scanned.get(module, (0, []))
        if size != len(space):
            names = [name for name, x in list(space.items()) if id(x) in self.originals]
            self.scanned[module] = len(space), names
        return {name: self.originals[id(space[name])] for name in names if id(space.get(name)) in self.originals}

    def instead_of(self, x: Any) -> Any:
        """What takes the place of x: a stand-in for an original, a copy for a partial or a tuple that holds one."""
        if id(x) in self.originals:
            return self.originals[id(x)]
        kind = type(x)
        if kind is BuiltinMethodType:
            source = self.source_of(x)
            return x if source is None else StandIn(x, source)
        if kind is MethodType:
            f = self.instead_of(x.__func__)
            return x if f is x.__func__ else MethodType(f, x.__self__)
        if kind is staticmethod or kind is classmethod:
            f = self.instead_of(x.__func__)
            return x if f is x.__func__ else kind(f)
        if kind is partial:
            parts = self.parts((x.func, *x.args))
            return x if parts is None else partial(parts[0], *parts[1:], **x.keywords)
        if kind is tuple:
            parts = self.parts(x)
            return x if parts is None else parts
        return x

    def parts(self, xs: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The parts with what takes their places; None if these are the same."""
        found = tuple(map(self.instead_of, xs))
        return None if all(map(is_, found, xs)) else found

    def source_of(self, x: Any) -> Source | None:
        """The source of an original, or of a method in C that is bound to an object or a class."""
        if id(x) in self.sources:
            return self.sources[id(x)]
        if type(x) is MethodDescriptorType:
            return self.methods.get((x.__objclass__, x.__name__))
        if type(x) is not BuiltinMethodType or isinstance(owner := x.__self__, ModuleType):
            return None
        classes = (owner if isinstance(owner, type) else type(owner)).__mro__
        return next(filter(None, (self.methods.get((cls, x.__name__)) for cls in classes)), None)


def member(owner: Any, name: str) -> Any:
    """An attribute as it is stored; methods may be inherited."""
    found = vars(owner).get(name, ABSENT)
    return found if found is not ABSENT or fixed(owner) else getattr(owner, name, ABSENT)
