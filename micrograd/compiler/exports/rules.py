"""The rule of a primitive as operations: its declaration, run on symbols, says what an export has to compute.

`relu` is declared as `m.where(x <= 0.0, 0.0, x)` with the local derivative `m.where(x > 0.0, 1.0, …)`; both become
operations on whole arrays, which a dialect spells.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.operations import Operation
from micrograd.compiler.stages.program import FUNCTIONS
from micrograd.compiler.tracing.errors import TraceError
from micrograd.ops import PRIMITIVES, SHUT, Primitive

OPAQUE = (
    "{0} is an operation of your own that is computed by a Python function, which an export cannot take along: declare "
    "it without `floats`, made of the functions of m."
)


class Rule(NamedTuple):
    """Names of the operands; steps that have names; the result; the local derivatives, None for one that is 0.

    Of a `gate`, a derivative of 0 lets nothing pass.
    """

    operands: tuple[str, ...]
    steps: list[tuple[str, Operation]]
    out: Operation
    partials: list[Operation | None]
    gate: bool

    def steps_for(self, *wanted: Operation | None) -> list[tuple[str, Operation]]:
        """The steps that these operations need."""
        found = set[str]()

        def find(op: Operation) -> None:
            if op.name == "array":
                found.add(op.static.name)
            for part in op.operands:
                find(part)

        for op in wanted:
            if op is not None:
                find(op)
        for title, step in reversed(self.steps):
            if title in found:
                find(step)
        return [(title, step) for title, step in self.steps if title in found]


class Symbol:
    """An operation as a number: arithmetic on it makes further operations."""

    def __init__(self, op: Operation):
        self.op = op

    def __add__(self, other: Any) -> Symbol:
        return symbol("add", self, other)

    def __radd__(self, other: Any) -> Symbol:
        return symbol("add", other, self)

    def __sub__(self, other: Any) -> Symbol:
        return symbol("add", self, negative(other))

    def __rsub__(self, other: Any) -> Symbol:
        return symbol("add", other, negative(self))

    def __mul__(self, other: Any) -> Symbol:
        return symbol("multiply", self, other)

    def __rmul__(self, other: Any) -> Symbol:
        return symbol("multiply", other, self)

    def __truediv__(self, other: Any) -> Symbol:
        return symbol("div", self, other)

    def __rtruediv__(self, other: Any) -> Symbol:
        return symbol("div", other, self)

    def __neg__(self) -> Symbol:
        return symbol("multiply", -1.0, self)

    def __abs__(self) -> Symbol:
        return symbol("abs", self)

    def __pow__(self, other: Any) -> Symbol:
        return symbol("pow", self, other)

    def __mod__(self, other: Any) -> Symbol:
        return symbol("mod", self, other)

    def __floordiv__(self, other: Any) -> Symbol:
        return symbol("floordiv", self, other)

    def __lt__(self, other: Any) -> Any:
        return symbol("less", self, other)

    def __gt__(self, other: Any) -> Any:
        return symbol("less", other, self)

    def __le__(self, other: Any) -> Any:
        return symbol("at most", self, other)

    def __ge__(self, other: Any) -> Any:
        return symbol("at most", other, self)

    @staticmethod
    def _apply(op: Primitive, operands: Sequence[Any]) -> Any:
        """The package's functions call this for a number of this kind."""
        return getattr(Functions(), op.name)(*operands)


class Functions:
    """The `m` of the rules."""

    pow = staticmethod(lambda x, y: symbol("pow", x, y))
    where = staticmethod(lambda condition, a, b: symbol("choose", condition, a, b))

    def __getattr__(self, name: str) -> Callable[..., Any]:
        op = PRIMITIVES[name]
        if op.floats is None:
            return lambda *operands: op.run(self, *operands)[0]
        if name not in FUNCTIONS:
            raise TraceError(OPAQUE.format(name))
        return lambda *operands: symbol(name, *operands)


def symbol(kind: str, *operands: Any) -> Symbol:
    return Symbol(Operation(kind, tuple(map(as_operation, operands)), ()))


def negative(x: Any) -> Any:
    return -x if isinstance(x, (float, int)) else symbol("multiply", -1.0, x)


def as_operation(x: Any) -> Operation:
    return x.op if isinstance(x, Symbol) else Operation("number", (), (), float(x))


def rule_of(op: Primitive) -> Rule:
    """The rule of a primitive with so many operands as its declaration has."""
    names = op.operands
    operands = [Operation("array", (), (), Array((), name=name)) for name in names]
    out, *partials = op.run(Functions(), *map(Symbol, operands))
    made = as_operation(out)
    found = [None if x is SHUT else as_operation(x) for x in partials]
    return with_steps(names, made, found, op.gate)


def with_steps(names: tuple[str, ...], out: Operation, partials: Sequence[Operation | None], gate: bool) -> Rule:
    """What is used more than once gets a name."""
    uses: Counter[int] = Counter()
    kept: dict[int, Operation] = {}

    def count(op: Operation) -> None:
        uses[id(op)] += 1
        if id(op) not in kept:
            kept[id(op)] = op
            for part in op.operands:
                count(part)

    wanted = [op for op in (out, *partials) if op is not None]
    for op in wanted:
        count(op)
    steps: list[tuple[str, Operation]] = []
    named: dict[int, Operation] = {}
    letters = iter([letter for letter in "abcdefghijklmnopqrstuvw" if letter not in names])

    def name(op: Operation) -> Operation:
        if not op.operands:
            return op
        if id(op) not in named:
            made = op.of(*map(name, op.operands))
            if uses[id(op)] > 1 and op not in wanted:
                title = next(letters)
                steps.append((title, made))
                made = Operation("array", (), (), Array((), name=title))
            named[id(op)] = made
        return named[id(op)]

    result = name(out)
    return Rule(names, steps, result, [None if op is None else name(op) for op in partials], gate)
