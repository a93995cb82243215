"""A contribution in words: the same sentences in the page, in the terminal and to a screen reader.

e → a, left operand of ×.  upstream 2 × local (b = 3) = 6
a.grad: — + 6 = 6, final.
Why: × hands each operand the other's value.
Check: nudge a by 0.01 and L moves by about 0.06 (measured: 0.06).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.engine import Value
from micrograd.teaching.record.nudge import Nudge, Trials, nudge_operand
from micrograd.teaching.record.position import Position
from micrograd.teaching.record.record import Contribution, named_leaves
from micrograd.teaching.record.rules import Rule, expression, place, rule, sign
from micrograd.teaching.record.spelling import bracket, grad_of, partial
from micrograd.teaching.words.nudges import check_grad, equation, explain_place
from micrograd.text.names import Names
from micrograd.text.notation import format_number
from micrograd.text.terminal import fitted
from micrograd.text.typeset import text

MEASURED = 300  # nodes; in a larger graph running it again for every node would take too long
SHOWN = 4  # how many grads of an earlier pass are named
NOTHING = "—"
FORWARD_DONE = "All values are known. Next: the backward pass."
BACKWARD = "Every step multiplies a node's grad by one local derivative, and adds the product to a parent's grad."
DONE = "All gradients are known"


@dataclass(frozen=True)
class Description:
    """The text of one step, in parts.

    edge         e → a
    place        left operand of ×
    upstream     the symbol ∂L/∂e and its number 2
    local        the formula b, the same with numbers, and its number
    amount       the number that is added
    grad         a.grad
    before       the parent's grad before this step; — if nothing has arrived yet
    after        the parent's grad after it
    arrived      how many contributions have arrived by now, and how many will
    why, check   sentences; check is empty where there is nothing to say yet
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
        """The local derivative in a formula: (b = 3), or the bare number if there is no formula."""
        formula, _, value = self.local
        return bracket(value) if formula == value else f"({formula} = {value})"

    @property
    def product(self) -> str:
        return f"upstream {self.upstream[1]} × local {self.factor} = {self.amount}"

    @property
    def sum(self) -> str:
        state = "final" if self.final else f"{self.arrived[0]} of {self.arrived[1]}"
        return f"{self.grad}: {self.before} + {bracket(self.amount)} = {self.after}, {state}."

    @fitted
    def __str__(self) -> str:
        lines = [f"{self.edge}, {self.place}.  {self.product}", self.sum, f"Why: {self.why}"]
        return "\n".join(lines + ([f"Check: {self.check}"] if self.check else []))


def describe(record: Sequence[Contribution]) -> list[Description]:
    """The text of every step of a record."""
    expected = Counter(id(c.parent) for c in record)
    arrived: Counter[int] = Counter()
    started: dict[int, float] = {}
    descriptions = []
    places = [nudge_operand(c) for c in record]
    trials = None
    if record and len(record[0].names.order) <= MEASURED:
        trials = Trials(record[0].names.root, record[0].names.order, places)
    for c, found in zip(record, places, strict=True):
        names, key = c.names, id(c.parent)
        started.setdefault(key, c.before)
        arrived[key] += 1
        known = rule(c.node, names)
        descriptions.append(
            Description(
                edge=f"{names[c.node]} → {names[c.parent]}",
                place=place(c.node, c.slot),
                upstream=(partial(names, c.node), format_number(c.upstream)),
                local=_local(c, known),
                amount=format_number(c.amount),
                grad=grad_of(names, c.parent),
                before=NOTHING if arrived[key] == 1 and c.before == 0 else format_number(c.before),
                after=format_number(c.after),
                arrived=(arrived[key], expected[key]),
                why=explain_place(c, found) or (_explain_zero if c.amount == 0 else _explain)(c, known, found),
                check=check_grad(c, c.after - started[key], trials) if arrived[key] == expected[key] else "",
            )
        )
    return descriptions


def _local(c: Contribution, known: Rule) -> tuple[str, str, str]:
    value = format_number(c.local)
    if known.out is None:
        return value, value, value
    formula = known.partials[c.slot]
    return text(formula), text(formula, numeric=True), value


