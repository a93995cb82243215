"""The kinds of results that a program computes: sums of products, and functions of numbers."""

from __future__ import annotations

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
