"""The sum over paths: the chain rule as it is written by hand, and why nobody computes with it.

∂L/∂w is the sum, over all paths from L down to w, of the product of the local derivatives along the path. The number of
paths can double with every node, while each edge on them is one contribution of backpropagation. Paths are counted
along the edges, from w upwards, and only the few that are shown are ever listed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd.engine import Value
from micrograd.teaching.record.record import Contribution


class Paths:
    """The paths from a root to one node below it.

    edges    the contributions on any of these paths, in the order of the record
    count    how many paths there are
    """

    def __init__(self, root: Value, wrt: Value, record: Sequence[Contribution]):
        self.root, self.wrt = root, wrt
        ways = {id(wrt): 1}
        edges = []
        for c in reversed(record):  # from the leaves up: a node comes after its parents
            if id(c.parent) in ways and c.node is not wrt:
                ways[id(c.node)] = ways.get(id(c.node), 0) + ways[id(c.parent)]
                edges.append(c)
        self.count = ways.get(id(root), 0)
        edges.reverse()
        self.edges = edges

    def __iter__(self) -> Iterator[list[Contribution]]:
        """The paths one by one, operands in order, each as its edges from the root down."""
        below: dict[int, list[Contribution]] = {}
        for c in self.edges:
            below.setdefault(id(c.node), []).append(c)
        if self.count and self.root is self.wrt:
            yield []
            return
        path: list[Contribution] = []
        stack = [iter(below.get(id(self.root), ()))]
        while stack:
            edge = next(stack[-1], None)
            if edge is None:
                stack.pop()
                if path:
                    path.pop()
                continue
            path.append(edge)
            if edge.parent is self.wrt:
                yield list(path)
                path.pop()
            else:
                stack.append(iter(below[id(edge.parent)]))


def format_count(count: int) -> str:
    """A number of paths in readable form: 12, 1,024, about 10^301."""
    if count < 10**12:
        return f"{count:,}"
    return f"about 10^{round((count.bit_length() - 1) * 0.30103)}"
