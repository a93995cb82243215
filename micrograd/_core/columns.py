"""Many parameters in one call: their gradients set to zero, all numbers looked at, and columns of them.

A column holds one number of each of many parameters, and computes like a single number: so a formula of an optimiser is
written once, and with the native node one run of it makes a step of all parameters. The Python node has no columns.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from micrograd._core.native import extension


def zero_grads(things: Sequence[Any]) -> None:
    """Set `grad` of each to 0."""
    if extension is not None:
        extension.zero_grads(things)
        return
    for v in things:
        v.grad = 0.0


def finite_data(things: list[Any]) -> bool:
    """Whether the data of all are finite."""
    if extension is not None and (column := extension.data_column(things)) is not None:
        return bool(column.is_finite())
    return all(math.isfinite(v.data) for v in things)


def finite_grads(things: list[Any]) -> bool:
    """Whether the gradients of all are finite."""
    if extension is not None and (column := extension.grad_column(things)) is not None:
        return bool(column.is_finite())
    return all(math.isfinite(v.grad) for v in things)


def columns(nodes: list[Any], *state: list[Any] | None) -> list[Any] | None:
    """The gradients and the data of nodes, and lists with a number for each, as operands of the formulas of a step.

    Each of these is a list of a single column, which computes like a number; a None is left as it is. From the Python
    node, and where not all numbers are floats, the answer is None.
    """
    if extension is None or (data := extension.data_column(nodes)) is None:
        return None
    found = [extension.grad_column(nodes), data, *(None if x is None else extension.column(x) for x in state)]
    wanted = [True, True, *(x is not None for x in state)]
    if any(need and x is None for need, x in zip(wanted, found, strict=True)):
        return None
    return [None if x is None else [x] for x in found]


Column: Any = None if extension is None else extension.Column


def is_column(numbers: Any) -> bool:
    """Whether that is one of the lists which `columns` returns, or what was computed from them."""
    return Column is not None and type(numbers) is list and len(numbers) == 1 and type(numbers[0]) is Column


def floats_of(numbers: Any) -> Any:
    """The numbers of such a list as floats; anything else as it is."""
    return numbers[0].tolist() if is_column(numbers) else numbers
