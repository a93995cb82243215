"""Rows of what is kept in functions, in slots and on Values, of modules to come, and of contents read as a whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import is_
from types import FunctionType, MemberDescriptorType
from typing import Any

from micrograd.compiler.surroundings.rows import CONTENT, Place, Row
from micrograd.compiler.surroundings.same import ABSENT, same


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
        except (AttributeError, TypeError):  # it is empty, or the object is of another class now
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
        self.values = {id(v): v for v in values}
        self.keys = [(k, name) for k in self.values for name in sorted(names)]
        self.contents = tuple(map(self.get, self.keys))

    def place(self) -> Place:
        return 0, HungRow

    def same(self) -> bool:
        return all(map(same, map(self.get, self.keys), self.contents))

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return zip(self.keys, self.contents, strict=True)

    def get(self, key: Any) -> Any:
        try:
            return object.__getattribute__(self.values[key[0]], key[1])
        except AttributeError:
            return ABSENT

    def put(self, key: Any, x: Any) -> None:
        if x is not ABSENT:
            object.__setattr__(self.values[key[0]], key[1], x)
        elif self.get(key) is not ABSENT:
            object.__delattr__(self.values[key[0]], key[1])

    def mark(self, key: Any, marker: Any) -> None:
        self.contents = tuple([marker if k == key else x for k, x in self.snapshot()])

    def name(self, path: str, key: Any) -> str:
        return f"{path}.{key[1]}"

    def native(self) -> tuple[Any, ...]:
        values = tuple([self.values[k] for k, _ in self.keys])
        return "hung", values, tuple([name for _, name in self.keys]), self.contents


class ModulesRow(Row):
    """Modules that code imports when it runs, and those that are not there when the snapshot is made."""

    parted = False

    def __init__(self, names: Iterable[str]):
        super().__init__(sys.modules)
        self.modules = {name: self.get(name) for name in sorted(names)}

    def same(self) -> bool:
        return all(map(is_, map(self.get, self.modules), self.modules.values()))

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return iter(self.modules.items())

    def get(self, key: Any) -> Any:
        return self.thing.get(key, ABSENT)

    def put(self, key: Any, x: Any) -> None:
        if x is not ABSENT:  # one that has been imported stays so
            self.thing[key] = x

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
        self.content = self.now()

    def now(self) -> tuple[Any, ...]:
        try:
            return self.read(self.thing)
        except ValueError:  # a view of memory that has been released
            return (ABSENT,)

    def same(self) -> bool:
        return same(self.now(), self.content)

    def snapshot(self) -> Iterator[tuple[Any, Any]]:
        return iter([(CONTENT, self.content)])

    def get(self, key: Any) -> Any:
        return self.now()

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
