"""What a function returns for each example, put together: one result for all, or arrays of one entry for each.

each(…)       lists and arrays get a first axis, of the examples; tuples and dicts stay, with such things in them
reduced(…)    numbers and Values are added up, in the structure that the function returns
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from micrograd._core.arrays import numpy_or_none
from micrograd._core.scalars import describe
from micrograd.calculus.structures import is_array, leaves, like, to_array, transform
from micrograd.compiler.batches.columns import Places
from micrograd.engine import Value

ADDED_UP = "the results of a batch are added up, and {0} cannot be: write reduce=None for one of each example"
UNLIKE = "the results of a batch are added up, and the function returns them in different structures: write reduce=None"


class Some(NamedTuple):
    """What is returned for the examples at these places: the structure, and for each leaf as many entries."""

    places: Places
    structure: Any
    leaves: Sequence[Sequence[Any]]


def skeleton(x: Any) -> Any:
    """What two results have in common that are built alike."""
    if isinstance(x, dict):
        return type(x), tuple((key, skeleton(part)) for key, part in x.items())
    if isinstance(x, (list, tuple)):
        return type(x), tuple(map(skeleton, x))
    return (type(x), x.shape) if is_array(x) else None


def one(place: int, result: Any) -> Some:
    return Some([place], result, [[leaf] for leaf in leaves(result)])


# ---- one for each example


def each(found: Sequence[Some], count: int) -> Any:
    """All results, by example."""
    if len({skeleton(some.structure) for some in found}) > 1:
        return by_example(found, count)
    first = found[0]
    whole = [merged([(some.places, some.leaves[k]) for some in found], count) for k in range(len(first.leaves))]
    left = iter(whole)
    return stacked(first.structure, lambda: next(left), count)


def by_example(found: Sequence[Some], count: int) -> list[Any]:
    """A list of results, which are built differently."""
    out: list[Any] = [None] * count
    for some in found:
        for j, place in enumerate(some.places):
            parts = iter([leaf[j] for leaf in some.leaves])
            out[place] = transform(lambda leaf, parts=parts: next(parts), some.structure)  # type: ignore[misc]
    return out


def merged(parts: Sequence[tuple[Places, Sequence[Any]]], count: int) -> Sequence[Any]:
    """The entries of all examples at one leaf."""
    if len(parts) == 1 and type(parts[0][0]) is range:
        return parts[0][1]
    numbers = all(type(x) is memoryview for _, x in parts)
    out: Any = memoryview(array("d", bytes(8 * count))) if numbers else [None] * count
    for places, entries in parts:
        for place, x in zip(places, entries, strict=True):
            out[place] = x
    return out  # type: ignore[no-any-return]


def stacked(structure: Any, leaf: Callable[[], Sequence[Any]], count: int) -> Any:
    """The structure with the entries of all examples at its leaves, which `leaf` gives in order."""
    if isinstance(structure, dict):
        return {key: stacked(part, leaf, count) for key, part in structure.items()}
    if isinstance(structure, tuple):
        return like(structure, [stacked(part, leaf, count) for part in structure])
    if not isinstance(structure, list) and not is_array(structure):
        return as_array([leaf()], (count,))
    parts = [leaf() for _ in leaves(structure)]
    if (shape := shape_of(structure)) is not None and parts and all(map(is_numbers, parts)):
        return as_array(parts, (count, *shape))
    if isinstance(structure, list) and len(structure) == len(parts):
        return list(map(list, zip(*parts, strict=True)))
    rows = []
    for row in zip(*parts, strict=True) if parts else [()] * count:
        entries = iter(row)
        rows.append(transform(lambda x, entries=entries: next(entries), structure))  # type: ignore[misc]
    return rows


def shape_of(x: Any) -> tuple[int, ...] | None:
    """The shape of nested lists, or of an array; None if they are uneven, or hold a tuple or a dict."""
    if is_array(x):
        return tuple(x.shape)
    if isinstance(x, (tuple, dict)):
        return None
    if not isinstance(x, list):
        return ()
    inner = {shape_of(part) for part in x} or {()}
    return None if len(inner) > 1 or None in inner else (len(x), *(inner.pop() or ()))


def is_numbers(x: Sequence[Any]) -> bool:
    return type(x) is memoryview or all(isinstance(n, (int, float)) for n in x)


def as_array(parts: Sequence[Sequence[Any]], shape: tuple[int, ...]) -> Any:
    """The numbers of each example as an array; without NumPy, or where they are none, as a list."""
    numpy = numpy_or_none()
    if numpy is None and len(parts) == 1:
        return array("d", parts[0]) if type(parts[0]) is memoryview else list(parts[0])
    if numpy is None:
        return [nested(list(row), shape[1:]) for row in zip(*parts, strict=True)]
    if all(type(part) is memoryview for part in parts):
        return numpy.asarray(parts[0]) if len(shape) == 1 else numpy.array(parts).T.reshape(shape)
    if not all(map(is_numbers, parts)):
        return list(parts[0])
    return to_array([x for row in zip(*parts, strict=True) for x in row], shape)


def nested(numbers: list[Any], shape: tuple[int, ...]) -> list[Any]:
    if len(shape) < 2:
        return numbers
    size = len(numbers) // shape[0]
    return [nested(numbers[k * size : (k + 1) * size], shape[1:]) for k in range(shape[0])]


# ---- one for all


class Sums(NamedTuple):
    """What is returned for some examples, added up: the structure, and for each leaf a number, or something else."""

    structure: Any
    leaves: Sequence[Any]


def reduced(found: Sequence[Sums], add: Callable[[Sequence[Any]], Any]) -> Any:
    """The structure of the results, with `add(…)` of the sums at each leaf."""
    if len({skeleton(sums.structure) for sums in found}) > 1:
        raise TypeError(UNLIKE)
    added = iter([add([sums.leaves[k] for sums in found]) for k in range(len(found[0].leaves))])
    return transform(lambda leaf: next(added), found[0].structure)


def constant(x: Any, count: int) -> Any:
    """So many times a leaf that is no computed number: a plain one, or something that stays what it is."""
    return x * count if isinstance(x, (int, float)) and not isinstance(x, bool) else x


def same(parts: Sequence[Any]) -> Any:
    """Something that is no number: the same of all examples."""
    first = parts[0]
    if any(
        type(x) is not type(first) or not (x is first or isinstance(x, (str, bytes, bool)) and x == first)
        for x in parts
    ):
        raise TypeError(ADDED_UP.format(describe(first)))
    return first


def is_number(x: Any) -> bool:
    return isinstance(x, (int, float, Value)) and not isinstance(x, bool) or hasattr(type(x), "_apply")
