"""Formulas as text that reads like mathematics (−2·x², 1 − o²), as HTML, and as LaTeX.

    >>> text(1.0 - name("o", 0.5) ** 2)            # names
    '1 − o²'
    >>> text(1.0 - name("o", 0.5) ** 2, numeric=True)
    '1 − 0.5²'

Parentheses stand where they are needed and nowhere else; a sum of more than a few terms loses its middle.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from micrograd.ops import PRIMITIVES
from micrograd.text.escape import escape_latex_math, escape_xml
from micrograd.text.formula import Symbol
from micrograd.text.notation import format_number, format_number_latex, superscript

TERMS = 6  # a longer sum loses its middle
SUM, SIGN, PRODUCT, POWER, ATOM = range(5)  # how tightly a formula holds together
COMPARISONS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def text(s: Symbol, numeric: bool = False, whole: bool = False) -> str:
    """`s` as one line of text; with `numeric`, the values in place of the names; with `whole`, every term of a sum."""
    return _render(s, WholeText if whole else Text, numeric)[0]


def html(s: Symbol, numeric: bool = False) -> str:
    """`s` as HTML, with <i>, <sub> and <sup> alone; with `numeric`, the values in place of the names."""
    return _render(s, Html, numeric)[0]


def latex(s: Symbol, numeric: bool = False) -> str:
    """`s` as LaTeX; with `numeric`, the values in place of the names."""
    return _render(s, Latex, numeric)[0]


def fill_in(form: str, operands: list[str]) -> str:
    """The form with the operands for #1, #2, …"""
    for k, operand in enumerate(operands, start=1):
        form = form.replace(f"#{k}", operand)
    return form


class Text:
    terms = TERMS
    times, minus, dots = "·", "−", "…"
    open, close = "(", ")"
    name = staticmethod(lambda s: s.parts[0])
    number = staticmethod(format_number)
    comparisons = COMPARISONS

    @staticmethod
    def quotient(above: str, below: str) -> str:
        return f"{above} / {below}"

    @staticmethod
    def power(base: str, exponent: str, simple: bool) -> str:
        if simple and len(exponent) < 4 and not set(exponent) - set("−0123456789"):
            return base + superscript(exponent)
        return f"{base}^{exponent}" if simple else f"{base}^({exponent})"

    @staticmethod
    def call(function: str, operands: list[str]) -> str:
        op = PRIMITIVES[function]
        return fill_in(op.text, operands) if op.text else f"{op.symbol}({', '.join(operands)})"

    @staticmethod
    def holds(function: str) -> tuple[int, int]:
        """How tightly a call holds together, and how tightly its operands must: a mod b is put in parentheses."""
        form = PRIMITIVES[function].text
        return SUM if form.startswith("#") else ATOM, POWER if "#2" in form else SUM

    @staticmethod
    def apply(operation: str, operands: str) -> str:
        return f"{operation}({operands})"

    @staticmethod
    def cases(condition: str, yes: str, no: str) -> str:
        return f"{yes} if {condition} else {no}"


class WholeText(Text):
    terms = sys.maxsize


def html_name(name: str) -> str:
    """A name in a formula: w1 as w with an index; a number is upright."""
    if re.fullmatch(r"[−(]*[\d.]+\)?", name):
        return name
    letters, index = re.fullmatch(r"(.*?)(\d*)", name, re.DOTALL).groups()  # type: ignore[union-attr]  # it always fits
    return f"<i>{escape_xml(letters)}</i>{f'<sub>{index}</sub>' if index else ''}"


class Html(Text):
    name = staticmethod(lambda s: html_name(s.parts[0]))
    comparisons = {sign: escape_xml(shown) for sign, shown in COMPARISONS.items()}

    @staticmethod
    def power(base: str, exponent: str, simple: bool) -> str:
        return f"{base}<sup>{exponent}</sup>"

    @staticmethod
    def call(function: str, operands: list[str]) -> str:
        op = PRIMITIVES[function]
        form = escape_xml(op.text)
        return fill_in(form, operands) if form else f"{escape_xml(op.symbol)}({', '.join(operands)})"

    @staticmethod
    def apply(operation: str, operands: str) -> str:
        return f"{escape_xml(operation)}({operands})"


def upright(name: str) -> str:
    """A name in upright letters, every character standing for itself, in a document and in a web page."""
    return r"\mathrm{" + escape_latex_math(name) + "}"


