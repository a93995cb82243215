"""Long sums that differ only in what is added at their end begin as rows of their own, which look the same.

    Σ aₙ·bₙ + x    and    Σ aₙ·bₙ + x + y + z        as in a Hessian, whose diagonal has more terms than the rest

No block has both: they have different numbers of terms. With p = Σ aₙ·bₙ, all p are one matrix product, and the sums
p + x and p + x + y + z are short. No float changes: a sum that begins with p begins with p.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterator
from itertools import chain

from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.rows import Rows

LONG = 64  # products that are worth a row
SHORT = 8  # terms that may follow


def begin_alike(rows: Rows) -> Rows:
    """The rows, with one more before each sum that is long, and begins as one does that ends otherwise."""
    found: dict[int, dict[int, list[int]]] = {}  # by the number of products, and of the terms after them
    for k, products, others in long_sums(rows):
        found.setdefault(products, {}).setdefault(others, []).append(k)
    split: dict[int, int] = {}  # how many terms become a row
    for products, by_others in found.items():
        if len(by_others) > 1:
            split |= {k: products for others, ks in by_others.items() if others for k in ks}
    return with_beginnings(rows, split) if split else rows


def long_sums(rows: Rows) -> Iterator[tuple[int, int, int]]:
    """The computed rows, counted from 0, that are many products and then few plain terms; and how many of each."""
    kind, left, right = rows.table.index("sum"), rows.left, rows.right
    for k, (begin, end) in enumerate(zip(chain([0], rows.ends), rows.ends, strict=False)):
        if end - begin < LONG or rows.kinds[k] != kind:
            continue
        products = end
        while products > begin and ONE in (left[products - 1], right[products - 1]):
            products -= 1
        if products - begin >= LONG and end - products <= SHORT:
            yield k, products - begin, end - products


def with_beginnings(rows: Rows, split: dict[int, int]) -> Rows:
    """The rows, where those in `split` are a row of so many terms, and what begins with it."""
    place = list(range(rows.first))
    kinds = bytearray()
    ends, left, right, adjoint_of = array("I"), array("I"), array("I"), array("I")

    def append(kind: int, terms: Collection[int], begins_with: int | None = None) -> int:
        if begins_with is not None:
            left.append(begins_with)
            right.append(ONE)
        left.extend([place[rows.left[t]] for t in terms])
        right.extend([place[rows.right[t]] for t in terms])
        kinds.append(kind)
        ends.append(len(left))
        adjoint_of.append(rows.first + len(ends) - 1)
        return adjoint_of[-1]

    begin = 0
    for k, (kind, end) in enumerate(zip(rows.kinds, rows.ends, strict=True)):
        if k in split:
            beginning = append(kind, range(begin, begin + split[k]))
            place.append(append(kind, range(begin + split[k], end), beginning))
        else:
            place.append(append(kind, range(begin, end)))
        if (of := rows.adjoint_of[k]) != rows.first + k:
            adjoint_of[-1] = place[of]
        begin = end
    outputs = array("I", [place[i] for i in rows.outputs])
    return Rows(rows.names, rows.constants, rows.table, bytes(kinds), ends, left, right, adjoint_of, outputs)
