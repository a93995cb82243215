"""The lines at which a field of numbers has a given level, by marching squares.

Lorensen and Cline, "Marching cubes", 1987, in two dimensions: where the corners of a square lie on both sides of the
level, lines join the places on its sides where linear interpolation finds the level.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Side = tuple[int, int, int]  # the column and the row of a corner; 0 for the side to its right, 1 for the one above
SIDES = ((0, 0, 0), (1, 0, 1), (0, 1, 0), (0, 0, 1))  # of a square: below, right, above, left
# By the corners that lie above the level (lower left 1, lower right 2, upper right 4, upper left 8): the sides to join.
JOINED: list[list[tuple[int, int]]] = [[], [(3, 0)], [(0, 1)], [(3, 1)], [(1, 2)], [(3, 2), (0, 1)], [(0, 2)], [(3, 2)]]
JOINED += [[(3, 2)], [(0, 2)], [(3, 0), (1, 2)], [(1, 2)], [(3, 1)], [(0, 1)], [(3, 0)], []]
MIXED = re.compile(rb"[^\x00\x0f]")  # not all corners on one side


def contour(field: Sequence[float], width: int, level: float) -> list[list[tuple[float, float]]]:
    """The lines of a level, each as its points, in columns and rows of the field."""
    joined: dict[Side, list[Side]] = {}
    corners = int.from_bytes(bytes(map(float(level).__lt__, field)), "little")  # a byte each: 1 above the level
    squares = corners | corners >> 8 << 1 | corners >> 8 * (width + 1) << 2 | corners >> 8 * width << 3
    numbers = squares.to_bytes(len(field), "little")
    for found in MIXED.finditer(numbers, 0, len(field) - width):
        j, i = divmod(found.start(), width)
        for one, other in JOINED[numbers[found.start()]] if i < width - 1 else ():
            first, second = ((i + x, j + y, side) for x, y, side in (SIDES[one], SIDES[other]))
            joined.setdefault(first, []).append(second)
            joined.setdefault(second, []).append(first)
    return [[_place(field, width, level, side) for side in chain] for chain in _chains(joined)]


def _chains(joined: dict[Side, list[Side]]) -> Iterator[list[Side]]:
    """The sides in the order in which lines pass them: first the open lines, then the closed ones."""
    for start in [*(side for side, others in joined.items() if len(others) == 1), *joined]:
        chain = [start]
        while others := joined.get(chain[-1]):
            after = others.pop()
            joined[after].remove(chain[-1])
            chain.append(after)
        if len(chain) > 1:
            yield chain


def _place(field: Sequence[float], width: int, level: float, side: Side) -> tuple[float, float]:
    i, j, upward = side
    a = field[j * width + i]
    b = field[(j + 1) * width + i] if upward else field[j * width + i + 1]
    t = (level - a) / (b - a)
    return (float(i), j + t) if upward else (i + t, float(j))
