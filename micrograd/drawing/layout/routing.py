"""Where the boxes go: a layered layout, from sizes and edges to positions and routes; it knows no Values.

The method is Sugiyama's (Sugiyama, Tagawa and Toda 1981), with the refinements of Gansner, Koutsofios, North and Vo
(1993), in four steps, each close to linear in what is drawn:

    ranks      every box in a column, as close as possible before its first use                 `ranking`
    order      within the columns, so that few edges cross                                      `ordering`
    places     along the columns, so that edges are short and long edges straight               `placing`
    routes     through the columns level, between them as curves                                here

A long edge holds a place of its own in every column it passes, so that it never runs through a box. Inside, `along` is
the direction of reading and `across` the other one; the last step turns them into x and y.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.drawing.layout.ordering import order_columns
from micrograd.drawing.layout.placing import place_items
from micrograd.drawing.layout.ranking import Ranking, rank_boxes

Point = tuple[float, float]
Edges = Sequence[tuple[int, int]]

GAP = 40.0  # between two columns if the edges are short
STEEP = 0.16  # how much wider the gap grows, for each pixel that an edge climbs in it
WIDEST = 150.0  # gap between two columns
LANE, DEEPEST = 8.0, 400.0  # between two detours, and all of them together
PORT = 12.0  # between the ends of two edges that enter the same box


@dataclass
class Layout:
    """The geometry of a picture, in pixels from its upper left corner.

    centers    the middle of each box
    routes     for each edge, its points: the parts between points 2k and 2k + 1 are straight lines (along a column),
               those between 2k + 1 and 2k + 2 curves (from one column to the next)
    width, height
    columns    the boxes and the places held for long edges, column by column, in order
    ranking    the column of each of them, and the way of each edge
    across     the middle of each of them, across the columns
    gaps       the gap before each column
    ports      for each edge, how far from the middle of its box it arrives
    """

    centers: list[Point]
    routes: list[list[Point]]
    width: float
    height: float
    columns: list[list[int]]
    ranking: Ranking
    across: list[float]
    gaps: list[float]
    ports: list[float]


def arrange(sizes: Sequence[tuple[float, float]], edges: Edges, down: bool = False) -> Layout:
    """Lay out boxes of `sizes` (width, height), with `edges` (from box, to box) between them, free of cycles.

    The edges into one box are in the order of its operands; repeated edges are kept apart. The results are on the
    right, or at the bottom if `down`. The same input always gives the same layout.
    """
    lengths = [h if down else w for w, h in sizes]
    breadths = [w if down else h for w, h in sizes]
    ranking = rank_boxes(len(sizes), edges)
    columns = order_columns(ranking)
    breadths += [0.0] * (ranking.size - len(sizes))
    across = place_items(ranking, columns, breadths)
    ports = _ports(ranking, breadths, across, edges)
    lanes = _lanes(ranking, max((y + b / 2 for y, b in zip(across, breadths, strict=True)), default=0.0))
    starts, column_lengths, gaps = _along(ranking, columns, lengths, across, ports)

    ends = [start + length for start, length in zip(starts, column_lengths, strict=True)]
    middles = [(starts[r] + ends[r]) / 2 for r in ranking.rank]
    routes = []
    for k, chain in enumerate(ranking.chains):
        source, target = chain[0], chain[-1]
        levels = [(ranking.rank[i], ranking.rank[i], across[i]) for i in chain[1:-1]]
        if k in ranking.detours:
            levels = [(ranking.rank[source] + 1, ranking.rank[target] - 1, lanes[source])]
        arrival = across[target] + ports[k]
        points = [(middles[source] + lengths[source] / 2, across[source]), (ends[ranking.rank[source]], across[source])]
        for first, last, y in levels:
            points += [(starts[first], y), (ends[last], y)]
        points += [(starts[ranking.rank[target]], arrival), (middles[target] - lengths[target] / 2, arrival)]
        routes.append(points)
    centers = list(zip(middles, across, strict=True))[: len(sizes)]
    reach = starts[-1] + column_lengths[-1] if starts else 0.0
    spread = max([across[i] + breadths[i] / 2 for i in range(ranking.size)] + list(lanes.values()), default=0.0)
    if down:
        centers = [(y, x) for x, y in centers]
        routes = [[(y, x) for x, y in points] for points in routes]
        reach, spread = spread, reach
    return Layout(centers, routes, reach, spread, columns, ranking, across, gaps, ports)


def _ports(
    ranking: Ranking, breadths: list[float], across: list[float], edges: Sequence[tuple[int, int]]
) -> list[float]:
    """How far from the middle of its box each edge arrives: side by side, in the order of their sources."""
    arriving: dict[int, list[int]] = {}
    for k, (_, target) in enumerate(edges):
        arriving.setdefault(target, []).append(k)
    ports = [0.0] * len(edges)
    for target, ks in arriving.items():
        # Detours come from below. The sort is stable: edges from one source stay in the order of the operands.
        ks.sort(key=lambda k: (k in ranking.detours, across[ranking.chains[k][-2]]))
        step = min(PORT, (breadths[target] - 16.0) / len(ks)) if breadths[target] > 16.0 else 0.0
        for i, k in enumerate(ks):
            ports[k] = (i - (len(ks) - 1) / 2) * step
    return ports


def _lanes(ranking: Ranking, bottom: float) -> dict[int, float]:
    """Where the detours of each box run, beyond all boxes. Two share a line if one ends before the other begins."""
    spans: dict[int, int] = {}
    for k in ranking.detours:
        source, target = ranking.chains[k][0], ranking.chains[k][-1]
        spans[source] = max(spans.get(source, 0), ranking.rank[target])
    lane: dict[int, int] = {}
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    for source in sorted(spans, key=lambda i: (ranking.rank[i], i)):
        while busy and busy[0][0] <= ranking.rank[source]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        lane[source] = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (spans[source], lane[source]))
    step = min(LANE, DEEPEST / (max(lane.values()) + 1)) if lane else 0.0
    return {source: bottom + PORT + step * k for source, k in lane.items()}


def _along(
    ranking: Ranking, columns: list[list[int]], lengths: list[float], across: list[float], ports: list[float]
) -> tuple[list[float], list[float], list[float]]:
    """The start of each column, its length, and the gap before it, which is wider if edges climb far in it."""
    boxes = len(lengths)
    column_lengths = [max((lengths[i] for i in column if i < boxes), default=0.0) for column in columns]
    climb = [0.0] * len(columns)
    for k, chain in enumerate(ranking.chains):
        for a, b in zip(chain, chain[1:], strict=False) if k not in ranking.detours else ():
            end = across[b] + (ports[k] if b == chain[-1] else 0.0)
            climb[ranking.rank[b]] = max(climb[ranking.rank[b]], abs(end - across[a]))
    starts, gaps, x = [], [], 0.0
    for r, length in enumerate(column_lengths):
        gap = min(WIDEST, max(GAP, STEEP * climb[r])) if r else 0.0
        starts.append(x + gap)
        gaps.append(gap)
        x += gap + length
    return starts, column_lengths, gaps
