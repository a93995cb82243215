"""The first of several equal summands, given back its own row.

In `sum(loss(x) for x in data)`, Python adds the first loss to 0, and a chain of additions is one row: so the terms of
the first loss stand in the row of the whole sum, while every other loss has a row of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from itertools import chain

from micrograd.compiler.matrices.agenda import Operands
from micrograd.compiler.stages.expressions import SUM
from micrograd.compiler.stages.program import ONE


def restore_summands(operands: Operands, numbers: dict[int, float], next_row: int) -> Operands:
    """The rows, each such first summand as a further one, numbered from `next_row` on."""
    zeros = {p for p, x in numbers.items() if x == 0.0}
    if zeros:
        operands = {
            i: (kind, without_zeros(terms, numbers) if kind == SUM and not zeros.isdisjoint(terms[::2]) else terms)
            for i, (kind, terms) in operands.items()
        }
    operands = without_signs(operands, numbers)
    sums = {i for i, (kind, _) in operands.items() if kind == SUM}
    longer = [terms for kind, terms in operands.values() if kind == SUM and len(terms) >= 4]
    added = {p for terms in longer if not sums.isdisjoint(terms[::2]) for p in terms[::2] if p in sums}
    uses = Counter(chain.from_iterable(terms for _, terms in operands.values() if not added.isdisjoint(terms)))
    once = {i for i in added if uses[i] == 1}
    restored: Operands = {}
    for i, (kind, terms) in operands.items():
        rest = []
        if kind == SUM and len(terms) >= 4 and not once.isdisjoint(terms[::2]):
            rest = first_summand(terms, operands, numbers, once)
        if rest:
            pairs = list(zip(terms[::2], terms[1::2], strict=True))
            others = [pair for pair in pairs if pair not in rest]
            restored[next_row] = SUM, [p for pair in rest for p in pair]
            restored[i] = SUM, [next_row, ONE, *(p for pair in others for p in pair)]
            next_row += 1
        else:
            restored[i] = kind, terms
    return restored


def without_signs(operands: Operands, numbers: dict[int, float]) -> Operands:
    """The rows with −x in place of a row that is nothing but that, wherever it is added."""
    short = {i: terms for i, (kind, terms) in operands.items() if len(terms) == 2 and kind == SUM}
    signs = {i: terms for i, terms in short.items() if numbers.get(terms[1]) == -1.0}
    if not signs:
        return operands
    made: Operands = {}
    for i, (kind, terms) in operands.items():
        if kind == SUM and len(terms) > 2 and not signs.keys().isdisjoint(terms[::2]):
            pairs = zip(terms[::2], terms[1::2], strict=True)
            terms = [p for x, y in pairs for p in (signs[x] if y == ONE and x in signs else (x, y))]
        made[i] = kind, terms
    return made


def first_summand(
    terms: Sequence[int], operands: Operands, numbers: dict[int, float], once: Container[int]
) -> list[tuple[int, int]]:
    """The terms that would make a row like all the other summands, sums used `once`; [] if that is not so."""
    pairs = list(zip(terms[::2], terms[1::2], strict=True))
    summands = [x for x, y in pairs if y == ONE and x in once]
    rest = [(x, y) for x, y in pairs if not (y == ONE and x in summands)]
    if not summands or not rest or len({len(operands[x][1]) for x in summands}) > 1:
        return []
    looks = {look(operands[x][1], operands, numbers) for x in summands}
    found = look([p for pair in rest for p in pair], operands, numbers)
    return rest if looks == {found} else []


def look(terms: Sequence[int], operands: Operands, numbers: dict[int, float]) -> tuple[object, ...]:
    """What a sum looks like: which pairs of which kinds of rows it adds up."""

    def kind(p: int) -> tuple[object, ...]:
        return (operands[p][0], len(operands[p][1])) if p in operands else ("number" if p in numbers else "input", 0)

    pairs = [sorted((kind(x), kind(y)), key=repr) for x, y in zip(terms[::2], terms[1::2], strict=True)]
    return tuple(sorted(map(repr, pairs)))


def without_zeros(terms: list[int], numbers: dict[int, float]) -> list[int]:
    """The terms but for known zeros, of which one is left if there is nothing else."""
    pairs = list(zip(terms[::2], terms[1::2], strict=True))
    kept = [pair for pair in pairs if not (numbers.get(pair[0]) == 0.0 and pair[1] in numbers)]
    return [p for pair in kept or pairs[:1] for p in pair]
