"""A model as a table: what its layers are, how many parameters they hold, how large their graph is."""

from __future__ import annotations

from typing import NamedTuple

from micrograd.engine import Value, topological
from micrograd.functions import total
from micrograd.nn.activations import title
from micrograd.nn.chain import Chain
from micrograd.nn.dense import Layer
from micrograd.nn.module import Feedforward, evaluating

HEAD = ("", "layer", "in", "out", "parameters", "nodes")


class Row(NamedTuple):
    """One layer: its position, what it is, its widths, its parameters, its operations for one example."""

    name: str
    layer: str
    nin: int
    nout: int
    parameters: int
    nodes: int


class Summary(list):
    """The rows of the table; printed, the table itself, with sums. `nodes` counts operations for one example."""

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self)

    @property
    def nodes(self) -> int:
        return sum(row.nodes for row in self)

    def __str__(self) -> str:
        lines = [HEAD, *(tuple(map(str, row)) for row in self)]
        lines.append(("", "total", str(self[0].nin), str(self[-1].nout), f"{self.parameters:,}", f"{self.nodes:,}"))
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        shown = ["  ".join(_aligned(k, cell, widths[k]) for k, cell in enumerate(line)) for line in lines]
        rule = "-" * len(shown[0])
        return "\n".join([shown[0], rule, *shown[1:-1], rule, shown[-1]])

    __repr__ = __str__


def summarise(model: Feedforward) -> Summary:
    """Run every layer on one example in evaluation mode and count the operations it leaves in the graph."""
    if model.nin is None:
        raise ValueError(f"{model!r} takes any number of inputs: a table needs a first layer that fixes it")
    with evaluating(model):
        return Summary(_rows(model, model.nin, ""))


def _aligned(column: int, cell: str, width: int) -> str:
    return cell.ljust(width) if column < 2 else cell.rjust(width)


def _rows(model: Feedforward, width: int, name: str) -> list[Row]:
    if isinstance(model, Chain):
        rows: list[Row] = []
        for k, layer in enumerate(model.layers):
            rows += _rows(layer, rows[-1].nout if rows else width, f"{name}.{k}" if name else str(k))
        return rows
    inputs = [Value(0.5) for _ in range(width)]
    outs = model.flow(inputs)
    nodes = topological(total(outs))  # the sum itself is the last
    if not nodes:
        raise ValueError("there are no nodes to count inside of no_grad()")
    return [Row(name, _called(model), width, len(outs), len(model.parameters()), len(nodes) - 1)]


def _called(model: Feedforward) -> str:
    if isinstance(model, Layer):
        return "Layer" + ("" if model.activation == "linear" else f", {title(model.activation)}")
    return repr(model)
