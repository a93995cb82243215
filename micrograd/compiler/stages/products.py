"""Complete products: lanes that are all pairs of p left rows and q right rows, as those of a matrix product.

Lane i multiplies the slots A[i] with the slots B[i], term by term. If {(A[i], B[i])} is a disjoint union of K complete
products, each of p rows and q rows, then the order (product, row of A, row of B) makes both strided: A does not vary
along the last, B not along the second.
"""

from __future__ import annotations

from typing import NamedTuple

Side = list[tuple[int, ...]]  # the slots of one side of a piece: of each lane, those of its terms

LANES = 4  # what a vector of doubles has, at least


class Product(NamedTuple):
    """order: the lanes, as they are to stand; outer, inner: the sizes of the last two dimensions."""

    order: list[int]
    outer: int
    inner: int


def find_product(a: Side, b: Side) -> Product | None:
    """The product that these lanes are, if they are one."""
    count = len(a)
    left, of_left = number(a)
    right, of_right = number(b)
    if len(left) == len(right) == count:
        return None
    roots = connect(of_left, of_right, len(left), len(right))
    groups: dict[int, int] = {}
    a_at = enumerate_members(roots[: len(left)], groups)
    b_at = enumerate_members(roots[len(left) :], groups)
    p, q = len(left) // len(groups), len(right) // len(groups)
    if len(groups) * p * q != count or any(k >= p for _, k in a_at) or any(k >= q for _, k in b_at):
        return None
    by_rows, by_columns = [-1] * count, [-1] * count
    for lane, (x, y) in enumerate(zip(of_left, of_right, strict=True)):
        (k, i), (_, j) = a_at[x], b_at[y]
        by_rows[(k * p + i) * q + j] = lane
        by_columns[(k * q + j) * p + i] = lane
    if -1 in by_rows:
        return None  # two lanes are the same pair
    swapped = count_runs(by_columns) > count_runs(by_rows)
    outer, inner = (q, p) if swapped else (p, q)
    if inner < LANES <= outer:
        swapped, outer, inner = not swapped, inner, outer
    return Product(by_columns if swapped else by_rows, outer, inner)


def number(rows: Side) -> tuple[list[tuple[int, ...]], list[int]]:
    """The different ones and for each lane the place of its one.

    They stand in the order in which they appear; turned round if that goes down from slot to slot, as in derivatives.
    """
    places: dict[tuple[int, ...], int] = {}
    of = [places.setdefault(row, len(places)) for row in rows]
    different = list(places)
    if all(y[0] < x[0] for x, y in zip(different, different[1:], strict=False)):
        return different[::-1], [len(different) - 1 - k for k in of]
    return different, of


def connect(of_left: list[int], of_right: list[int], lefts: int, rights: int) -> list[int]:
    """For each left row, then for each right row, a member of the group it belongs to: those that lanes connect."""
    parent = list(range(lefts + rights))
    for x, y in zip(of_left, of_right, strict=True):
        x, y = find(parent, x), find(parent, lefts + y)
        if x != y:
            parent[max(x, y)] = min(x, y)
    return [find(parent, x) for x in range(lefts + rights)]


def find(parent: list[int], x: int) -> int:
    while parent[x] != x:
        parent[x] = x = parent[parent[x]]
    return x


def enumerate_members(roots: list[int], groups: dict[int, int]) -> list[tuple[int, int]]:
    """For each row the number of its group, new ones as they come, and its place there."""
    sizes: dict[int, int] = {}
    at = []
    for root in roots:
        k = groups.setdefault(root, len(groups))
        at.append((k, sizes.get(k, 0)))
        sizes[k] = at[-1][1] + 1
    return at


def count_runs(order: list[int]) -> int:
    """How many lanes stand directly behind the one that they stood behind before, or that stood behind them."""
    return sum(abs(y - x) == 1 for x, y in zip(order, order[1:], strict=False))


def exchange_sides(a: Side, b: Side) -> list[bool]:
    """The lanes whose sides are to be exchanged, so that no row of slots is on the left here and on the right there.

    As in the products q · k of attention, of which the one that was computed first may be either. Rows that meet stand
    on different sides: that is a colouring of their graph with two colours, if it has one. The first lane of a
    connected part stays.
    """
    parent: dict[tuple[int, ...], tuple[int, ...]] = {}
    odd: dict[tuple[int, ...], int] = {}  # whether it stands on the other side than its parent

    def root(x: tuple[int, ...]) -> tuple[tuple[int, ...], int]:
        side, way = 0, []
        while parent.setdefault(x, x) != x:
            way.append(x)
            side ^= odd[x]
            x = parent[x]
        rest = side
        for y in way:
            parent[y], odd[y], rest = x, rest, rest ^ odd[y]
        return x, side

    for x, y in zip(a, b, strict=True):
        (x_root, x_side), (y_root, y_side) = root(x), root(y)
        if x_root != y_root:
            parent[y_root], odd[y_root] = x_root, x_side ^ y_side ^ 1
        elif x_side == y_side:
            return [False] * len(a)
    left: dict[tuple[int, ...], int] = {}
    exchanged = []
    for x in a:
        top, side = root(x)
        exchanged.append(left.setdefault(top, side) != side)
    return exchanged
