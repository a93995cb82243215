"""Sheets as HTML to print: one of them, a student's with several exercises, and the key to a class's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from micrograd.teaching.practice.class_tasks import Handout
from micrograd.teaching.views.sheet import BLANK, HEAD, MISTAKES_TITLE, TASK, Sheet
from micrograd.teaching.views.sheet_marks import mark_cells, mark_forward, mark_gradients, mark_seed, mark_title
from micrograd.text.escape import escape_xml
from micrograd.text.typeset import html_name

STYLE = """\
:root{color-scheme:light}
body{font:15px/1.5 sans-serif;color:#111;background:#fff;max-width:46rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.3rem}h2{font-size:1.1rem;margin:1.6em 0 .4em}
svg{max-width:100%;height:auto}
i{font-family:Georgia,"Liberation Serif",serif;font-size:1.06em}
sub,sup{font-size:.75em;line-height:0}
table{border-collapse:collapse;margin:.6em 0}
td,th{border-bottom:1px solid #aaa;padding:.45em .8em .45em 0;text-align:left;vertical-align:top}
th{font-size:.85em;color:#555}
dl{display:grid;grid-template-columns:max-content auto;gap:.1em 1em;font-size:.9em;margin:.6em 0}
dt{font-weight:600}dd{margin:0}
.name{float:right;color:#555}
.head{display:flex;flex-wrap:wrap;gap:0 2em;justify-content:space-between;border-bottom:2px solid #111}
.head strong{font-size:1.3rem}
.wide{overflow-x:auto}
.solutions,section+section{break-before:page}
.key section{break-before:auto;border-top:1px solid #111;margin-top:2.5rem}
tr,figure,dl{break-inside:avoid}
h1,h2{break-after:avoid}
figure{margin:1em 0}
@page{margin:16mm;@bottom-right{content:counter(page) " / " counter(pages);font:9pt sans-serif;color:#555}}
@media print{body{margin:0 auto;padding:0}.key a{color:inherit;text-decoration:none}}
"""


def write_html(sheet: Sheet, solutions: bool) -> str:
    """A page to print, on its own; the solutions begin on a new one."""
    parts = [f'<p class="name">Name: {BLANK * 4}</p>', *_exercise(sheet, "h1"), _rules(sheet)]
    if solutions:
        parts += [
            f'<section class="solutions"><h1>Solutions. {mark_title(sheet.title)}</h1>',
            *_solution(sheet),
            "</section>",
        ]
    return _page(sheet.title, parts)


def write_student_html(handout: Handout, sheets: Sequence[Sheet]) -> str:
    """The sheet of one student: the number, the name or a line for it, and one exercise or several."""
    name = escape_xml(handout.name) or BLANK * 4
    parts = [f'<p class="head"><strong>Sheet {handout.number}</strong><span>Name: {name}</span></p>']
    for sheet in sheets:
        parts += ["<section>", *_exercise(sheet, "h1"), "</section>"]
    return _page(f"Sheet {handout.number}", [*parts, _rules(sheets[-1])])


def write_key_html(title: str, handouts: Sequence[Handout], sheets: Sequence[Sequence[Sheet]]) -> str:
    """All solutions: first a table of the gradients, to mark by; then each sheet, step by step."""
    named, several = any(handout.name for handout in handouts), len(handouts[0].tasks) > 1
    rows = []
    for handout, mine in zip(handouts, sheets, strict=True):
        for task, sheet in zip(handout.tasks, mine, strict=True):
            number = f'<a href="#sheet-{handout.number}">{handout.number}</a>'
            level, name = [str(task.level.number)] * several, [escape_xml(handout.name)] * named
            rows.append([number, *name, *level, ", ".join(mark_gradients(sheet, True))])
    parts = [f"<h1>{escape(title)}</h1>"]
    parts.append(_table(["sheet", *["name"] * named, *["level"] * several, "gradients"], rows))
    for handout, mine in zip(handouts, sheets, strict=True):
        parts.append(f'<section id="sheet-{handout.number}"><h1>{escape_xml(handout.title)}</h1>')
        for task, sheet in zip(handout.tasks, mine, strict=True):
            parts += [f"<h2>{mark_title(task.title)}</h2>", _forward(sheet), *_solution(sheet)]
            parts.append(f"<p>The same in the terminal: <code>{escape(task.command)}</code></p>")
        parts.append("</section>")
    return _page(title, ['<div class="key">', *parts, "</div>"])


def _exercise(sheet: Sheet, heading: str) -> list[str]:
    return [
        f"<{heading}>{mark_title(sheet.title)}</{heading}>",
        _forward(sheet),
        f"<figure>{sheet.scene.svg}</figure>",
        f"<p>{TASK}</p>",
        *_pass(sheet, False),
    ]


def _solution(sheet: Sheet) -> list[str]:
    leaves = [f"{html_name(name)}.grad" for name, _ in sheet.gradients]
    mistakes = ([escape_xml(name), *values] for name, values in sheet.mistakes)
    return [*_pass(sheet, True), f"<h2>{MISTAKES_TITLE}</h2>", _table(["mistake", *leaves], mistakes)]


def _pass(sheet: Sheet, solved: bool) -> list[str]:
    return [
        f"<p>{mark_seed(sheet, solved)}</p>",
        _table(HEAD, (mark_cells(entry, solved) for entry in sheet.entries)),
        f"<p>Gradients: {', '.join(mark_gradients(sheet, solved))}</p>",
    ]


def _forward(sheet: Sheet) -> str:
    return f"<p>{'<br>'.join(mark_forward(v, sheet.names) for v in sheet.nodes)}</p>"


def _rules(sheet: Sheet) -> str:
    names = "".join(f"<dt>{name}</dt><dd>{escape_xml(rule)}</dd>" for name, rule in sheet.rules.items())
    return f"<dl>{names}</dl>"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""

    def line(tag: str, cells: Sequence[str]) -> str:
        return "<tr>" + "".join(f"<{tag}>{cell}</{tag.split()[0]}>" for cell in cells) + "</tr>"

    lines = [line('th scope="col"', head), *(line("td", row) for row in rows)]
    return '<div class="wide"><table>\n' + "\n".join(lines) + "\n</table></div>"


def _page(title: str, parts: Sequence[str]) -> str:
    body = "\n".join(parts)
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{escape(title)}</title>\n'
        f"<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )
