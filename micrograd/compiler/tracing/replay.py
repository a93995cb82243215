"""A tape run again, on Values: what a derivative of a compiled function needs to be differentiated again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd._core.elementary import as_value
from micrograd._core.floats import plain
from micrograd._core.nodes import join
from micrograd.compiler.tracing.tape import AT_MOST, CONSTANT, EQUAL, INPUT, LESS, STOP, Tape
from micrograd.engine import Value
from micrograd.ops import Floats, quietly

COMPARE = {LESS: lambda a, b: a < b, AT_MOST: lambda a, b: a <= b, EQUAL: lambda a, b: a == b}


def replay(tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """The results of the tape on these inputs, floats and Values: Values where they depend on one of these."""
    found: list[Any] = [None] * len(tape.rows)
    for position, x in zip(tape.inputs, inputs, strict=True):  # they may come last
        found[position] = x
    for position, (op, places, number) in enumerate(tape.rows):
        if op != INPUT:
            found[position] = run(op, [found[place] for place in places], number)
    return [found[position] for position in tape.outputs]


def run(op: Any, operands: list[Any], constant: Any) -> Any:
    if op == CONSTANT:
        return constant
    if op == STOP:
        return plain(operands[0])
    if op in COMPARE:
        return float(COMPARE[op](*map(plain, operands)))
    if any(isinstance(x, Value) for x in operands):
        return (
            operands[0] ** constant if constant is not None else join(Value, op, [as_value(x, Value) for x in operands])
        )
    constants = () if constant is None else (constant,)
    try:
        return op.run(Floats, *operands, *constants)[0]
    except (ArithmeticError, ValueError):
        return float(quietly(op, operands, constants)[0])
