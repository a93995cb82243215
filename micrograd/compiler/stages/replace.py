"""The same expressions with other nodes in some places: for who shows a program, or hands it on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from micrograd.compiler.stages.expressions import Expressions


def replace(e: Expressions, nodes: Mapping[int, tuple[Any, ...]]) -> Expressions:
    """The expressions with these nodes at these places, each after its operands; no node has partials then."""
    made = Expressions(0)
    made.nodes, made.constants, made.numbers = [*e.nodes], {**e.constants}, {**e.numbers}
    for i, node in nodes.items():
        made.nodes[i] = node
    return made
