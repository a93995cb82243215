"""Rows: one for each container that is watched, with a snapshot of its members, which it compares and puts back.

A snapshot holds its members, so that none of them dies and leaves its identity to another object. Nothing here runs
code of the user: containers are read by the methods of their built-in class, attributes in their dicts and slots.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import is_
from types import CellType, FunctionType, MemberDescriptorType
from typing import Any, NamedTuple

from micrograd.compiler.surroundings.same import ABSENT, Marker, same

CONTENT = Marker("content")  # the key of a container as a whole, where its members are not the ones it had


class Member(NamedTuple):
    """One member of a thing: an item, an attribute, a cell's content, a global; what it was, and what it is now."""

    thing: Any
    key: Any
    title: str
    was: Any
    now: Any
    row: Row

    @property
    def mark(self) -> tuple[int, Any]:
        """The same for the same member, whichever `Watch` found it."""
        return id(self.thing), self.key


class Row:
    """Members of one thing. A subclass reads and writes them by `get` and `put`, in which `ABSENT` stands for none."""

    parted = True  # whether each member can be marked by itself

    def __init__(self, thing: Any):
        self.thing = thing

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
        return self.now() if key is CONTENT else list.__getitem__(self.thing, key)

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


class FunctionRow(Row):
    """What makes a function: its code and its defaults."""

    parted = False
    PARTS = "__code__", "__defaults__", "__kwdefaults__"

    def __init__(self, thing: FunctionType):
        super().__init__(thing)
        self.parts = tuple([self.get(part) for part in self.PARTS])

    def same(self) -> bool:
        f = self.thing
        code, defaults, others = self.parts
        return f.__code__ is code and f.__defaults__ is defaults and f.__kwdefaults__ is others

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return zip(self.PARTS, self.parts, strict=True)

    def get(self, key: Any) -> Any:
        return getattr(self.thing, key)

    def put(self, key: Any, x: Any) -> None:
        setattr(self.thing, key, x)

    def name(self, path: str, key: Any) -> str:
        return f"{path}.{key}"

    def native(self) -> tuple[Any, ...]:
        return "function", self.thing, *self.parts


class SlotsRow(Row):
    """Attributes that are kept in slots, read by their descriptors."""

    def __init__(self, thing: Any, slots: dict[str, Any]):
        super().__init__(thing)
        self.slots = slots
        self.values = tuple([self.get(name) for name in slots])

    def same(self) -> bool:
        return all([same(self.get(name), was) for name, was in self.snapshot()])

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return zip(self.slots, self.values, strict=True)

    def get(self, key: Any) -> Any:
        try:
            return self.slots[key].__get__(self.thing)
        except AttributeError:
            return ABSENT

    def put(self, key: Any, x: Any) -> None:
        if x is not ABSENT:
            self.slots[key].__set__(self.thing, x)
        elif self.get(key) is not ABSENT:
            self.slots[key].__delete__(self.thing)

    def mark(self, key: Any, marker: Any) -> None:
        self.values = tuple([marker if name == key else x for name, x in self.snapshot()])

    def name(self, path: str, key: Any) -> str:
        return f"{path}.{key}"

    def native(self) -> tuple[Any, ...]:
        if not all(type(slot) is MemberDescriptorType and by_statement(slot) for slot in self.slots.values()):
            return super().native()
        return "slots", self.thing, tuple(self.slots.values()), self.values


class HungRow(Row):
    """Attributes that a user may hang on Values: of each of these names on each of the Values, absent or not.

    A Value without any has no dict, and asking for it would make one.
    """

    def __init__(self, values: Sequence[Any], names: Iterable[str]):
        super().__init__(values)
        self.keys = [(k, name) for k in range(len(values)) for name in sorted(names)]
        self.contents = tuple(map(self.get, self.keys))

    def same(self) -> bool:
        return all(map(same, map(self.get, self.keys), self.contents))

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return zip(self.keys, self.contents, strict=True)

    def get(self, key: Any) -> Any:
        try:
            return object.__getattribute__(self.thing[key[0]], key[1])
        except AttributeError:
            return ABSENT

    def put(self, key: Any, x: Any) -> None:
        if x is not ABSENT:
            object.__setattr__(self.thing[key[0]], key[1], x)
        elif self.get(key) is not ABSENT:
            object.__delattr__(self.thing[key[0]], key[1])

    def mark(self, key: Any, marker: Any) -> None:
        self.contents = tuple([marker if k == key else x for k, x in self.snapshot()])

    def name(self, path: str, key: Any) -> str:
        return f"{path}.{key[1]}"

    def native(self) -> tuple[Any, ...]:
        values = tuple([self.thing[k] for k, _ in self.keys])
        return "hung", values, tuple([name for _, name in self.keys]), self.contents


class ModulesRow(Row):
    """Modules that code imports, and that have not been imported when the snapshot is made."""

    parted = False

    def __init__(self, names: Iterable[str]):
        super().__init__(sys.modules)
        self.names = tuple(sorted(names))

    def same(self) -> bool:
        return self.names == tuple([name for name in self.names if name not in self.thing])

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return ((name, ABSENT) for name in self.names)

    def get(self, key: Any) -> Any:
        return self.thing.get(key, ABSENT)

    def put(self, key: Any, x: Any) -> None:
        """Nothing: a module that has been imported stays so."""

    def name(self, path: str, key: Any) -> str:
        return f"the module {key}"


def by_statement(slot: MemberDescriptorType) -> bool:
    """Whether a slot holds an object, as those do that `__slots__` makes."""
    return "__slots__" in vars(slot.__objclass__)


class ContentRow(Row):
    """The content of anything else, read as a whole by `read`, as a tuple, and written by `write`."""

    parted = False

    def __init__(self, thing: Any, read: Callable[[Any], tuple[Any, ...]], write: Callable[[Any, Any], None]):
        super().__init__(thing)
        self.read, self.write = read, write
        self.content = read(thing)

    def same(self) -> bool:
        return same(self.read(self.thing), self.content)

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return iter([(CONTENT, self.content)])

    def get(self, key: Any) -> Any:
        return self.read(self.thing)

    def put(self, key: Any, x: Any) -> None:
        self.write(self.thing, x)

    def native(self) -> tuple[Any, ...]:
        """As a buffer, where a plain look at its memory gives the same content."""
        if len(self.content) == 3 and type(self.content[-1]) is bytes:
            try:
                view = memoryview(self.thing)
            except (TypeError, ValueError, BufferError):  # dates have no format
                return super().native()
            if view.c_contiguous:
                return "buffer", self.thing, view.format.encode(), view.shape, self.content[-1]
        return super().native()

    def name(self, path: str, key: Any) -> str:
        return path
