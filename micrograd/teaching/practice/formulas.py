"""A local derivative typed as a formula, compared at several points with the right one and with those of mistakes."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from micrograd.teaching.practice.reading import Unread, is_close, to_grammar
from micrograd.teaching.practice.twins import replay
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution
from micrograd.text.expression import ExpressionError, evaluate

ROUNDING = 5e-4  # a coefficient may be written with four digits
SHIFTS = ((0.0, 0.0, 0.0), (0.125, -0.0625, 0.03125), (-0.09375, 0.15625, 0.21875), (0.25, 0.1875, -0.125))


def compare_formula(c: Contribution, typed: str) -> tuple[bool, list[str]]:
    """Whether the formula is ∂node/∂parent, and if it is not, the mistakes that give it. Raises `Unread`.

    It may use the names of the operands and of the result: 1 − t² as well as 1 − tanh(x)².
    """
    if not typed.strip():
        raise Unread("Type a formula first.")
    right, mistakes = True, [m for m in MISTAKES if m.touches == "amount"]
    for moved, known in _visit_points(c):
        try:
            found = evaluate(to_grammar(typed), known).data
        except ExpressionError as error:
            raise Unread(f"{error}\nNames here: {', '.join(known) or 'none'}.") from None
        except (ArithmeticError, ValueError):
            found = math.nan
        right = right and _agrees(found, moved.local)
        mistakes = [m for m in mistakes if _agrees(found, m.push(moved, 1.0))]
    return right, [] if right else [m.name for m in mistakes]


def _visit_points(c: Contribution) -> Iterator[tuple[Contribution, Mapping[str, float]]]:
    """The contribution with its operands moved a little, and the values of its names there; constants stay."""
    parents = {id(p): p for p in c.node.parents}
    labels = {key: c.names[p] for key, p in parents.items()}
    for shifts in SHIFTS:
        data = {
            key: p.data + (shifts[k % 3] * max(1.0, abs(p.data)) if c.names.has_name(p) else 0.0)
            for k, (key, p) in enumerate(parents.items())
        }
        try:
            moved = replay(c, data, labels, c.names[c.node])
        except (ArithmeticError, ValueError):
            continue  # outside the domain
        yield moved, {v.label: v.data for v in (*moved.node.parents, moved.node) if v.label.isidentifier()}


def _agrees(found: float, exact: float) -> bool:
    return is_close(found, exact, ROUNDING * abs(exact))
