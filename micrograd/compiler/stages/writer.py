"""Writes the steps as blocks, and numbers the slots on the way."""

from __future__ import annotations

from array import array

from micrograd.compiler.stages.agenda import Graph
from micrograd.compiler.stages.blocks import NOWHERE, Block, Blocks, Group, Piece, Step, Tail, Term, View, assemble
from micrograd.compiler.stages.fuse import Chain
from micrograd.compiler.stages.lanes import Layout, Places, lay_out
from micrograd.compiler.stages.views import Found

# What a block costs before it does anything, in slots that are read by an index; and what a piece does, in products.
BLOCK = 160
PIECE = 8

# Lanes that read the same steps may be a block of their own from so many products on.
ALONE = 16


def cost(blocks: list[tuple[Chain, Layout]]) -> int:
    return sum(BLOCK + layout.indexed for _, layout in blocks)


class Writer:
    """Numbers the slots, step by step."""

    def __init__(self, graph: Graph, least: int):
        self.graph, self.least = graph, least
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
        """One block; or several, if one needed a long index; or a list, if the pieces are too short for a block."""
        layout = self.lay_out(chain)
        if layout.products < min(PIECE, self.least) * len(layout.pieces) and not chain.others:
            self.write_group(chain.links[0])
            return
        best = [(chain, layout)]
        if layout.indexed > BLOCK:
            for parts in (self.split(chain), layout.cut()):
                cut = [(part, self.lay_out(part)) for part in (chain.part(lanes) for lanes in parts)]
                if len(parts) > 1 and cost(cut) < cost(best):
                    best = cut
        for part, its_layout in best:
            self.write_block(part, its_layout)

    def split(self, chain: Chain) -> list[list[int]]:
        """The lanes that read the same steps as others do, as long as there are many, and the rest."""
        graph, step, head = self.graph, self.places.step, chain.links[0]
        lanes: dict[tuple[int, ...], list[int]] = {}
        for k, i in enumerate(head):
            lanes.setdefault(tuple([step[p] for p in graph.operands(i)]), []).append(k)
        terms = len(graph.terms(head[0]))
        parts = [part for part in lanes.values() if len(part) * terms >= ALONE]
        if rest := sorted(k for part in lanes.values() if len(part) * terms < ALONE for k in part):
            parts.append(rest)
        return parts

    def lay_out(self, chain: Chain) -> Layout:
        return lay_out(self.graph, self.places, chain.links[0], chain.others)

    def write_block(self, chain: Chain, layout: Layout) -> None:
        """Of the links before the last, those are stored that others read as well."""
        pieces = tuple([Piece(terms, self.enter(a), self.enter(b)) for terms, a, b in layout.pieces])
        others = [self.enter(view) for view in layout.others]
        *links, last = [[link[k] for k in layout.order] for link in chain.links]
        outs = [self.number(link) if any(self.graph.uses[i] > 1 for i in link) else NOWHERE for link in links]
        outs.append(self.number(last))
        kinds = [self.kind(link[0]) for link in chain.links]
        tails = tuple(map(Tail, kinds[1:], outs[1:], others))
        self.written.append(Block(kinds[0], outs[0], layout.dims, pieces, tails))

    def kind(self, i: int) -> str:
        return self.graph.rows.table[self.graph.kind(i)]

    def enter(self, found: Found) -> View:
        """The view on the index of all blocks."""
        if not found.slots:
            return found.view
        base = len(self.index)
        self.index.extend(found.slots)
        return found.view._replace(base=base)

    def number(self, rows: list[int]) -> int:
        """The first of the next slots, which are those of these rows."""
        out = self.slots
        for i in rows:
            self.places.slot[i] = self.slots
            self.places.step[i] = len(self.written)
            self.slots += 1
        return out
