"""An answer as a learner types it: a number, a fraction, or an expression in numbers and names.

The page's script reads numbers and fractions in the same way; a test keeps the two together.
"""

from __future__ import annotations

import math
import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from micrograd._core.printable import printable
from micrograd.engine import Value
from micrograd.text.expression import evaluate
from micrograd.text.tokens import ExpressionError

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?", re.IGNORECASE)
CLOSE = 1e-6  # the tolerance of `is_close`


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
        number = _as_float(typed)
        return Typed(f"{number:g}".replace("-", "−"), number)
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
            number = evaluate(said, values).data
        except ExpressionError:
            number = math.nan
        except (ArithmeticError, ValueError) as error:
            raise Unread(f"{said}: {error}") from None
        if math.isfinite(number):
            return Typed(said, number)
    raise Unread(_NO_NUMBER.format(said))


def _as_float(given: Any) -> float:
    """One number of any kind, and so the data of a Value. Raises `Unread`."""
    try:
        number = Value(given.data if isinstance(given, Value) else given).data
    except (TypeError, OverflowError):
        raise Unread(f"An answer is one number or a text such as “3/4”, got {reprlib.repr(given)}.") from None
    if not math.isfinite(number):
        raise Unread(_NO_NUMBER.format(number))
    return number


_NO_NUMBER = "“{}” is not a number: type one such as −1.5, 3/4 or 1e-3."
