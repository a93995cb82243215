"""One operation taken out of its graph and put up again with other numbers, or with other names."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, product
from types import SimpleNamespace
from typing import Any

from micrograd.ops import evaluate
from micrograd.teaching.record.notation import bracket
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import expression, rule
from micrograd.text.names import Names
from micrograd.text.notation import format_number
from micrograd.text.typeset import text

LETTERS = "pqrstuvwxyz"
SAID = {math.log(2): "ln 2 ≈ 0.6931", math.log(3): "ln 3 ≈ 1.0986"}
POOL = (3.0, -4.0, 5.0, 2.0, -3.0, 6.0, -2.0, 4.0, math.log(2), math.log(3), 0.5, 0.25)
UPSTREAMS = (5.0, 2.0, -3.0, 10.0, 4.0)
TRIES = 2_000


def staged(
    c: Contribution, data: Mapping[int, float], labels: Mapping[int, str], label: str, upstream: float = 1.0
) -> Contribution:
    """The contribution along the same slot, its operands (by id) with other numbers and names.

    Raises `ArithmeticError` or `ValueError` outside the domain of the operation.
    """
    parents: dict[int, Any] = {
        id(p): SimpleNamespace(data=data[id(p)], label=labels[id(p)], parents=()) for p in c.node.parents
    }
    operands = [parents[id(p)] for p in c.node.parents]
    op: Any = c.node.primitive
    out, *partials = evaluate(op, [p.data for p in operands], c.node.constants, [p.label for p in operands])
    node: Any = SimpleNamespace(
        data=out, label=label, primitive=op, constants=c.node.constants, parents=tuple(operands)
    )
    local = partials[c.slot]
    amount = local * upstream
    names = Names(node, [node])
    return Contribution(node, operands[c.slot], c.slot, upstream, local, amount, 0.0, amount, names)


@dataclass(frozen=True)
class Twin:
    """A question of the same kind about other numbers, its answer, and the line that leads to it."""

    question: str
    answer: float
    worked: str


def twin(c: Contribution, at: int) -> Twin:
    """The operation of a contribution with other operands and another upstream; `at` chooses among them."""
    keys = list(dict.fromkeys(id(p) for p in c.node.parents))
    labels = {
        key: LETTERS[k % len(LETTERS)] + (str(k // len(LETTERS)) if k >= len(LETTERS) else "")
        for k, key in enumerate(keys)
    }
    old = {id(p): p.data for p in c.node.parents}
    made = _fitting(c, keys, labels, old, UPSTREAMS[at % len(UPSTREAMS)], at)
    names, v = made.names, made.node
    given = {p.label: f"{p.label} = {SAID.get(p.data, format_number(p.data))}" for p in v.parents}
    formula = rule(v, names).partials[made.slot]
    factor = text(formula) if formula.kind == "number" else f"({text(formula)} = {format_number(made.local)})"
    return Twin(
        f"v = {text(expression(v, names))} with {', '.join(given.values())}, "
        f"and the upstream of v is {format_number(made.upstream)}. What arrives at {made.parent.label}?",
        made.amount,
        f"{format_number(made.upstream)} × {bracket(factor)} = {format_number(made.amount)}",
    )


def _fitting(
    c: Contribution,
    keys: Sequence[int],
    labels: Mapping[int, str],
    old: Mapping[int, float],
    upstream: float,
    at: int,
) -> Contribution:
    """The first choice of numbers, all different and none as it was, whose result is short to write."""
    pool = POOL[at % 8 : 8] + POOL[: at % 8] + POOL[8:]
    possible = None
    choices = product(pool, repeat=len(keys)) if len(keys) < 4 else _turned(pool, len(keys))
    for numbers in islice(choices, TRIES):
        data = dict(zip(keys, numbers, strict=True))
        if any(data[key] == old[key] for key in keys) or (len(keys) < 4 and len(set(map(abs, numbers))) < len(keys)):
            continue
        try:
            made = staged(c, data, labels, "v", upstream)
        except (ArithmeticError, ValueError):
            continue
        if math.isfinite(made.amount) and math.isfinite(made.node.data):
            if abs(made.amount) <= 1000 and abs(made.amount * 100 - round(made.amount * 100)) < 1e-9:
                return made
            possible = possible or made
    return possible or staged(c, old, labels, "v", upstream)


def _turned(pool: Sequence[float], count: int) -> Iterator[tuple[float, ...]]:
    for first in range(len(pool)):
        yield tuple(pool[(first + k) % len(pool)] for k in range(count))
