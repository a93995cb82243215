"""A sheet as HTML to print, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from micrograd.teaching.views.sheet import Row, Sheet
from micrograd.teaching.words.describe import forward
from micrograd.text.escape import escape_markdown

BLANK = "______"
HEAD = ("", "edge", "upstream × local = contribution", "grad so far")
TASK = "Go back through the expression: fill in every blank, one contribution at a time."
STYLE = """\
:root{color-scheme:light}
body{font:15px/1.5 sans-serif;color:#111;background:#fff;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.1rem;margin:1.6em 0 .4em}
svg{max-width:100%;height:auto}
table{border-collapse:collapse;margin:.6em 0}
td,th{border-bottom:1px solid #aaa;padding:.45em .8em .45em 0;text-align:left;vertical-align:top}
th{font-size:.85em;color:#555}
dl{display:grid;grid-template-columns:max-content auto;gap:.1em 1em;font-size:.9em;margin:.6em 0}
dt{font-weight:600}dd{margin:0}
.name{float:right;color:#555}
.solutions{break-before:page}
tr,figure,dl{break-inside:avoid}
figure{margin:1em 0}
@media print{body{margin:0 auto}}
"""


def lines(it: Sheet) -> list[str]:
    """The forward pass."""
    names = it.rows[0].step.names
    said = []
    for v in it.nodes:
        formula, numbers, value = forward(v, names)
        said.append(" = ".join(dict.fromkeys((names[v], formula, numbers, value))))
    return said


def cells(row: Row, solved: bool) -> tuple[str, str, str, str]:
    """A line of the table."""
    told = row.told
    if row.blank and not solved:
        product, after = f"{BLANK} × {BLANK} = {BLANK}", f"{told.grad} = {BLANK}"
    else:
        product, after = told.product.replace("upstream ", "").replace("local ", ""), told.sum.rstrip(".")
    return str(row.number), f"{told.edge}, {told.place}", product, after


def seed(it: Sheet, solved: bool) -> str:
    derivative, blank = it.seed
    return f"Seed: {derivative} = {BLANK if blank and not solved else 1}"


def gradients(it: Sheet, solved: bool) -> str:
    return "Gradients: " + ", ".join(f"{name}.grad = {value if solved else BLANK}" for name, value in it.gradients)


# ---- HTML


def html(it: Sheet, solutions: bool) -> str:
    """A page to print, on its own; the solutions begin on a new one."""
    names = "".join(f"<dt>{name}</dt><dd>{escape(rule)}</dd>" for name, rule in it.rules.items())
    parts = [
        f'<p class="name">Name: {BLANK * 4}</p>',
        f"<h1>{escape(it.title)}</h1>",
        f"<p>{'<br>'.join(map(escape, lines(it)))}</p>",
        f"<figure>{it.scene.svg}</figure>",
        f"<p>{TASK}</p>",
        f"<p>{escape(seed(it, False))}</p>",
        _table(HEAD, (cells(row, False) for row in it.rows)),
        f"<p>{escape(gradients(it, False))}</p>",
        f"<dl>{names}</dl>",
    ]
    if solutions:
        leaves = [f"{name}.grad" for name, _ in it.gradients]
        parts += [
            f'<section class="solutions"><h1>Solutions. {escape(it.title)}</h1>',
            f"<p>{escape(seed(it, True))}</p>",
            _table(HEAD, (cells(row, True) for row in it.rows)),
            f"<p>{escape(gradients(it, True))}</p>",
            "<h2>What some mistakes would give</h2>",
            _table(["", *leaves], ([name, *values] for name, values in it.mistakes)),
            "</section>",
        ]
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(it.title)}</title>\n'
        f"<style>\n{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(tag: str, texts: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag}>" for text in texts) + "</tr>"

    return "<table>\n" + "\n".join([line("th", head), *(line("td", row) for row in rows)]) + "\n</table>"


# ---- Markdown


def markdown(it: Sheet, solutions: bool, picture: str) -> str:
    """The same in Markdown, with the picture in a file beside it."""
    parts = [
        f"# {escape_markdown(it.title)}",
        "\n".join(f"- {escape_markdown(line)}" for line in lines(it)),
        f"![graph]({picture.replace(' ', '%20')})",
        TASK,
        escape_markdown(seed(it, False)),
        _piped(HEAD, (cells(row, False) for row in it.rows)),
        escape_markdown(gradients(it, False)),
        "\n".join(f"- **{name}**: {escape_markdown(rule)}" for name, rule in it.rules.items()),
    ]
    if solutions:
        leaves = [f"{name}.grad" for name, _ in it.gradients]
        parts += [
            "## Solutions",
            escape_markdown(seed(it, True)),
            _piped(HEAD, (cells(row, True) for row in it.rows)),
            escape_markdown(gradients(it, True)),
            "### What some mistakes would give",
            _piped(["", *leaves], ([name, *values] for name, values in it.mistakes)),
        ]
    return "\n\n".join(parts) + "\n"


def _piped(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    table = [head, ["---"] * len(head), *([*map(escape_markdown, row)] for row in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in table)
