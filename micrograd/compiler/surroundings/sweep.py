"""Many rows compared at once in Python: whether all their members are the identical objects that they were.

Row by row, half of the time goes into calls. A sweep runs over all lists, then over all attributes, in a few loops of
C. Where it says no, a row may still say yes: the rows of a sweep are asked then, one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain, repeat
from operator import is_, itemgetter
from typing import Any

from micrograd.compiler.surroundings.attributes import DICT, AttributesRow, mro_of, read
from micrograd.compiler.surroundings.rows import GlobalsRow, ListRow, Row
from micrograd.compiler.surroundings.same import ABSENT, Marker


class Sweep:
    """The rows that it can compare, and how."""

    def __init__(self, rows: Iterable[Row]):
        self.rows: list[Row] = []
        self.lists = Parts()
        self.keys = Parts()  # of the dicts of objects and classes: their attributes, none missing and none more
        self.reads: list[tuple[Callable[[Any], tuple[Any, ...]], Any]] = []
        self.values: list[Any] = []
        self.missing: list[tuple[Any, tuple[str, ...]]] = []
        self.kinds: dict[int, tuple[Any, type]] = {}
        self.dicts: list[tuple[Any, Any]] = []
        self.classes: list[tuple[Any, tuple[Any, ...]]] = []
        for row in rows:
            if not any(type(x) is Marker and x is not ABSENT for _, x in row.snapshot()) and self.add(row):
                self.rows.append(row)

    def add(self, row: Row) -> bool:
        """Whether this row can be compared here: then it will be."""
        if type(row) is ListRow and type(row.thing) is list:
            self.lists.add(row.thing, row.items)
        elif type(row) is GlobalsRow:
            self.read(row.thing, dict(row.snapshot()))
            self.missing.append((row.thing.keys(), tuple([name for name, x in row.snapshot() if x is ABSENT])))
        elif type(row) is AttributesRow and row.same():  # so that the keys of now are those of the snapshot
            self.keys.add(row.space, tuple(row.space))
            self.read(row.space, {name: x for name, x in row.values.items() if name in row.space})
            self.kinds[id(row)] = row.thing, row.kind
            if row.of_class:
                self.classes.append((row.thing, row.mro))
            else:
                self.dicts.append((row.thing, row.space))
        else:
            return False
        return True

    def read(self, space: Any, values: dict[str, Any]) -> None:
        if present := [name for name, x in values.items() if x is not ABSENT]:
            names = present if len(present) > 1 else present * 2  # for one name, itemgetter returns no tuple
            self.reads.append((itemgetter(*names), space))
            self.values += [values[name] for name in names]

    def comparison(self) -> Callable[[], bool]:
        lists, keys = self.lists.comparison(), self.keys.comparison()
        reads, values = self.reads, self.values
        missing = [(space.isdisjoint, names) for space, names in self.missing if names]
        objects, kinds = unzip(self.kinds.values())
        owners, dicts = unzip(self.dicts)
        classes, orders = unzip(self.classes)
        bases = [*chain.from_iterable(orders)]

        def holds() -> bool:
            return (
                lists()
                and keys()
                and all(map(is_, chain.from_iterable([get(space) for get, space in reads]), values))
                and all([without(names) for without, names in missing])
                and all(map(is_, map(type, objects), kinds))
                and all(map(is_, map(read, owners, repeat(DICT)), dicts))
                and all(map(is_, chain.from_iterable(map(mro_of, classes)), bases))
                and [*map(len, map(mro_of, classes))] == [*map(len, orders)]
            )

        return holds


class Parts:
    """Containers of one kind, with what they held."""

    def __init__(self) -> None:
        self.containers: list[Any] = []
        self.sizes: list[int] = []
        self.items: list[Any] = []

    def add(self, container: Any, items: Sequence[Any]) -> None:
        self.containers.append(container)
        self.sizes.append(len(items))
        self.items += items

    def comparison(self) -> Callable[[], bool]:
        containers, sizes, items = self.containers, self.sizes, self.items

        def holds() -> bool:
            return [*map(len, containers)] == sizes and all(map(is_, chain.from_iterable(containers), items))

        return holds


def unzip(pairs: Iterable[tuple[Any, Any]]) -> tuple[list[Any], list[Any]]:
    pairs = list(pairs)
    return [a for a, _ in pairs], [b for _, b in pairs]
