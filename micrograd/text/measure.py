"""How wide a text is, and how to shorten one that is too wide.

The font is unknown when a picture is made: the browser that shows it picks one. So widths are those of the widest of
the common sans-serif faces (DejaVu Sans; Arial, Segoe UI and Roboto are narrower), and no text overflows its box.
"""

from __future__ import annotations

import unicodedata

# Advance widths in hundredths of an em, rounded up: whole numbers add up to the same everywhere. Any other character
# is measured by its category.
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


def text_width(text: str, size: float, bold: bool = False) -> float:
    """An upper bound of the width of `text` in pixels, set in a font of `size` pixels."""
    table = WIDTH[bold]
    return size * sum(table.get(c) or _estimate_width(c) for c in text) / 100


def _estimate_width(c: str) -> int:
    if unicodedata.category(c) in ("Mn", "Me", "Cf"):
        return 0
    if unicodedata.east_asian_width(c) in "WF":
        return 140  # an emoji is wider than the em of the text around it
    return 125


def shorten(text: str, size: float, room: float, bold: bool = False) -> str:
    """`text` without its middle if it needs more than `room` pixels: the beginning and the end tell names apart."""
    if text_width(text, size, bold) <= room:
        return text
    room -= text_width("…", size, bold)
    head, tail, used = "", "", 0.0
    for k in range(len(text)):
        c = text[k // 2] if k % 2 == 0 else text[-1 - k // 2]
        used += text_width(c, size, bold)
        if used > room:
            break
        head, tail = (head + c, tail) if k % 2 == 0 else (head, c + tail)
    return f"{head}…{tail}"
