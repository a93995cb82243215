"""The lanes of a block: their order, their dimensions, and pieces of terms that have one pattern."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd.compiler.stages.agenda import SUM, Graph
from micrograd.compiler.stages.products import Side, exchange_sides, find_product
from micrograd.compiler.stages.views import Found, find_dims, find_view, nest

Sides = tuple[Side, Side]

PARTS = 4  # a block is cut into so many strided ones at most
RUN = 3  # a piece is cut into strided ones if they have so many terms on average


class Places(NamedTuple):
    """Where rows are by now: their slots, and the numbers of the steps that write them, -1 for a leaf."""

    slot: list[int]
    step: list[int]


class Layout(NamedTuple):
    """How a block is laid out.

    order    the lanes, as they are to stand
    columns  the slots of all first terms and of the further operands, in that order
    pieces   for each the number of its terms, and the views on its left and its right operands
    others   the views on further operands
    """

    order: list[int]
    columns: list[list[int]]
    dims: tuple[int, int, int]
    pieces: list[tuple[int, Found, Found]]
    others: list[Found]

    @property
    def products(self) -> int:
        return len(self.order) * sum(terms for terms, _, _ in self.pieces)

    @property
    def indexed(self) -> int:
        """The slots of all indices."""
        return sum(len(view.slots) for _, *sides in self.pieces for view in sides) + sum(
            len(view.slots) for view in self.others
        )

    def cut(self) -> list[list[int]]:
        """The lanes in parts in which each column has one stride; none if there are many parts."""
        parts, last = [self.order[:1]], None
        for k in range(1, len(self.order)):
            step = [column[k] - column[k - 1] for column in self.columns]
            if last in (None, step):
                parts[-1].append(self.order[k])
                last = step
            elif len(parts) == PARTS:
                return []
            else:
                parts.append([self.order[k]])
                last = None
        return [sorted(part) for part in parts]


def lay_out(graph: Graph, places: Places, rows: list[int], others: list[list[int]]) -> Layout:
    """The layout of these rows of one signature; `others` are further operands, of all rows."""
    count = len(rows)
    pieces = [read(graph, places, rows, terms) for terms in cut_by_class(graph, rows[0])]
    further: list[Side] = [[(places.slot[p],) for p in operands] for operands in others]
    best = None
    for a, b in sorted(pieces, key=lambda piece: -len(piece[0][0])):
        if count > 1 and any(map(any, b)) and (best := find_product(a, b)):
            break
    pieces = [part for piece in pieces for part in cut_by_stride(*piece)]
    sides = [side for piece in sorted(pieces, key=lambda piece: -len(piece[0][0])) for side in piece]
    columns = [[row[0] for row in side] for side in (*sides, *further)]
    if best:
        order, wanted = best.order, [[best.inner, best.inner * best.outer]]
    else:
        order, wanted = find_order(columns), []
    columns = [[column[k] for k in order] for column in columns]
    wanted += [sizes for column in columns if (sizes := nest(column))]
    dims = find_dims(count, wanted)

    def view(side: Side) -> Found:
        return find_view([side[k] for k in order], dims)

    return Layout(order, columns, dims, [(len(a[0]), view(a), view(b)) for a, b in pieces], [view(x) for x in further])


def cut_by_class(graph: Graph, i: int) -> list[range]:
    """The terms, counted from the first, in pieces whose left operands are of one class, and whose right ones are, too.

    They are the same for all rows of the signature.
    """
    classes, left, right = graph.classes, graph.left, graph.right
    pairs = [(classes[left[t]], classes[right[t]]) for t in graph.terms(i)]
    cuts = [t for t in range(1, len(pairs)) if pairs[t] != pairs[t - 1]]
    return [range(begin, end) for begin, end in zip([0, *cuts], [*cuts, len(pairs)], strict=True)]


def read(graph: Graph, places: Places, rows: list[int], terms: range) -> Sides:
    """The slots of both sides of these terms, for each row.

    Products of operands of one class are exchanged so that the one of the later step comes first; then so that slots
    stand on one side always.
    """
    slot, step, first = places.slot, places.step, graph.begins[rows[0] - graph.first] + terms.start
    kind = graph.kind(rows[0])
    alike = kind == SUM and graph.classes[graph.left[first]] == graph.classes[graph.right[first]]
    a, b = [], []
    for i in rows:
        begin = graph.begins[i - graph.first]
        these = slice(begin + terms.start, begin + terms.stop)
        x, y = graph.left[these], graph.right[these]
        if alike:
            pairs = [(q, p) if step[p] < step[q] else (p, q) for p, q in zip(x, y, strict=True)]
            x, y = [p for p, _ in pairs], [q for _, q in pairs]
        a.append(tuple([slot[p] for p in x]))
        b.append(tuple([slot[p] for p in y]))
    if alike:
        for k, exchanged in enumerate(exchange_sides(a, b)):
            if exchanged:
                a[k], b[k] = b[k], a[k]
    return a, b


def cut_by_stride(a: Side, b: Side) -> list[Sides]:
    """The piece; or, if it is strided along its terms but for some jumps, the parts between these."""
    steps = [(find_step(a, t), find_step(b, t)) for t in range(1, len(a[0]))]
    cuts, last = [], None
    for t, step in enumerate(steps, start=1):
        if None in step or last not in (None, step):
            cuts.append(t)
            last = None
        else:
            last = step
    if not cuts or len(a[0]) < RUN * (len(cuts) + 1):
        return [(a, b)]
    ends = zip([0, *cuts], [*cuts, len(a[0])], strict=True)
    return [([row[begin:end] for row in a], [row[begin:end] for row in b]) for begin, end in ends]


def find_step(side: Side, t: int) -> int | None:
    """How far the slots of term t lie behind those of the one before, if that is the same for all lanes."""
    step = side[0][t] - side[0][t - 1]
    return step if all(row[t] - row[t - 1] == step for row in side) else None


def find_order(columns: Sequence[list[int]]) -> list[int]:
    """The order of the lanes in which most columns are nested: by the first one, by the second, or as they are."""
    count = len(columns[0])
    ways = [
        sorted(range(count), key=lambda k: (columns[0][k], columns[1][k])),
        sorted(range(count), key=lambda k: (columns[1][k], columns[0][k])),
        list(range(count)),
    ]
    return max(ways, key=lambda order: sum(nest([column[k] for k in order]) is not None for column in columns))
