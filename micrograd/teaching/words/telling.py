"""A contribution in words: the same sentences in the page, in the terminal and to a screen reader.

e → a, left operand of ×.  upstream 2 × local (b = 3) = 6
a.grad: — + 6 = 6, final.
Why: × hands each operand the other's value.
Check: nudge a by 0.01 and L moves by about 0.06 (tried: 0.06).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from micrograd.engine import Value
from micrograd.teaching.record.nudge import NUDGES, tried
from micrograd.teaching.record.rules import Rule, expression, place, rule, sign
from micrograd.text.names import Names
from micrograd.text.typeset import shown, text

if TYPE_CHECKING:
    from micrograd.teaching.record.record import Contribution

MEASURED = 300  # nodes; in a larger graph running it again for every node would take too long
NOTHING = "—"


@dataclass(frozen=True)
class Told:
    """The parts of the text of one step.

    edge         e → a
    place        left operand of ×
    upstream     the symbol ∂L/∂e and its number 2
    local        the formula b, the same with numbers, and its number
    amount       the number that is added
    grad         a.grad
    before       what the parent's grad was: — where nothing has arrived yet
    after        what it is now
    arrived      how many contributions of how many have arrived now
    why, check   sentences; check is empty where nothing can be said yet
    """

    edge: str
    place: str
    upstream: tuple[str, str]
    local: tuple[str, str, str]
    amount: str
    grad: str
    before: str
    after: str
    arrived: tuple[int, int]
    why: str
    check: str

    @property
    def final(self) -> bool:
        return self.arrived[0] == self.arrived[1]

    @property
    def factor(self) -> str:
        """The local derivative in a formula: (b = 3), or the bare number where there is no formula."""
        formula, _, value = self.local
        return bracketed(value) if formula == value else f"({formula} = {value})"

    @property
    def product(self) -> str:
        return f"upstream {self.upstream[1]} × local {self.factor} = {self.amount}"

    @property
    def sum(self) -> str:
        state = "final" if self.final else f"{self.arrived[0]} of {self.arrived[1]}"
        return f"{self.grad}: {self.before} + {bracketed(self.amount)} = {self.after}, {state}."

    def __str__(self) -> str:
        lines = [f"{self.edge}, {self.place}.  {self.product}", self.sum, f"Why: {self.why}"]
        return "\n".join(lines + ([f"Check: {self.check}"] if self.check else []))


def tell(record: Sequence[Contribution]) -> list[Told]:
    """The text of every step of a record."""
    if not record:
        return []
    names = record[0].names
    expected: dict[int, int] = {}
    for c in record:
        expected[id(c.parent)] = expected.get(id(c.parent), 0) + 1
    arrived: dict[int, int] = {}
    started: dict[int, float] = {}
    told = []
    for c in record:
        key = id(c.parent)
        started.setdefault(key, c.before)
        arrived[key] = arrived.get(key, 0) + 1
        formula = rule(c.node, names)
        final = arrived[key] == expected[key]
        told.append(
            Told(
                edge=f"{names[c.node]} → {names[c.parent]}",
                place=place(c.node, c.slot),
                upstream=(partial(names, c.node), shown(c.upstream)),
                local=_local(c, formula),
                amount=shown(c.amount),
                grad=f"{names[c.parent]}.grad" if names.named(c.parent) else f"grad of {names.said(c.parent)}",
                before=NOTHING if arrived[key] == 1 and c.before == 0 else shown(c.before),
                after=shown(c.after),
                arrived=(arrived[key], expected[key]),
                why=_why(c, formula),
                check=_check(c, c.after - started[key]) if final else "",
            )
        )
    return told


def partial(names: Names, v: Value) -> str:
    return fraction(names, names.root, v)


def fraction(names: Names, above: Value, below: Value) -> str:
    return f"∂{names[above]}/∂{names[below]}" if names.named(below) else f"∂{names[above]}/∂({names[below]})"


def bracketed(written: str) -> str:
    return f"({written})" if written.startswith("−") else written


def _local(c: Contribution, formula: Rule) -> tuple[str, str, str]:
    value = shown(c.local)
    if formula.out is None:
        return value, value, value
    p = formula.partials[c.slot]
    return text(p), text(p, numeric=True), value


# ---- why


def _why(c: Contribution, formula: Rule) -> str:
    return _nothing(c, formula) if c.amount == 0 else _reason(c, formula)


def _reason(c: Contribution, formula: Rule) -> str:
    names, shape, kind = c.names, sign(c.node), formula.kinds[c.slot]
    node, operand = names[c.node], names.said(c.parent)
    if kind == "copy":
        return f"{shape} passes the upstream on unchanged."
    if kind == "turn":
        return f"{shape} passes the upstream on with its sign turned."
    if kind == "swap" and len(c.node.parents) == 2:
        return f"{shape} hands each operand the other's value."
    if kind == "swap":
        other = text(formula.partials[c.slot])
        return f"{operand} is multiplied by {other} in {node}, so it is handed the value of {other}."
    if kind == "gate" and c.local == -1:
        return f"{shape} turns the sign of {names[c.parent]} = {shown(c.parent.data)}, and so that of the upstream."
    if kind == "gate":
        return f"{shape} lets {names[c.parent]} = {shown(c.parent.data)} through, so the upstream passes."
    if kind == "own":
        return f"{shape} is an operation of its own: local is what it added, divided by the upstream."
    slope = text(formula.partials[c.slot])
    if kind == "scale":
        return f"nudge {operand}, and {node} moves {slope} times as far."
    return f"nudge {operand} a little, and {node} moves {slope} = {shown(c.local)} times as far: the slope of {shape}."


def _nothing(c: Contribution, formula: Rule) -> str:
    """Why a contribution is 0."""
    names, kind = c.names, formula.kinds[c.slot]
    node, operand = names[c.node], names.said(c.parent)
    if c.upstream == 0:
        return f"the upstream is 0: {node} does not move {names[names.root]}, so there is nothing to pass on."
    if kind == "own":
        return f"{sign(c.node)} added nothing to {operand}.grad."
    if kind == "swap" and c.local == 0:
        other = text(formula.partials[c.slot])
        return f"{other} is 0, and whatever is multiplied by 0 does not move {node}."
    if kind == "gate":
        return (
            f"{sign(c.node)} is shut for {names[c.parent]} = {shown(c.parent.data)}: nudging it does not move {node}."
        )
    if c.local == 0:
        return f"the slope {text(formula.partials[c.slot])} is 0 here: nudging {operand} does not move {node}."
    return "the product is too small for a float."


# ---- check


def _check(c: Contribution, grad: float) -> str:
    names, root = c.names, c.names.root
    if not math.isfinite(grad):
        return ""
    by, change = NUDGES[0], None
    if len(names.order) <= MEASURED and (found := tried(root, names.order, c.parent, grad)):
        by, change = found
    moves = f"moves by about {shown(grad * by)}" if grad else "does not move"
    sentence = f"nudge {names.said(c.parent)} by {shown(by)} and {names[root]} {moves}"
    return sentence + (f" (tried: {shown(change)})." if change is not None and grad else ".")


# ---- one line


def line(c: Contribution) -> str:
    """A contribution as a line of a worked solution, with the grads as floats."""
    names, v = c.names, c.node
    formula = rule(v, names)
    local = _float(c.local)
    if formula.out is not None and (symbolic := formula.partials[c.slot]).kind != "number":
        local = f"{text(symbolic)} = {local}"
    factor = f"({local})" if " " in local or "−" in local else local
    grad = f"{names[c.parent]}.grad" if names.named(c.parent) else f"grad of {names.said(c.parent)}"
    before = "0" if c.before == 0 else _float(c.before)
    upstream = bracketed(_float(c.upstream))
    return (
        f"{names[v]} = {text(expression(v, names))}   "
        f"{partial(names, c.parent)} += {partial(names, v)} · {fraction(names, v, c.parent)} = "
        f"{upstream}·{factor} = {_float(c.amount)}     {grad}: {before} → {_float(c.after)}"
    )


def _float(x: float) -> str:
    """Like Python's floats (10.0, not 10), with four significant digits."""
    written = shown(x)
    return f"{written}.0" if written.lstrip("−").isdigit() else written


def forward(v: Value, names: Names) -> tuple[str, str, str]:
    """What a node computes: the formula, the same with numbers, and the result."""
    formula = expression(v, names)
    return text(formula), text(formula, numeric=True), shown(v.data)
