"""The first step of a layout: every box in a column, and a place in every column that an edge passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

FREE, PER_ITEM = 1_000, 0.5  # edges may pass FREE columns in all, and PER_ITEM more for each box or edge


@dataclass
class Ranking:
    """A graph in columns. Items 0 … boxes − 1 are the boxes; those after them are places held for long edges.

    rank       the column of each item, 0 first
    before     for each item, its neighbours in the column before, in the order of the edges, with the number of edges
    after      the same for the column after
    chains     for each edge, the items it visits, from its source to its target
    detours    the edges that go around all boxes instead of through the columns: they hold no places
    """

    boxes: int
    rank: list[int]
    before: list[dict[int, int]]
    after: list[dict[int, int]]
    chains: list[list[int]]
    detours: set[int]

    @property
    def size(self) -> int:
        return len(self.rank)


def rank_boxes(boxes: int, edges: Sequence[tuple[int, int]]) -> Ranking:
    """Columns for the boxes, such that every edge leads from an earlier column to a later one.

    Every box comes as late as possible, in the column before its first use, so a leaf is next to that use. Edges
    that leave the same box share their places (as in a wiring loom), so a leaf with a thousand uses takes one place in
    a column and not a thousand. If there would still be too many places (a thousand steps whose results are all added
    at the end), the longest edges make a detour.

    Raises `ValueError` if the edges form a cycle.
    """
    rank = _columns(boxes, edges)
    before: list[dict[int, int]] = [{} for _ in range(boxes)]
    after: list[dict[int, int]] = [{} for _ in range(boxes)]
    held: dict[tuple[int, int], int] = {}
    chains, detours, longest = [], set(), _longest(rank, edges)
    for k, (source, target) in enumerate(edges):
        if rank[target] - rank[source] > longest:
            detours.add(k)
            chains.append([source, target])
            continue
        chain = [source]
        for r in range(rank[source] + 1, rank[target]):
            place = held.get((source, r))
            if place is None:
                place = held[source, r] = len(rank)
                rank.append(r)
                before.append({})
                after.append({})
            chain.append(place)
        chain.append(target)
        for a, b in zip(chain, chain[1:], strict=False):
            after[a][b] = before[b][a] = after[a].get(b, 0) + 1
        chains.append(chain)
    return Ranking(boxes, rank, before, after, chains, detours)


def _longest(rank: list[int], edges: Sequence[tuple[int, int]]) -> int:
    """The most columns that one edge may span, so that all edges together do not pass too many."""
    room = FREE + PER_ITEM * (len(rank) + len(edges))
    longest = 1
    for columns in sorted(rank[target] - rank[source] for source, target in edges):
        room -= columns - 1
        if room < 0:
            break
        longest = columns
    return longest


def _columns(boxes: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The column of each box.

    First every box as late as possible: the longest way to the end, counted from the far side. Then some boxes with a
    single use move: if the part of the graph that leads only to such a box depends on two or more boxes with several
    uses, it goes as close after those as possible. One edge grows longer, several grow shorter, and the neurons of a
    layer come side by side.
    """
    sources: list[list[int]] = [[] for _ in range(boxes)]
    uses = [0] * boxes
    for source, target in edges:
        sources[target].append(source)
        uses[source] += 1
    order, rank = _latest(sources, uses)
    earliest, hangs_on = _earliest(sources, uses, order, rank)
    for i in order:
        if uses[i] == 1 and len(hangs_on[i]) > 1:
            rank[i] = earliest[i]
        for source in sources[i]:
            if uses[source] == 1:
                rank[source] = rank[i] - 1
    return rank


def _latest(sources: list[list[int]], uses: list[int]) -> tuple[list[int], list[int]]:
    """The boxes from the last to the first, and the latest column of each."""
    distance, waiting = [0] * len(uses), uses[:]
    order = [i for i, count in enumerate(uses) if not count]
    for i in order:
        for source in sources[i]:
            distance[source] = max(distance[source], distance[i] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                order.append(source)
    if len(order) != len(uses):
        raise ValueError("the edges form a cycle")
    last = max(distance, default=0)
    return order, [last - d for d in distance]


def _earliest(
    sources: list[list[int]], uses: list[int], order: list[int], rank: list[int]
) -> tuple[list[int], list[set[int]]]:
    """The first column after the shared boxes on which each box depends, and one or two of those boxes."""
    earliest = [0] * len(uses)
    hangs_on: list[set[int]] = [set() for _ in uses]
    for i in reversed(order):
        for source in sources[i]:
            shared = uses[source] > 1
            earliest[i] = max(earliest[i], (rank if shared else earliest)[source] + 1)
            if len(hangs_on[i]) < 2:
                hangs_on[i] = hangs_on[i] | ({source} if shared else hangs_on[source])
    return earliest, hangs_on
