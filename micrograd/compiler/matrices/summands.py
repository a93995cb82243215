"""The first of several equal summands, given back its own row.

In `sum(loss(x) for x in data)`, Python adds the first loss to 0, and a chain of additions is one row: so the terms of
the first loss stand in the row of the whole sum, while every other loss has a row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from micrograd.compiler.matrices.operands import NOWHERE, Operands
from micrograd.compiler.matrices.together import together
from micrograd.compiler.stages.expressions import SUM
from micrograd.compiler.stages.program import ONE

ANY = 0x7FFFFFFF  # number of terms
LEFT, RIGHT = 0, 1


def restore_summands(operands: Operands, numbers: Mapping[int, float]) -> Operands:
    """The rows, each such first summand as a further one, with a number of its own."""
    operands = without_zeros(operands, numbers)
    operands = without_signs(operands, numbers)
    once = together.summed_once(*operands.flat, operands.table.index(SUM))
    changed = {}
    count = operands.count
    for i, terms in sums_with(operands, once, LEFT, 2, ANY):
        if rest := first_summand(terms, operands, numbers, once):
            others = [pair for pair in in_pairs(terms) if pair not in rest]
            changed[operands.place[i]] = [(count, flat(rest)), (i, [count, ONE, *flat(others)])]
            count += 1
    return operands.replaced(changed) if changed else operands


def sums_with(
    operands: Operands, marks: Sequence[int], side: int, least: int, most: int
) -> list[tuple[int, list[int]]]:
    """The sums of so many terms of which one has a marked item on that side, with their terms."""
    if not any(marks):
        return []
    found = together.rows_with(*operands.flat, operands.table.index(SUM), marks, side, least, most)
    return [(i, operands.terms(i)) for i in map(operands.numbers.__getitem__, found)]


def marks_on(operands: Operands, numbers: Mapping[int, float], x: float) -> bytearray:
    """Marks on the numbers that are x."""
    marks = bytearray(operands.count)
    for i, known in numbers.items():
        if known == x:
            marks[i] = 1
    return marks


def without_zeros(operands: Operands, numbers: Mapping[int, float]) -> Operands:
    """The sums without known zeros, of which one is left if there is nothing else."""
    changed = {}
    for i, terms in sums_with(operands, marks_on(operands, numbers, 0.0), LEFT, 1, ANY):
        pairs = in_pairs(terms)
        kept = [pair for pair in pairs if not (numbers.get(pair[0]) == 0.0 and pair[1] in numbers)] or pairs[:1]
        if len(kept) < len(pairs):
            changed[operands.place[i]] = [(i, flat(kept))]
    return operands.replaced(changed) if changed else operands


def without_signs(operands: Operands, numbers: Mapping[int, float]) -> Operands:
    """The sums with −x in place of a row that is nothing but that, wherever it is added."""
    signs = dict(sums_with(operands, marks_on(operands, numbers, -1.0), RIGHT, 1, 1))
    marks = bytearray(operands.count)
    for i in signs:
        marks[i] = 1
    changed = {}
    for i, terms in sums_with(operands, marks, LEFT, 2, ANY):
        made = [p for x, y in in_pairs(terms) for p in (signs[x] if y == ONE and x in signs else (x, y))]
        if made != terms:
            changed[operands.place[i]] = [(i, made)]
    return operands.replaced(changed) if changed else operands


def first_summand(
    terms: Sequence[int], operands: Operands, numbers: Mapping[int, float], once: Sequence[int]
) -> list[tuple[int, int]]:
    """The terms that would make a row like all the other summands, sums used `once`; [] if that is not so."""
    pairs = in_pairs(terms)
    summands = {x: operands.terms(x) for x, y in pairs if y == ONE and once[x]}
    rest = [(x, y) for x, y in pairs if not (y == ONE and x in summands)]
    if not summands or not rest or len(set(map(len, summands.values()))) > 1:
        return []
    looks = {look(own, operands, numbers) for own in summands.values()}
    found = look(flat(rest), operands, numbers)
    return rest if looks == {found} else []


def look(terms: Sequence[int], operands: Operands, numbers: Mapping[int, float]) -> tuple[object, ...]:
    """What a sum looks like: which pairs of which kinds of rows it adds up."""

    def kind(p: int) -> tuple[object, ...]:
        if operands.place[p] != NOWHERE:
            return operands.kind(p), len(operands.terms(p))
        return "number" if p in numbers else "input", 0

    pairs = [sorted((kind(x), kind(y)), key=repr) for x, y in in_pairs(terms)]
    return tuple(sorted(map(repr, pairs)))


def in_pairs(terms: Sequence[int]) -> list[tuple[int, int]]:
    return [*zip(terms[::2], terms[1::2], strict=True)]


def flat(pairs: Sequence[tuple[int, int]]) -> list[int]:
    return [p for pair in pairs for p in pair]
