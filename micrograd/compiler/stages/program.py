"""A program: what a compiled function computes, as slots and sums of products, without names or objects.

Slot 0 holds 1. After it come the inputs, then the constants, then the computed slots. Each computed slot has a kind and
some terms, which are pairs of slots before its group. Slots of one kind that do not depend on each other form a
group, so that a loop over a group needs one decision only.
"""

from __future__ import annotations

from dataclasses import dataclass

from micrograd import ops
from micrograd.ops import PRIMITIVES

ONE = 0

# The functions that the table of primitives declares, first those of one number, then those of two.
FUNCTIONS = {
    op.name: count
    for count in (1, 2)
    for op in PRIMITIVES.values()
    if op.floats and len(op.operands) == count and op.run.__module__ == ops.__name__
}

# How many terms a kind has (None: any number), and its value; (a, b) is the first pair, (c, d) the second.
KINDS: dict[str, int | None] = {
    "sum": None,  # Σ left · right, from left to right, beginning with the first; 0 for no term
    **dict.fromkeys(FUNCTIONS, 1),  # a function of a, where b is ONE, or of a and b
    "relu": 1,  # a ≤ 0 ? 0 : a, so that nan stays
    "step": 1,  # a > 0 ? 1 : a ≤ 0 ? 0 : nan
    "div": 1,  # a / b
    "pow": 1,  # aᵇ
    "less": 1,  # a < b, as 1 or 0
    "at most": 1,  # a ≤ b
    "equal": 1,  # a = b
    "gate": 1,  # a = 0 ? 0 : a · b: what passes of b, exactly 0 where the gate a is shut
    "relu gate": 1,  # a > 0 ? b : a ≤ 0 ? 0 : nan: the same with the gate step(a)
    "choose": 2,  # a ≠ 0 ? b : c; d is ONE
    "pick": None,  # of the left slots after the first, the one whose index is a, from 0 (else nan); right slots are ONE
}


def kind_of(name: str) -> str:
    """The kind of the primitive of that name; one that a user declared may be called as any kind is: "gate", "sum"."""
    return name if name in FUNCTIONS else f"{name}()"


def name_of(kind: str) -> str:
    """The name of the primitive of that kind."""
    return kind.removesuffix("()")


@dataclass(frozen=True, eq=False)
class Program:
    """The slots are 1, the inputs, the constants and the results of the groups, in this order.

    groups        (kind, n): the next n slots are of this kind
    ends          for each computed slot, where its terms end; they begin where those of the one before end
    left, right   the pairs
    outputs       the slots that are returned
    """

    inputs: int
    constants: list[float]
    groups: list[tuple[str, int]]
    ends: list[int]
    left: list[int]
    right: list[int]
    outputs: list[int]

    @property
    def first(self) -> int:
        """The first computed slot."""
        return 1 + self.inputs + len(self.constants)

    @property
    def slots(self) -> int:
        return self.first + len(self.ends)
