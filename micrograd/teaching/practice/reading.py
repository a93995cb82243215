"""An answer as a learner types it: a number, a fraction, or an expression in numbers and names.

The page's script reads numbers and fractions in the same way; a test keeps the two together.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from micrograd._core.printable import printable
from micrograd.ops import PRIMITIVES
from micrograd.text.expression import ExpressionError, evaluate

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
CLOSE = 1e-6  # the tolerance of `is_close`
SIGNS = str.maketrans({"−": "-", "–": "-", "·": "*", "×": "*", "÷": "/", "^": "**"})
POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


class Unread(ValueError):
    """The text is not an answer; the message says what an answer looks like. It does not count as an attempt."""

    def __init__(self, message: str):
        super().__init__(printable(message))


def is_close(answer: float, exact: float, rounding: float = 0.0) -> bool:
    """The one tolerance for a learner's numbers: max(10⁻⁶ · max(1, |exact|), rounding)."""
    if not math.isfinite(exact):
        return answer == exact
    return abs(answer - exact) <= max(CLOSE * max(1.0, abs(exact)), rounding)


@dataclass(frozen=True)
class Typed:
    """A number, the text that was typed for it, and the place of its last decimal: 2 for 0.25."""

    text: str
    number: float
    decimals: int = 0

    def near(self, exact: float) -> bool:
        """Whether it is close to `exact`; from two decimals on it may be rounded to the last one."""
        rounding = 0.5000001 * 10.0**-self.decimals if self.decimals > 1 else 0.0
        return math.isfinite(exact) and is_close(self.number, exact, rounding)


def read(typed: str | float, values: Mapping[str, float] | None = None) -> Typed:
    """Read an answer as a number; names in an expression stand for `values`. Raises `Unread`."""
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
            return Typed(said, evaluate(to_grammar(said), values).data)
        except ExpressionError:
            pass
        except (ArithmeticError, ValueError) as error:
            raise Unread(f"{said}: {error}") from None
    raise Unread(f"“{said}” is not a number: type one such as −1.5, 3/4 or 1e-3.")


def to_grammar(text: str) -> str:
    """Turn a formula as it is printed (−2·x²) into the grammar of `expression` (-2*x**2)."""
    for op in PRIMITIVES.values():
        if op.name not in op.methods:
            continue
        if op.text:  # such as |x|
            before, after = map(re.escape, op.text.split("#1"))
            text = re.sub(f"{before}(.+?){after}", rf"{op.name}(\1)", text)
        elif op.symbol != op.name:  # such as ln(x)
            text = re.sub(rf"(?<!\w){re.escape(op.symbol)}\(", f"{op.name}(", text)
    return re.sub("[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda found: "**" + found[0].translate(POWERS), text.translate(SIGNS))
