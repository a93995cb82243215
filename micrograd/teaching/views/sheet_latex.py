"""A sheet as LaTeX; the graph is drawn with TikZ from the same layout as the picture, so the file stands alone."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from micrograd.drawing.diagram import Box
from micrograd.drawing.faces import Face
from micrograd.drawing.layout.routing import Point
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import expression, rule
from micrograd.teaching.views.scene import Scene
from micrograd.teaching.views.sheet import MISTAKES_TITLE, TASK, Entry, Sheet
from micrograd.text.escape import escape_latex
from micrograd.text.formula import number
from micrograd.text.typeset import latex

WIDTH = 460.0  # of the text, in points
BLANK = r"\blank{}"
GREEK = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma tau phi chi psi omega"
CAPITALS = "gamma delta theta lambda xi pi sigma phi psi omega"
HEAD = r"""\documentclass[11pt,a4paper]{article}
\usepackage[utf8]{inputenc}
\usepackage[T1]{fontenc}
\usepackage[margin=2cm]{geometry}
\usepackage{amsmath}
\usepackage{array}
\usepackage{tikz}
\setlength{\parindent}{0pt}
\setlength{\parskip}{6pt}
\setlength{\tabcolsep}{4pt}
\renewcommand{\arraystretch}{1.4}
\providecommand{\lt}{<}
\providecommand{\gt}{>}
\newcommand{\blank}{\underline{\hspace{2.5em}}}
"""


def write_latex(sheet: Sheet, solutions: bool) -> str:
    """A whole document for pdflatex; the solutions begin on a new page."""
    parts = [
        r"\begin{document}",
        rf"\hfill Name: \underline{{\hspace{{12em}}}}\par\textbf{{\Large {escape_latex(sheet.title)}}}",
        _write_forward(sheet),
        _draw(sheet.scene),
        escape_latex(TASK),
        *_write_pass(sheet, False),
        _write_rules(sheet.rules),
    ]
    if solutions:
        leaves = [escape_latex(f"{name}.grad") for name, _ in sheet.gradients]
        wrong = [[escape_latex(name), *(f"${_minus(x)}$" for x in values)] for name, values in sheet.mistakes]
        parts += [
            r"\newpage",
            rf"\textbf{{\Large Solutions. {escape_latex(sheet.title)}}}",
            *_write_pass(sheet, True),
            rf"\textbf{{{MISTAKES_TITLE}}}",
            _table("l" + "r" * len(leaves), [["", *leaves], *wrong]),
        ]
    body = "\n\n".join([*parts, r"\end{document}"]) + "\n"
    return HEAD + "".join(map(_declare, sorted(set(body)))) + body


def _declare(c: str) -> str:
    """Declare a character that pdflatex does not know: α and ₁ as formulas, others as ?."""
    if ord(c) < 0x180:  # known to the T1 encoding
        return ""
    kind, _, letter = unicodedata.name(c, "").rpartition(" LETTER ")
    name, digits = letter.lower().replace("lamda", "lambda"), unicodedata.normalize("NFKD", c)
    written = f"_{{{digits}}}" if digits.isdecimal() else "?"
    if (kind == "GREEK SMALL" and name in GREEK.split()) or (kind == "GREEK CAPITAL" and name in CAPITALS.split()):
        written = "\\" + (name if kind == "GREEK SMALL" else name.capitalize())
    return rf"\DeclareUnicodeCharacter{{{ord(c):04X}}}{{\ensuremath{{{written}}}}}" + "\n"


def _minus(text: str) -> str:
    return text.replace("−", "-").replace("inf", r"\infty")


def _write_forward(sheet: Sheet) -> str:
    names = sheet.names
    lines = []
    for v in sheet.nodes:
        out = expression(v, names)
        steps = dict.fromkeys((latex(out), latex(out, True), latex(number(v.data))))
        lines.append(rf"{names.latex(v)} &= {' = '.join(steps)}")
    return "\\begin{align*}\n" + " \\\\\n".join(lines) + "\n\\end{align*}"


def _write_pass(sheet: Sheet, solved: bool) -> list[str]:
    """The seed, the table, the gradients."""
    derivative, blank = sheet.seed
    gradients = [
        escape_latex(f"{name}.grad") + (f" $= {_minus(value)}$" if solved else f" $=$ {BLANK}")
        for name, value in sheet.gradients
    ]
    head = ["", "edge", r"upstream $\times$ local $=$ contribution", "grad so far"]
    return [
        escape_latex(f"Seed: {derivative}") + (rf" $=$ {BLANK}" if blank and not solved else " $= 1$"),
        _table("rlll", [head, *(_write_entry(entry, solved) for entry in sheet.entries)]),
        "Gradients: " + ", ".join(gradients),
    ]


def _write_rules(rules: Mapping[str, str]) -> str:
    rows = [rf"\textbf{{{name}}} & {escape_latex(rule)} \\" for name, rule in rules.items()]
    body = "\n".join(rows)
    return f"{{\\small\\renewcommand{{\\arraystretch}}{{1}}\\begin{{tabular}}{{ll}}\n{body}\n\\end{{tabular}}}}"


def _write_entry(entry: Entry, solved: bool) -> list[str]:
    words, c = entry.words, entry.step
    edge = rf"${c.names.latex(c.node)} \to {c.names.latex(c.parent)}$, {escape_latex(words.place)}"
    if entry.blank and not solved:
        return [
            str(entry.number),
            edge,
            rf"{BLANK} $\times$ {BLANK} $=$ {BLANK}",
            rf"{escape_latex(words.grad)} $=$ {BLANK}",
        ]
    formula, factor = _write_formula(c), latex(number(c.local))
    if formula:
        factor = f"({formula} = {factor})"
    elif c.local < 0:
        factor = f"({factor})"
    product = rf"${_minus(words.upstream[1])} \times {factor} = {_minus(words.amount)}$"
    return [str(entry.number), edge, product, escape_latex(words.sum.rstrip("."))]


def _write_formula(c: Contribution) -> str:
    """The local derivative as a formula; empty where it is a bare number."""
    partial = rule(c.node, c.names).partials[c.slot]
    return "" if partial.kind == "number" else latex(partial)


def _table(columns: str, rows: Iterable[Sequence[str]]) -> str:
    head, *body = (" & ".join(row) + r" \\" for row in rows)
    return "\n".join([rf"{{\small\begin{{tabular}}{{{columns}}}", head, r"\hline", *body, r"\end{tabular}}"])


# ---- the picture


def _draw(scene: Scene) -> str:
    """The graph as a TikZ picture, as large as it is on a screen, or as wide as the text."""
    scale = min(0.8, WIDTH / scene.width)
    boxes = zip(scene.diagram.boxes, scene.faces, scene.layout.centers, strict=True)
    return "\n".join(
        [
            r"\begin{center}",
            rf"\begin{{tikzpicture}}[x=1pt,y=-1pt,scale={scale:.3f},transform shape,font=\large]",
            *(rf"  \draw[->,gray] {_write_route(route)};" for route in scene.layout.routes),
            *(_draw_box(box, face, x, y) for box, face, (x, y) in boxes),
            r"\end{tikzpicture}",
            r"\end{center}",
        ]
    )


def _draw_box(box: Box, face: Face, x: float, y: float) -> str:
    """A node with its sign, its label and its data; leaves are rounder, and the output has a double border."""
    radius = 2 if box.value is not None and box.value.parents else 8
    border = ",double" if box.output else ""
    size = f"minimum width={face.width:.0f}pt,minimum height={face.height:.0f}pt"
    sign = f"{escape_latex(face.symbol)} " if face.strip and face.symbol else ""
    label = rf"\textbf{{{escape_latex(face.label)}}}\\" if face.label else ""
    data = escape_latex(dict(face.rows).get("data", ""))
    style = f"draw,fill=white,rounded corners={radius}pt{border},{size},align=center,inner sep=0pt"
    return rf"  \node[{style}] at ({x:.1f},{y:.1f}) {{{sign}{label}{data}}};"


def _write_route(points: Sequence[Point]) -> str:
    """A route: straight along the columns, curved between them."""
    (x, y), *rest = points
    path = [f"({x:.1f},{y:.1f})"]
    for k, (a, b) in enumerate(rest):
        if k % 2 and b != y:
            middle = (x + a) / 2
            path.append(f".. controls ({middle:.1f},{y:.1f}) and ({middle:.1f},{b:.1f}) .. ({a:.1f},{b:.1f})")
        elif (a, b) != (x, y):
            path.append(f"-- ({a:.1f},{b:.1f})")
        x, y = a, b
    return " ".join(path)
