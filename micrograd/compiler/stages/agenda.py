"""Which rows are computed together: of the rows that are ready, all that look the same.

Rows look the same if their signatures are: their class and the classes of their operands, one after the other. The
class of a leaf is what it is (ONE, an input, a constant), that of a computed row is its kind and whether it is an
adjoint; both say whether it varies. In the signature of a sum of several terms is also the function that is applied to
it, or whose result it is multiplied by: so what a recurrent network needs for its next state does not wait for its
outputs.

A signature all of whose rows are ready is run at once. If there is none, the most urgent one is run: the one whose
rows, those to come included, lie least deep on average (Neubig, Goldberg and Dyer, On-the-fly Operation Batching in
Dynamic Computation Graphs, 2017), and, which counts less, furthest from the end. So the same work at different depths,
as at the positions of a sequence, waits for each other where it can.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from micrograd.compiler.stages.program import FUNCTIONS, KINDS
from micrograd.compiler.stages.rows import Rows

SUM = tuple(KINDS).index("sum")
APPLIED = frozenset(code for code, kind in enumerate(KINDS) if kind == "relu" or FUNCTIONS.get(kind) == 1)


class Graph:
    """The rows, as the stages from here to the blocks see them.

    first        the first computed row
    kinds        for each computed row
    begins       where the terms of each computed row begin, and where those of the last one end
    left, right  the terms; the operands of a product are exchanged so that it looks like others
    classes      for each row
    varies       for each row whether it depends on the inputs that vary
    uses         how often each row is read, or returned
    unit         for each row the number of its unit, as soon as it is known; -1 for a leaf
    """

    def __init__(self, rows: Rows, varying: Collection[int], apart: Sequence[int] = ()):
        self.rows, self.first, self.kinds = rows, rows.first, rows.kinds
        self.count = rows.first + len(rows)
        self.begins = [0, *rows.ends]
        self.left, self.right = rows.left.tolist(), rows.right.tolist()
        self.varies = bytearray(self.count)
        for k in varying:
            self.varies[1 + k] = 1
        inputs = [-k for k in apart] or [1 + v for v in self.varies[1 : 1 + rows.inputs]]
        self.classes = [0, *inputs, *[3] * len(rows.constants)]
        for i in range(self.first, self.count):
            self.classes.append(self._classify(i))
        self.uses = [0] * self.count
        for part in (rows.left, rows.right, rows.outputs):
            for p in part:
                self.uses[p] += 1
        self.unit = [-1] * self.count

    def _classify(self, i: int) -> int:
        """The class of a computed row; of its operands, if it is a sum, those of higher classes come to the left."""
        left, right, classes, kind = self.left, self.right, self.classes, self.kind(i)
        if any(self.varies[p] for p in self.operands(i)):
            self.varies[i] = 1
        if kind == SUM:
            for t in self.terms(i):
                if classes[left[t]] < classes[right[t]]:
                    left[t], right[t] = right[t], left[t]
        return 4 + 4 * kind + 2 * self.varies[i] + (self.rows.adjoint_of[i - self.first] != i)

    def kind(self, i: int) -> int:
        return self.kinds[i - self.first]

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
    """Rows that can be computed side by side, and whether they are too few for a block."""

    rows: list[int]
    small: bool


def find_units(graph: Graph, least: int) -> list[Unit]:
    """The units, each after those that it reads."""
    first = graph.first
    signatures = sign(graph)
    waits, users = find_users(graph)
    urgency = find_urgency(graph)
    count = max(signatures, default=-1) + 1
    left, total = [0] * count, [0] * count  # how many rows are to come; and their urgencies
    ready: list[list[int]] = [[] for _ in range(count)]
    for k, s in enumerate(signatures):
        left[s] += 1
        total[s] += urgency[k]
        if not waits[k]:
            ready[s].append(first + k)
    average = [x / n for x, n in zip(total, left, strict=True)]

    def key(s: int) -> tuple[bool, float, int]:
        return len(ready[s]) < left[s], average[s], s

    heap = [key(s) for s, there in enumerate(ready) if there]
    heapify(heap)
    units: list[Unit] = []
    while heap:
        entry = heappop(heap)
        s = entry[-1]
        if not ready[s] or entry != key(s):
            continue  # it was run, or all its rows are ready by now
        batch, ready[s] = sorted(ready[s], key=graph.rank), []
        left[s] -= len(batch)
        terms = len(graph.terms(batch[0]))
        for i in batch:
            graph.unit[i] = len(units)
        units.append(Unit(batch, not terms or len(batch) * terms < least))
        for i in batch:
            for user in users[i - first]:
                waits[user] -= 1
                if not waits[user]:
                    s = signatures[user]
                    ready[s].append(first + user)
                    if len(ready[s]) in (1, left[s]):
                        heappush(heap, key(s))
    return units


def sign(graph: Graph) -> list[int]:
    """For each computed row the number of its signature."""
    classes, functions = graph.classes, find_functions(graph)
    numbers: dict[tuple[int, ...], int] = {}
    signatures = []
    for i in range(graph.first, graph.count):
        function = functions[i] if graph.kind(i) == SUM and len(graph.terms(i)) > 1 else 0
        signature = (classes[i], function, *[classes[p] for p in graph.operands(i)])
        signatures.append(numbers.setdefault(signature, len(numbers)))
    return signatures


def find_functions(graph: Graph) -> list[int]:
    """For each row the first function that is applied to it; or else one whose result it is multiplied by."""
    left, right, first = graph.left, graph.right, graph.first
    functions = [0] * graph.count
    for i in range(graph.count - 1, first - 1, -1):
        kind = graph.kind(i)
        if kind in APPLIED:
            functions[left[graph.terms(i)[0]]] = 1 + kind
        elif kind == SUM:
            for t in graph.terms(i):
                for p, q in ((left[t], right[t]), (right[t], left[t])):
                    if q >= first and graph.kind(q) in APPLIED:
                        functions[p] = 256 + graph.kind(q)
    return functions


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


def find_urgency(graph: Graph) -> list[int]:
    """For each computed row thrice the longest way from a leaf, without the longest way to a row that nobody reads."""
    depth, height = [0] * graph.count, [0] * graph.count
    for i in range(graph.first, graph.count):
        depth[i] = 1 + max((depth[p] for p in graph.operands(i)), default=0)
    for i in range(graph.count - 1, graph.first - 1, -1):
        for p in graph.operands(i):
            height[p] = max(height[p], height[i] + 1)
    return [3 * depth[i] - height[i] for i in range(graph.first, graph.count)]
