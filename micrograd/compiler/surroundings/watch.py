"""`Watch`: whether all that a function can reach is as it was, what has changed, and how to put it back."""

from __future__ import annotations

import builtins
from array import array
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import zip_longest
from types import FunctionType, MethodType
from typing import Any

from micrograd._core.nodes import PythonNode
from micrograd.compiler.surroundings.attributes import CLASS, AttributesRow, dict_of
from micrograd.compiler.surroundings.dispatch import look_at
from micrograd.compiler.surroundings.names import SPECIAL
from micrograd.compiler.surroundings.native import comparison
from micrograd.compiler.surroundings.other_rows import HungRow, ModulesRow, SlotsRow
from micrograd.compiler.surroundings.rows import CONTENT, GlobalsRow, Member, Place, Row
from micrograd.compiler.surroundings.same import ABSENT, ANY_FLOAT, ANYTHING, Marker
from micrograd.compiler.surroundings.walk import Refused, Walk, is_built_in, module_of
from micrograd.engine import IN_PYTHON, Value

__all__ = ["ABSENT", "Member", "Place", "Watch", "get", "put"]


class Watch:
    """All that the roots, a function and its static arguments, can reach by names that occur in code.

    values    the Values among it, by identity
    things    everything reached, generators of random numbers too
    others    what of it is no plain Value, of which a network has many
    refused   what cannot be watched, with the way out
    names     those that occur in code of users
    spaces    the globals of users' functions, with the names that their code looks up there, absent ones too
    holds     the function that says whether everything is as it was
    """

    def __init__(self, roots: Iterable[Any], titles: Sequence[str] = ()):
        """The titles are names of the roots, for messages."""
        roots = list(roots)
        walk = self._walk = Walk(look_at, homes(roots))
        for root, title in zip_longest(roots, titles[: len(roots)]):
            walk.follow(root, None, "name", root.__name__ if type(root) is FunctionType else title or "self")
        walk.run()
        self.values: dict[int, Any] = walk.values
        self.things: list[Any] = list(walk.reached.values())
        self.others = [x for x in self.things if type(x) is not Value] if walk.values else self.things
        self.refused: list[Refused] = walk.refused
        self.spaces = [(space, frozenset(names)) for space, names in walk.globals.values()]
        self.names = frozenset(walk.names)
        self.rows: list[Row] = list(rows_of(walk))
        self.holds = comparison(self.rows)
        walk.forget()

    def of_kinds(self, *kinds: type[Any]) -> list[Any]:
        """Those of the other things that are instances of one of these classes."""
        return of_kinds(self.others, kinds)

    def path(self, thing: Any) -> str:
        """What a user would write to reach the thing, one of `values` or `things`; "" for any other."""
        return self._walk.path(thing)

    def take_held(self, numbers: dict[int, int]) -> Iterator[tuple[int, Sequence[int], list[int]]]:
        """Take out of these things, numbers by identity, those that others hold.

        By the identity of each holder their places there, and their numbers.
        """
        return self._walk.take_held(numbers)

    def path_of_holder(self, holder: int) -> str:
        """What a user would write before the place of what it holds."""
        return self._walk.path_of_holder(holder)

    def leads_first(self, thing: Any) -> bool:
        """Whether the paths of all that the thing holds lead through it."""
        return id(thing) in self._walk.first

    def changed(self) -> list[Member]:
        """The members that are not what they were."""
        return [
            self._member(row, key, row.was(key), row.get(key))
            for row in self.rows
            if not row.same()
            for key in row.changed()
        ]

    def restore(self, members: Iterable[Member]) -> None:
        """Put back what these members were."""
        for member in sorted(members, key=lambda member: member.key is not CLASS):  # on which the slots hang
            put(member, member.was)

    def exempt(self, members: Iterable[Member]) -> None:
        """From now on these members may be any floats: they are inputs."""
        self._mark(members, ANY_FLOAT)

    def ignore(self, members: Iterable[Member]) -> None:
        """From now on these members may be anything: they are read at each call, or not at all."""
        self._mark(members, ANYTHING)

    @contextmanager
    def ignoring(self) -> Iterator[None]:
        """What changes inside this context is ignored from then on: what `fresh` reads and `afterwards` writes."""
        before = set() if self.holds() else {member.mark for member in self.changed()}
        try:
            yield
        finally:
            if not self.holds():
                self.ignore([member for member in self.changed() if member.mark not in before])

    def _mark(self, members: Iterable[Member], marker: Marker) -> None:
        found: dict[Place, list[Member]] = {}
        for member in members:
            found.setdefault(member.row.place(), []).append(member)
        if not found:
            return
        for row in self.rows[:]:
            for member in found.get(row.place(), ()):
                if member.key is not CONTENT and row.parted:
                    row.mark(member.key, marker)
                elif type(row) is type(member.row):
                    self.rows.remove(row)
                    break
        self.holds = comparison(self.rows)

    def _member(self, row: Row, key: Any, was: Any, now: Any) -> Member:
        thing = row.values[key[0]] if type(row) is HungRow else row.thing
        return Member(thing, key, row.name(self._walk.path(thing), key), was, now, row)


