"""Where the boxes go: a layered layout, from sizes and edges to positions and routes; it knows no Values.

The method is Sugiyama's (Sugiyama, Tagawa and Toda 1981), with the refinements of Gansner, Koutsofios, North and Vo
(1993), in four steps, each close to linear in what is drawn:

    ranks      every box in a column, as close before the first that needs it as it can be      `ranking`
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

from micrograd.drawing.layout.ordering import ordered
from micrograd.drawing.layout.placing import placed
from micrograd.drawing.layout.ranking import Ranked, ranked

Point = tuple[float, float]

GAP = 40.0  # between two columns, where the edges are short
STEEP = 0.16  # how much wider the gap grows, for each pixel that an edge climbs in it
WIDEST = 150.0
LANE, DEEPEST = 8.0, 400.0  # between two detours, and all of them together
PORT = 12.0  # between the ends of two edges that enter the same box


@dataclass
class Layout:
    """The picture's geometry, in pixels from its upper left corner.

    centers    the middle of each box
    routes     for each edge, its points: the parts between points 2k and 2k + 1 are straight lines (along a column),
               those between 2k + 1 and 2k + 2 curves (from one column to the next)
    width, height
    columns    the boxes and the places held for long edges, column by column, in order
    """

    centers: list[Point]
    routes: list[list[Point]]
    width: float
    height: float
    columns: list[list[int]]
    ranked: Ranked
    across: list[float]
    gaps: list[float]
    ports: list[float]


def arrange(sizes: Sequence[tuple[float, float]], edges: Sequence[tuple[int, int]], direction: str = "right") -> Layout:
    """Lay out boxes of `sizes` (width, height), with `edges` (from box, to box) between them, free of cycles.

    The edges into one box are in the order of its operands; repeated edges are kept apart. `direction` is "right" or
    "down". The same input gives the same layout, always.
    """
    down = direction == "down"
    lengths = [h if down else w for w, h in sizes]
    breadths = [w if down else h for w, h in sizes]
    graph = ranked(len(sizes), edges)
    columns = ordered(graph)
    breadths += [0.0] * (graph.size - len(sizes))
    across = placed(graph, columns, breadths)
    ports = _ports(graph, breadths, across, edges)
    lanes = _lanes(graph, max((y + b / 2 for y, b in zip(across, breadths, strict=True)), default=0.0))
    starts, column_lengths, gaps = _along(graph, columns, lengths, across, ports)

    ends = [start + length for start, length in zip(starts, column_lengths, strict=True)]
    middles = [(starts[r] + ends[r]) / 2 for r in graph.rank]
    routes = []
    for k, chain in enumerate(graph.chains):
        source, target = chain[0], chain[-1]
        levels = [(graph.rank[i], graph.rank[i], across[i]) for i in chain[1:-1]]
        if k in graph.detours:
            levels = [(graph.rank[source] + 1, graph.rank[target] - 1, lanes[source])]
        arrival = across[target] + ports[k]
        points = [(middles[source] + lengths[source] / 2, across[source]), (ends[graph.rank[source]], across[source])]
        for first, last, y in levels:
            points += [(starts[first], y), (ends[last], y)]
        points += [(starts[graph.rank[target]], arrival), (middles[target] - lengths[target] / 2, arrival)]
        routes.append(points)
    centers = list(zip(middles, across, strict=True))[: len(sizes)]
    reach = starts[-1] + column_lengths[-1] if starts else 0.0
    spread = max([across[i] + breadths[i] / 2 for i in range(graph.size)] + list(lanes.values()), default=0.0)
    if down:
        centers = [(y, x) for x, y in centers]
        routes = [[(y, x) for x, y in points] for points in routes]
        reach, spread = spread, reach
    return Layout(centers, routes, reach, spread, columns, graph, across, gaps, ports)


def _ports(graph: Ranked, breadths: list[float], across: list[float], edges: Sequence[tuple[int, int]]) -> list[float]:
    """How far from the middle of its box each edge arrives: side by side, in the order in which they come."""
    arriving: dict[int, list[int]] = {}
    for k, (_, target) in enumerate(edges):
        arriving.setdefault(target, []).append(k)
    ports = [0.0] * len(edges)
    for target, ks in arriving.items():
        # Detours come from below. The sort is stable: edges from the same source stay in the order of the operands.
        ks.sort(key=lambda k: (k in graph.detours, across[graph.chains[k][-2]]))
        step = min(PORT, (breadths[target] - 16.0) / len(ks)) if breadths[target] > 16.0 else 0.0
        for i, k in enumerate(ks):
            ports[k] = (i - (len(ks) - 1) / 2) * step
    return ports


def _lanes(graph: Ranked, bottom: float) -> dict[int, float]:
    """Where the detours of each box run, beyond all boxes: two of them on the same line only one after the other."""
    spans: dict[int, int] = {}
    for k in graph.detours:
        source, target = graph.chains[k][0], graph.chains[k][-1]
        spans[source] = max(spans.get(source, 0), graph.rank[target])
    lane: dict[int, int] = {}
    free: list[int] = []
    busy: list[tuple[int, int]] = []
    for source in sorted(spans, key=lambda i: (graph.rank[i], i)):
        while busy and busy[0][0] <= graph.rank[source]:
            heapq.heappush(free, heapq.heappop(busy)[1])
        lane[source] = heapq.heappop(free) if free else len(busy)
        heapq.heappush(busy, (spans[source], lane[source]))
    step = min(LANE, DEEPEST / (max(lane.values()) + 1)) if lane else 0.0
    return {source: bottom + PORT + step * k for source, k in lane.items()}


def _along(
    graph: Ranked, columns: list[list[int]], lengths: list[float], across: list[float], ports: list[float]
) -> tuple[list[float], list[float], list[float]]:
    """Where each column starts, how long it is, and the gap before it, which is wider where edges climb far."""
    boxes = len(lengths)
    column_lengths = [max((lengths[i] for i in column if i < boxes), default=0.0) for column in columns]
    climb = [0.0] * len(columns)
    for k, chain in enumerate(graph.chains):
        for a, b in zip(chain, chain[1:], strict=False) if k not in graph.detours else ():
            end = across[b] + (ports[k] if b == chain[-1] else 0.0)
            climb[graph.rank[b]] = max(climb[graph.rank[b]], abs(end - across[a]))
    starts, gaps, x = [], [], 0.0
    for r, length in enumerate(column_lengths):
        gap = min(WIDEST, max(GAP, STEEP * climb[r])) if r else 0.0
        starts.append(x + gap)
        gaps.append(gap)
        x += gap + length
    return starts, column_lengths, gaps
