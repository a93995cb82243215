"""A local derivative typed as a formula, compared at several points with the right one and with those of mistakes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from micrograd.engine import Value
from micrograd.teaching.practice.reading import Unread, is_close, read
from micrograd.teaching.practice.twins import replay
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.nudge import run_again
from micrograd.teaching.record.record import Contribution
from micrograd.text.expression import evaluate, names
from micrograd.text.tokens import ExpressionError, normalise

ROUNDING = 5e-4  # a coefficient may be written with four digits
SHIFTS = ((0.0, 0.0, 0.0), (0.125, -0.0625, 0.03125), (-0.09375, 0.15625, 0.21875), (0.25, 0.1875, -0.125))


def compare_formula(c: Contribution, typed: str) -> tuple[bool, list[str]]:
    """Whether the formula is ∂node/∂parent, and if it is not, the mistakes that give it. Raises `Unread`.

    It may use the names of the operands and of the result: 1 − t² as well as 1 − tanh(x)²; or any other name of the
    graph: 2·(a·b + c) as well as 2·v2.
    """
    if not typed.strip():
        raise Unread("Type a formula first.")
    near = [c.names[v] for v in (*dict.fromkeys(c.node.parents), c.node) if c.names.has_name(v)]
    try:
        used = names(typed)
    except ExpressionError as error:
        raise Unread(f"{error}\nNames here: {', '.join(near) or 'none'}.") from None
    points = _move_operands(c) if set(used) <= {*map(normalise, near)} else _move_leaves(c)
    right, mistakes = True, [m for m in MISTAKES if m.touches == "amount"]
    for moved, known in points:
        try:
            found = evaluate(typed, known).data
        except ExpressionError as error:
            raise Unread(f"{error}\nNames here: {', '.join(near) or 'none'}.") from None
        except (ArithmeticError, ValueError):
            found = math.nan
        right = right and _agrees(found, moved.local)
        mistakes = [m for m in mistakes if _agrees(found, m.push(moved, 1.0))]
    return right, [] if right else [m.name for m in mistakes]


def is_number_of(c: Contribution, typed: str) -> bool:
    """Whether this is a number, not a formula, and the local derivative here."""
    try:
        return not names(typed) and read(typed, {}).near(c.local)
    except (ExpressionError, Unread):
        return False


Point = tuple[Contribution, Mapping[str, float]]  # the contribution with other numbers, and the values of the names


def _move_operands(c: Contribution) -> Iterator[Point]:
    """The contribution with its operands moved a little, independent of each other; constants stay."""
    operands = {id(p): p for p in c.node.parents}
    for shifts in SHIFTS:
        data = _shift(operands.values(), c, shifts)
        if (moved := _replay(c, data)) is not None:
            yield (
                moved,
                {
                    c.names[v]: u.data
                    for v, u in zip((*c.node.parents, c.node), (*moved.node.parents, moved.node), strict=True)
                    if c.names.has_name(v)
                },
            )


def _move_leaves(c: Contribution) -> Iterator[Point]:
    """The contribution with the leaves of the graph moved a little, and everything else as it follows."""
    names = c.names
    nodes = {id(v): v for u in names.order for v in (*u.parents, u)}
    for shifts in SHIFTS:
        data = run_again(names.order, _shift([v for v in nodes.values() if not v.parents], c, shifts))
        if data is not None and (moved := _replay(c, data)) is not None:
            yield moved, {names[v]: data[key] for key, v in nodes.items() if names.has_name(v)}


def _shift(values: Iterable[Value], c: Contribution, shifts: Sequence[float]) -> dict[int, float]:
    return {
        id(v): v.data + (shifts[k % 3] * max(1.0, abs(v.data)) if c.names.has_name(v) else 0.0)
        for k, v in enumerate(values)
    }


def _replay(c: Contribution, data: Mapping[int, float]) -> Contribution | None:
    """The contribution with these numbers; None outside the domain."""
    try:
        return replay(c, data, {id(p): c.names[p] for p in c.node.parents}, c.names[c.node])
    except (ArithmeticError, ValueError):
        return None


def _agrees(found: float, exact: float) -> bool:
    return is_close(found, exact, ROUNDING * abs(exact))
