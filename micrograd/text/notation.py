"""Numbers and operations as they are printed, wherever that is."""

from __future__ import annotations

import math
from typing import Any

from micrograd.text.escape import sanitise

SUPERSCRIPTS = str.maketrans("−-0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def format_number(x: float, digits: int = 4) -> str:
    """A number with `digits` significant digits and a true minus sign, never −0: 0.7071, −6, 1.2e−05."""
    return f"{float(x) + 0.0:.{digits}g}".replace("-", "−")


def format_number_latex(x: float) -> str:
    r"""The same in LaTeX: 1.2 \cdot 10^{-5}."""
    if not math.isfinite(x):
        return r"\mathrm{nan}" if x != x else r"\infty" if x > 0 else r"-\infty"
    mantissa, _, exponent = f"{x + 0.0:.4g}".partition("e")
    return mantissa if not exponent else rf"{mantissa} \cdot 10^{{{int(exponent)}}}"


def count(number: int, what: str) -> str:
    """So many things: 1 contribution, 1,024 contributions."""
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def superscript(digits: str) -> str:
    """A whole number as an exponent: −2 becomes ⁻²."""
    return digits.translate(SUPERSCRIPTS)


def operation_symbol(primitive: Any, constants: tuple[float, ...]) -> str:
    """The operation as a picture shows it: ×, tanh, x³ for a power, the name of a learner's own operation."""
    symbol = sanitise(getattr(primitive, "symbol", primitive))
    for k in constants:
        whole = isinstance(k, int) or (math.isfinite(k) and k == int(k) and abs(k) < 1000)
        symbol = symbol.replace("ᵏ", superscript(f"{int(k)}") if whole else f"^{format_number(k)}")
    return symbol
