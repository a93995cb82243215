"""The lines of a sheet as HTML with <i>, <sub> and <sup> alone: for a web page, and for a PDF."""

from __future__ import annotations

import re

from micrograd.engine import Value
from micrograd.teaching.record.rules import expression, rule
from micrograd.teaching.record.spelling import bracket
from micrograd.teaching.views.sheet import BLANK, Entry, Sheet
from micrograd.text.escape import escape_xml
from micrograd.text.formula import number
from micrograd.text.names import Names
from micrograd.text.typeset import html, html_name

Cells = tuple[str, str, str, str]


def mark_title(title: str) -> str:
    """The title of an exercise, with its expression as mathematics: (a·b + c)³."""
    head, colon, formula = title.rpartition(": ")
    formula = escape_xml(formula).replace("-", "−")
    formula = re.sub(r"\*\*(\d+)", r"<sup>\1</sup>", formula).replace("*", "·")
    formula = re.sub(r"\b([a-z])(\d*)\b(?!\()", lambda found: html_name(found[0]), formula)
    return f"{escape_xml(head)}{colon}{formula}"


def mark_forward(v: Value, names: Names) -> str:
    """The computation of a node: s = p + c = −12 + 4 = −8."""
    out = expression(v, names)
    return " = ".join(dict.fromkeys((_name(v, names), html(out), html(out, True), html(number(v.data)))))


def mark_cells(entry: Entry, solved: bool) -> Cells:
    """A row of the table."""
    words, c = entry.words, entry.step
    edge = f"{_name(c.node, c.names)} → {_name(c.parent, c.names)}, {escape_xml(words.place)}"
    grad = _mark_grad(words.grad)
    if entry.blank and not solved:
        return str(entry.number), edge, f"{BLANK} × {BLANK} = {BLANK}", f"{grad} = {BLANK}"
    product = f"{words.upstream[1]} × {_factor(entry)} = {words.amount}"
    state = "" if words.final else f" ({words.arrived[0]} of {words.arrived[1]})"
    added = words.after if words.arrived[0] == 1 else f"{words.before} + {bracket(words.amount)} = {words.after}"
    return str(entry.number), edge, product, f"{grad} = {added}{state}"


def mark_seed(sheet: Sheet, solved: bool) -> str:
    _, blank = sheet.seed
    root = _name(sheet.names.root, sheet.names)
    return f"Seed: ∂{root}/∂{root} = {BLANK if blank and not solved else 1}"


def mark_gradients(sheet: Sheet, solved: bool) -> list[str]:
    return [f"{_mark_grad(f'{name}.grad')} = {value if solved else BLANK}" for name, value in sheet.gradients]


def _factor(entry: Entry) -> str:
    """The local derivative: (b = 3), or the bare number if there is no formula."""
    c, value = entry.step, entry.words.local[2]
    known = rule(c.node, c.names)
    if known.out is None or known.partials[c.slot].kind == "number":
        return bracket(value)
    formula = html(known.partials[c.slot])
    return bracket(value) if formula == value else f"({formula} = {value})"


def _name(v: Value, names: Names) -> str:
    return html_name(names[v])


def _mark_grad(grad: str) -> str:
    """The name of a grad: b.grad; the grad of a constant has none."""
    name, dot, rest = grad.rpartition(".grad")
    return f"{html_name(name)}.grad" if dot and not rest else escape_xml(grad)
