"""Twins: the same operation with other numbers, to be worked without help after a worked line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product

from micrograd._core.modes import recording
from micrograd._core.nodes import join, local, node
from micrograd.engine import Value
from micrograd.ops import Primitive
from micrograd.teaching.record.record import Contribution, record
from micrograd.teaching.record.rules import expression, rule
from micrograd.teaching.record.spelling import bracket
from micrograd.text.notation import format_number
from micrograd.text.typeset import text

LETTERS = "pqrstuvwxyz"
LOGARITHMS = {math.log(2): "ln 2 ≈ 0.6931", math.log(3): "ln 3 ≈ 1.0986"}
POOL = (3.0, -4.0, 5.0, 2.0, -3.0, 6.0, -2.0, 4.0, math.log(2), math.log(3), 0.5, 0.25)
UPSTREAMS = (5.0, 2.0, -3.0, 10.0, 4.0)
TRIES = 2_000  # choices of numbers to look through


@dataclass(frozen=True)
class Twin:
    """A question of the same kind about other numbers, its answer, and the line that leads to it."""

    question: str
    answer: float
    worked: str


def make_twin(c: Contribution, at: int) -> Twin:
    """The operation of a contribution with other operands and another upstream; `at` chooses among them."""
    made = _choose_numbers(c, UPSTREAMS[at % len(UPSTREAMS)], at)
    names, v = made.names, made.node
    given = {p.label: f"{p.label} = {LOGARITHMS.get(p.data, format_number(p.data))}" for p in v.parents}
    formula = rule(v, names).partials[made.slot]
    factor = text(formula) if formula.kind == "number" else f"({text(formula)} = {format_number(made.local)})"
    return Twin(
        f"v = {text(expression(v, names))} with {', '.join(given.values())}, "
        f"and the upstream of v is {format_number(made.upstream)}. What arrives at {made.parent.label}?",
        made.amount,
        f"{format_number(made.upstream)} × {bracket(factor)} = {format_number(made.amount)}",
    )


def replay(
    c: Contribution, data: Mapping[int, float], labels: Mapping[int, str], label: str, upstream: float = 1.0
) -> Contribution:
    """The contribution along the same slot if its operands (by id) had these numbers and names.

    Raises `ArithmeticError` or `ValueError` outside the domain of the operation.
    """
    parents = {id(p): Value(data[id(p)], label=labels[id(p)]) for p in c.node.parents}
    with recording():
        v = _apply(c.node.primitive, [parents[id(p)] for p in c.node.parents], c.node.constants)
    v.label = label
    moved = record(v)[c.slot]
    amount = moved.local * upstream
    return replace(moved, upstream=upstream, amount=amount, before=0.0, after=amount)


def _apply(op: Primitive | str | None, operands: Sequence[Value], constants: Sequence[float]) -> Value:
    assert isinstance(op, Primitive)
    if constants:  # x ** k
        out, partial = local(op, operands, tuple(constants))
        return node(Value, op, out, operands[0], partial, constants[0])
    return join(Value, op, operands)


def _choose_numbers(c: Contribution, upstream: float, at: int) -> Contribution:
    """The first choice of numbers, all different and none as it was, with a short result."""
    old = {id(p): p.data for p in c.node.parents}
    count = len(old)
    labels = {key: _letter(k) for k, key in enumerate(old)}
    pool = POOL[at % 8 : 8] + POOL[: at % 8] + POOL[8:]
    possible = None
    for numbers in islice(product(pool, repeat=count) if count < 4 else _rotate(pool, count), TRIES):
        data = dict(zip(old, numbers, strict=True))
        if any(data[key] == old[key] for key in old) or (count < 4 and len(set(map(abs, numbers))) < count):
            continue
        try:
            made = replay(c, data, labels, "v", upstream)
        except (ArithmeticError, ValueError):
            continue
        if math.isfinite(made.amount) and math.isfinite(made.node.data):
            if abs(made.amount) <= 1000 and abs(made.amount * 100 - round(made.amount * 100)) < 1e-9:
                return made
            possible = possible or made
    return possible or replay(c, old, labels, "v", upstream)


def _letter(k: int) -> str:
    """p, q, …, z, p1, q1, …"""
    turn, place = divmod(k, len(LETTERS))
    return LETTERS[place] + (str(turn) if turn else "")


def _rotate(pool: Sequence[float], count: int) -> Iterator[tuple[float, ...]]:
    for first in range(len(pool)):
        yield tuple(pool[(first + k) % len(pool)] for k in range(count))
