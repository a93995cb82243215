"""A primitive as an object with a forward and a backward pass, as layers are in other libraries.

    >>> mul = RuleCard("mul")
    >>> mul.forward(2.0, -3.0)
    -6.0
    >>> mul.backward(10.0)          # each operand gets the other's value, times what came from above
    (-30.0, 20.0)
    >>> print(mul)
    mul: out = x·y
      dx = dout·y
      dy = dout·x

The printed form and the numbers come from the same function: the primitive's own.
"""

from __future__ import annotations

import inspect
from typing import Any

from micrograd.ops import PRIMITIVES, evaluate
from micrograd.text.formula import Symbol, Symbols, name, replace_part, symbol
from micrograd.text.terminal import fitted
from micrograd.text.typeset import text


class RuleCard:
    """The primitive `name`: `forward` stores the local derivatives, `backward` multiplies them by `dout` = ∂L/∂out.

    Raises `ValueError` if there is no such primitive.
    """

    def __init__(self, name: str):
        if name not in PRIMITIVES:
            raise ValueError(f"no primitive is called {name!r}; there are {', '.join(PRIMITIVES)}")
        self.op = PRIMITIVES[name]
        self._operands: tuple[float, ...] = ()
        self._partials: tuple[float, ...] | None = None

    def forward(self, *operands: float) -> float:
        """The result. Raises what the operation raises outside its domain, `TypeError` for too few operands."""
        numbers = [x if type(x) is int else float(x) for x in operands]
        out, *partials = evaluate(self.op, numbers, (), [""] * len(numbers))
        self._operands, self._partials = tuple(numbers), tuple(partials)
        return out

    def backward(self, dout: float) -> tuple[float, ...]:
        """∂L/∂operand for each operand of the last `forward`: `dout` times the local derivative."""
        if self._partials is None:
            raise RuntimeError(f"{self.op.name}: run forward first, backward needs its local derivatives")
        return tuple(dout * partial for partial in self._partials)

    @property
    def rule(self) -> tuple[list[str], Symbol, list[Symbol]]:
        """The names of the operands, the result as a formula, and the local derivatives in terms of names and `out`."""
        names = _operand_names(self.op, len(self._operands))
        operands = [name(n) for n in names]
        out, *partials = map(symbol, self.op.run(Symbols, *operands))
        if out not in operands:
            partials = [replace_part(partial, out, name("out")) for partial in partials]
        return names, out, partials

    @fitted
    def __str__(self) -> str:
        names, out, partials = self.rule
        lines = [f"{self.op.name}: out = {text(out)}"]
        dout = name("dout")
        return "\n".join(lines + [f"  d{n} = {text(dout * d)}" for n, d in zip(names, partials, strict=False)])

    def __repr__(self) -> str:
        return f"<rule card {self.op.name}>"


def _operand_names(op: Any, count: int) -> list[str]:
    """x and y as in the primitive's own signature; x1, x2, … where it takes any number (as many as it was given)."""
    _, *parameters = inspect.signature(op.run).parameters.values()
    if parameters[0].kind is inspect.Parameter.VAR_POSITIONAL:
        return [f"x{k + 1}" for k in range(count or 3)]
    return [p.name for p in parameters]
