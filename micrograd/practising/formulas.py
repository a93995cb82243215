"""A local derivative typed as a formula, compared with the right one, and with the mistaken ones, at several points."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from micrograd.expression import ExpressionError, evaluate
from micrograd.ops import evaluate as run
from micrograd.practising.questions import PLAIN
from micrograd.practising.reading import Unread, plain
from micrograd.stepping import Contribution
from micrograd.stepping.mistakes import MISTAKES
from micrograd.stepping.names import Names

SHIFTS = ((0.0, 0.0, 0.0), (0.125, -0.0625, 0.03125), (-0.09375, 0.15625, 0.21875), (0.25, 0.1875, -0.125))


def compared(c: Contribution, typed: str) -> tuple[bool, list[str]]:
    """Whether the formula is ∂node/∂parent, and which mistakes write it so. Raises `Unread`.

    It may use the names of the operands and of the result: 1 − t² as well as 1 − tanh(x)².
    """
    if not typed.strip():
        raise Unread("Type a formula first.")
    right, wrong = True, [m for m in MISTAKES if m.amount is not PLAIN.amount]
    for moved, known in _points(c):
        try:
            found = evaluate(plain(typed), known).data
        except ExpressionError as error:
            raise Unread(f"{error}\nNames here: {', '.join(known) or 'none'}.") from None
        except (ArithmeticError, ValueError):
            found = math.nan
        right = right and _close(found, moved.local)
        wrong = [m for m in wrong if _close(found, m.pushed(moved, 1.0))]
    return right, [] if right else [m.name for m in wrong]


def _points(c: Contribution) -> Iterator[tuple[Contribution, Mapping[str, float]]]:
    """The contribution with its operands moved a little, and what its names stand for there."""
    parents = {id(p): p for p in c.node.parents}
    for shifts in SHIFTS:
        moved: dict[int, Any] = {}
        for k, (key, p) in enumerate(parents.items()):
            by = shifts[k % 3] * max(1.0, abs(p.data)) if c.names.named(p) else 0.0  # a constant is what it is
            moved[key] = SimpleNamespace(data=p.data + by, label=c.names[p], parents=())
        operands = [moved[id(p)] for p in c.node.parents]
        try:
            out, *partials = run(
                c.node.primitive, [p.data for p in operands], c.node.constants, [p.label for p in operands]
            )
        except (ArithmeticError, ValueError):
            continue  # outside the domain
        node: Any = SimpleNamespace(
            data=out,
            label=c.names[c.node],
            primitive=c.node.primitive,
            constants=c.node.constants,
            parents=tuple(operands),
        )
        named = {v.label: v.data for v in (*operands, node) if v.label.isidentifier()}
        local, names = partials[c.slot], Names(node, [node])
        yield Contribution(node, operands[c.slot], c.slot, 1.0, local, local, 0.0, local, names), named


def _close(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(1.0, abs(b))
