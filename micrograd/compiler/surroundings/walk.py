"""The walk: from a function and its static arguments to everything they reach by names that occur in their code.

It runs once, to a fixpoint: an attribute whose name does not occur yet waits until code that is reached later names it.
Code of a user is watched with what it names; code of a library says which attributes of its own objects it reads.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import ModuleType
from typing import Any, NamedTuple

from micrograd.compiler.surroundings.attributes import dict_of
from micrograd.compiler.surroundings.rows import Row

PLAIN = frozenset([int, float, complex, str, bytes, bool, type(None), type(...), type(NotImplemented)])
MOST = 1_000_000  # things
LONGEST = 12  # steps of a path that is written
FEWER = "They would be compared at each call: pass in as an argument what it needs of them, or put numbers into arrays."
OURS = "micrograd"


class Refused(NamedTuple):
    """A thing that cannot be watched: what it is, what to do instead, and where it was found."""

    what: str
    way_out: str
    place: str


class Way(NamedTuple):
    """How a thing was reached first: from its owner, by a key in that style of writing (see `Walk.path`)."""

    owner: int | None
    style: str
    key: Any
    users: bool  # whether code of a user names it, and no library alone


class Walk:
    """What has been reached so far, what waits, and the rows to be made of it all at the end."""

    def __init__(self, look: Callable[[Walk, Any], None], homes: frozenset[str]):
        self.look, self.homes = look, homes
        self.names: set[str] = set()  # in code of users
        self.others: set[str] = set()  # in code of libraries: they count for objects of libraries
        self.everything = False
        self.reached: dict[int, Any] = {}
        self.ways: dict[int, Way] = {}
        self.held: list[tuple[tuple[Any, ...], int]] = []  # things that have no ways, and what holds them
        self.first: set[int] = set()  # those of these through which all that they hold was reached
        self.numbered, self.places = 0, dict[int, tuple[int, int]]()  # of so many of these the places, once asked for
        self.waiting: list[Any] = []
        # by names that do not occur yet; whether code of a library counts, and whether the name itself must occur
        self.later: dict[str, list[tuple[Any, Way, bool, bool]]] = {}
        self.rows: list[tuple[type[Row], tuple[Any, ...]]] = []
        # objects and classes, whose rows depend on all names: whether code of a library counts, defaults, exempt names
        self.owners: list[tuple[Any, bool, dict[str, Any], frozenset[str]]] = []
        self.globals: dict[int, tuple[dict[str, Any], set[str]]] = {}
        self.slots: list[tuple[Any, bool, dict[str, Any]]] = []
        self.classes: set[tuple[int, bool]] = set()  # those that have been looked at
        self.kinds: dict[type[Any], Any] = {}
        self.looked: dict[type[Any], Any] = {}
        self.homely: dict[str, bool] = {}  # whether code of a module is the user's
        self.values: dict[int, Any] = {}
        self.hung: list[Any] = []  # those of them that have attributes
        self.decimals = False  # whether the context of decimal numbers counts
        self.read: set[str] = set()  # names of attributes that code of users reads
        self.asked: set[str] = set()  # those of them that may be missing
        self.catches = False  # whether all of them may
        self.found: set[str] = set()  # those of them that some object, class or module has
        self.imported: set[str] = set()  # the modules that code of users imports when it runs
        self.modules: list[tuple[ModuleType, bool]] = []
        self.refused: list[Refused] = []

    def run(self) -> None:
        x = None
        while self.waiting and len(self.reached) < MOST:
            self.look(self, x := self.waiting.pop())
        if self.waiting or len(self.reached) > MOST:
            self.refuse(x, f"the function reaches more than {MOST:,} things", FEWER)

    def forget(self) -> None:
        """Keep the ways alone: what is not watched need not be kept alive."""
        for kept in (
            self.reached,
            self.hung,
            self.later,
            self.rows,
            self.owners,
            self.slots,
            self.modules,
            self.globals,
        ):
            kept.clear()
        for known in (
            self.names,
            self.others,
            self.found,
            self.read,
            self.asked,
            self.classes,
            self.kinds,
            self.looked,
        ):
            known.clear()

    # ---- called by the rules

    def follow(self, x: Any, owner: Any, style: str, key: Any, users: bool | None = None) -> None:
        """Look at x too, which `owner` holds under that key."""
        if type(x) in PLAIN or id(x) in self.reached:
            return
        above = None if owner is None else id(owner)
        if users is None:
            users = above is None or above not in self.ways or self.ways[above].users
        self.reached[id(x)] = x
        self.ways[id(x)] = Way(above, style, key, users)
        self.waiting.append(x)

    def follow_all(self, xs: tuple[Any, ...], owner: Any) -> dict[int, Any]:
        """Those of the things that `owner` holds which are new, by identity: nothing hangs on them to be looked at."""
        new, reached = dict(zip(map(id, xs), xs, strict=True)), self.reached
        if new.keys() <= reached.keys():
            return {}
        once, known = len(new) == len(xs), list[int]()
        if not reached.keys().isdisjoint(new):
            known = [place for place in new if place in reached]
            new = {place: x for place, x in new.items() if place not in reached}
        if once and all(place in self.ways and self.ways[place].owner == id(owner) for place in known):
            self.first.add(id(owner))
        reached |= new
        self.held.append((xs, id(owner)))
        return new

    def row(self, kind: type[Row], *parts: Any) -> None:
        self.rows.append((kind, parts))

    def attributes(
        self, owner: Any, space: Mapping[str, Any], library: bool, style: str = ".", itself: bool = False
    ) -> None:
        """Follow those whose names occur, or may be computed if not `itself` has to; let the others wait."""
        users = self.ways[id(owner)].users if id(owner) in self.ways else True
        self.found.update(space)
        for name, x in list(space.items()):
            if type(x) in PLAIN or id(x) in self.reached:
                continue
            if name in self.names or (self.everything and not itself):
                self.follow(x, owner, style, name, users)
            elif library and name in self.others:
                self.follow(x, owner, style, name, False)
            else:
                self.later.setdefault(name, []).append((x, Way(id(owner), style, name, users), library, itself))

    def occur(self, names: Iterable[str], library: bool = False) -> None:
        """These names occur in code; follow what waits for them."""
        known = self.others if library else self.names
        new = set(names) - known
        known |= new
        for name in new & self.later.keys():
            self._release(name, library)

    def compute_names(self) -> None:
        """Code reads attributes by names that it computes: all attributes count."""
        if not self.everything:
            self.everything = True
            for name in list(self.later):
                self._release(name, False, True)

    def _release(self, name: str, library: bool, computed: bool = False) -> None:
        waiting = self.later.pop(name)
        kept = []
        for entry in waiting:
            x, way, of_library, itself = entry
            if (library and not of_library) or (computed and itself):
                kept.append(entry)
            elif id(x) not in self.reached:
                self.reached[id(x)], self.ways[id(x)] = x, way._replace(users=way.users and not library)
                self.waiting.append(x)
        if kept:
            self.later[name] = kept

    def refuse(self, x: Any, what: str, way_out: str) -> None:
        self.refused.append(Refused(what, way_out, self.path(x)))

    # ---- questions

    def is_users(self, module: Any) -> bool:
        """Whether code of a module is the user's own: neither Python's, nor installed, nor ours."""
        name = module if isinstance(module, str) else ""
        known = self.homely.get(name)
        if known is None:
            known = self.homely[name] = name.partition(".")[0] in self.homes or not installed(name)
        return known

    def named_by_user(self, x: Any) -> bool:
        return self.ways[id(x)].users

    def path(self, x: Any) -> str:
        """What a user would write to reach the thing."""
        return self._path(id(x), LONGEST) or (x if issubclass(type(x), type) else type(x)).__name__

    def take_held(self, numbers: dict[int, int]) -> Iterator[tuple[int, Sequence[int], list[int]]]:
        """Take out of these things, numbers by identity, those that others hold.

        By the identity of each holder their places there, and their numbers.
        """
        apart = {place: numbers.pop(place) for place in numbers.keys() & self.ways.keys()}
        for things, owner in self.held:
            found = [numbers.pop(id(x), -1) for x in things]
            places = [k for k, number in enumerate(found) if number >= 0] if -1 in found else range(len(found))
            if places:
                yield owner, places, [number for number in found if number >= 0]
        numbers |= apart

    def path_of_holder(self, owner: int) -> str:
        """What a user would write before the place of what it holds."""
        return self._path(owner, LONGEST - 1)

    def _path(self, place: int, longest: int) -> str:
        parts: list[str] = []
        at: int | None = place
        while at is not None and len(parts) < longest:
            way = self.ways.get(at) or self._way_of_held(at)
            if way is None:
                break
            parts.append(written(way))
            if way.style == "name":
                break
            at = way.owner
        return "".join(reversed(parts))

    def _held(self) -> dict[int, tuple[int, int]]:
        """For each thing that has no way what holds it, and the place there."""
        if self.numbered < len(self.held):
            for things, owner in self.held[self.numbered :]:
                for k, x in enumerate(things):
                    self.places.setdefault(id(x), (owner, k))
            self.numbered = len(self.held)
        return self.places

    def _way_of_held(self, place: int) -> Way | None:
        found = self._held().get(place)
        return Way(found[0], "[]", found[1], True) if found else None


def written(way: Way) -> str:
    """What a user would write behind the owner: of a root, of a cell, of a global its name."""
    if way.style == "name":
        return str(way.key)
    return f".{way.key}" if way.style == "." else f"[{way.key!r}]" if way.style == "[]" else ""


@lru_cache(None)
def installed(name: str) -> bool:
    """Whether a module belongs to Python, to an installed package, or to us."""
    top = name.partition(".")[0]
    if not top or top == "__main__":
        return False
    if is_built_in(top):
        return True
    file = getattr(sys.modules.get(name) or sys.modules.get(top), "__file__", None) or ""
    return any(part in ("site-packages", "dist-packages") for part in file.split(os.sep))


def is_built_in(top: str) -> bool:
    """Whether a package belongs to Python or to us."""
    return top != "__main__" and (top in sys.stdlib_module_names or top in (OURS, "builtins"))


def is_ours(name: Any) -> bool:
    return isinstance(name, str) and name.partition(".")[0] == OURS


def module_of(kind: type[Any]) -> str:
    """The module of a class, whatever its metaclass says."""
    found = dict_of(kind).get("__module__") or MODULE(kind)
    return found if isinstance(found, str) else ""


MODULE = type.__dict__["__module__"].__get__
