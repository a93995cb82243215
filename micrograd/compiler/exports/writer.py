"""What the dialects of the exports have in common: conditions without a detour over 1 and 0, constants by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from micrograd.compiler.exports.gates import Decision, compared_with_nan
from micrograd.compiler.matrices.families import POWER as POWER_OF
from micrograd.compiler.matrices.operations import Operation
from micrograd.compiler.matrices.spelling import (
    ATOM,
    CONDITION,
    POWER,
    PRODUCT,
    Dialect,
    Spelling,
    Writer,
    is_whole,
)
from micrograd.compiler.stages.program import FUNCTIONS, name_of
from micrograd.ops import PRIMITIVES, divide, ieee

CONDITIONS = {"less": "<", "at most": "<=", "equal": "=="}

# Kinds that are written with signs; {m} is the module of the engine.
SIGNS = {
    "div": Spelling(PRODUCT, "{0:product} / {1:power}"),
    "pow": Spelling(POWER, "{0:atom} ** {1:power}"),
    "relu": Spelling(ATOM, "_relu({0})"),
    "step": Spelling(ATOM, "_step({0})"),
    "gate": Spelling(ATOM, "_gate({0}, {1})"),
    "relu gate": Spelling(ATOM, "_relu_gate({0}, {1})"),
}
GATES = {  # of a function that differentiates itself
    "relu": "def _relu(x):\n    return {m}where(x <= 0, 0, x)",
    "step": "def _step(x):\n    return {m}where(x > 0, 1.0, {m}where(x <= 0, 0.0, {m}nan)){typed}",
    "gate": "def _gate(x, d):\n    return {m}where(x == 0, 0, x * d)",
    "relu gate": "def _relu_gate(x, d):\n    return {m}where(x > 0, d, {m}where(x <= 0, 0, {m}nan){typed})",
}


class Names(NamedTuple):
    """How an engine calls things: its module with a dot, and the functions that it calls otherwise than we do."""

    module: str
    functions: Mapping[str, str]


def literal(module: str) -> Callable[[float], str]:
    def number(x: float) -> str:
        if is_whole(x):
            return str(int(x))
        return repr(x) if x == x and abs(x) != float("inf") else f"{'-' * (x < 0)}{module}{'nan' if x != x else 'inf'}"

    return number


def dialect_of(names: Names, spellings: Mapping[str, Spelling]) -> Dialect:
    def function(kind: str) -> str:
        if kind.endswith("()"):
            return helper_name(kind)
        return names.functions.get(kind) or names.module + PRIMITIVES[name_of(kind)].numpy

    signs = {kind: Spelling(level, text.replace("{m}", names.module)) for kind, (level, text) in SIGNS.items()}
    return Dialect({**signs, **spellings}, function, names.module, literal(names.module))


def gates(module: str, typed: str = "") -> dict[str, str]:
    """The functions of gates for an engine; `typed` gives what is 0 or nan the type of x."""
    return {kind: text.replace("{m}", module).replace("{typed}", typed) for kind, text in GATES.items()}


def helper_name(kind: str) -> str:
    """What the function for a primitive that stays whole is called in the source."""
    op = PRIMITIVES.get(name_of(kind))
    return op.numpy if op is not None else name_of(kind)


class ArrayWriter(Writer):
    """Writes operations for an engine that may differentiate them; `dtype` is the type of all numbers, as text."""

    def __init__(self, dialect: Dialect, free: Callable[[str], str], dtype: str):
        super().__init__(dialect, free)
        self.dtype = dtype

    def write_windows(self, op: Operation) -> tuple[str, int]:
        self.functions.add("windows")
        axes, spans = zip(*op.static, strict=True)
        return f"windows({self.text(op.operands[0])}, {spans}, {axes})", ATOM

    def write(self, op: Operation) -> tuple[str, int]:
        if op.name in ("div", "pow", *FUNCTIONS) and all(part.name == "number" for part in op.operands):
            numbers = [part.static for part in op.operands]
            x = divide(*numbers) if op.name == "div" else ieee(op.name)(*numbers)
            return self.write_number(Operation("number", (), (), x))
        return super().write(op)

    def write_broadcast(self, op: Operation) -> tuple[str, int]:
        if op.operands[0].name == "number":
            return self.full(op.shape, self.text(op.operands[0])), ATOM
        return super().write_broadcast(op)

    def full(self, shape: tuple[int, ...], number: str) -> str:
        """An array that is one number everywhere."""
        return f"{self.dialect.prefix}full({shape}, {number}, {self.dtype})"

    def write_choose(self, op: Operation) -> tuple[str, int]:
        condition, a, b = op.operands
        texts = [self.condition(condition), self.text(a), self.text(b)]
        return f"{self.dialect.prefix}where({', '.join(texts)})", ATOM

    def condition(self, op: Operation) -> str:
        """The operation as a condition."""
        if op.name in CONDITIONS:
            a, b = (self.text(x, CONDITION + 1) for x in op.operands)
            return f"{a} {CONDITIONS[op.name]} {b}"
        return f"{self.text(op, CONDITION + 1)} != 0"

    def write_less(self, op: Operation) -> tuple[str, int]:
        return f"1.0 * ({self.condition(op)})", PRODUCT

    def write_equal(self, op: Operation) -> tuple[str, int]:
        return self.write_less(op)

    def write_function(self, op: Operation) -> tuple[str, int]:
        if op.name == "at most":
            return self.write_less(op)
        if op.name.startswith(POWER_OF):
            return f"{self.text(op.operands[0], ATOM)} ** ({op.name.removeprefix(POWER_OF)})", POWER
        return super().write_function(op)

    def any_of(self, cases: Sequence[Sequence[Decision]]) -> str:
        """Whether all decisions of one of these cases are taken, as text."""
        texts = []
        for decisions in cases:
            if nans := compared_with_nan([*decisions]):
                own = [f"{x} != {x}" for x in (self.text(op, CONDITION + 1) for op in nans)]
                texts += own if len(own) == len(cases) == 1 else [f"({text})" for text in own]
                continue
            conditions = [(self.condition(d.condition), d.holds) for d in decisions]
            if len(conditions) == 1 and conditions[0][1]:
                texts.append(conditions[0][0] if len(cases) == 1 else f"({conditions[0][0]})")
            else:
                texts.append(" & ".join(f"{'' if holds else '~'}({text})" for text, holds in conditions))
        return " | ".join(texts)


class BatchWriter(ArrayWriter):
    """The same for a first axis of examples."""

    def reduction(self, op: Operation, name: str) -> tuple[str, int]:
        everything = len(op.static) == len(op.operands[0].shape) and 0 in op.static  # else 0 is that of the examples
        axes = "" if everything else op.static[0] if len(op.static) == 1 else op.static
        return f"{self.text(op.operands[0], ATOM)}.{name}({axes})", ATOM

    def write_gathers(self, op: Operation) -> tuple[str, int]:
        gather, varying = op.static
        first = next(iter(varying)).name
        texts = []
        for array in gather.arrays:
            if array in varying:
                flat = {0: f"{array.name}[:, None]", 1: array.name}
                texts.append(flat.get(len(array.shape), f"{array.name}.reshape({array.name}.shape[0], -1)"))
            else:
                texts.append(self.expanded(f"{array.name}.reshape(-1)", f"{first}.shape[0]", (array.size,)))
        source = texts[0] if len(texts) == 1 else self.joined(texts)
        if len(op.shape) == 1:
            return f"{source}[:, {self.listed(gather.places)}]", ATOM
        return f"{source}[:, {self.constant('I', gather.places, op.shape)}]", ATOM

    def joined(self, texts: list[str]) -> str:
        return f"{self.dialect.prefix}concatenate([{', '.join(texts)}], 1)"

    def expanded(self, text: str, count: str, shape: tuple[int, ...]) -> str:
        return f"{self.dialect.prefix}broadcast_to({text}, ({', '.join([count, *map(str, shape)])}))"

    def write_expand(self, op: Operation) -> tuple[str, int]:
        inner = self.text(op.operands[0], ATOM)
        return self.expanded(inner, f"{inner}.shape[0]", op.shape), ATOM
