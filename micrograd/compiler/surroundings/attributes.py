"""A row for the attributes of an object, a class or a module: those that are read by a name, the missing ones too."""

from __future__ import annotations

from collections.abc import Iterator
from operator import is_
from typing import Any

from micrograd.compiler.surroundings.rows import ENTRIES, Place, Row
from micrograd.compiler.surroundings.same import ABSENT, ANYTHING, same

CLASS, DICT, BASES = "__class__", "__dict__", "__bases__"  # the keys of what decides which attributes an object has
mro_of = type.__dict__["__mro__"].__get__
bases_of = type.__dict__["__bases__"].__get__
dict_of_class = type.__dict__["__dict__"].__get__
read = object.__getattribute__


def dict_of(x: Any) -> Any:
    """The dict in which the attributes of an object or a class are kept; None where there is none."""
    if issubclass(type(x), type):
        return dict_of_class(x)
    try:
        found = read(x, DICT)
    except AttributeError:
        return None
    return found if type(found) is dict else None


class AttributesRow(Row):
    """The attributes in the dict of `thing` with one of these `names`, or all of them where `names` is None.

    An attribute that comes later may hide one of the class: it counts as a change, unless it is the plain number or
    text that the class has as its `defaults`.
    """

    def __init__(self, thing: Any, names: frozenset[str] | None, defaults: dict[str, Any] | None = None):
        super().__init__(thing)
        self.names, self.kind, self.space = names, type(thing), dict_of(thing)
        self.defaults = defaults or {}
        self.of_class = type(self.space) is not dict
        self.mro: Any = mro_of(thing) if self.of_class else None
        self.bases: Any = bases_of(thing) if self.of_class else None
        self.order = tuple(self.space)
        self.values = self.now()
        self.counting: list[str] | None = [name for name in self.order if name in self.values]

    def place(self) -> Place:
        return super().place() if self.of_class else (id(self.space), ENTRIES)

    def now(self) -> dict[str, Any]:
        names, space = self.names, dict(dict_of(self.thing) or {})  # a copy: another thread may change it meanwhile
        if names is None:
            return space
        found = {name: x for name, x in space.items() if name in names}
        return {**self.defaults, **found} if self.defaults else found

    def same(self) -> bool:
        if type(self.thing) is not self.kind or self.moved() or self.has_other_bases():
            return False
        if self.in_place():
            return True
        now, values = self.now(), self.values
        if len(now) != len(values) or self.names is None and tuple(now) != tuple(values):
            return False
        was = [values.get(name, ABSENT) for name in now]
        return all(map(is_, now.values(), was)) or all(map(same, now.values(), was))

    def in_place(self) -> bool:
        """Whether all attributes are in their places, and those that count are identical: quick, and the usual case."""
        space = dict_of_class(self.thing) if self.of_class else self.space
        if self.counting is None or tuple(space) != self.order:
            return False
        try:
            return all(map(is_, map(space.__getitem__, self.counting), map(self.values.__getitem__, self.counting)))
        except KeyError:
            return False

    def moved(self) -> bool:
        """Whether the object has been given another dict."""
        return not self.of_class and read(self.thing, DICT) is not self.space

    def has_other_bases(self) -> bool:
        if not self.of_class:
            return False
        mro = mro_of(self.thing)
        return len(mro) != len(self.mro) or not all(map(is_, mro, self.mro))

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.values.items())

    def changed(self) -> Iterator[Any]:
        if type(self.thing) is not self.kind:
            yield CLASS
        if self.has_other_bases():
            yield BASES
        if self.moved():
            yield DICT
            return
        now = self.now()
        for name in {**self.values, **now}:
            if not same(now.get(name, ABSENT), self.values.get(name, ABSENT)):
                yield name

    def was(self, key: Any) -> Any:
        if key is BASES:
            return self.bases
        return self.kind if key is CLASS else self.space if key is DICT else self.values.get(key, ABSENT)

    def get(self, key: Any) -> Any:
        if key is CLASS:
            return type(self.thing)
        if key is BASES:
            return bases_of(self.thing)
        space = dict_of(self.thing)
        return space if key is DICT else space.get(key, self.defaults.get(key, ABSENT))

    def put(self, key: Any, x: Any) -> None:
        if key is BASES:
            type.__setattr__(self.thing, key, x)
        elif key in (CLASS, DICT):
            object.__setattr__(self.thing, key, x)
        elif self.of_class:
            if x is not ABSENT:
                type.__setattr__(self.thing, key, x)
            elif key in dict_of_class(self.thing):
                type.__delattr__(self.thing, key)
        elif x is ABSENT or (key in self.defaults and key not in self.order and x is self.defaults[key]):
            self.space.pop(key, None)
        else:
            self.space[key] = x
            if [name for name in self.space if name in self.order] != [n for n in self.order if n in self.space]:
                self.sort()

    def sort(self) -> None:
        """Bring the attributes into the order that they had."""
        place = {name: k for k, name in enumerate(self.order)}
        items = sorted(self.space.items(), key=lambda item: place.get(item[0], len(place)))
        self.space.clear()
        self.space.update(items)

    def mark(self, key: Any, marker: Any) -> None:
        if marker is not ANYTHING:
            if key in self.values:
                self.values[key] = marker
        else:  # it may also be missing
            self.counting = None  # from now on, the names decide
            self.names = (frozenset(self.space) if self.names is None else self.names) - {key}
            self.values.pop(key, None)
            self.defaults.pop(key, None)

    def name(self, path: str, key: Any) -> str:
        return f"{path}.{key}"

    def native(self) -> tuple[Any, ...]:
        if self.of_class:
            return "class", self.thing, self.names, self.values, self.mro
        places = tuple([self.values.get(name, ABSENT) for name in self.order])
        parts = self.names, self.values, self.defaults, self.order, places
        return "attributes", self.thing, self.kind, self.space, *parts
