"""The order of the steps: by level, the longest way from the leaves."""

from __future__ import annotations

from collections.abc import Collection
from operator import itemgetter

from micrograd.compiler.stages.agenda import Graph
from micrograd.compiler.stages.fuse import Chain


def order(graph: Graph, chains: list[Chain]) -> list[Chain | list[int]]:
    """The chains that are blocks, and lists of rows to be listed: those of one level and kind together."""
    level = [0] * graph.count

    def lift(rows: Collection[int]) -> int:
        """The level of rows of one step, which may read each other: those of unknown level do not count."""
        height = 1 + max((level[p] for i in rows for p in graph.operands(i)), default=0)
        for i in rows:
            level[i] = height
        return height

    blocks: list[tuple[tuple[int, ...], Chain | list[int]]] = []
    listed: dict[tuple[int, ...], list[int]] = {}
    for chain in chains:
        if chain.listed:
            for i in chain.links[0]:
                listed.setdefault((lift([i]), 0, graph.kind(i), graph.varies[i]), []).append(i)
        else:
            height = lift({i for link in chain.links for i in link})
            blocks.append(((height, 1, *graph.rank(chain.links[0][0])), chain))
    return [step for _, step in sorted([*blocks, *listed.items()], key=itemgetter(0))]
