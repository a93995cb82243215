"""Views: how the slots of the operands of a block lie, as strides over its dimensions or as an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import NamedTuple

from micrograd.compiler.stages.blocks import View
from micrograd.compiler.stages.products import Side

DIMS = 3


def nest(slots: Sequence[int]) -> list[int] | None:
    """The sizes of the blocks of a nested strided sequence, the smallest first; None if it is none.

    0 0 0 4 4 4 8 8 8 are three times three slots: [3, 9].
    """
    sizes, at = [], slots
    size = 1
    while len(at) > 1:
        stride = at[1] - at[0]
        n = next((k for k in range(2, len(at)) if at[k] - at[k - 1] != stride), len(at))
        if len(at) % n:
            return None
        for k in range(0, len(at), n):
            if any(at[j] - at[j - 1] != stride for j in range(k + 1, k + n)):
                return None
        size *= n
        sizes.append(size)
        at = at[::n]
    return sizes


def find_dims(count: int, wanted: Iterable[list[int] | None]) -> tuple[int, int, int]:
    """Dimensions of so many lanes in which nested sequences of these sizes are strided: all, or else the first ones."""
    cuts = {1, count}
    for sizes in wanted:
        more = sorted(cuts.union(sizes or ()))
        if len(more) <= 1 + DIMS and all(b % a == 0 for a, b in zip(more, more[1:], strict=False)):
            cuts.update(more)
    sizes = sorted(cuts)
    dims = [b // a for a, b in zip(sizes, sizes[1:], strict=False)]
    n2, n1, n0 = dims + [1] * (DIMS - len(dims))
    return n0, n1, n2


class Found(NamedTuple):
    """A view; if it is indexed, on these slots, as if they were the whole index."""

    view: View
    slots: list[int]


def find_view(slots: Side, dims: tuple[int, int, int]) -> Found:
    """The view on these slots, of the lanes and their terms."""
    n0, n1, n2 = dims
    base, terms = slots[0][0], len(slots[0])
    s0 = slots[n1 * n2][0] - base if n0 > 1 else 0
    s1 = slots[n2][0] - base if n1 > 1 else 0
    s2 = slots[1][0] - base if n2 > 1 else 0
    along = slots[0][1] - base if terms > 1 else 0
    lanes = product(range(n0), range(n1), range(n2))
    for row, (i0, i1, i2) in zip(slots, lanes, strict=True):
        start = base + i0 * s0 + i1 * s1 + i2 * s2
        if any(slot != start + t * along for t, slot in enumerate(row)):
            return make_index(slots, dims)
    return Found(View(base, (s0, s1, s2), along), [])


def make_index(slots: Side, dims: tuple[int, int, int]) -> Found:
    """An index over the dimensions and terms by which the slots vary; the lanes of the last dimension lie densely."""
    n0, n1, n2 = dims
    steps = n1 * n2, n2, 1
    m0, m1, m2 = (
        n if any(slots[k] != slots[k - step] for k in range(step, len(slots)) if k // step % n) else 1
        for n, step in zip(dims, steps, strict=True)
    )
    terms = len(slots[0]) if any(slot != row[0] for row in slots for slot in row) else 1
    index = [
        slots[i0 * steps[0] + i1 * steps[1] + i2][t]
        for i0, i1, t, i2 in product(range(m0), range(m1), range(terms), range(m2))
    ]
    sizes = (m0, m1 * terms * m2), (m1, terms * m2), (m2, 1)
    s0, s1, s2 = (size if m > 1 else 0 for m, size in sizes)
    return Found(View(0, (s0, s1, s2), m2 if terms > 1 else 0, indexed=True), index)
