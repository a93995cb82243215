"""Patterns: into which parts the terms of a sum fall, worked out once for all sums that look the same.

Nearly all sums of a program are on the same arrays as thousands of others, term by term. So a pattern has the places of
the terms in each part, and what is done for single terms is done for all these sums by one call of a built-in function.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import chain, repeat
from typing import Any, NamedTuple, TypeAlias

from micrograd.compiler.matrices.arrays import Array, Places

Look: TypeAlias = "tuple[int, int, bool]"
UNIT = (1.0,)


class Part(NamedTuple):
    """The products of a row, or its operands, that are of the same arrays; None is a known number.

    Of each product, or operand, the places of its factors in these arrays, and a number.
    """

    left: Array | None
    right: Array | None
    lefts: Sequence[int]
    rights: Sequence[int]
    factors: Sequence[float]
    along: int = -1  # the place in the index of `left` along which a composite takes numbers
    among: int = 0  # so many of them, from the first on
    minus: bool = False  # whether it is subtracted from another part of the same array

    @property
    def look(self) -> Look:
        return id(self.left), id(self.right), self.minus

    @property
    def sides(self) -> tuple[Sequence[int], Sequence[int]]:
        return self.lefts, self.rights


class Pattern:
    """The parts of a sum, by the terms in each of them; `looks` are those of the parts, `counts` with their lengths."""

    def __init__(self, parts: Sequence[PartPattern]):
        self.parts = parts
        self.looks = [part.look for part in parts]
        self.look = tuple(sorted(self.looks))
        self.counts = counts_of(parts)
        self.length = sum(len(part.factors) for part in parts)

    def take(self, rows: Sequence[Sequence[int]], places: Places) -> list[list[Part]]:
        """The parts of rows with such terms; an empty list for a row with x as well as −x in it."""
        count = len(rows[0])
        at = [*map(places.place.__getitem__, chain.from_iterable(rows))]
        found = []
        for left, right, lefts, rights, factors, numbers, look in self.parts:
            own = zip(*(at[k::count] for k in lefts), strict=True)
            others = zip(*(at[k::count] for k in rights), strict=True) if right else repeat(())
            known = [factors] * len(rows)
            if numbers:
                filled = [*zip(numbers, factors, strict=True)]
                known = [tuple([x if k < 0 else places.numbers[terms[k]] for k, x in filled]) for terms in rows]
            minus = look[2]
            found.append(
                [Part(left, right, x, y, z, -1, 0, minus) for x, y, z in zip(own, others, known, strict=False)]
            )
        parts = [*map(list, zip(*found, strict=True))]
        for k, terms in enumerate(rows):
            if len(set(terms)) < count and not all(map(differ, parts[k])):
                joined = [part if differ(part) else join(part) for part in parts[k]]
                parts[k] = [part for part in joined if part] if all(joined) else []
        return parts


def differ(part: Part) -> bool:
    """Whether no two of its terms are the same."""
    terms = set(zip(part.lefts, part.rights, strict=True) if part.right else part.lefts)
    return len(terms) == len(part.factors)


def join(part: Part) -> Part | None:
    """The part with equal terms as one, times how often; None if they do not all have one sign."""
    if not (all(x > 0.0 for x in part.factors) or all(x < 0.0 for x in part.factors)):
        return None
    found: dict[tuple[int, int], float] = {}
    for at, factor in zip(zip(part.lefts, part.rights or part.lefts, strict=True), part.factors, strict=True):
        found[at] = found[at] + factor if at in found else factor
    lefts, rights = zip(*found, strict=True)
    return part._replace(lefts=lefts, rights=rights if part.right else (), factors=tuple(found.values()))


class PartPattern(NamedTuple):
    """Places in the list of all terms; `numbers` of the factors that are no 1 or −1, and −1 for the others."""

    left: Array
    right: Array | None
    lefts: Sequence[int]
    rights: Sequence[int]
    factors: tuple[float, ...]
    numbers: tuple[int, ...]
    look: Look


def parts_of(rows: Sequence[Sequence[int]], places: Places) -> list[tuple[Pattern | None, list[Part]]]:
    """The products of sums by the arrays of their factors, each with its pattern if there is one."""
    found: list[tuple[Pattern | None, list[Part]]] = [(None, [])] * len(rows)
    members: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for k, terms in enumerate(rows):
        members[tuple(map(places.codes.__getitem__, terms))].append(k)
    for codes, alike in members.items():
        pattern = pattern_by(codes, places)
        taken = pattern.take([rows[k] for k in alike], places) if pattern.parts else repeat([])
        for k, parts in zip(alike, taken, strict=False):
            whole = parts and sum([len(part.factors) for part in parts]) == pattern.length
            found[k] = (pattern if whole else None, parts or one_by_one(rows[k], places))
    return found


def pattern_by(codes: tuple[int, ...], places: Places) -> Pattern:
    """The pattern of terms with these codes."""
    pattern: Pattern | None = places.patterns.get(codes)
    if pattern is None:
        pattern = places.patterns[codes] = pattern_of([*map(places.of_code, codes)], places.numbers)
    return pattern


def pattern_of(looks: Sequence[Array | int | None], numbers: Mapping[int, float]) -> Pattern:
    """The pattern of terms that look like this; one without parts if they have none."""
    both = both_signs([(x if isinstance(x, Array) else None, y) for x, y in in_pairs(looks)], numbers)
    found: dict[Look, tuple[Array, Array | None, list[int], list[int], list[float], list[int]]] = {}
    for k, (x, y) in enumerate(in_pairs(looks)):
        left, right = x if isinstance(x, Array) else None, y if isinstance(y, Array) else None
        if left is None and right is None:
            return Pattern([])
        at, other, factor, number = 2 * k, 2 * k + 1, 1.0, -1
        if left is None or (right is not None and comes_first(right, left)):
            x, y, left, right, at, other = y, x, right, left, other, at
        assert left is not None
        if right is None:
            factor, number = (0.0, other) if y is None else (numbers[y], -1)
        minus = right is None and factor == -1.0 and id(left) in both
        _, _, lefts, rights, factors, listed = found.setdefault(
            (id(left), id(right), minus), (left, right, [], [], [], [])
        )
        lefts.append(at)
        rights.append(other)
        factors.append(factor)
        listed.append(number)
    parts = []
    for look, (left, right, lefts, rights, factors, listed) in found.items():
        known = tuple(listed) if max(listed) >= 0 else ()
        parts.append(PartPattern(left, right, lefts, rights, tuple(factors), known, look))
    return Pattern(parts)


def counts_of(parts: Sequence[Part | PartPattern]) -> tuple[tuple[Look, int], ...]:
    """How many products each part has."""
    return tuple(sorted((part.look, len(part.factors)) for part in parts))


def one_by_one(terms: Sequence[int], places: Places) -> list[Part]:
    """The parts of a sum; equal products of one sign are one, times how often.

    x − y, both of one array, are two parts: the row may hold the same number twice, and inf − inf/4 is nan.
    """
    owner, place, numbers = places.owner, places.place, places.numbers
    both = both_signs([(owner(x), y) for x, y in in_pairs(terms)], numbers)
    parts: dict[Look, tuple[Array | None, Array | None, dict[tuple[int, int], float]]] = {}
    for x, y in in_pairs(terms):
        left, right, factor = owner(x), owner(y), 1.0
        if left is None:
            factor *= numbers[x]
        if right is None:
            factor *= numbers[y]
        if left is None or (right is not None and comes_first(right, left)):
            x, y, left, right = y, x, right, left
        at = place[x], place[y]
        minus = right is None and factor == -1.0 and id(left) in both
        found = parts.setdefault((id(left), id(right), minus), (left, right, {}))[2]
        if found.get(at, 0.0) * factor < 0.0:
            minus = not minus
            found = parts.setdefault((id(left), id(right), minus), (left, right, {}))[2]
        found[at] = found[at] + factor if at in found else factor
    return [
        Part(
            left,
            right,
            tuple(at for at, _ in found) if left else (),
            tuple(at for _, at in found) if right else (),
            tuple(found.values()),
            minus=minus,
        )
        for (_, _, minus), (left, right, found) in parts.items()
    ]


def in_pairs(terms: Sequence[Any]) -> list[tuple[Any, Any]]:
    return list(zip(terms[::2], terms[1::2], strict=True))


def both_signs(pairs: Sequence[tuple[Array | None, Any]], numbers: Mapping[int, float]) -> set[int]:
    """The arrays that are added times 1 as well as times −1."""
    signs = {(id(array), numbers[y]) for array, y in pairs if isinstance(y, int) and abs(numbers.get(y, 0.0)) == 1.0}
    return {array for array, sign in signs if (array, -sign) in signs}


def comes_first(array: Array, other: Array) -> bool:
    """Whether the array is written before the other in a product: parameters, adjoints, data, what is computed."""
    return rank(array) < rank(other)


RANKS = {"parameter": 0, "backward": 1, "computed": 3}


def rank(array: Array) -> tuple[int, int]:
    return RANKS.get(array.role, 2), array.number


def operand_of(p: int, places: Places) -> Part:
    array = places.owner(p)
    if array is None:
        return Part(None, None, (), (), (places.numbers[p],))
    return Part(array, None, (places.place[p],), (), UNIT, -1, 0, False)
