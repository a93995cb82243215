"""The second step of a layout: the order within the columns, so that few edges cross.

Finding the fewest crossings is NP-hard even for two columns (Garey and Johnson 1983). A depth-first walk from the
output, operands in order, is a good start: it draws every tree without a crossing. Then sweeps to and fro sort each
column by the mean place of its neighbours, adjacent items swap where that removes crossings, and the best
order seen is kept. A line that several edges share counts once for each of them.
"""

from __future__ import annotations

from micrograd.drawing.layout.ranking import Ranking

Columns = list[list[int]]
Ends = list[tuple[int, int]]

SWEEPS = 24  # at most
PATIENCE = 8  # sweeps without any gain
EFFORT = 12_000  # edges that all sweeps together may look at: a large graph gets fewer sweeps, but at least four
SWAPS = 3  # further passes of swaps after each sweep


def order_columns(ranking: Ranking) -> Columns:
    """The items of each column, from first to last."""
    columns = walk(ranking)
    best, fewest, since = columns, crossings(ranking, columns), 0
    edges = sum(map(len, ranking.after))
    for sweep in range(max(4, min(SWEEPS, EFFORT // (edges + 1)))):
        if not fewest or since == PATIENCE:
            break
        columns = [column[:] for column in columns]
        sweep_columns(ranking, columns, forward=sweep % 2 == 1, reverse_equal=sweep % 4 > 1)
        swap_neighbours(ranking, columns, equal_too=sweep % 3 > 0)
        for _ in range(SWAPS):
            if not swap_neighbours(ranking, columns):
                break
        crossed = crossings(ranking, columns)
        since += 1
        if crossed < fewest:
            best, fewest, since = columns, crossed, 0
    return best


def walk(ranking: Ranking) -> Columns:
    """Each column in the order in which a depth-first walk from the output, operands in order, visits it."""
    columns: Columns = [[] for _ in range(max(ranking.rank, default=-1) + 1)]
    seen = [False] * ranking.size
    stack = [i for i in reversed(range(ranking.boxes)) if not ranking.after[i]]
    while stack:
        i = stack.pop()
        if not seen[i]:
            seen[i] = True
            columns[ranking.rank[i]].append(i)
            stack += reversed(ranking.before[i])
    return columns


def sweep_columns(ranking: Ranking, columns: Columns, forward: bool, reverse_equal: bool) -> None:
    """Sort each column by the mean place of its neighbours in the column just done, first to last or last to first.

    Items without such neighbours keep their places. Items with equal means keep their order, or reverse it: without an
    occasional change the sweeps would stop at the first order that none of them improves.
    """
    neighbours = ranking.before if forward else ranking.after
    place = _places(ranking, columns)
    for column in columns if forward else reversed(columns):
        moving = [i for i in column if neighbours[i]]
        mean = {}
        for i in moving:
            around = neighbours[i]
            mean[i] = sum([place[n] * count for n, count in around.items()]) / sum(around.values())
        if reverse_equal:
            moving.reverse()
        following = iter(sorted(moving, key=mean.__getitem__))
        column[:] = [next(following) if neighbours[i] else i for i in column]
        for p, i in enumerate(column):
            place[i] = p


def swap_neighbours(ranking: Ranking, columns: Columns, equal_too: bool = False) -> bool:
    """Swap neighbours if fewer edges cross afterwards (or as many, with `equal_too`); returns whether any were."""
    place = _places(ranking, columns)
    swapped = False
    for column in columns:
        around = [(_ends(ranking.before[i], place), _ends(ranking.after[i], place)) for i in column]
        for p in range(len(column) - 1):
            (a, b), (c, d) = around[p], around[p + 1]
            now = _crossing(a, c) + _crossing(b, d)
            if (now or equal_too) and now + equal_too > _crossing(c, a) + _crossing(d, b):
                around[p], around[p + 1] = around[p + 1], around[p]
                column[p], column[p + 1] = column[p + 1], column[p]
                swapped = True
        for p, i in enumerate(column):
            place[i] = p
    return swapped


def crossings(ranking: Ranking, columns: Columns) -> int:
    """How many pairs of edges cross between neighbouring columns.

    Pairs of ends in the wrong order are counted with a tree of partial sums (Barth, Mutzel and Jünger 2004).
    """
    place = _places(ranking, columns)
    crossed = 0
    for column, following in zip(columns, columns[1:], strict=False):
        size, total = len(following), 0
        tree = [0] * (size + 1)
        for i in column:
            ends = [(place[n] + 1, count) for n, count in ranking.after[i].items()]
            for k, count in ends:
                above = 0
                while k:
                    above += tree[k]
                    k &= k - 1
                crossed += count * (total - above)
            for k, count in ends:
                total += count
                while k <= size:
                    tree[k] += count
                    k += k & -k
    return crossed


def _places(ranking: Ranking, columns: Columns) -> list[int]:
    place = [0] * ranking.size
    for column in columns:
        for p, i in enumerate(column):
            place[i] = p
    return place


def _ends(around: dict[int, int], place: list[int]) -> Ends:
    return sorted([(place[n], count) for n, count in around.items()])


def _crossing(first: Ends, second: Ends) -> int:
    """How many edges cross if an item with the ends `first` stands before one with the ends `second`."""
    if not first or not second or first[-1][0] <= second[0][0]:
        return 0
    if second[-1][0] < first[0][0]:
        return sum([count for _, count in first]) * sum([count for _, count in second])
    crossed, above, k = 0, sum([count for _, count in first]), 0
    for end, count in second:
        while k < len(first) and first[k][0] <= end:
            above -= first[k][1]
            k += 1
        crossed += count * above
    return crossed
