"""What stands in for the callables of `sources` while a function is traced, wherever the function may find them.

A stand-in is placed

- at the attribute of the module or class, `time.time`;
- in the user's own places that hold the original: `from time import time`, an entry of a dict, an attribute;
- under the names by which an installed package binds it that the function uses;
- under a built-in name in the globals of the user's functions, for `type` and the like, which nobody else must see.

A stand-in asks at each call whether its thread is traced, and else does what the original does. So one that somebody
keeps, say a module that is imported meanwhile, does no harm later.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from functools import partial
from types import BuiltinMethodType, FunctionType, MethodType, ModuleType
from typing import Any

from micrograd.compiler.surroundings.rows import ListRow, Row
from micrograd.compiler.tracing.errors import ImportedMeanwhile, is_installed
from micrograd.compiler.tracing.numbers.kinds import BUILT_IN, stand_in_for
from micrograd.compiler.tracing.patching import Patch
from micrograd.compiler.tracing.standins.answers import StandIn, concerned, refuse
from micrograd.compiler.tracing.standins.monitoring import monitoring
from micrograd.compiler.tracing.standins.originals import Table
from micrograd.engine import Value

HOLDERS = frozenset([BuiltinMethodType, MethodType, partial, tuple, staticmethod, classmethod])
FIXED = frozenset(["now", "today", "utcnow", "stdin"])  # methods of classes whose members cannot be replaced


class StandIns:
    """A change (`exclusive.Change`): the stand-ins are in place, for what the `watch` of a function has reached.

    All that is replaced is listed before: an interrupt in between leaves nothing that `undo` does not know.
    """

    latest: Table | None = None

    def __init__(self, watch: Any = None):
        if StandIns.latest is None or not StandIns.latest.holds():
            StandIns.latest = Table()
        self.table, self.watch = StandIns.latest, watch
        self.patches = [Patch(owner, members) for owner, members in self.table.members]
        if watch is not None:
            packages = packages_of(watch.others)
            for name in [name for name in sys.modules if name.partition(".")[0] in packages]:
                if bound := self.table.bound_in(name):
                    self.patches.append(Patch(sys.modules[name], bound))
        self.replaced = [] if watch is None else list(self.held(watch.rows))
        self.hidden = [] if watch is None else list(hiding(watch))
        self.monitoring = monitoring(partial(see, self.table), watch is not None and not FIXED.isdisjoint(watch.names))

    def make(self) -> None:
        for patch in self.patches:
            patch.make()
        for row, key, _, ours in self.replaced:
            row.put(key, ours)
        for names, name, ours in self.hidden:
            names[name] = ours
        self.monitoring.make()

    def check(self) -> None:
        """Raises `ImportedMeanwhile` if a module of the table has been imported since: nothing stands in for it yet."""
        if not self.table.missing.isdisjoint(sys.modules):
            raise ImportedMeanwhile("a module was imported while a function was traced")

    def undo(self) -> None:
        self.monitoring.undo()
        for names, name, ours in self.hidden:
            if names.get(name) is ours:
                del names[name]
        for row, key, usual, ours in self.replaced:
            if row.get(key) is ours:
                row.put(key, usual)
        for patch in self.patches:
            patch.undo()

    def held(self, rows: Iterable[Row]) -> Iterator[tuple[Row, Any, Any, Any]]:
        """The members of the rows that hold an original: row and key, the original, and what takes its place."""
        originals = self.table.originals
        for row in rows:
            if isinstance(row.thing, StandIn):  # it knows the original
                continue
            if type(row) is ListRow and {*map(type, row.items)} == {Value}:
                continue
            for key, x in row.snapshot():
                if id(x) in originals or type(x) in HOLDERS:
                    ours = self.table.instead_of(x)
                    if ours is not x:
                        yield row, key, x, ours


def see(table: Table, function: Any) -> None:
    """Refuse an original that is about to be called, although something stands in for it."""
    while type(function) is partial:
        function = function.func
    source = table.source_of(function)
    if source is not None and source.what and concerned(source) is not None:
        refuse(source)


def packages_of(things: Iterable[Any]) -> set[str]:
    """The installed packages that these functions, classes and modules come from."""
    names = {
        x.__name__ if isinstance(x, ModuleType) else getattr(x, "__module__", None)
        for x in things
        if isinstance(x, (FunctionType, type, ModuleType))
    }
    return {name.partition(".")[0] for name in names if isinstance(name, str) and is_package(name)}


def is_package(name: str) -> bool:
    return is_installed(getattr(sys.modules.get(name), "__file__", None) or "")


def hiding(watch: Any) -> Iterator[tuple[dict[str, Any], str, Any]]:
    """The built-in names that users' functions look up: the globals to put them in, and what stands in for each."""
    for names, wanted in watch.spaces:
        for name in BUILT_IN.keys() & wanted - names.keys():
            if (ours := stand_in_for(name, names, watch.others)) is not None:
                yield names, name, ours
