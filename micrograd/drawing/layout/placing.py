"""The third step of a layout: how far across each item stands, so that edges are short and long edges straight.

Given the order in a column, the best places for it are those with the least Σ wᵢ (yᵢ − tᵢ)², tᵢ being the weighted mean
of the neighbours' places and neighbours keeping their distance. With the distances subtracted this is isotonic
regression, which the pooling of adjacent violators (Ayer and others 1955) solves exactly in linear time. The columns
are done in turn, to and fro, a few times.
"""

from __future__ import annotations

from micrograd.drawing.layout.ranking import Ranking

BETWEEN = 14.0  # between two boxes of one column
BESIDE = 10.0  # between an edge that passes and its neighbour
SWEEPS = 8  # over all columns, to and fro in turn
STRAIGHT = {0: 1.0, 1: 2.0, 2: 8.0}  # the weight of an edge, by how many of its ends are places of a long edge


def place_items(ranking: Ranking, columns: list[list[int]], breadths: list[float]) -> list[float]:
    """The middle of each item across the columns; the smallest edge of a box is at 0."""
    boxes = ranking.boxes
    distances = []
    for column in columns:
        offset, offsets, last = 0.0, [], None
        for i in column:
            if last is not None:
                beside = BETWEEN if last < boxes and i < boxes else BESIDE
                offset += (breadths[last] + breadths[i]) / 2 + beside
            offsets.append(offset)
            last = i
        distances.append(offsets)
    across = [0.0] * ranking.size
    for column, offsets in zip(columns, distances, strict=True):
        for i, offset in zip(column, offsets, strict=True):
            across[i] = offset - offsets[-1] / 2

    before = _weigh(ranking, ranking.before)
    after = _weigh(ranking, ranking.after)
    both = [a + b for a, b in zip(before, after, strict=True)]
    last_column = len(columns) - 1
    for sweep in range(SWEEPS):
        backward = sweep % 2 == 0
        pulls = both if sweep >= SWEEPS - 2 else after if backward else before
        for r in range(last_column, -1, -1) if backward else range(last_column + 1):
            _settle(columns[r], distances[r], pulls, across)
    top = min((across[i] - breadths[i] / 2 for i in range(ranking.size)), default=0.0)
    return [y - top for y in across]


def _weigh(ranking: Ranking, neighbours: list[dict[int, int]]) -> list[list[tuple[int, float]]]:
    boxes = ranking.boxes
    return [[(n, STRAIGHT[(i >= boxes) + (n >= boxes)]) for n in around] for i, around in enumerate(neighbours)]


def _settle(column: list[int], offsets: list[float], pulls: list[list[tuple[int, float]]], across: list[float]) -> None:
    """Move the items of one column to the best places they can have together."""
    blocks: list[tuple[float, float, int]] = []  # the mean, the weight and the number of items that move as one
    for i, offset in zip(column, offsets, strict=True):
        weight, moment, count = 0.0, 0.0, 1
        for n, w in pulls[i]:
            weight += w
            moment += w * across[n]
        if weight:
            mean = moment / weight - offset
        else:
            weight, mean = 0.05, across[i] - offset
        while blocks and blocks[-1][0] > mean:
            other, heavy, many = blocks.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + many
        blocks.append((mean, weight, count))
    k = 0
    for mean, _, count in blocks:
        for _ in range(count):
            across[column[k]] = mean + offsets[k]
            k += 1
