"""The questions of an exercise, each with the right answer and the answers that mistakes lead to.

A question asks for one number of the backward pass. All numbers that a session compares with are computed here, once:

    right    the answer of the correct pass; after a slip in an earlier answer, the one that follows from it
    whole    by the name of a mistake, the answer of a pass with it everywhere
    alone    by the name of a mistake, the answer if it is made only here; it depends on earlier answers in the same way

A formula question asks for a local derivative as a formula; `formulas` compares it at several points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from micrograd.engine import Value
from micrograd.ops import Primitive
from micrograd.teaching.practice.guesses import Guess, guess_amount, guess_sum
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import rule


class Blanks(IntEnum):
    """How much of a pass is blank."""

    LAST_LEAF = 1  # the last contribution to a leaf
    LEAVES = 2  # all contributions to leaves
    ALL = 3  # all contributions
    ALL_AND_SEED = 4


def read_blanks(blanks: int) -> Blanks:
    """The `Blanks` of this number; raises `ValueError` for any other."""
    if blanks not in list(Blanks):
        raise ValueError(f"blanks must be a number from {min(Blanks):d} to {max(Blanks):d}, got {blanks!r}")
    return Blanks(blanks)


@dataclass(frozen=True, eq=False)
class Question:
    """One blank: the seed, the amount of a contribution, a grad that is the sum of several, or a formula.

    `step` is the index of the contribution, −1 for the seed; `upstream` is the question that gives the upstream, and
    `parts` are the questions, by step, for the contributions that a grad adds up.
    """

    kind: Literal["seed", "amount", "grad", "formula"]
    step: int
    node: Value
    right: Guess
    upstream: int | None = None
    whole: Mapping[str, float] = field(default_factory=dict)
    alone: Mapping[str, Guess] = field(default_factory=dict)
    parts: Mapping[int, int] = field(default_factory=dict)


def list_questions(
    record: Sequence[Contribution], blanks: Blanks = Blanks.ALL_AND_SEED, formulas: bool = False
) -> list[Question]:
    """The blanks of an exercise, in the order of the pass; with `formulas` also each rule's local derivative, once."""
    sheet = QuestionList(record)
    if blanks is Blanks.ALL_AND_SEED:
        sheet.ask_seed()
    for k in find_blanks(record, blanks):
        if formulas:
            sheet.ask_formula_once(k)
        sheet.ask_amount(k)
        if sheet.completes_a_sum(k):
            sheet.ask_grad(k)
    return sheet.questions


class QuestionList:
    """Questions about one record, asked one by one; it knows which of them gives the grad of a node."""

    def __init__(self, record: Sequence[Contribution]):
        self.record = record
        self.questions: list[Question] = []
        self._runs = {mistake.name: mistake.run(record) for mistake in MISTAKES}
        self._steps: dict[int, list[int]] = {}  # by node, the contributions to it
        for k, c in enumerate(record):
            self._steps.setdefault(id(c.parent), []).append(k)
        self._grads: dict[int, int] = {}  # by node, the question that gives its grad
        self._amounts: dict[int, int] = {}  # by step, the question that asks for its amount
        self._known_rules: set[tuple[str, int]] = set()

    def ask_seed(self) -> None:
        root = self.record[0].names.root
        self._grads[id(root)] = len(self.questions)
        whole = {mistake.name: mistake.seed(root) for mistake in MISTAKES}
        alone = {name: Guess(seed, {}) for name, seed in whole.items() if seed != 1.0}
        self.questions.append(Question("seed", -1, root, Guess(1.0, {}), None, whole, alone))

    def ask_formula_once(self, k: int) -> None:
        """Ask for the local derivative, unless it is a bare number or the list asks for it already."""
        c = self.record[k]
        use = (getattr(c.node.primitive, "name", ""), c.slot if len(c.node.parents) == 2 else 0)
        if use not in self._known_rules and rule(c.node, c.names).kinds[c.slot] in ("swap", "slope", "scale"):
            self._known_rules.add(use)
            self.questions.append(Question("formula", k, c.parent, Guess(c.local, {})))

    def ask_amount(self, k: int) -> None:
        c = self.record[k]
        self._amounts[k] = len(self.questions)
        above = self._grads.get(id(c.node))
        right = Guess(c.amount, {} if above is None else {above: c.local})
        whole = {name: run[k].amount for name, run in self._runs.items()}
        alone = guess_amount(c, above, self._first_arrival(c.node))
        if len(self._steps[id(c.parent)]) == 1:
            self._grads[id(c.parent)] = self._amounts[k]
        self.questions.append(Question("amount", k, c.parent, right, above, whole, alone))

    def completes_a_sum(self, k: int) -> bool:
        """Whether this contribution is the last of several to its node."""
        steps = self._steps[id(self.record[k].parent)]
        return len(steps) > 1 and k == steps[-1]

    def ask_grad(self, k: int) -> None:
        c = self.record[k]
        self._grads[id(c.parent)] = len(self.questions)
        steps = self._steps[id(c.parent)]
        parts = {j: self._amounts[j] for j in steps if j in self._amounts}
        right = Guess(c.after, dict.fromkeys(parts.values(), 1.0))
        whole = {name: run[k].after for name, run in self._runs.items()}
        alone = guess_sum([self.record[j] for j in steps], [parts.get(j) for j in steps])
        self.questions.append(Question("grad", k, c.parent, right, None, whole, alone, parts))

    def _first_arrival(self, node: Value) -> Guess | None:
        """The grad of a node after the first of several contributions."""
        steps = self._steps.get(id(node), [])
        if len(steps) < 2:
            return None
        question = self._amounts.get(steps[0])
        return Guess(self.record[steps[0]].amount, {} if question is None else {question: 1.0})


def find_blanks(record: Sequence[Contribution], blanks: Blanks) -> list[int]:
    """The contributions that are asked for."""
    left_out = set(find_constants(record))
    steps = [k for k in range(len(record)) if k not in left_out]
    if blanks >= Blanks.ALL:
        return steps
    leaves = [k for k in steps if not record[k].parent.parents]
    return leaves if blanks is Blanks.LEAVES else leaves[-1:]


def find_constants(record: Sequence[Contribution]) -> list[int]:
    """The contributions that are never asked for: those to a leaf without a name, unless no leaf has one."""
    names = record[0].names
    leaves = [k for k, c in enumerate(record) if not c.parent.parents]
    unnamed = [k for k in leaves if not names.has_name(record[k].parent)]
    return unnamed if len(unnamed) < len(leaves) else []


def find_obstacle(record: Sequence[Contribution]) -> str:
    """The reason why this record makes no exercise; empty if it makes one."""
    for c in record:
        if not all(map(math.isfinite, (c.upstream, c.local, c.amount, c.after))):
            return f"the contribution {c.names[c.node]} → {c.names[c.parent]} is {c.amount}"
        if not isinstance(c.node.primitive, Primitive):
            return f"{c.names[c.node]} is a custom operation, and its rule is not known"
    return ""
