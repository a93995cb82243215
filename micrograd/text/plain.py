"""What a box says, and how wide that is: numbers, labels and their measure.

A picture is made where no font is known: the browser that shows it picks one. So widths are those of the widest of the
common sans-serif faces (DejaVu Sans; Arial, Segoe UI and Roboto are narrower), and a box made for them never overflows.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Any

# Advance widths in hundredths of an em, rounded up: whole numbers add up to the same everywhere. Every other character
# is measured by its kind.
REGULAR = {
    30: "'Iijl",
    35: " ,./:;\\|·",
    40: "()-[]ftʸ",
    45: "!r²³ᵏ",
    50: '"*J`',
    55: "csz⁻∂",
    60: "?L_kvxyγλ",
    65: "$0123456789FTabdeghnopqu{}βδθμσΣ√",
    70: "ABEKPSVXYZαπφ",
    75: "CNRU",
    80: "&DGHOQ",
    85: "#+<=>^w~ω×÷−",
    90: "M",
    100: "%Wm…",
    105: "@",
}
BOLD = {
    35: " 'ijl",
    40: ",./:;I\\|·",
    45: "-f²³ʸ",
    50: "!()[]`rtᵏ",
    55: '"*⁻∂',
    60: "J_csz",
    65: "?Lxλ",
    70: "$0123456789EFTaekovyαγδθΣ√",
    75: "CPSYZbdghnpqu{}βμ",
    80: "ABKRVXπφσ",
    85: "#+<=>DGHNU^~×÷−",
    90: "&OQω",
    95: "w",
    100: "@M…",
    105: "%m",
    115: "W",
}
WIDTH = {
    False: {c: width for width, characters in REGULAR.items() for c in characters},
    True: {c: width for width, characters in BOLD.items() for c in characters},
}
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def width(text: str, size: float, bold: bool = False) -> float:
    """An upper bound of the width of `text` in pixels, set in a font of `size` pixels."""
    table = WIDTH[bold]
    return size * sum(table.get(c) or _unlisted(c) for c in text) / 100


def _unlisted(c: str) -> int:
    if unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(c) in "WF":
        return 140  # an emoji is wider than the em of the text around it
    return 125


def clip(text: str, size: float, room: float, bold: bool = False) -> str:
    """`text`, shortened in its middle until it fits `room` pixels: the beginning and the end tell names apart."""
    if width(text, size, bold) <= room:
        return text
    room -= width("…", size, bold)
    head, tail, used = "", "", 0.0
    for k in range(len(text)):
        c = text[k // 2] if k % 2 == 0 else text[-1 - k // 2]
        used += width(c, size, bold)
        if used > room:
            break
        head, tail = (head + c, tail) if k % 2 == 0 else (head, c + tail)
    return f"{head}…{tail}"


def plain(label: Any) -> str:
    """A label as one line of characters that XML allows; what else it holds is shown as �."""
    text = " ".join(str(label).split())
    return "".join(c if _allowed(c) else "�" for c in text)


def _allowed(c: str) -> bool:
    return c >= " " and not "\ud800" <= c <= "\udfff" and c not in "\x7f\ufffe\uffff"


def number(x: Any, digits: int) -> str:
    """A number with `digits` significant digits, with the minus sign of print: 0.7071, −6, 1.2e−05."""
    x = float(x) or 0.0  # no sign before a zero
    return f"{x:.{digits}g}".replace("-", "−")


def symbol(primitive: Any, constants: tuple) -> str:
    """The operation as a picture shows it: ×, tanh, x³ for a power, the name of a learner's own operation."""
    shown = plain(getattr(primitive, "symbol", primitive))
    for k in constants:
        whole = isinstance(k, int) or (math.isfinite(k) and k == int(k) and abs(k) < 1000)
        exponent = f"{int(k)}".translate(SUPERSCRIPTS) if whole else f"^{k:.4g}".replace("-", "−")
        shown = shown.replace("ᵏ", exponent)
    return shown
