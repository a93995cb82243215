"""Tails: a block that does something with each result of another one is done with it at once.

    relu(W x + b)        is one block, and W x + b is not stored if nobody else reads it
    (Wᵀ δ) through h     the adjoint of a layer, through the gate that its relu is
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from micrograd.compiler.stages.agenda import SUM, Graph, Unit
from micrograd.compiler.stages.program import KINDS

# For each kind of a tail where its operand stands in the only term: on the left or on the right, or on either side.
TAILS = {
    code: {"sum": ("left", "right"), "relu": ("left",), "step": ("left",), "gate": ("right",), "relu gate": ("right",)}[kind]
    for code, kind in enumerate(KINDS)
    if kind in ("sum", "relu", "step", "gate", "relu gate")
}


@dataclass
class Chain:
    """A unit and its tails: their rows, lane by lane; and of each tail its other operands."""

    links: list[list[int]]
    others: list[list[int]] = field(default_factory=list)
    listed: bool = False
    place: int = 0

    def part(self, lanes: list[int]) -> Chain:
        """Some of its lanes."""
        return Chain(*[[[rows[k] for k in lanes] for rows in side] for side in (self.links, self.others)])


def fuse(graph: Graph, units: list[Unit]) -> list[Chain]:
    """The units, those that can be tails behind those that they read, each chain after those that it reads."""
    uses = count_uses(graph)
    chains: list[Chain] = []  # of each unit
    for place, unit in enumerate(units):
        for chain, last, others in candidates(graph, unit, chains):
            early = max((chains[graph.unit[p]].place for p in others if graph.unit[p] >= 0), default=-1) < chain.place
            if early or all(uses[i] == 1 for link in chain.links for i in link):
                if not early:
                    chain.place = place  # nobody else reads it: it can wait for the other operands
                chain.links.append(last)
                chain.others.append(others)
                chains.append(chain)
                break
        else:
            chains.append(Chain([unit.rows], listed=unit.listed, place=place))
    found = {id(chain): chain for chain in chains}
    return sorted(found.values(), key=lambda chain: chain.place)


def candidates(graph: Graph, unit: Unit, chains: list[Chain]) -> Iterator[tuple[Chain, list[int], list[int]]]:
    """The chains whose last results are what this unit works on; its rows, lane by lane; and the other operands."""
    k = unit.rows[0] - graph.first
    kind, begin, end = graph.kinds[k], graph.begins[k], graph.begins[k + 1]
    if unit.listed or end - begin != 1:
        return
    terms = [graph.begins[i - graph.first] for i in unit.rows]
    for side in TAILS.get(kind, ()):
        ours, others = (graph.left, graph.right) if side == "left" else (graph.right, graph.left)
        operand = {ours[t]: (i, others[t]) for i, t in zip(unit.rows, terms, strict=True)}
        source = graph.unit[ours[terms[0]]]
        if source < 0 or chains[source].listed or len(operand) != len(terms):
            continue
        chain = chains[source]
        head, last = chain.links[0], chain.links[-1]
        if graph.kinds[head[0] - graph.first] != SUM or len(last) != len(terms):
            continue
        if graph.varies[head[0]] != graph.varies[unit.rows[0]] or any(i not in operand for i in last):
            continue
        lanes = [operand[i] for i in last]
        yield chain, [i for i, _ in lanes], [p for _, p in lanes]


def count_uses(graph: Graph) -> list[int]:
    """How often each row is read, or returned."""
    uses = [0] * graph.count
    for part in (graph.left, graph.right, graph.rows.outputs):
        for p in part:
            uses[p] += 1
    return uses
