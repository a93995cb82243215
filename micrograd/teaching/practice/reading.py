"""An answer as it is typed: a number, a fraction, or an expression in numbers and names.

The script of the page reads numbers and fractions in the same way, and a test holds the two together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from micrograd.ops import PRIMITIVES
from micrograd.text.expression import ExpressionError, evaluate

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "^": "**"})
POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


class Unread(ValueError):
    """What is typed is no answer; the message says what one looks like. It does not count as an attempt."""


@dataclass(frozen=True)
class Typed:
    """A number, with the text it was typed as and the place of its last decimal: 2 for 0.25."""

    text: str
    number: float
    decimals: int = 0

    def near(self, exact: float) -> bool:
        """Within max(10⁻⁶·max(1, |exact|), half a unit of the last decimal typed, from two decimals on)."""
        if not math.isfinite(exact):
            return False
        rounded = 0.5000001 * 10.0**-self.decimals if self.decimals > 1 else 0.0
        return abs(self.number - exact) <= max(1e-6 * max(1.0, abs(exact)), rounded)


def read(typed: str | float, values: Mapping[str, float] | None = None) -> Typed:
    """What is typed, as a number. Names in an expression stand for `values`. Raises `Unread`."""
    if not isinstance(typed, str):
        return Typed(f"{typed:g}".replace("-", "−"), float(typed))
    said = typed.strip()
    text = re.sub("[−–]", "-", said)
    parts = [re.sub(r"^([-+])\s+", r"\1", part.strip()) for part in text.split("/")]
    if not text:
        raise Unread("Type a number first.")
    if len(parts) == 1 and re.fullmatch(r"[-+]?\d*,\d+", parts[0]):
        raise Unread(f"Is {said} meant as {said.replace(',', '.', 1)}? Please write a decimal point.")
    if len(parts) <= 2 and all(map(NUMBER.fullmatch, parts)):
        if len(parts) == 2:
            if not float(parts[1]):
                raise Unread(f"{said} divides by 0.")
            return Typed(said, float(parts[0]) / float(parts[1]))
        mantissa, _, exponent = parts[0].lower().partition("e")
        return Typed(said, float(parts[0]), len(mantissa.partition(".")[2]) - int(exponent or 0))
    if values is not None:
        try:
            return Typed(said, evaluate(plain(said), values).data)
        except ExpressionError:
            pass
        except (ArithmeticError, ValueError) as error:
            raise Unread(f"{said}: {error}") from None
    raise Unread(f"“{said}” is no number: type one such as −1.5, 3/4 or 1e-3.")


def plain(text: str) -> str:
    """A formula as it is printed (−2·x²), in the grammar of `expression` (-2*x**2)."""
    for op in PRIMITIVES.values():
        if op.name not in op.methods:
            continue
        if op.text:  # such as |x|
            before, after = map(re.escape, op.text.split("#1"))
            text = re.sub(f"{before}(.+?){after}", rf"{op.name}(\1)", text)
        elif op.symbol != op.name:  # such as ln(x)
            text = re.sub(rf"(?<!\w){re.escape(op.symbol)}\(", f"{op.name}(", text)
    return re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: "**" + found[0].translate(POWERS), text.translate(SIGNS))
