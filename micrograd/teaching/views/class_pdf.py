"""Sheets as PDF: one of them; a class's, for the printer; and the key to these."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from micrograd.teaching.practice.class_tasks import Handout
from micrograd.teaching.views.paper import GREY, POINT, SIDE, SIZE, SMALL, Paper, width_of
from micrograd.teaching.views.paper_graph import draw_graph
from micrograd.teaching.views.paper_table import draw_table
from micrograd.teaching.views.sheet import BLANK, HEAD, MISTAKES_TITLE, TASK, Sheet
from micrograd.teaching.views.sheet_marks import mark_cells, mark_forward, mark_gradients, mark_seed, mark_title
from micrograd.text.escape import escape_xml
from micrograd.text.typeset import html_name

LARGE, LARGER = 14.0, 17.0
CLOSE = 9.5  # in the key, so that two solutions go on a page
# the space around a line of a table to be filled in by hand, by the number of lines from which on it holds
TO_WRITE = {0: 2.3, 9: 1.7, 12: 1.1}


def write_sheet_pdf(sheet: Sheet, solutions: bool) -> bytes:
    """One sheet, on A4; the solutions begin on a new page."""
    with Paper(sheet.title, "a4") as made:
        made.start(mark_title(sheet.title))
        _head(made, "", "")
        _exercise(made, sheet)
        _rules(made, sheet)
        if solutions:
            made.turn()
            made.line("<b>Solutions</b>", LARGER)
            made.gap(2)
            _solution(made, sheet)
        return made.output()


def write_sheets_pdf(title: str, handouts: Sequence[Handout], sheets: Sequence[Sequence[Sheet]], paper: str) -> bytes:
    """Each sheet begins on a page of its own."""
    with Paper(title, paper) as made:
        for handout, mine in zip(handouts, sheets, strict=True):
            made.start(escape_xml(handout.title))
            made.bookmark(handout.title)
            _head(made, f"Sheet {handout.number}", handout.name)
            for k, sheet in enumerate(mine):
                if k:
                    made.turn()
                _exercise(made, sheet)
            _rules(made, mine[-1])
        return made.output()


def write_key_pdf(title: str, handouts: Sequence[Handout], sheets: Sequence[Sequence[Sheet]], paper: str) -> bytes:
    """First a table of the gradients, to mark by; then the sheets, step by step, each with a bookmark."""
    with Paper(title, paper) as made:
        made.start(escape_xml(title))
        made.line(f"<b>{escape_xml(title)}</b>", LARGER)
        made.gap(3)
        links = {handout.number: made.pdf.add_link() for handout in handouts}
        named, several = any(handout.name for handout in handouts), len(handouts[0].tasks) > 1
        rows, leads = [], []
        for handout, mine in zip(handouts, sheets, strict=True):
            for task, sheet in zip(handout.tasks, mine, strict=True):
                shown = [str(handout.number), *[escape_xml(handout.name)] * named, *[str(task.level.number)] * several]
                rows.append([*shown, ", ".join(mark_gradients(sheet, True))])
                leads.append(links[handout.number])
        draw_table(made, ["sheet", *["name"] * named, *["level"] * several, "gradients"], rows, SIZE, 0.7, leads)
        for handout, mine in zip(handouts, sheets, strict=True):
            for k, (task, sheet) in enumerate(zip(handout.tasks, mine, strict=True)):
                link = links[handout.number] if k == 0 else None
                made.gap(9)
                made.keep(partial(_entry, made, handout, sheet, task.command, link))
        return made.output()


def _head(made: Paper, title: str, student: str) -> None:
    """Which sheet it is, and whose."""
    made.y += LARGER * POINT
    made.put([*made.runs(f"<b>{title}</b>", LARGER)], SIDE, made.y)
    text, room = f"Name: {escape_xml(student) or BLANK * 4}", made.text_width - 35
    tried = [[*made.runs(text, size)] for size in (SIZE, SMALL, 7.0, 5.0)]  # a long name in smaller letters
    name = next((runs for runs in tried if width_of(runs) < room), tried[-1])
    made.put(name, SIDE + made.text_width - width_of(name), made.y)
    made.y += 2.5
    made.rule(SIDE, made.y, made.text_width, 0.5)
    made.gap(2)


def _exercise(made: Paper, sheet: Sheet) -> None:
    made.line(f"<b>{mark_title(sheet.title)}</b>", LARGE)
    made.gap(2)
    _forward(made, sheet)
    draw_graph(made, sheet.scene)
    made.line(TASK)
    made.gap(1)
    _pass(made, sheet, False)


def _entry(made: Paper, handout: Handout, sheet: Sheet, command: str, link: int | None) -> None:
    """The solution of one exercise in the key; `link` leads to the first one of a sheet."""
    if link is not None:
        made.bookmark(handout.title, link)
        made.line(f"<b>{escape_xml(handout.title)}</b>", LARGER)
        made.rule(SIDE, made.y + 1.5, made.text_width, 0.5)
        made.gap(2.5)
    _solution(made, sheet)
    made.gap(2)
    made.line(f"The same in the terminal: {command}", SMALL, colour=GREY)


def _solution(made: Paper, sheet: Sheet) -> None:
    made.line(f"<b>{mark_title(sheet.title)}</b>", LARGE)
    made.gap(1)
    made.line(";  ".join(mark_forward(v, sheet.names).replace(" ", "&nbsp;") for v in sheet.nodes), CLOSE)
    made.gap(1)
    _pass(made, sheet, True)
    if sheet.mistakes:
        made.gap(2)
        made.need(20)
        made.line(f"<b>{MISTAKES_TITLE}</b>")
        made.gap(1)
        head = ["mistake", *(f"{html_name(name)}.grad" for name, _ in sheet.gradients)]
        draw_table(made, head, [[escape_xml(name), *values] for name, values in sheet.mistakes], CLOSE, 0.05)


def _forward(made: Paper, sheet: Sheet) -> None:
    """The forward pass: in two columns where it is long."""
    lines = [mark_forward(v, sheet.names) for v in sheet.nodes]
    half = (len(lines) + 1) // 2 if len(lines) > 4 else len(lines)
    leading = SIZE * POINT * 1.45
    made.need(half * leading)
    for k, line in enumerate(lines):
        column, row = divmod(k, half)
        made.put([*made.runs(line, SIZE)], SIDE + column * made.text_width / 2, made.y + (row + 1) * leading)
    made.gap(half * leading + 1)


def _pass(made: Paper, sheet: Sheet, solved: bool) -> None:
    made.line(mark_seed(sheet, solved))
    made.gap(1)
    rows = [mark_cells(entry, solved) for entry in sheet.entries]
    air = 0.2 if solved else [air for most, air in TO_WRITE.items() if len(rows) >= most][-1]
    draw_table(made, HEAD, rows, CLOSE if solved else SIZE, air)
    made.gap(2 if solved else 4)
    between = ",&nbsp; " if not solved else ", "
    gradients = [grad.replace(" ", "&nbsp;") for grad in mark_gradients(sheet, solved)]
    made.line(f"Gradients:&nbsp; {between.join(gradients)}")


def _rules(made: Paper, sheet: Sheet) -> None:
    made.gap(3)
    rows = [*sheet.rules.items()]
    made.need(len(rows) * SMALL * POINT * 2)
    for name, rule in rows:
        y = made.y
        made.line(escape_xml(rule), SMALL, 12)
        made.put([*made.runs(f"<b>{name}</b>", SMALL)], SIDE, y + SMALL * POINT * 1.32)
