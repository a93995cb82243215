"""Tails: a block that does something with each result of another one is done with it at once.

relu(W x + b)        is one block, and W x + b is not stored if nobody else reads it
(Wᵀ δ) through h     the adjoint of a layer, through the gate that its relu is
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from micrograd.compiler.stages.agenda import SUM, Graph, Unit
from micrograd.compiler.stages.program import KINDS

# On which sides of its only term the operand may stand that a tail of this kind works on.
SIDES = {"sum": "left right", "relu": "left", "step": "left", "gate": "right", "relu gate": "right"}
TAILS = {code: SIDES[kind].split() for code, kind in enumerate(KINDS) if kind in SIDES}


@dataclass
class Chain:
    """A unit and its tails: their rows, lane by lane, and the other operands of each tail; or rows to be listed."""

    links: list[list[int]]
    others: list[list[int]] = field(default_factory=list)
    listed: bool = False
    place: int = 0

    def part(self, lanes: list[int]) -> Chain:
        """Some of its lanes."""
        links, others = ([[rows[k] for k in lanes] for rows in lists] for lists in (self.links, self.others))
        return Chain(links, others)


def fuse(graph: Graph, units: list[Unit]) -> list[Chain]:
    """The units, those that can be tails behind those that they read, each chain after those that it reads."""
    chains: list[Chain] = []  # of each unit
    for place, unit in enumerate(units):
        chains.append(extend(graph, unit, place, chains) or Chain([unit.rows], listed=unit.small, place=place))
    found = {id(chain): chain for chain in chains}
    return sorted(found.values(), key=lambda chain: chain.place)


def extend(graph: Graph, unit: Unit, place: int, chains: list[Chain]) -> Chain | None:
    """The chain that the unit is now the last link of, if there is one.

    The chain is computed where it was, if the other operands are there by then; else where the unit is, if nobody else
    reads it.
    """
    for chain, last, others in candidates(graph, unit, chains):
        early = all(chains[graph.unit[p]].place < chain.place for p in others if graph.unit[p] >= 0)
        if not early:
            if any(graph.uses[i] > 1 for link in chain.links for i in link):
                continue
            chain.place = place
        chain.links.append(last)
        chain.others.append(others)
        return chain
    return None


def candidates(graph: Graph, unit: Unit, chains: list[Chain]) -> Iterator[tuple[Chain, list[int], list[int]]]:
    """The chains whose last results are what this unit works on; its rows, lane by lane; and the other operands."""
    terms = [graph.begins[i - graph.first] for i in unit.rows]
    if len(graph.terms(unit.rows[0])) != 1:
        return
    for side in TAILS.get(graph.kind(unit.rows[0]), ()):
        ours, others = (graph.left, graph.right) if side == "left" else (graph.right, graph.left)
        source = graph.unit[ours[terms[0]]]
        if source < 0 or chains[source].listed:
            continue
        chain, at = chains[source], {ours[t]: k for k, t in enumerate(terms)}
        head, last = chain.links[0][0], chain.links[-1]
        if graph.kind(head) != SUM or graph.varies[head] != graph.varies[unit.rows[0]]:
            continue
        if len(at) == len(terms) == len(last) and all(i in at for i in last):
            lanes = [at[i] for i in last]
            yield chain, [unit.rows[k] for k in lanes], [others[terms[k]] for k in lanes]
