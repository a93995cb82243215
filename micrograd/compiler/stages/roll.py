"""From rows to blocks: equal rows are found, and put together as matrix products, maps and reductions.

agenda      which rows are computed side by side
fuse        which of them are done at once with the results of others
products    in which order the lanes stand
views       how their operands lie

Slots are numbered in the order of the lanes, so that what is read later is strided as well. No term changes its place
in its sum, so that the floats stay those of the rows.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection

from micrograd.compiler.stages.agenda import Graph, find_units
from micrograd.compiler.stages.blocks import NOWHERE, Block, Blocks, Group, Piece, Step, Tail, Term, View, assemble
from micrograd.compiler.stages.fuse import Chain, count_uses, fuse
from micrograd.compiler.stages.lanes import Layout, Places, lay_out
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.stages.views import Found

LEAST = 16
LISTED = sys.maxsize

# What a block costs more than one that does the same along with others, in slots of an index; and what a piece costs, in
# products.
BLOCK = 64
PIECE = 8

# Lanes that read the same steps may be a block of their own from so many products on.
ALONE = 64


def roll(rows: Rows, varying: Collection[int] = (), least: int = LEAST) -> Blocks:
    """The rows as blocks; rows that have fewer products than `least` in all are listed in groups.

    With `LISTED`, all are. With 0, none is that has a term. No step has both
    rows that depend on the inputs `varying`, which are counted from 0, and rows that do not.
    """
    graph = Graph(rows, varying)
    chains = fuse(graph, find_units(graph, least))
    return Writer(graph, least).write(order(graph, chains))


def order(graph: Graph, chains: list[Chain]) -> list[Chain | list[int]]:
    """The chains, and lists of rows of one kind, by level: the longest way, over chains, from the leaves."""
    level = [0] * graph.count
    keyed: dict[tuple[int, int, int], list[int]] = {}
    steps: list[tuple[tuple[int, ...], Chain | list[int]]] = []
    for chain in chains:
        own = {i for link in chain.links for i in link}
        height = 1 + max((level[p] for i in own for p in graph.operands(i) if p not in own), default=0)
        for i in own:
            level[i] = height
        (i, *_), *_ = chain.links
        if not chain.listed:
            steps.append(((height, 1, chain.place), chain))
        elif (key := (height, graph.kinds[i - graph.first], graph.varies[i])) in keyed:
            keyed[key].append(i)
        else:
            keyed[key] = [i]
            steps.append(((height, 0, *key[1:]), keyed[key]))
    return [step for _, step in sorted(steps, key=lambda step: step[0])]


class Writer:
    """Numbers the slots, step by step."""

    def __init__(self, graph: Graph, least: int):
        self.graph, self.least, self.uses = graph, least, count_uses(graph)
        self.places = Places([*range(graph.first), *[NOWHERE] * (graph.count - graph.first)], [-1] * graph.count)
        self.slots = graph.first
        self.index = array("I")
        self.written: list[Step] = []

    def write(self, steps: list[Chain | list[int]]) -> Blocks:
        for step in steps:
            if isinstance(step, Chain):
                self.write_chain(step)
            else:
                self.write_group(step)
        rows, slot = self.graph.rows, self.places.slot
        outputs = [slot[i] for i in rows.outputs]
        return assemble(rows.inputs, rows.constants, self.written, outputs, self.index, self.slots, rows.table)

    def write_group(self, listed: list[int]) -> None:
        """Rows of as many terms beside each other, as a matrix has them."""
        graph, slot = self.graph, self.places.slot
        listed.sort(key=lambda i: (len(graph.terms(i)), graph.rank(i)))
        terms = [tuple([Term(slot[graph.left[t]], slot[graph.right[t]]) for t in graph.terms(i)]) for i in listed]
        self.written.append(Group(self.kind(listed[0]), self.number(listed), tuple(terms)))

    def write_chain(self, chain: Chain) -> None:
        """One block; or several, if otherwise there would have to be too long an index."""
        whole = self.lay_out(chain)
        terms = whole.terms
        if terms * len(whole.order) < PIECE * len(whole.pieces) and not chain.others:
            self.write_group(chain.links[0])
        elif whole.listed <= BLOCK or len(parts := self.split(chain)) == 1:
            self.write_block(chain, whole)
        else:
            layouts = [self.lay_out(part) for part in parts]
            if sum(layout.listed for layout in layouts) + BLOCK * (len(parts) - 1) < whole.listed:
                for part, layout in zip(parts, layouts, strict=True):
                    self.write_block(part, layout)
            else:
                self.write_block(chain, whole)

    def split(self, chain: Chain) -> list[Chain]:
        """The lanes that read the same steps as others do, as long as there are many, and the rest."""
        graph, step, head = self.graph, self.places.step, chain.links[0]
        lanes: dict[tuple[int, ...], list[int]] = {}
        for k, i in enumerate(head):
            lanes.setdefault(tuple([step[p] for p in graph.operands(i)]), []).append(k)
        terms = len(graph.terms(head[0]))
        parts = [part for part in lanes.values() if len(part) * terms >= ALONE]
        if rest := sorted(k for part in lanes.values() if len(part) * terms < ALONE for k in part):
            parts.append(rest)
        return [chain.part(part) for part in parts]

    def lay_out(self, chain: Chain) -> Layout:
        return lay_out(self.graph, self.places, chain.links[0], chain.others)

    def write_block(self, chain: Chain, layout: Layout) -> None:
        outs = [
            self.number([link[k] for k in layout.order]) if last or any(self.uses[i] > 1 for i in link) else NOWHERE
            for link, last in zip(chain.links, [*[False] * (len(chain.links) - 1), True], strict=True)
        ]
        pieces = tuple([Piece(terms, self.enter(a), self.enter(b)) for terms, a, b in layout.pieces])
        tails = tuple(
            [
                Tail(self.kind(link[0]), out, self.enter(other))
                for link, out, other in zip(chain.links[1:], outs[1:], layout.others, strict=True)
            ]
        )
        self.written.append(Block(self.kind(chain.links[0][0]), outs[0], layout.dims, pieces, tails))

    def kind(self, i: int) -> str:
        return self.graph.rows.table[self.graph.kinds[i - self.graph.first]]

    def enter(self, found: Found) -> View:
        """The view on the index of all blocks."""
        if not found.index:
            return found.view
        base = len(self.index)
        self.index.extend(found.index)
        return found.view._replace(base=base)

    def number(self, rows: list[int]) -> int:
        """The first of the next slots, which are those of these rows."""
        out = self.slots
        for i in rows:
            self.places.slot[i] = self.slots
            self.places.step[i] = len(self.written)
            self.slots += 1
        return out
