"""A model as a table: its layers, their widths, how many parameters they hold, how large their graph is."""

from __future__ import annotations

from typing import NamedTuple

from micrograd.engine import Value, topological
from micrograd.functions import total
from micrograd.text.terminal import fitted

HEAD = ("", "layer", "in", "out", "parameters", "nodes")


class Row(NamedTuple):
    """One layer: its position, its kind, its widths, its parameters, its operations for one example."""

    name: str
    layer: str
    nin: int
    nout: int
    parameters: int
    nodes: int


class Summary(list[Row]):
    """The rows of the table; its text is the table itself, with sums. `nodes` counts operations for one example."""

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self)

    @property
    def nodes(self) -> int:
        return sum(row.nodes for row in self)

    @fitted
    def __str__(self) -> str:
        lines = [HEAD, *(tuple(map(str, row)) for row in self)]
        lines.append(("", "total", str(self[0].nin), str(self[-1].nout), f"{self.parameters:,}", f"{self.nodes:,}"))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        head, *rows, sums = ["  ".join(_align(k, cell, widths[k]) for k, cell in enumerate(line)) for line in lines]
        rule = "-" * len(head)
        return "\n".join([head, rule, *rows, rule, sums])

    __repr__ = __str__


def count_nodes(outs: list[Value]) -> int:
    """The number of operations below some outputs."""
    nodes = topological(total(outs))
    if not nodes:
        raise ValueError("there are no nodes to count inside of no_grad()")
    return len(nodes) - 1  # without the sum, which is the last


def _align(column: int, cell: str, width: int) -> str:
    return cell.ljust(width) if column < 2 else cell.rjust(width)
