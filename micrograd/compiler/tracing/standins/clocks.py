"""Clocks: a function may time itself. What depends on the time would keep that of the first call, and is refused."""

from __future__ import annotations

from typing import Any

from micrograd.compiler.tracing.errors import TraceError, place
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.standins.answers import REFUSED, Named, Positional, Usual
from micrograd.compiler.tracing.tape import Tape

WAY_OUT = (
    "It would be the time of the first call at each call: pass it in as an argument, or read it with "
    "micrograd.fresh(time.time)."
)


def read(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """The time as a number of the trace: it may be subtracted and printed."""
    x = usual(*args, **named)
    position = watching.constant(float(x))
    watching.clocks[position] = place()
    return Number(watching, position, x)


def convert(watching: Any, usual: Usual, args: Positional, named: Named) -> Any:
    """`time.localtime(t)` and its kin: of a given time; the present one is refused."""
    given = args[1:] if usual.__name__ == "strftime" else args
    return REFUSED if given in ((), (None,)) else usual(*args, **named)


def check(tape: Tape, clocks: dict[int, str]) -> None:
    """Raises `TraceError` if a result, a decision, a text or an effect depends on a clock; `clocks` has the lines."""
    if not clocks:
        return
    found = dict(clocks)
    for position, (_, operands, _) in enumerate(tape.rows):
        for operand in operands:
            if operand in found:
                found[position] = found[operand]
                break
    for root in tape.roots:
        if root in found:
            raise TraceError(f"a traced function computes with a clock that it reads ({found[root]}). {WAY_OUT}")
