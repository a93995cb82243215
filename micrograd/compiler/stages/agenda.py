"""Which rows are computed together: of the rows that are ready, all that look the same.

A row looks like another if it has the same kind and the same sequence of pairs of classes. The class of an operand is
what a leaf is (ONE, an input, a constant), or the kind of a computed row, and whether it is one product or several.

Of the signatures that have rows ready, that one runs whose rows, those that are still to come too, lie least deep on
average (Neubig, Goldberg and Dyer, On-the-fly Operation Batching in Dynamic Computation Graphs, 2017). So the same work
at different depths, as that of the positions of a recurrent network, waits for each other where it can.
"""

from __future__ import annotations

from collections.abc import Collection
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from micrograd.compiler.stages.program import KINDS, ONE
from micrograd.compiler.stages.rows import Rows

SUM = tuple(KINDS).index("sum")


class Graph:
    """The rows, as the stages from here to the blocks see them.

    first        the first computed row; the lists that say something about computed rows begin with it
    begins       where the terms of a computed row begin, and where those of the last end
    left, right  the terms; of a product the operands are exchanged so that it looks like others
    classes      for each row
    varies       for each row whether it depends on the inputs that vary
    unit         for each row the number of its unit, as soon as it is known; -1 for a leaf
    """

    def __init__(self, rows: Rows, varying: Collection[int]):
        self.rows, self.first, self.kinds = rows, rows.first, rows.kinds
        self.begins = [0, *rows.ends]
        self.left, self.right = rows.left.tolist(), rows.right.tolist()
        self.count = rows.first + len(rows)
        self.varies = bytearray(self.count)
        self.unit = [-1] * self.count
        for k in varying:
            self.varies[1 + k] = 1
        inputs = [1 + self.varies[1 + k] for k in range(rows.inputs)]
        self.classes = [ONE, *inputs, *[3] * len(rows.constants)]
        left, right, classes, varies = self.left, self.right, self.classes, self.varies
        for k, (begin, end) in enumerate(pairwise(self.begins)):
            for t in range(begin, end):
                a, b = left[t], right[t]
                if varies[a] or varies[b]:
                    varies[self.first + k] = 1
                if self.kinds[k] == SUM and classes[a] < classes[b]:
                    left[t], right[t] = b, a
            classes.append(4 + 4 * self.kinds[k] + 2 * varies[self.first + k] + (end - begin > 1))

    def terms(self, i: int) -> range:
        """The places of the terms of the computed row i."""
        return range(self.begins[i - self.first], self.begins[i - self.first + 1])

    def operands(self, i: int) -> list[int]:
        """Those of its terms: left, right, left, right, …"""
        return [p for t in self.terms(i) for p in (self.left[t], self.right[t])]

    def rank(self, i: int) -> tuple[int, int]:
        """Rows stand in the order of the rows whose adjoints they are."""
        return self.rows.adjoint_of[i - self.first], i


class Unit(NamedTuple):
    """Rows that are computed side by side; or one that is `listed`, because there are few like it."""

    rows: list[int]
    listed: bool


def find_units(graph: Graph, least: int) -> list[Unit]:
    """The units, each after those that it reads."""
    first = graph.first
    signatures = sign(graph)
    waits, users = find_users(graph)
    depth = find_depths(graph)
    total = [0] * (max(signatures, default=-1) + 1)  # of the depths of the rows that are still to come
    left = [0] * len(total)
    ready: list[list[int]] = [[] for _ in total]
    for k, s in enumerate(signatures):
        total[s] += depth[k]
        left[s] += 1
        if not waits[k]:
            ready[s].append(first + k)
    heap: list[tuple[float, int]] = []
    for s, there in enumerate(ready):
        if there:
            heappush(heap, (total[s] / left[s], s))

    units: list[Unit] = []
    while heap:
        _, s = heappop(heap)
        batch, ready[s] = sorted(ready[s], key=graph.rank), []
        for i in batch:
            total[s] -= depth[i - first]
            left[s] -= 1
        terms = len(graph.terms(batch[0]))
        listed = not terms or len(batch) * terms < least
        for part in [[i] for i in batch] if listed else [batch]:
            for i in part:
                graph.unit[i] = len(units)
            units.append(Unit(part, listed))
        for i in batch:
            for user in users[i - first]:
                waits[user] -= 1
                if not waits[user]:
                    g = signatures[user]
                    if not ready[g]:
                        heappush(heap, (total[g] / left[g], g))
                    ready[g].append(first + user)
    return units


def sign(graph: Graph) -> list[int]:
    """For each computed row the number of its signature."""
    classes = graph.classes
    numbers: dict[tuple[int, ...], int] = {}
    signatures = []
    for i in range(graph.first, graph.count):
        signature = (classes[i], *[classes[p] for p in graph.operands(i)])
        signatures.append(numbers.setdefault(signature, len(numbers)))
    return signatures


def find_users(graph: Graph) -> tuple[list[int], list[list[int]]]:
    """For each computed row how often it reads one, and who reads it, once for each time. Counted from the first."""
    first = graph.first
    waits: list[int] = []
    users: list[list[int]] = [[] for _ in graph.kinds]
    for k in range(len(users)):
        computed = [p - first for p in graph.operands(first + k) if p >= first]
        for p in computed:
            users[p].append(k)
        waits.append(len(computed))
    return waits, users


def find_depths(graph: Graph) -> list[int]:
    """For each computed row the longest way from a leaf."""
    depth = [0] * graph.count
    for i in range(graph.first, graph.count):
        depth[i] = 1 + max((depth[p] for p in graph.operands(i)), default=0)
    return depth[graph.first :]
