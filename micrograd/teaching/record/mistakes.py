"""The usual mistakes of a backward pass, to show beside the correct pass and to recognise a learner's own by.

Everyone who writes backpropagation makes some of them once. Each runs over the record's own edges, in its order: only
the mistaken act differs, and what follows from it follows correctly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from micrograd.ops import Primitive
from micrograd.teaching.record.mistake import Add, Amount, Mistake, PassStep
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import rule


def _miss(which: Callable[[int, int], bool]) -> Add:
    """Leave out one of three or more paths."""

    def add(before: float, amount: float, arrived: int, expected: int) -> float:
        return before if expected > 2 and which(arrived, expected) else before + amount

    return add


def _for_kind(kind: str, wrong: Amount) -> Amount:
    return lambda c, u: wrong(c, u) if rule(c.node, c.names).kinds[c.slot] == kind else c.local * u


def _for_operation(name: str, wrong: Amount, slot: int = 0) -> Amount:
    def amount(c: Contribution, u: float) -> float:
        same = isinstance(c.node.primitive, Primitive) and c.node.primitive.name == name and c.slot == slot
        return wrong(c, u) if same else c.local * u

    return amount


def _power(c: Contribution, u: float) -> float:
    k: float = c.node.constants[0]
    return u * k * c.node.data


def _bare_power(c: Contribution, u: float) -> float:
    k: float = c.node.constants[0]
    power: float = c.parent.data ** (k - 1)
    return u * power


ADD_UP = "a node that is used several times gets a contribution along every edge; add them up"
MISTAKES = (
    Mistake(
        "upstream forgotten",
        "a contribution is upstream × local derivative; the upstream is the grad of the node it comes from",
        lambda c, u: c.local,
    ),
    Mistake(
        "local derivative forgotten",
        "the upstream is multiplied by the local derivative of this operand before it is passed on",
        lambda c, u: u,
    ),
    Mistake(
        "added instead of multiplied",
        "along one edge upstream and local derivative are multiplied; only contributions are added",
        lambda c, u: u + c.local,
    ),
    Mistake("overwritten: = instead of +=", ADD_UP, add=lambda before, amount, arrived, expected: amount),
    Mistake(
        "only the first path",
        ADD_UP,
        add=lambda before, amount, arrived, expected: before if arrived else before + amount,
    ),
    Mistake("the first path missed", ADD_UP, add=_miss(lambda arrived, expected: arrived == 0)),
    Mistake("the second path missed", ADD_UP, add=_miss(lambda arrived, expected: arrived == 1)),
    Mistake("the last path missed", ADD_UP, add=_miss(lambda arrived, expected: arrived + 1 == expected)),
    Mistake(
        "paths multiplied",
        "derivatives are multiplied along a path; different paths to the same node are added",
        add=lambda before, amount, arrived, expected: before * amount if arrived else before + amount,
    ),
    Mistake(
        "× gives an operand its own value",
        "× hands each operand the value of the other one",
        _for_kind("swap", lambda c, u: u * c.parent.data),
    ),
    Mistake(
        "minus lost",
        "the operand that is subtracted gets the upstream with its sign flipped",
        _for_kind("turn", lambda c, u: u),
    ),
    Mistake(
        "÷: minus lost in the divisor",
        "the derivative of a / b with respect to b is −a / b²: it has a minus sign",
        _for_operation("div", lambda c, u: -c.local * u, 1),
    ),
    Mistake(
        "÷: divisor not squared",
        "the derivative of a / b with respect to b is −a / b²: the divisor is squared",
        _for_operation("div", lambda c, u: -u * c.node.data, 1),
    ),
    Mistake(
        "÷: the numerator's rule for the divisor",
        "the derivative of a / b with respect to a is 1 / b; with respect to b it is −a / b²",
        _for_operation("div", lambda c, u: u / c.parent.data, 1),
    ),
    Mistake(
        "power: exponent not lowered",
        "the derivative of xⁿ is n·xⁿ⁻¹: the exponent goes down by 1",
        _for_operation("power", _power),
    ),
    Mistake(
        "power: exponent not in front",
        "the derivative of xⁿ is n·xⁿ⁻¹: the exponent comes down in front",
        _for_operation("power", _bare_power),
    ),
    Mistake(
        "tanh: 1 − x² instead of 1 − tanh²",
        "the derivative of tanh is 1 − t², where t is its result, not its operand",
        _for_operation("tanh", lambda c, u: u * (1 - c.parent.data**2)),
    ),
    Mistake(
        "tanh: 1 − tanh, not squared",
        "the derivative of tanh is 1 − t²: its result is squared",
        _for_operation("tanh", lambda c, u: u * (1 - c.node.data)),
    ),
    Mistake(
        "exp: upstream · x",
        "exp is its own derivative: the upstream is multiplied by the result, not by the operand",
        _for_operation("exp", lambda c, u: u * c.parent.data),
    ),
    Mistake(
        "relu: gate ignored",
        "relu passes the upstream on only where its operand is positive; elsewhere it passes 0",
        _for_operation("relu", lambda c, u: u),
    ),
    Mistake(
        "relu: its value instead of its slope",
        "the local derivative of relu is 1 or 0, not its value",
        _for_operation("relu", lambda c, u: u * c.node.data),
    ),
    Mistake(
        "seed is the output",
        "the pass starts with 1, the derivative of the output with respect to itself, not with its value",
        seed=lambda root: root.data,
    ),
    Mistake(
        "pushed before complete",
        "a node passes its grad on only after all its contributions have arrived",
        early=True,
    ),
    Mistake(
        "recursion without order",
        "a node passes its grad on once, after all nodes that use it: sort the nodes first",
        eager=True,
    ),
    Mistake(
        "second backward, grads not zeroed",
        "grads add up from pass to pass: set them to 0 before the next one",
        again=True,
    ),
    Mistake(
        "sign of descent",
        "the gradient points uphill; the minus sign belongs to the step of gradient descent",
        seed=lambda root: -1.0,
    ),
)


def find_visible_mistakes(record: Sequence[Contribution]) -> list[tuple[Mistake, list[PassStep]]]:
    """The mistakes that show on this graph, that is, leave some leaf with a wrong grad; each with its run."""
    if not record:
        return []
    last = {id(c.parent): k for k, c in enumerate(record) if not c.parent.parents}.values()
    runs = [(mistake, mistake.run(record)) for mistake in MISTAKES]
    return [(mistake, run) for mistake, run in runs if any(run[k].after != record[k].after for k in last)]
