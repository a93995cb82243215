"""An expression as a few lines of Python, to go on with in a notebook.

>>> print(write("a*b + |c|", {"a": 2.0, "b": -3.0, "c": 10.0}))
import micrograd
from micrograd import Value
<BLANKLINE>
a = Value(2.0, label="a")
b = Value(-3.0, label="b")
c = Value(10.0, label="c")
L = a * b + abs(c)
L.backward()
<BLANKLINE>
print(a.grad, b.grad, c.grad)
micrograd.draw(L)  # or micrograd.step(L), to go through the backward pass
"""

from __future__ import annotations

import builtins
import keyword
import math
from collections.abc import Mapping
from typing import NamedTuple

from micrograd.text.expression import BINARY, SIGN, parse
from micrograd.text.tokens import Token

ATOM = 9  # binds tighter than any operator
NEEDED = {"micrograd", "Value", "print"}


class Piece(NamedTuple):
    """A part of the expression, and how tightly its outermost operation binds."""

    code: str
    level: int

    def inside(self, level: int) -> str:
        return self.code if self.level >= level else f"({self.code})"


def write(text: str, numbers: Mapping[str, float]) -> str:
    """The code that computes the expression and its gradients; as Values where the names can be names in Python."""
    tokens = parse(text)
    called = sorted({token.text for token in tokens if token.kind in ("function", "root")})
    if not all(map(_can_be_assigned, numbers)) or set(numbers) & {*called, *NEEDED}:
        return _write_with_text(text, numbers)
    output = next(name for name in ("L", "loss", "out", "result_") if name not in numbers)
    imported = ", ".join(["Value", *(name for name in called if name not in ("abs",))])
    lines = ["import micrograd", f"from micrograd import {imported}", ""]
    lines += [f'{name} = Value({_write_number(number)}, label="{name}")' for name, number in numbers.items()]
    code = _write_expression(tokens)
    lines += [f"{output} = {code if numbers else f'Value({code})'}", f"{output}.backward()", ""]
    if numbers:
        lines.append(f"print({', '.join(f'{name}.grad' for name in numbers)})")
    lines.append(f"micrograd.draw({output})  # or micrograd.step({output}), to go through the backward pass")
    return "\n".join(lines)


def _can_be_assigned(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and not hasattr(builtins, name)


def _write_with_text(text: str, numbers: Mapping[str, float]) -> str:
    given = f", **{dict(numbers)!r}" if numbers else ""
    return f"import micrograd\n\nmicrograd.draw({text!r}{given})  # or micrograd.step, with the same arguments"


def _write_number(x: float) -> str:
    return repr(x) if math.isfinite(x) else f'float("{x}")'


def _write_expression(tokens: list[Token]) -> str:
    """Postfix order back to the order of Python, with as few parentheses as it needs."""
    stack: list[Piece] = []
    for token in tokens:
        if token.kind in ("name", "number"):
            is_special = token.kind == "number" and token.text in ("inf", "nan")
            stack.append(Piece(_write_number(float(token.text)) if is_special else token.text, ATOM))
            continue
        operands = stack[len(stack) - token.operands :]
        del stack[len(stack) - token.operands :]
        stack.append(_join(token, operands))
    return stack[0].code


def _join(token: Token, operands: list[Piece]) -> Piece:
    if token.kind == "sign":
        return Piece(token.text + operands[0].inside(SIGN), SIGN)
    if token.kind in ("function", "root"):
        return Piece(f"{token.text}({', '.join(piece.code for piece in operands)})", ATOM)
    level, side = BINARY[token.text]
    left, right = (
        piece.inside(level + (side != which)) for piece, which in zip(operands, ("left", "right"), strict=True)
    )
    if token.text == "**" and operands[1].level == SIGN:
        right = operands[1].code  # a**-b needs no parentheses
    joint = token.text if token.text == "**" else f" {token.text} "
    return Piece(f"{left}{joint}{right}", level)
