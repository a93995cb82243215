"""Families: rows of a program that differ only in their indices, and so are one array."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from micrograd.compiler.matrices.agenda import Agenda
from micrograd.compiler.matrices.alike import Alike, Row, functions_alike, sums_alike
from micrograd.compiler.matrices.arrays import Array, Places
from micrograd.compiler.matrices.operands import Operands
from micrograd.compiler.matrices.patterns import UNIT, Part, counts_of, operand_of, parts_of, pattern_by
from micrograd.compiler.matrices.together import together
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


class Family(NamedTuple):
    """`of` is the array whose adjoints the rows are, if there is one; `home` is the one in which they have places."""

    kind: str
    of: Array | None
    rows: Sequence[Row]
    forward: bool
    home: Array | None = None

    @property
    def numbers(self) -> Sequence[int]:
        """Those of the rows."""
        return self.rows.numbers if isinstance(self.rows, Alike) else [row.i for row in self.rows]


Look: TypeAlias = tuple[object, ...]


def find_families(operands: Operands, adjoint_of: Mapping[int, int], places: Places, found: Agenda) -> Iterator[Family]:
    """The families, each after those it reads; whoever takes one places its rows before the next."""
    for batch in found.batches:
        kind, forward = operands.kind(batch[0]), bool(found.forward[operands.place[batch[0]]])
        groups = [*groups_of(kind, batch, operands, places)]
        if len(groups) == 1 and isinstance(groups[0][1], Alike) and not (adjoint_of or places.homes):
            yield Family(kind, None, groups[0][1], forward)
        elif not (adjoint_of or places.homes) and all(isinstance(rows, Alike) for _, rows in groups):
            yield from joined(kind, forward, groups)
        else:
            yield from divided(kind, forward, groups, adjoint_of, places)


def joined(kind: str, forward: bool, groups: Sequence[tuple[Sequence[int], Sequence[Row]]]) -> Iterator[Family]:
    """The groups of a batch by their looks."""
    members: dict[Look, list[tuple[Sequence[int], Sequence[Row]]]] = defaultdict(list)
    for group in groups:
        members[look_of(kind, group[1])].append(group)
    for own in members.values():
        rows = own[0][1]
        if len(own) > 1:
            order = sorted((place, g, k) for g, (batch, _) in enumerate(own) for k, place in enumerate(batch))
            each = [[*of] for _, of in own]
            rows = [each[g][k] for _, g, k in order]
        yield Family(kind, None, rows, forward)


def divided(
    kind: str,
    forward: bool,
    groups: Sequence[tuple[Sequence[int], Sequence[Row]]],
    adjoint_of: Mapping[int, int],
    places: Places,
) -> Iterator[Family]:
    """The rows of a batch by their looks, the arrays whose adjoints they are, and their homes."""
    members: dict[Any, list[tuple[int, int, int]]] = defaultdict(list)  # places in the batch, groups, places in these
    listed = sorted((place, g, k) for g, (batch, _) in enumerate(groups) for k, place in enumerate(batch))
    looks = {g: look_of(kind, rows) for g, (_, rows) in enumerate(groups) if isinstance(rows, Alike)}
    for entry in listed:
        _, g, k = entry
        rows = groups[g][1]
        i = rows.numbers[k] if isinstance(rows, Alike) else rows[k].i
        of = adjoint_of.get(i, i)
        owner = None if of == i else places.owner(of)
        home = places.homes[i][0] if i in places.homes else None
        members[owner, home, looks[g] if g in looks else look_of(kind, rows[k : k + 1])].append(entry)
    for (owner, home, _), own in members.items():
        if len({g for _, g, _ in own}) == 1 and isinstance(rows := groups[own[0][1]][1], Alike):
            chosen: Sequence[Row] = rows if len(own) == len(rows) else rows.rows([k for _, _, k in own])
        else:
            chosen = [groups[g][1][k] for _, g, k in own]
        yield Family(kind, owner, chosen, forward, home)


def look_of(kind: str, rows: Sequence[Row]) -> Look:
    """What the rows of one family have in common: the looks of their parts, for a sum in any order."""
    looks = [part.look for part in rows[0].parts]
    return tuple(sorted(looks)) if kind == SUM else tuple(looks)


def groups_of(
    kind: str, batch: array[int], operands: Operands, places: Places
) -> Iterator[tuple[Sequence[int], Sequence[Row]]]:
    """The rows of a batch in groups of a pattern each, with their places in the batch."""
    positions = positions_in(kind)
    if kind != SUM and positions is None:
        yield range(len(batch)), [Row(i, kind, operands_of(kind, operands.terms(i), places)) for i in batch]
        return
    numbers = together.number_looks(*operands.flat, places.codes, batch, positions)
    several = max(numbers, default=0) > 0
    members: dict[int, Sequence[int]] = {0: range(len(batch))} if not several else defaultdict(list)
    for k, number in enumerate(numbers if several else ()):
        members[number].append(k)  # type: ignore[attr-defined]
    for own in members.values():
        rows = array("I", map(batch.__getitem__, own)) if several else batch
        if positions is not None:
            yield own, functions_alike(kind, rows, positions, operands, places)
            continue
        terms = operands.terms(rows[0])
        pattern = pattern_by(tuple(map(places.codes.__getitem__, terms)), places)
        alike = sums_alike(rows, pattern, operands, places) if pattern.parts else None
        yield own, alike if alike is not None else one_by_one(rows, operands, places)


def one_by_one(rows: Sequence[int], operands: Operands, places: Places) -> list[Row]:
    """Sums that have equal terms."""
    found = parts_of([operands.terms(i) for i in rows], places)
    return [Row(i, SUM, parts, pattern) for i, (pattern, parts) in zip(rows, found, strict=True)]


def split(family: Family) -> list[Family]:
    """The rows that have as many terms as each other, from every array."""
    if not (family.kind == SUM or family.kind in COMPOSITES or family.kind in OF_ROWS):
        return [family]
    if isinstance(family.rows, Alike):
        return [family]
    found: dict[tuple[object, ...], list[Row]] = defaultdict(list)
    for row in family.rows:
        found[row.pattern.counts if row.pattern else counts_of(row.parts)].append(row)
    return [family._replace(rows=rows) for rows in found.values()]


TAKES = {
    **FUNCTIONS,
    **dict.fromkeys(("div", "pow", "less", "at most", "equal", "gate", "relu gate"), 2),
    **{"relu": 1, "step": 1, "choose": 3, "detached": 1},
}


def positions_in(kind: str) -> Sequence[int] | None:
    """Where among its terms the operands of a function stand; None if these are not as many as in any other row."""
    if kind in TAKES:
        return range(TAKES[kind])
    if kind.startswith(POWER):
        return (0,)
    if kind == SUM or kind in COMPOSITES or kind in OF_ROWS or kind == "pick":
        return None
    count = len(PRIMITIVES[name_of(kind)].operands)
    return range(count) if count <= 2 else None


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
    owner = places.owner(terms[0])
    if owner is None or any(places.owner(p) is not owner for p in terms):
        return [operand_of(p, places) for p in terms]
    return [Part(owner, None, [places.place[p] for p in terms], (), UNIT * len(terms), 0)]


def row_of(terms: Sequence[int], places: Places) -> Part:
    """All numbers of a row of an array, or of a column, or the first of them. Raises `Unfit` if the terms are none."""
    owner, indices = places.owner(terms[0]), [places.index(p) for p in terms]
    if owner is None or any(places.owner(p) is not owner for p in terms):
        raise Unfit
    for place, size in enumerate(owner.shape):
        first = indices[0]
        if indices == [(*first[:place], k, *first[place + 1 :]) for k in range(min(size, len(indices)))]:
            at = [places.place[p] for p in terms]
            return Part(owner, None, at, (), UNIT * len(at), place, len(at))
    raise Unfit
