r"""Text shown literally in another language: all escapers of the package.

escape_xml          SVG and HTML
escape_markdown     Markdown
escape_latex        the text of a LaTeX document
escape_latex_text   inside \text{…} in a formula, for LaTeX and for MathJax
escape_latex_math   inside \mathrm{…} in a formula
escape_dot          a label in the language of Graphviz
escape_script       JSON inside a <script> element

Each lets through printable characters only, and `sanitise` makes one line of a label (both in `_core.printable`).
"""

from __future__ import annotations

import re

from micrograd._core.printable import printable
from micrograd._core.printable import sanitise as sanitise


def escape_xml(text: str, attribute: bool = False) -> str:
    """`text` as the content of an element, or, with `attribute`, as an attribute between double quotes."""
    text = printable(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace('"', "&quot;").replace("\n", "&#10;") if attribute else text


def escape_markdown(text: str) -> str:
    return "".join("\\" + c if c in r"\`*_[]#$|~" else c for c in escape_xml(text))


def escape_dot(text: str) -> str:
    """`text` as part of a quoted label, also of a record."""
    return "".join("\\" + c if c in '\\"{}|<>' else c for c in printable(text))


# ---- LaTeX

LATEX_SPECIAL = {c: "\\" + c for c in "_#%&{}$"}
SIGNS = {
    "×": r"\times",
    "÷": r"\div",
    "−": "-",
    "·": r"\cdot",
    "→": r"\to",
    "∂": r"\partial",
    "½": r"\frac12",
    "≈": r"\approx",
    "√": r"\surd",
    "∛": r"\sqrt[3]{}",
    "σ": r"\sigma",
    "Σ": r"\Sigma",
    "Φ": r"\Phi",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor",
    "⌈": r"\lceil",
    "⌉": r"\rceil",
    "ʸ": "{}^y",
}
LATEX = (
    LATEX_SPECIAL
    | {sign: f"${formula}$" for sign, formula in SIGNS.items()}
    | {
        "—": "---",
        "\\": r"\textbackslash{}",
        "^": r"\^{}",
        "~": r"\~{}",
        "<": r"$<$",
        ">": r"$>$",
        "|": r"$|$",
    }
)
LATEX_TEXT = (
    LATEX_SPECIAL
    | {sign: rf"\({formula}\)" for sign, formula in SIGNS.items()}
    | {
        "\\": r"\(\backslash\)",
        "^": r"\(\wedge\)",
        "~": r"\(\sim\)",
        "<": r"\(\lt\)",
        ">": r"\(\gt\)",
        "…": r"\dots ",
    }
)
LATEX_MATH = LATEX_SPECIAL | {
    "\\": r"\backslash ",
    "^": r"\wedge ",
    "~": r"\sim ",
    "<": r"\lt ",
    ">": r"\gt ",
    "|": r"\vert ",
    "`": r"\prime ",
    " ": r"\ ",
    "*": r"{*}",
    "−": "-",
}
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ", "0123456789-n")


def escape_latex(text: str) -> str:
    """Signs and raised digits become small formulas."""
    pieces = re.split("([⁰¹²³⁴⁵⁶⁷⁸⁹⁻ⁿ]+)", text)
    return "".join(
        f"$^{{{piece.translate(RAISED)}}}$" if k % 2 else _replace_each(piece, LATEX) for k, piece in enumerate(pieces)
    )


def escape_latex_text(text: str) -> str:
    return _replace_each(text, LATEX_TEXT)


def escape_latex_math(text: str) -> str:
    return _replace_each(text, LATEX_MATH)


def _replace_each(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(c, c) for c in printable(text))
