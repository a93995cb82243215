"""The numbers of many examples: for each place in an example, those of all."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

from micrograd.calculus.structures import is_array
from micrograd.compiler.tracing.arguments import Arguments, familiar
from micrograd.compiler.tracing.numbers.arithmetic import SMALL

Places = Sequence[int]  # of examples


class Column(NamedTuple):
    """The inputs at some places of the program: `width` consecutive ones of each example, or the same for all."""

    numbers: Any
    width: int
    same: bool = False

    def of(self, places: Places) -> memoryview:
        """Those of some examples, as floats in one row."""
        numbers, width = self.numbers, self.width
        chosen: Any
        if self.same:
            chosen = floats(numbers) if is_array(numbers) else array("d", numbers)
        elif type(places) is range:
            part = slice(places.start, places.stop)
            chosen = (
                floats(numbers[part])
                if is_array(numbers)
                else memoryview(numbers)[part.start * width : part.stop * width]
            )
        elif (numpy := sys.modules.get("numpy")) is not None:
            rows = numbers if is_array(numbers) else numpy.asarray(numbers).reshape(-1, width)
            chosen = floats(rows[numpy.asarray(places)])
        else:
            chosen = array("d", [x for i in places for x in numbers[i * width : (i + 1) * width]])
        return memoryview(chosen).toreadonly()

    def at(self, places: Places) -> Column:
        """The column of these examples alone."""
        return self if self.same else self._replace(numbers=array("d", self.of(places)))

    def kept(self) -> Column:
        """The same with numbers that the caller does not change later."""
        return self._replace(numbers=self.numbers.copy()) if is_array(self.numbers) else self


def floats(x: Any) -> Any:
    """The numbers of an array in one row."""
    return sys.modules["numpy"].ascontiguousarray(x, dtype=float).reshape(-1)


class Uneven(Exception):
    """The examples are not built alike, or not of numbers alone: they have to be read one by one."""


def is_series(x: Any) -> bool:
    """Whether x has an entry for each example."""
    return isinstance(x, list) or is_array(x) or isinstance(x, array) or familiar(x) is not x


def same_for_all(x: Any) -> list[Column]:
    arguments = Arguments((x,), {})
    if arguments.values:
        raise Uneven
    return [Column(arguments.floats(), arguments.count, True)] if arguments.count else []


def columns_of(x: Any, constant: bool) -> list[Column]:
    """The columns of an argument; with `constant`, integers in arrays are no inputs."""
    if isinstance(x, (tuple, dict)):
        parts = x.values() if isinstance(x, dict) else x
        return [column for part in parts for column in columns_of(part, constant)]
    if isinstance(x, list):
        return columns_of_rows(x)
    if isinstance(x, array):
        return columns_of_rows(x.tolist())
    if not is_series(x):
        return same_for_all((x,))
    numbers = familiar(x)
    if (kind := numbers.dtype.kind) == "b":
        return []
    if kind == "O" or kind != "f" and (constant and numbers.ndim > 1 or not small(numbers)):
        raise Uneven
    width = numbers[0].size
    return [Column(numbers, width)] if width else []


def small(x: Any) -> bool:
    return not x.size or -SMALL <= x.min() and x.max() <= SMALL


def columns_of_rows(rows: list[Any] | tuple[Any, ...], width: int = 1) -> list[Column]:
    """The columns of a list, of which each example has `width` neighbouring entries."""
    kinds = set(map(type, rows))
    if len(kinds) > 1 and width == 1 or not kinds:
        raise Uneven
    (kind, *others) = kinds
    if others:
        return [column for k in range(width) for column in columns_of_rows(rows[k::width])]
    if kind is float or kind is int and -SMALL <= min(rows) and max(rows) <= SMALL:
        return [Column(array("d", rows), width)]
    if kind is list or kind is tuple:
        lengths = set(map(len, rows))
        if len(lengths) == 1:
            (n,) = lengths
            return columns_of_rows(list(chain.from_iterable(rows)), width * n) if n else []
        if width > 1:
            return [column for k in range(width) for column in columns_of_rows(rows[k::width])]
    raise Uneven


# ---- truths, which are constants of a program


def truths_of(x: Any) -> list[Any]:
    """The arrays of truths in an argument."""
    if isinstance(x, (tuple, dict)):
        return [found for part in (x.values() if isinstance(x, dict) else x) for found in truths_of(part)]
    if isinstance(x, (list, array)) or not is_series(x):
        return []
    found = familiar(x)
    return [found] if found.dtype.kind == "b" else []


def same_truths(arrays: list[Any]) -> list[array[int]]:
    """The examples that have the same truths as each other, by their first ones."""
    import numpy

    rows = numpy.packbits(numpy.concatenate([x.reshape(len(x), -1) for x in arrays], axis=1), axis=1)
    _, firsts, kind = numpy.unique(rows, axis=0, return_index=True, return_inverse=True)
    kind = kind.reshape(-1)
    return [array("I", numpy.flatnonzero(kind == kind[k]).tolist()) for k in sorted(firsts)]