class Latex:
    terms = TERMS
    times, minus, dots = r" \cdot ", "-", r"\dots"
    open, close = r"\left(", r"\right)"
    name = staticmethod(lambda s: s.parts[1])
    number = staticmethod(format_number_latex)
    comparisons = {"<": r"\lt", "<=": r"\le", ">": r"\gt", ">=": r"\ge"}

    @staticmethod
    def quotient(above: str, below: str) -> str:
        return rf"\frac{{{above}}}{{{below}}}"

    @staticmethod
    def power(base: str, exponent: str, simple: bool) -> str:
        return f"{{{base}}}^{{{exponent}}}"

    @staticmethod
    def call(function: str, operands: list[str]) -> str:
        latex = PRIMITIVES[function].latex
        return fill_in(latex, operands) if "#1" in latex else rf"{latex}\left({', '.join(operands)}\right)"

    @staticmethod
    def holds(function: str) -> tuple[int, int]:
        return ATOM, SUM

    @staticmethod
    def apply(operation: str, operands: str) -> str:
        return rf"{upright(operation)}\left({operands}\right)"

    @staticmethod
    def cases(condition: str, yes: str, no: str) -> str:
        return rf"\begin{{cases}} {yes} & {condition} \\ {no} & \text{{otherwise}} \end{{cases}}"


Style = type[Text] | type[Latex]


def _render(s: Symbol, style: Style, numeric: bool) -> tuple[str, int]:
    """The formula and how tightly it holds together. It recurs into the parts of a rule; a long sum is a loop."""

    def inner(part: Symbol, at_least: int) -> str:
        written, holds = _render(part, style, numeric)
        return written if holds >= at_least else style.open + written + style.close

    kind, parts = s.kind, s.parts
    if kind == "number" or (kind == "name" and numeric and s.value is not None):
        x = float(s.value)  # type: ignore[arg-type]
        return style.number(x), SIGN if x < 0 else ATOM
    if kind == "name":
        return style.name(s), SIGN if parts[0].startswith("−") else ATOM  # a constant is named by its number
    if kind in ("+", "−"):
        return _render_sum(s, style, inner), SUM
    if kind == "neg":
        return style.minus + inner(parts[0], PRODUCT), SIGN
    if kind == "×":
        return inner(parts[0], PRODUCT) + style.times + inner(parts[1], PRODUCT), PRODUCT
    if kind == "/":
        above, below = (SUM, SUM) if style is Latex else (PRODUCT, POWER)
        return style.quotient(inner(parts[0], above), inner(parts[1], below)), PRODUCT
    if kind == "^":
        exponent, holds = _render(parts[1], style, numeric)
        return style.power(inner(parts[0], ATOM), exponent, holds == ATOM or parts[1].kind == "number"), POWER
    if kind == "call":
        holds, at_least = style.holds(parts[0])
        return style.call(parts[0], [inner(part, at_least) for part in parts[1:]]), holds
    if kind == "apply":
        return style.apply(parts[0], _join_operands([inner(part, SUM) for part in parts[1:]], style)), ATOM
    if kind == "where":
        condition, yes, no = parts
        return style.cases(inner(condition, SUM), inner(yes, SIGN), inner(no, SUM)), SUM
    return f"{inner(parts[0], SUM)} {style.comparisons[kind]} {inner(parts[1], SUM)}", SUM


def _join_operands(parts: list[str], style: Style) -> str:
    return ", ".join(parts if len(parts) <= style.terms else [*parts[: TERMS - 2], style.dots, parts[-1]])


def _render_sum(s: Symbol, style: Style, inner: Callable[[Symbol, int], str]) -> str:
    terms = []  # from the last to the first, each with its sign
    while s.kind in ("+", "−"):
        terms.append(("+" if s.kind == "+" else style.minus, s.parts[1]))
        s = s.parts[0]
    terms.append(("", s))
    terms.reverse()
    if len(terms) <= style.terms:
        return "".join(_render_term(sign, inner(term, SIGN if not sign else PRODUCT)) for sign, term in terms)
    head = "".join(_render_term(sign, inner(term, SIGN if not sign else PRODUCT)) for sign, term in terms[: TERMS - 2])
    return f"{head} + {style.dots}" + _render_term(terms[-1][0], inner(terms[-1][1], PRODUCT))


def _render_term(sign: str, term: str) -> str:
    return f" {sign} {term}" if sign else term
