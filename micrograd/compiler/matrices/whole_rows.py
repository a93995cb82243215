"""Functions that take a whole row of numbers: composites, and those of any number of operands."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from math import inf

from micrograd.compiler.matrices.alike import Row
from micrograd.compiler.matrices.expressions import Axis, Call, Expression, Leaf, Number, Sum, Table
from micrograd.compiler.matrices.families import MISSING, OF_ROWS, WHOLE, WITH_INDEX, WITH_PLACE, Unfit
from micrograd.compiler.matrices.patterns import Part
from micrograd.compiler.matrices.terms import first_terms, length, operand, product_of
from micrograd.compiler.matrices.views import numbers


def composite(rows: Sequence[Row], order: Sequence[int], axes: tuple[Axis, ...]) -> Expression:
    """A composite of the rows of an array; raises `Unfit` if the rows are not all of them that belong together.

    Where some take fewer numbers than others, as in attention that looks back only, the rest is −∞ to a softmax.
    """
    kind = rows[0].kind
    logits = max((row.parts[-1] for row in rows), key=lambda part: part.among)
    inner = (Axis(logits.among),) if kind not in WITH_PLACE else ()
    found = [rows[k].parts[-1] if k >= 0 else None for k in order]
    entries = [first_terms(of, logits.among if inner else 1) for of in found]
    leaf = product_of(logits, found, entries, (*axes, *inner))
    if not isinstance(leaf, Leaf) or not all(of is None or lies_along(of, logits.along) for of in found):
        raise Unfit
    if kind in WITH_PLACE and not all_shares(rows, logits.along):
        raise Unfit
    if kind == WHOLE and logits.among == 1:
        return leaf
    over = tuple(axis for axis, _ in leaf.moves[logits.along])
    if leaf.base[logits.along] or [axis.size for axis in over] != [logits.among]:
        raise Unfit
    operands: tuple[Expression, ...] = (leaf,)
    if any(-1 in row for row in entries):
        if kind in WITH_INDEX:
            raise Unfit
        there = numbers([float(k >= 0) for row in entries for k in row], (*axes, *inner))
        operands = (Call("choose", (there, leaf, Number(-inf))),)
    if kind in WITH_INDEX:
        operands = operand([rows[k].parts[0] for k in order], axes), *operands
        if any(axis in over for axis in operands[0].axes):
            raise Unfit
    return Call(kind, operands, over, kind in WITH_PLACE)


def lies_along(part: Part, place: int) -> bool:
    """Whether the numbers that a composite takes lie along that place; a single one lies along any."""
    assert part.left is not None
    return part.along == place or (part.among == 1 and not any(part.left.along(place, array("I", part.lefts))))


def all_shares(rows: Sequence[Row], along: int) -> bool:
    """Whether of a softmax, or the derivatives of a cross-entropy, none is missing."""
    array = rows[0].parts[-1].left
    assert array is not None
    indices = [array.index(row.parts[-1].lefts[0]) for row in rows]
    heads = [(*index[:along], *index[along + 1 :]) for index in indices]
    counts = Counter(heads)
    return all(counts[head] == row.parts[-1].among for head, row in zip(heads, rows, strict=True))


def of_a_row(rows: Sequence[Row], axes: tuple[Axis, ...]) -> Expression:
    """A function of some operands and of a row of numbers, which may have to be put together.

    A row with fewer numbers than others has such in their place that do not change the result.
    """
    kind = rows[0].kind
    leading = OF_ROWS[kind]
    others = [operand([row.parts[k] for row in rows], axes) for k in range(leading)]
    parts = [row.parts[leading:] for row in rows]
    if parts[0][0].along >= 0:
        longest = max((of[0] for of in parts), key=length)
        inner = Axis(length(longest))
        entries = [first_terms(of[0], inner.size) for of in parts]
        e = product_of(longest, [of[0] for of in parts], entries, (*axes, inner))
        if any(-1 in row for row in entries):
            if kind not in MISSING:
                raise Unfit
            there = numbers([float(k >= 0) for row in entries for k in row], (*axes, inner))
            e = Call("choose", (there, e, Number(MISSING[kind])))
    else:
        inner = Axis(len(parts[0]))
        if any(len(of) != inner.size for of in parts):
            raise Unfit
        e = operand([of[-1] for of in parts], axes)
        for k in range(inner.size - 2, -1, -1):
            here = Table(tuple(float(j == k) for j in range(inner.size)), (inner,))
            e = Call("choose", (here, operand([of[k] for of in parts], axes), e))
    if inner not in e.axes:
        e = Sum((e, Table((0.0,) * inner.size, (inner,))))
    return Call(kind, (*others, e), (inner,))
