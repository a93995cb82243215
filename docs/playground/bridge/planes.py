"""What a network makes of the plane: the score on a grid, and the activation of every neuron on a coarser one.

Numbers leave as base64 of 32-bit floats: 2,500 of them as JSON would take longer than computing them.
"""

from __future__ import annotations

from array import array
from binascii import b2a_base64
from collections.abc import Sequence
from typing import Any

import micrograd
from docs.playground.bridge.training import Point, pieces
from micrograd.nn import MLP

Box = Sequence[float]  # left, right, bottom, top
BLOCK = 25  # points in one call: the widths of the grids are multiples of it
COARSE = 15  # points a side of the grid of each neuron


def packed(numbers: Sequence[float]) -> str:
    return b2a_base64(array("f", numbers).tobytes(), newline=False).decode()


def evenly(first: float, last: float, n: int) -> list[float]:
    """The middles of n equal parts."""
    return [first + (last - first) * (k + 0.5) / n for k in range(n)]


class Planes:
    """The compiled functions of one network that the pictures of it need."""

    def __init__(self, model: MLP):
        def row(xs: Sequence[float], y: float) -> list[float]:
            return [score.data for score in model([[x, y] for x in xs])]

        def neurons(points: Sequence[Point]) -> list[float]:
            return [out.data for point in points for outs in layers(model, point) for out in outs]

        self.model = model
        self._row, self._neurons = micrograd.compile(row), micrograd.compile(neurons)
        self.size = sum(layer.nout for layer in model)

    def field(self, box: Box, n: int) -> list[float]:
        """The score on n × n points, row by row from the top."""
        left, right, bottom, top = box
        xs = evenly(left, right, n)
        blocks = [xs[k : k + BLOCK] for k in range(0, n, BLOCK)]
        with micrograd.no_grad():
            return [score for y in evenly(top, bottom, n) for block in blocks for score in self._row(block, y)]

    def activations(self, points: Sequence[Point]) -> list[list[float]]:
        """For each point, what all neurons make of it, layer by layer; the last one is the score."""
        flat: list[float] = []
        with micrograd.no_grad():
            for some in pieces(points):
                flat += self._neurons(some)
        return [flat[k : k + self.size] for k in range(0, len(flat), self.size)]

    def maps(self, box: Box) -> list[float]:
        """For each neuron, its activation on a coarse grid."""
        left, right, bottom, top = box
        xs, ys = evenly(left, right, COARSE), evenly(top, bottom, COARSE)
        rows = self.activations([[x, y] for y in ys for x in xs])
        return [number for neuron in zip(*rows, strict=True) for number in neuron]


def layers(model: MLP, point: Point) -> list[list[Any]]:
    """What each layer makes of a point."""
    outs: list[list[Any]] = []
    x: list[Any] = list(point)
    for layer in model:
        x = layer.forward(x)
        outs.append(x)
    return outs
