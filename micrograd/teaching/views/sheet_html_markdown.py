"""A sheet as HTML to print, and as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from micrograd.teaching.views.sheet import TASK, Entry, Sheet
from micrograd.teaching.words.describe import forward_line
from micrograd.text.escape import escape_markdown

BLANK = "______"
HEAD = ("step", "edge", "upstream × local = contribution", "grad so far")
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


def write_cells(entry: Entry, solved: bool) -> tuple[str, str, str, str]:
    """A row of the table."""
    words = entry.words
    if entry.blank and not solved:
        product, after = f"{BLANK} × {BLANK} = {BLANK}", f"{words.grad} = {BLANK}"
    else:
        product, after = words.product.replace("upstream ", "").replace("local ", ""), words.sum.rstrip(".")
    return str(entry.number), f"{words.edge}, {words.place}", product, after


def write_seed(sheet: Sheet, solved: bool) -> str:
    derivative, blank = sheet.seed
    return f"Seed: {derivative} = {BLANK if blank and not solved else 1}"


def write_gradients(sheet: Sheet, solved: bool) -> str:
    return "Gradients: " + ", ".join(f"{name}.grad = {value if solved else BLANK}" for name, value in sheet.gradients)


# ---- HTML


def write_html(sheet: Sheet, solutions: bool) -> str:
    """A page to print, on its own; the solutions begin on a new one."""
    names = "".join(f"<dt>{name}</dt><dd>{escape(rule)}</dd>" for name, rule in sheet.rules.items())
    parts = [
        f'<p class="name">Name: {BLANK * 4}</p>',
        f"<h1>{escape(sheet.title)}</h1>",
        f"<p>{'<br>'.join(escape(forward_line(v, sheet.names)) for v in sheet.nodes)}</p>",
        f"<figure>{sheet.scene.svg}</figure>",
        f"<p>{TASK}</p>",
        f"<p>{escape(write_seed(sheet, False))}</p>",
        _html_table(HEAD, (write_cells(entry, False) for entry in sheet.entries)),
        f"<p>{escape(write_gradients(sheet, False))}</p>",
        f"<dl>{names}</dl>",
    ]
    if solutions:
        leaves = [f"{name}.grad" for name, _ in sheet.gradients]
        parts += [
            f'<section class="solutions"><h1>Solutions. {escape(sheet.title)}</h1>',
            f"<p>{escape(write_seed(sheet, True))}</p>",
            _html_table(HEAD, (write_cells(entry, True) for entry in sheet.entries)),
            f"<p>{escape(write_gradients(sheet, True))}</p>",
            "<h2>What some mistakes would give</h2>",
            _html_table(["mistake", *leaves], ([name, *values] for name, values in sheet.mistakes)),
            "</section>",
        ]
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(sheet.title)}</title>\n'
        f"<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _html_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    def line(tag: str, texts: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{escape(text)}</{tag.split()[0]}>" for text in texts) + "</tr>"

    return "<table>\n" + "\n".join([line('th scope="col"', head), *(line("td", row) for row in rows)]) + "\n</table>"


# ---- Markdown


def write_markdown(sheet: Sheet, solutions: bool, picture: str) -> str:
    """The same in Markdown, with the picture in a file beside the sheet."""
    parts = [
        f"# {escape_markdown(sheet.title)}",
        "\n".join(f"- {escape_markdown(forward_line(v, sheet.names))}" for v in sheet.nodes),
        f"![graph]({picture.replace(' ', '%20')})",
        TASK,
        escape_markdown(write_seed(sheet, False)),
        _markdown_table(HEAD, (write_cells(entry, False) for entry in sheet.entries)),
        escape_markdown(write_gradients(sheet, False)),
        "\n".join(f"- **{name}**: {escape_markdown(rule)}" for name, rule in sheet.rules.items()),
    ]
    if solutions:
        leaves = [f"{name}.grad" for name, _ in sheet.gradients]
        parts += [
            "## Solutions",
            escape_markdown(write_seed(sheet, True)),
            _markdown_table(HEAD, (write_cells(entry, True) for entry in sheet.entries)),
            escape_markdown(write_gradients(sheet, True)),
            "### What some mistakes would give",
            _markdown_table(["mistake", *leaves], ([name, *values] for name, values in sheet.mistakes)),
        ]
    return "\n\n".join(parts) + "\n"


def _markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    table = [head, ["---"] * len(head), *([*map(escape_markdown, row)] for row in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in table)
