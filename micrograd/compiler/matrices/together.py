"""What is done for many rows at once, in `Operands`: here in Python, and in C where that was built."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from itertools import chain, compress, count, repeat
from typing import Any, NamedTuple

from micrograd.compiler.matrices.operands import NOWHERE, items
from micrograd.compiler.stages.native import extension

Ints = Sequence[int]


def number_looks(
    place: Ints, kinds: bytes, ends: Ints, left: Ints, right: Ints, codes: Ints, rows: Ints, positions: Ints | None
) -> array[int]:
    """For each row the number of its look, in the order in which these come: the codes of all its items.

    With positions, the codes of the items there, where all below 0 are alike.
    """
    numbers: dict[tuple[int, ...], int] = {}
    found = array("I")
    for i in rows:
        own = items(place[i], ends, left, right)
        look = [codes[p] for p in own] if positions is None else [max(codes[own[k]], -1) for k in positions]
        found.append(numbers.setdefault(tuple(look), len(numbers)))
    return found


def gather(
    place: Ints, kinds: bytes, ends: Ints, left: Ints, right: Ints, rows: Ints, positions: Ints, values: Ints | None
) -> array[int]:
    """The items at these positions of each row, row after row; or the values that stand there for them."""
    found = array("I")
    for i in rows:
        own = items(place[i], ends, left, right)
        found.extend([own[k] if values is None else values[own[k]] for k in positions])
    return found


def have_repeats(left: Ints, right: Ints, size: int) -> bool:
    """Whether two of the first so many pairs are equal, or two of the next; `right` may be empty."""
    pairs = [*zip(left, right, strict=True)] if right else [*left]
    return any(len(set(pairs[k : k + size])) < size for k in range(0, len(pairs), size))


def select(codes: Ints, marks: Sequence[int]) -> array[int]:
    """The places of the codes that are marked."""
    return array("I", compress(count(), map(marks.__getitem__, codes)))


def put(codes: array[int], places: array[int], rows: Ints, there: Ints, code: int) -> None:
    """From now on the rows have that code and these places; without places, each the next one."""
    for i, k in zip(rows, there or count(), strict=bool(there)):
        codes[i], places[i] = code, k


def rows_with(
    place: Ints,
    kinds: bytes,
    ends: Ints,
    left: Ints,
    right: Ints,
    kind: int,
    marks: Sequence[int],
    side: int,
    least: int,
    most: int,
) -> array[int]:
    """The places of the rows of that kind, of so many terms, in which an item of that side is marked."""
    found, begin, of = array("I"), 0, (left, right)[side]
    for k, end in enumerate(ends):
        if kinds[k] == kind and least <= end - begin <= most and any(marks[p] for p in of[begin:end]):
            found.append(k)
        begin = end
    return found


def summed_once(place: Ints, kinds: bytes, ends: Ints, left: Ints, right: Ints, kind: int) -> bytes:
    """Marks on those rows of that kind that one of several terms adds, and nothing else reads."""
    marks, uses = bytearray(len(place)), [0] * len(place)
    begin = 0
    for k, end in enumerate(ends):
        for x, y in zip(left[begin:end], right[begin:end], strict=True):
            uses[x] += 1
            uses[y] += 1
            if kinds[k] == kind and end - begin > 1 and place[x] != NOWHERE and kinds[place[x]] == kind:
                marks[x] = 1
        begin = end
    return bytes(mark and used == 1 for mark, used in zip(marks, uses, strict=True))


def lie_evenly(places: Ints, first: int, steps: Ints, sizes: Ints) -> bool:
    """Whether the places, over all steps of some loops, are the first one and for each loop so many of its steps.

    What is `NOWHERE` may be any place.
    """
    predicted = [first]
    for step, size in zip(steps, sizes, strict=True):
        predicted = run(predicted, step, size)
    return predicted == [*places] or all(x in (y, NOWHERE) for x, y in zip(places, predicted, strict=True))


def run(starts: Ints, step: int, count: int) -> list[int]:
    """From each start, so many numbers that lie a step apart."""
    if step == 0:
        return [*chain.from_iterable(map(repeat, starts, repeat(count)))]
    ends = [start + step * count for start in starts]
    return [*chain.from_iterable(map(range, starts, ends, repeat(step)))]


def coordinates(places: Ints, inner: int, size: int) -> array[int]:
    """The index of each place along an axis of that size, with so many numbers inside of a step; `NOWHERE` stays."""
    return array("I", [p if p == NOWHERE else p // inner % size for p in places])


class Together(NamedTuple):
    number_looks: Callable[..., array[int]]
    gather: Callable[..., array[int]]
    have_repeats: Callable[[Ints, Ints, int], bool]
    select: Callable[[Ints, Sequence[int]], array[int]]
    lie_evenly: Callable[[Ints, int, Ints, Ints], bool]
    coordinates: Callable[[Ints, int, int], array[int]]
    put: Callable[..., None]
    rows_with: Callable[..., array[int]]
    summed_once: Callable[..., bytes]


IN_PYTHON = Together(number_looks, gather, have_repeats, select, lie_evenly, coordinates, put, rows_with, summed_once)
together: Any = IN_PYTHON if extension is None else extension