def of_kinds(things: Sequence[Any], kinds: tuple[type[Any], ...]) -> list[Any]:
    """The instances of these classes, where most things are of a few classes."""
    wanted = {kind for kind in set(map(type, things)) if issubclass(kind, kinds)}
    return [x for x in things if type(x) in wanted] if wanted else []


def get(member: Member) -> Any:
    """What the member is now; `ABSENT` if it is no more."""
    return member.row.get(member.key)


def put(member: Member, x: Any) -> None:
    """Set the member; `ABSENT` deletes it."""
    member.row.put(member.key, x)


OWN = frozenset([*vars(Value), *vars(PythonNode), *IN_PYTHON, "__str__"])  # a trace replaces some of these
METHODS = frozenset([name for base in Value.__mro__ for name in vars(base)]) - OWN


def homes(roots: Sequence[Any]) -> frozenset[str]:
    """The package that the function comes from: it is the user's own, even where it has been installed."""
    f = roots[0] if roots else None
    while type(f) in (MethodType, partial) or type(dict_of(f)) is dict and "_f" in dict_of(f):
        f = f.__func__ if type(f) is MethodType else f.func if type(f) is partial else dict_of(f)["_f"]
    name = f.__globals__.get("__name__") if type(f) is FunctionType else module_of(type(f))
    top = name.partition(".")[0] if isinstance(name, str) else ""
    return frozenset([top] if top and not is_built_in(top) else [])


def hung_names(walk: Walk) -> set[str]:
    """The names of attributes that Values have, and that code of users may ask them for since nothing else has them."""
    names = {name for v in walk.hung for name in dict_of(v) if name in walk.read}
    asked = (walk.read if walk.catches else walk.asked) - walk.found
    names |= {name for name in asked if not any(hasattr(kind, name) for kind in BUILT_IN)}
    return names - METHODS - OWN


BUILT_IN = (list, dict, str, bytes, float, int, complex, set, tuple, deque, array, FunctionType, type, BaseException)


def rows_of(walk: Walk) -> Iterator[Row]:
    """The rows, with snapshots of now."""
    named: frozenset[str] | None = None if walk.everything else frozenset(walk.names)
    all_names = None if named is None else named | walk.others
    for kind, parts in walk.rows:
        yield kind(*parts)
    for space, found in walk.globals.values():
        names = tuple(sorted(found))
        yield GlobalsRow(space, names)
        if absent := tuple([name for name in names if name not in space]):
            yield GlobalsRow(vars(builtins), absent, "the built-in {}")
    for owner, library, defaults, exempt in walk.owners:
        known, space = all_names if library else named, dict_of(owner)
        if known is not None and isinstance(owner, type):
            known |= SPECIAL
        if exempt:
            known = (frozenset(space) if known is None else known) - exempt
        missing = {} if known is None else {n: x for n, x in defaults.items() if n in known and n not in space}
        yield AttributesRow(owner, known, missing)
    for owner, library, slots in walk.slots:
        known = all_names if library else named
        if chosen := {name: slot for name, slot in slots.items() if known is None or name in known}:
            yield SlotsRow(owner, chosen)
    if walk.values:
        yield AttributesRow(Value, METHODS)
        if hung := hung_names(walk):
            yield HungRow(list(walk.values.values()), hung)
    if walk.imported:
        yield ModulesRow(walk.imported)
    for module, users in walk.modules:
        space = vars(module)
        if users:
            yield AttributesRow(module, named)
        else:
            present = walk.names if named is not None else ()
            yield GlobalsRow(space, tuple([name for name in sorted(present) if name in space]), module.__name__ + ".{}")
