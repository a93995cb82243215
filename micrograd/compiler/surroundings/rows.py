"""Rows: one for each container that is watched, with a snapshot of its members, which it compares and puts back.

A snapshot holds its members, so that none of them dies and leaves its identity to another object. Nothing here runs
code of the user: containers are read by the methods of their built-in class, attributes in their dicts and slots.
"""

from __future__ import annotations

from collections.abc import Iterator
from operator import is_
from types import CellType
from typing import Any, NamedTuple

from micrograd.compiler.surroundings.same import ABSENT, Marker, same

CONTENT = Marker("content")  # the key of a container as a whole, where its members are not the ones it had
ENTRIES = Marker("entries")  # the members are in a dict, whether that is an object's, a module's or nobody's


Place = tuple[int, Any]


class Member(NamedTuple):
    """One member of a thing: an item, an attribute, a cell's content, a global; what it was, and what it is now."""

    thing: Any
    key: Any
    title: str
    was: Any
    now: Any
    row: Row

    @property
    def mark(self) -> tuple[Place, Any]:
        """The same for the same member, whichever `Watch` and whichever row found it."""
        return self.row.place(), self.key


class Row:
    """Members of one thing. A subclass reads and writes them by `get` and `put`, in which `ABSENT` stands for none."""

    parted = True  # whether each member can be marked by itself

    def __init__(self, thing: Any):
        self.thing = thing

    def place(self) -> Place:
        """Where its members are: the same for rows that tell of the same members, if their keys are the same too."""
        return id(self.thing), type(self)

    def same(self) -> bool:
        """Whether all members are what they were."""
        raise NotImplementedError

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        """The keys of the members, and what they were."""
        raise NotImplementedError

    def changed(self) -> Iterator[Any]:
        """The keys of the members that are not what they were."""
        return (key for key, was in self.snapshot() if not same(self.get(key), was))

    def get(self, key: Any) -> Any:
        raise NotImplementedError

    def put(self, key: Any, x: Any) -> None:
        raise NotImplementedError

    def mark(self, key: Any, marker: Any) -> None:
        """From now on, the member may be any float, or anything: put the marker into the snapshot."""
        raise NotImplementedError(f"the members of {type(self.thing).__name__} are watched as a whole")

    def was(self, key: Any) -> Any:
        return dict(self.snapshot())[key]

    def name(self, path: str, key: Any) -> str:
        """What a user calls the member, of a thing that he calls `path`."""
        return path if key is CONTENT else f"{path}[{key!r}]"

    def native(self) -> tuple[Any, ...]:
        """What the comparison in C is to compare: a kind of row and its parts."""
        return "python", self.same


class ListRow(Row):
    """The items of a list."""

    def __init__(self, thing: list[Any]):
        self.thing = thing
        self.items = tuple(thing) if type(thing) is list else self.now()

    def now(self) -> tuple[Any, ...]:
        return tuple(list.__getitem__(self.thing, slice(None)))

    def same(self) -> bool:
        x, items = self.thing, self.items
        if list.__len__(x) != len(items):
            return False
        return all(map(is_, list.__iter__(x), items)) or same(self.now(), items)

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return enumerate(self.items)

    def changed(self) -> Iterator[Any]:
        if list.__len__(self.thing) != len(self.items):
            return iter([CONTENT])
        return super().changed()

    def was(self, key: Any) -> Any:
        return self.items if key is CONTENT else self.items[key]

    def get(self, key: Any) -> Any:
        if key is CONTENT:
            return self.now()
        return list.__getitem__(self.thing, key) if key < list.__len__(self.thing) else ABSENT

    def put(self, key: Any, x: Any) -> None:
        list.__setitem__(self.thing, slice(None) if key is CONTENT else key, x)

    def mark(self, key: Any, marker: Any) -> None:
        self.items = (*self.items[:key], marker, *self.items[key + 1 :])

    def native(self) -> tuple[Any, ...]:
        return "list", self.thing, self.items


class DictRow(Row):
    """The entries of a dict, in their order."""

    def __init__(self, thing: dict[Any, Any]):
        super().__init__(thing)
        self.keys, self.values = tuple(dict.keys(thing)), tuple(dict.values(thing))

    def place(self) -> Place:
        return id(self.thing), ENTRIES

    def same(self) -> bool:
        x, keys, values = self.thing, self.keys, self.values
        if dict.__len__(x) != len(keys):
            return False
        if all(map(is_, dict.values(x), values)) and all(map(is_, dict.keys(x), keys)):
            return True
        return same(tuple(dict.values(x)), values) and same(tuple(dict.keys(x)), keys)

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return zip(self.keys, self.values, strict=True)

    def changed(self) -> Iterator[Any]:
        if not same(tuple(dict.keys(self.thing)), self.keys):
            return iter([CONTENT])
        return super().changed()

    def was(self, key: Any) -> Any:
        return dict(self.snapshot()) if key is CONTENT else super().was(key)

    def get(self, key: Any) -> Any:
        # a copy asks no key for its hash: it may hold a number of a trace that is over
        return dict.copy(self.thing) if key is CONTENT else dict.get(self.thing, key, ABSENT)

    def put(self, key: Any, x: Any) -> None:
        if key is CONTENT:
            dict.clear(self.thing)
            dict.update(self.thing, x)
        else:
            dict.__setitem__(self.thing, key, x)

    def mark(self, key: Any, marker: Any) -> None:
        self.values = tuple([marker if same(k, key) else x for k, x in self.snapshot()])

    def native(self) -> tuple[Any, ...]:
        return "dict", self.thing, self.keys, self.values


class GlobalsRow(Row):
    """Some names of a module's globals, or of what Python has built in; those that are missing too."""

    def __init__(self, thing: dict[str, Any], names: tuple[str, ...], title: str = "the global {}"):
        super().__init__(thing)
        self.names, self.title = names, title
        self.values = tuple([thing.get(name, ABSENT) for name in names])

    def place(self) -> Place:
        return id(self.thing), ENTRIES

    def same(self) -> bool:
        get = self.thing.get
        return all([same(get(name, ABSENT), was) for name, was in self.snapshot()])

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return zip(self.names, self.values, strict=True)

    def get(self, key: Any) -> Any:
        return self.thing.get(key, ABSENT)

    def put(self, key: Any, x: Any) -> None:
        if x is ABSENT:
            self.thing.pop(key, None)
        else:
            self.thing[key] = x

    def mark(self, key: Any, marker: Any) -> None:
        self.values = tuple([marker if name == key else x for name, x in self.snapshot()])

    def name(self, path: str, key: Any) -> str:
        return self.title.format(key)

    def native(self) -> tuple[Any, ...]:
        return "globals", self.thing, self.names, self.values


class CellRow(Row):
    """The content of a cell: a name of an enclosing function."""

    def __init__(self, thing: CellType):
        super().__init__(thing)
        self.content = self.get(None)

    def same(self) -> bool:
        return same(self.get(None), self.content)

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return iter([(None, self.content)])

    def get(self, key: Any) -> Any:
        try:
            return self.thing.cell_contents
        except ValueError:  # not assigned yet, or deleted
            return ABSENT

    def put(self, key: Any, x: Any) -> None:
        if x is not ABSENT:
            self.thing.cell_contents = x
        elif self.get(key) is not ABSENT:
            del self.thing.cell_contents

    def mark(self, key: Any, marker: Any) -> None:
        self.content = marker

    def name(self, path: str, key: Any) -> str:
        return path

    def native(self) -> tuple[Any, ...]:
        return "cell", self.thing, self.content
