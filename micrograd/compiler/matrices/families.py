"""Families: rows of a program that differ only in their indices, and so are one array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from micrograd.compiler.matrices.agenda import Operands, agenda
from micrograd.compiler.matrices.arrays import Array, Index, Places
from micrograd.compiler.stages.expressions import SUM
from micrograd.compiler.stages.program import FUNCTIONS, ONE, name_of
from micrograd.ops import PRIMITIVES

Entry: TypeAlias = tuple[Index, Index, float]  # where the operands of a product are in their arrays, times a number


# Composites, and what comes before the logits: an index; a place and an index; one of them and `WHOLE`; nothing.
SURPRISE, SLOPE, SOFTMAX, WHOLE = "cross_entropy", "cross_entropy slope", "softmax", "logsumexp"
PLAIN_SOFTMAX = "plain softmax"  # of an infinite logit it is nan
COMPOSITES = {SURPRISE: 1, SLOPE: 2, SOFTMAX: 2, PLAIN_SOFTMAX: 2, WHOLE: 0}
WITH_PLACE = frozenset([SLOPE, SOFTMAX, PLAIN_SOFTMAX])
WITH_INDEX = frozenset([SURPRISE, SLOPE])

POWER = "power of "  # and the exponent: a power that is no quotient

# Functions of any number of operands, where an export keeps them whole, and how many come before those of the row.
OF_ROWS = {
    **{"cross_entropy()": 1, "pick()": 1, "logsumexp()": 0, "norm()": 0},
    **{"largest()": 0, "smallest()": 0, "place of largest()": 0},
}
# What may stand among the numbers without changing the result.
MISSING = {
    "smallest()": float("inf"),
    **dict.fromkeys(["largest()", "place of largest()", "logsumexp()"], float("-inf")),
}


class Unfit(Exception):
    """The operands of a composite are no row of an array: it has to be taken apart."""


class Part(NamedTuple):
    """The products of a row, or its operands, that are of the same arrays; None is a known number."""

    left: Array | None
    right: Array | None
    entries: list[Entry]
    along: int = -1  # the place in the index of `left` along which a composite takes numbers
    among: int = 0  # so many of them, from the first on
    minus: bool = False  # whether it is subtracted from another part of the same array

    @property
    def look(self) -> tuple[int, int, bool]:
        return id(self.left), id(self.right), self.minus


class Row(NamedTuple):
    """Row i: a sum of the parts, or a function of them, each of which has one entry."""

    i: int
    kind: str
    parts: list[Part]


class Family(NamedTuple):
    """`of` is the array whose adjoints the rows are, if there is one; `home` is the one in which they have places."""

    kind: str
    of: Array | None
    rows: list[Row]
    forward: bool
    home: Array | None = None


def find_families(
    operands: Operands, adjoint_of: dict[int, int], places: Places, results: Sequence[int]
) -> Iterator[Family]:
    """The families, each after those it reads; whoever takes one places its rows before the next."""
    forward = needed(operands, results)
    for ready in agenda(operands, forward, places.numbers):
        families: dict[tuple[object, ...], Family] = {}
        for i in ready:
            kind, terms = operands[i]
            of = adjoint_of.get(i, i)
            row = Row(i, kind, parts_of(terms, places) if kind == SUM else operands_of(kind, terms, places))
            array = None if of == i else places.owner.get(of)
            looks = [part.look for part in row.parts]
            home = places.homes[i][0] if i in places.homes else None
            key = kind, id(array), id(home), *(sorted(looks) if kind == SUM else looks)
            families.setdefault(key, Family(kind, array, [], i in forward, home)).rows.append(row)
        yield from families.values()


def split(family: Family) -> list[Family]:
    """The rows that have as many terms as each other, from every array."""
    found: dict[tuple[object, ...], Family] = {}
    for row in family.rows:
        counts = sorted((part.look, len(part.entries)) for part in row.parts)
        found.setdefault(tuple(counts), family._replace(rows=[])).rows.append(row)
    return [*found.values()]


def needed(operands: Operands, results: Iterable[int]) -> set[int]:
    """The computed rows that these results are made from, themselves among them."""
    found: set[int] = set()
    waiting = list(results)
    while waiting:
        i = waiting.pop()
        if i in operands and i not in found:
            found.add(i)
            waiting += operands[i][1]
    return found


def parts_of(terms: Sequence[int], places: Places) -> list[Part]:
    """The products of a sum by the arrays of their factors; equal ones of one sign are one, times how often.

    x − y, both of one array, are two parts: the row may hold the same number twice, and inf − inf/4 is nan.
    """
    owner, index, numbers = places.owner, places.index, places.numbers
    pairs = list(zip(terms[::2], terms[1::2], strict=True))
    signs = [(id(owner[x]), numbers[y]) for x, y in pairs if abs(numbers.get(y, 0.0)) == 1.0]
    both = {array for array, sign in signs if (array, -sign) in signs}
    parts: dict[tuple[int, int, bool], tuple[Array | None, Array | None, dict[tuple[Index, Index], float]]] = {}
    for x, y in pairs:
        left, right, factor = owner[x], owner[y], 1.0
        if left is None:
            factor *= numbers[x]
        if right is None:
            factor *= numbers[y]
        if left is None or (right is not None and comes_first(right, left)):
            x, y, left, right = y, x, right, left
        at = index[x] if left else (), index[y] if right else ()
        minus = right is None and factor == -1.0 and id(left) in both
        found = parts.setdefault((id(left), id(right), minus), (left, right, {}))[2]
        if found.get(at, 0.0) * factor < 0.0:
            minus = not minus
            found = parts.setdefault((id(left), id(right), minus), (left, right, {}))[2]
        found[at] = found[at] + factor if at in found else factor
    return [
        Part(left, right, [(*at, factor) for at, factor in found.items()], minus=minus)
        for (_, _, minus), (left, right, found) in parts.items()
    ]


def comes_first(array: Array, other: Array) -> bool:
    """Whether the array is written before the other in a product: parameters, adjoints, data, what is computed."""
    return rank(array) < rank(other)


def rank(array: Array) -> tuple[int, int]:
    return {"parameter": 0, "backward": 1, "computed": 3}.get(array.role, 2), array.number


TAKES = {
    **FUNCTIONS,
    **dict.fromkeys(("div", "pow", "less", "at most", "equal", "gate", "relu gate"), 2),
    **{"relu": 1, "step": 1, "choose": 3, "detached": 1},
}


def operands_of(kind: str, terms: Sequence[int], places: Places) -> list[Part]:
    """The operands of a function, each as a part."""
    if kind in COMPOSITES:
        listed = operands_in(terms)
        before, logits = listed[: COMPOSITES[kind]], listed[COMPOSITES[kind] :]
        found = row_of(logits, places)
        if kind in WITH_PLACE:
            place = int(places.numbers[before[0]]) if kind == SLOPE else [*logits].index(before[0])
            found = found._replace(entries=[found.entries[place]])
        return [*([operand_of(before[-1], places)] if kind in WITH_INDEX else []), found]
    if kind in OF_ROWS:
        return [operand_of(p, places) for p in terms[: 2 * OF_ROWS[kind] : 2]] + row_or_several(
            terms[2 * OF_ROWS[kind] :: 2], places
        )
    if kind == "pick":
        operands = terms[::2]
    else:
        if kind.startswith(POWER):
            return [operand_of(terms[0], places)]
        count = TAKES[kind] if kind in TAKES else len(PRIMITIVES[name_of(kind)].operands)
        operands = terms[::2] if count > 2 and kind not in TAKES else terms[:count]
    return [operand_of(p, places) for p in operands]


def operands_in(terms: Sequence[int]) -> Sequence[int]:
    """The operands of a function, which a row has in pairs: none of them is the number 1."""
    if len(terms) == 2:
        return terms[:1] if terms[1] == ONE else terms
    return terms[:3] if len(terms) == 4 else terms[::2]


def row_or_several(terms: Sequence[int], places: Places) -> list[Part]:
    """Numbers of one array as one part, along which a function takes them; else each as a part."""
    array = places.owner[terms[0]]
    if array is None or any(places.owner[p] is not array for p in terms):
        return [operand_of(p, places) for p in terms]
    return [Part(array, None, [(places.index[p], (), 1.0) for p in terms], 0)]


def operand_of(p: int, places: Places) -> Part:
    return Part(places.owner[p], None, [(places.index[p], (), 1.0 if places.owner[p] else places.numbers[p])])


def row_of(terms: Sequence[int], places: Places) -> Part:
    """All numbers of a row of an array, or of a column, or the first of them. Raises `Unfit` if the terms are none."""
    array, indices = places.owner[terms[0]], [places.index[p] for p in terms]
    if array is None or any(places.owner[p] is not array for p in terms):
        raise Unfit
    for place, size in enumerate(array.shape):
        first = indices[0]
        if indices == [(*first[:place], k, *first[place + 1 :]) for k in range(min(size, len(indices)))]:
            return Part(array, None, [(index, (), 1.0) for index in indices], place, len(indices))
    raise Unfit
