"""Families: rows of a program that differ only in their indices, and so are one array."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from micrograd.compiler.matrices.agenda import Operands, agenda
from micrograd.compiler.matrices.arrays import Array, Places
from micrograd.compiler.matrices.patterns import UNIT, Part, Pattern, counts_of, operand_of, parts_of
from micrograd.compiler.stages.expressions import SUM
from micrograd.compiler.stages.program import FUNCTIONS, ONE, name_of
from micrograd.ops import PRIMITIVES

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


class Row(NamedTuple):
    """Row i: a sum of the parts, or a function of them, each of which has one entry.

    Rows of one pattern have the same parts in the same order.
    """

    i: int
    kind: str
    parts: list[Part]
    pattern: Pattern | None = None


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
        known: dict[tuple[object, ...], Family] = {}  # by patterns, of which several may have the same look
        kind = operands[ready[0]][0]
        listed = [operands[i][1] for i in ready]
        parts_by_row = parts_of(listed, places) if kind == SUM else operands_by_row(kind, listed, places)
        for i, (pattern, parts) in zip(ready, parts_by_row, strict=True):
            of = adjoint_of.get(i, i)
            array = None if of == i else places.owner.get(of)
            home = places.homes[i][0] if i in places.homes else None
            family = known.get((pattern, array, home)) if pattern else None
            if family is None:
                looks = pattern.look if pattern else tuple([part.look for part in parts])
                look = tuple(sorted(looks)) if kind == SUM else looks
                new = Family(kind, array, [], i in forward, home)
                family = known[pattern, array, home] = families.setdefault((kind, array, home, look), new)
            family.rows.append(Row(i, kind, parts, pattern))
        yield from families.values()


def split(family: Family) -> list[Family]:
    """The rows that have as many terms as each other, from every array."""
    if not (family.kind == SUM or family.kind in COMPOSITES or family.kind in OF_ROWS):
        return [family]
    found: dict[tuple[object, ...], Family] = {}
    for row in family.rows:
        counts = row.pattern.counts if row.pattern else counts_of(row.parts)
        found.setdefault(counts, family._replace(rows=[])).rows.append(row)
    return [*found.values()]


def needed(operands: Operands, results: Iterable[int]) -> set[int]:
    """The computed rows that these results are made from, themselves among them. Each row stands after its operands."""
    found = set(results)
    for i in reversed(operands):
        if i in found:
            found.update(operands[i][1])
    return found & operands.keys()


TAKES = {
    **FUNCTIONS,
    **dict.fromkeys(("div", "pow", "less", "at most", "equal", "gate", "relu gate"), 2),
    **{"relu": 1, "step": 1, "choose": 3, "detached": 1},
}


def operands_by_row(
    kind: str, rows: Sequence[Sequence[int]], places: Places
) -> Iterator[tuple[Pattern | None, list[Part]]]:
    """The operands of functions of one kind, each as a part."""
    if kind not in TAKES:
        yield from ((None, operands_of(kind, terms, places)) for terms in rows)
        return
    for terms in rows:
        yield None, [operand_of(p, places) for p in terms[: TAKES[kind]]]


def operands_of(kind: str, terms: Sequence[int], places: Places) -> list[Part]:
    """The operands of a function, each as a part."""
    if kind in COMPOSITES:
        listed = operands_in(terms)
        before, logits = listed[: COMPOSITES[kind]], listed[COMPOSITES[kind] :]
        found = row_of(logits, places)
        if kind in WITH_PLACE:
            place = int(places.numbers[before[0]]) if kind == SLOPE else [*logits].index(before[0])
            found = found._replace(lefts=found.lefts[place : place + 1], factors=UNIT)
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
        count = len(PRIMITIVES[name_of(kind)].operands)
        operands = terms[::2] if count > 2 else terms[:count]
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
    return [Part(array, None, [places.place[p] for p in terms], (), UNIT * len(terms), 0)]


def row_of(terms: Sequence[int], places: Places) -> Part:
    """All numbers of a row of an array, or of a column, or the first of them. Raises `Unfit` if the terms are none."""
    array, indices = places.owner[terms[0]], [places.index[p] for p in terms]
    if array is None or any(places.owner[p] is not array for p in terms):
        raise Unfit
    for place, size in enumerate(array.shape):
        first = indices[0]
        if indices == [(*first[:place], k, *first[place + 1 :]) for k in range(min(size, len(indices)))]:
            at = [places.place[p] for p in terms]
            return Part(array, None, at, (), UNIT * len(at), place, len(at))
    raise Unfit