# ---- why


def _explain(c: Contribution, known: Rule, found: Nudge | None) -> str:
    names, operation, kind = c.names, sign(c.node), known.kinds[c.slot]
    node, operand = names[c.node], names.in_sentence(c.parent)
    if kind == "copy":
        return f"{operation} passes the upstream on unchanged."
    if kind == "turn":
        return f"{operation} passes the upstream on with its sign flipped."
    if kind == "swap" and len(c.node.parents) == 2:
        return f"{operation} hands each operand the other's value."
    if kind == "gate" and c.local == -1:
        return f"{operation} flips the sign of {equation(c)}, and so that of the upstream."
    if kind == "gate":
        return f"{operation} lets {equation(c)} through, so the upstream passes."
    if kind == "own":
        return f"{operation} is a custom operation: local is what it added, divided by the upstream."
    factor = text(known.partials[c.slot])
    if kind == "swap":
        return f"{node} multiplies {operand} by {factor}, so {operand} gets the value of {factor}."
    if kind == "scale":
        return f"nudge {operand}, and {node} moves {factor} times as far."
    slope = f"{factor} = {format_number(c.local)}"
    return f"for a small nudge of {operand}, {node} moves {slope} times as far: the slope of {operation}."


def _explain_zero(c: Contribution, known: Rule, found: Nudge | None) -> str:
    """Why a contribution is 0."""
    names, kind = c.names, known.kinds[c.slot]
    node, operand, operation = names[c.node], names.in_sentence(c.parent), sign(c.node)
    if c.upstream == 0:
        return f"the upstream {partial(names, c.node)} is 0, so there is nothing to pass on."
    if kind == "own":
        return f"{operation} added nothing to {operand}.grad."
    if kind == "swap" and c.local == 0:
        return f"{text(known.partials[c.slot])} is 0, and nothing that is multiplied by 0 can move {node}."
    if c.local == 0 and found is not None and found.farther[1] == 0:
        blocks = "blocks" if getattr(c.node.primitive, "gate", False) else "is flat at"
        return f"{operation} {blocks} {equation(c)}: a small nudge of it does not move {node}."
    if c.local == 0:
        return f"the slope {text(known.partials[c.slot])} is 0 here, so nothing is passed on."
    return "the product is too small for a float."


# ---- the seed, the end, and the forward pass


def describe_forward(names: Names) -> tuple[str, str]:
    """The start of the forward pass, and what follows."""
    how = f"Every step computes one node from its operands, until {names[names.root]} is known."
    return "Forward: the leaves have their numbers", how


def describe_seed(names: Names) -> tuple[str, str]:
    """The start of the pass, and the reason for it."""
    why = f"{names[names.root]} moves one for one with itself: the pass starts here."
    return f"Seed: {partial(names, names.root)} = 1", why


def describe_earlier(position: Position) -> str:
    """What an earlier pass has left in the leaves, and whether this pass adds to it; empty if there is nothing."""
    if not position.earlier:
        return ""
    names = position.record[0].names
    shown = [f"{grad_of(names, v)} = {format_number(grad)}" for v, grad in position.earlier[:SHOWN]]
    if more := len(position.earlier) - len(shown):
        shown.append(f"{more:,} more")
    said = f"An earlier pass has left {', '.join(shown)}"
    if position.accumulate:
        return f"{said}; this one adds to that."
    return f"{said}; in this one every grad starts from 0 (step with accumulate=True adds to them)."


def describe_gradients(record: Sequence[Contribution]) -> str:
    """The gradients of the leaves with a name, when all is done; empty if there are none."""
    leaves = named_leaves(record).values()
    return ", ".join(f"{grad_of(c.names, c.parent)} = {format_number(c.after)}" for c in leaves)


def forward(v: Value, names: Names) -> tuple[str, str, str]:
    """The computation of a node: the formula, the same with numbers, and the result."""
    formula = expression(v, names)
    return text(formula), text(formula, numeric=True), format_number(v.data)


def forward_line(v: Value, names: Names) -> str:
    """The same as one line: e = a·b = 3·4 = 12."""
    return " = ".join(dict.fromkeys((names[v], *forward(v, names))))
