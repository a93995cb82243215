"""Expressions that the checker tries: how they are written, how they run on any class of Values, how they are shown.

A trial is a list of steps, each one operation on leaves and earlier steps, so that a step can be used twice. The same
trial runs on our Values and on a learner's: it only calls Python's operators and methods.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from micrograd import ops
from micrograd.ops import PRIMITIVES, Primitive

ATOM, POWER, SIGN, PRODUCT, SUM, ANY = 5, 4, 3, 2, 1, 0  # how tightly Python binds; more is tighter


@dataclass(frozen=True, eq=False)
class Form:
    """One way of writing one operation: `a + b`, `a + 2` and `2 + a` are three, each with its own method.

    needs    how tightly each operand must bind to stand without parentheses
    lecture  the same operation built from +, × and powers by a number, as the original micrograd builds it
    number   on which side a plain number is the other operand, if one is
    kink     whether its derivative jumps where its operand is 0, or its operands are equal
    """

    template: str
    method: str
    run: Callable[..., Any]
    level: int
    needs: tuple[int, ...]
    lecture: Callable[..., Any] | None = None
    number: str = ""
    kink: bool = False

    @property
    def title(self) -> str:
        return self.template.format("a", "b")


def _infix(sign: str, name: str, level: int, lecture: Callable[..., Any] | None = None) -> list[Form]:
    """a ∘ b, a ∘ 2 and 2 ∘ a."""
    run = getattr(operator, name)
    left = None if lecture is None else lambda a: lecture(a, 2)
    right = None if lecture is None else lambda a: lecture(2, a)
    stem = name.strip("_")
    return [
        Form(f"{{}} {sign} {{}}", f"__{stem}__", run, level, (level, level + 1), lecture),
        Form(f"{{}} {sign} 2", f"__{stem}__", lambda a: run(a, 2), level, (level,), left, "right"),
        Form(f"2 {sign} {{}}", f"__r{stem}__", lambda a: run(2, a), level, (level + 1,), right, "left"),
    ]


def _power(k: float) -> Form:
    return Form(f"{{}}**{k}", "__pow__", lambda a: a**k, POWER, (ATOM,))


@cache
def _method(op: Primitive) -> Form:
    """a.tanh() or a.max(b)."""
    name, others = op.name, len(op.operands) - 1

    def run(a: Any, *b: Any) -> Any:
        return getattr(a, name)(*b)

    return Form(f"{{}}.{name}({'{}' * others})", name, run, ATOM, (ATOM, ANY)[: 1 + others], kink=op.kink)


STEPS = (ops.sign, ops.floor, ops.ceil, ops.trunc)  # their derivative is 0 wherever it exists: nothing to check
IN_LECTURES = (ops.relu, ops.tanh, ops.exp)


def _further() -> list[Primitive]:
    """The other methods of a Value that are called by the name of a primitive: those of one operand first."""
    found = [op for op in PRIMITIVES.values() if op.name in op.methods and len(op.operands) in (1, 2)]
    return sorted((op for op in found if op not in (*STEPS, *IN_LECTURES)), key=lambda op: len(op.operands))


SUMS, PRODUCTS = _infix("+", "add", SUM), _infix("*", "mul", PRODUCT)
DIFFERENCES = _infix("-", "sub", SUM, lambda a, b: a + b * -1)
QUOTIENTS = _infix("/", "truediv", PRODUCT, lambda a, b: a * b**-1)
NEGATIVE = Form("-{}", "__neg__", operator.neg, SIGN, (SIGN,), lambda a: a * -1)
ARITHMETIC = [
    *(forms[0] for forms in (SUMS, PRODUCTS, DIFFERENCES)),
    NEGATIVE,
    QUOTIENTS[0],
    _power(2),
    _power(3),
    *(form for forms in (SUMS, PRODUCTS, DIFFERENCES, QUOTIENTS) for form in forms[1:]),
    _power(-1),
]
LECTURES = [*map(_method, IN_LECTURES)]
BASIC = (*ARITHMETIC, *LECTURES)
OPERATORS = [
    Form("abs({})", "__abs__", abs, ATOM, (ANY,), kink=True),
    Form("{}**{}", "__pow__", operator.pow, POWER, (ATOM, ATOM)),
    Form("2**{}", "__rpow__", lambda a: 2**a, POWER, (ATOM,)),
]


def all_forms() -> list[Form]:
    """Every form, the simplest first; also those of primitives that a user has declared."""
    return [*BASIC, *map(_method, _further()), *OPERATORS]


@dataclass(frozen=True)
class Step:
    """An operation on earlier steps (0, 1, …) and leaves (−1 is a, −2 is b, …)."""

    form: Form
    operands: tuple[int, ...]


@dataclass(frozen=True)
class Trial:
    """Steps on the first `leaves` leaves; the last step is the result, and without steps it is the leaf a."""

    leaves: int
    steps: tuple[Step, ...] = ()

    def run(self, leaves: Sequence[Any], lecture: bool = False) -> Iterator[Any]:
        """The result of each step on these leaves, in order; with `lecture`, from the original's few operations."""
        made: list[Any] = []
        for step in self.steps:
            operands = [made[k] if k >= 0 else leaves[-k - 1] for k in step.operands]
            made.append((lecture and step.form.lecture or step.form.run)(*operands))
            yield made[-1]

    @cached_property
    def uses(self) -> Counter[int]:
        """How often each leaf and each step is an operand."""
        return Counter(k for step in self.steps for k in step.operands)

    @cached_property
    def names(self) -> dict[int, str]:
        """The leaves are a, b, …, the result is L, and what is used twice gets a letter of its own."""
        names = {-k - 1: "abcdefg"[k] for k in range(self.leaves)}
        letters = iter("cdefghijkmnopqrstuvwxyz"[max(0, self.leaves - 2) :])
        last = len(self.steps) - 1
        names |= {k: next(letters) for k in range(last) if self.uses[k] > 1}
        return names | ({last: "L"} if self.steps else {})

    @cached_property
    def statements(self) -> tuple[str, ...]:
        """The trial as Python: `c = a * b`, `L = c + c`."""
        lines: list[str] = []
        written: list[tuple[str, int]] = []
        for k, step in enumerate(self.steps):
            parts = []
            for operand, need in zip(step.operands, step.form.needs, strict=True):
                text, level = written[operand] if operand >= 0 else (self.names[operand], ATOM)
                parts.append(text if level >= need else f"({text})")
            text = step.form.template.format(*parts)
            if k in self.names:
                lines.append(f"{self.names[k]} = {text}")
                written.append((self.names[k], ATOM))
            else:
                written.append((text, step.form.level))
        return tuple(lines)

    @property
    def leaf_names(self) -> list[str]:
        return [self.names[-k - 1] for k in range(self.leaves)]

    @property
    def shown_grads(self) -> str:
        return ", ".join(f"{name}.grad" for name in self.leaf_names)

    @property
    def root(self) -> str:
        """The name of the result."""
        return self.names[len(self.steps) - 1] if self.steps else "a"

    def __str__(self) -> str:
        return "; ".join(self.statements) or "a"
