"""A tape run again, on Values: what a derivative of a compiled function needs to be differentiated again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from micrograd._core.elementary import as_value
from micrograd._core.floats import plain
from micrograd._core.nodes import join
from micrograd.calculus.calls import adjoint_values
from micrograd.compiler.tracing.tape import (
    AT_MOST,
    CONSTANT,
    EQUAL,
    GRADIENT,
    INPUT,
    LESS,
    PART,
    PLAIN,
    STOP,
    THROUGH,
    VARIABLE,
    Tape,
)
from micrograd.engine import Value
from micrograd.ops import Floats, quietly

COMPARE = {LESS: lambda a, b: a < b, AT_MOST: lambda a, b: a <= b, EQUAL: lambda a, b: a == b}


def replay(tape: Tape, inputs: Sequence[Any]) -> list[Any]:
    """The results of the tape on these inputs, floats and Values: Values where they depend on one of these."""
    found: list[Any] = [None] * len(tape.rows)
    variables = tape.targets
    for position, x in zip(tape.inputs, inputs, strict=True):  # they may come last
        found[position] = x if position not in variables else as_value(x, Value)
    for position, (op, places, number) in enumerate(tape.rows):
        if op != INPUT:
            found[position] = run(op, [found[place] for place in places], number)
            if position in variables:  # a node of its own
                found[position] = as_value(found[position], Value) * 1.0
    return [found[position] for position in tape.outputs]


def run(op: Any, operands: list[Any], constant: Any) -> Any:
    if op == CONSTANT:
        return constant
    if op == STOP:
        return plain(operands[0])
    if op == VARIABLE:
        return operands[0]
    if op == PART:
        return operands[0][int(constant)]
    if op == GRADIENT:
        return gradient(operands[0], operands[1:], int(constant))
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


def gradient(root: Any, targets: list[Any], how: int) -> list[Any]:
    """∂root/∂x for each target x, as the tape says."""
    if not isinstance(root, Value):
        return [0.0] * len(targets)
    found = adjoint_values(root, targets, bool(how & THROUGH), shut=0.0 if how & PLAIN else None)
    return [found.get(x, 0.0) for x in targets]
