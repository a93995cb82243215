"""Sheets for a class: an exercise on paper, with its picture, and the solutions on a page of their own.

`sheet` gathers what stands on it; `handout` writes it as HTML and Markdown, `tex` as LaTeX. The same exercise makes the
same sheet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from micrograd.engine import Value
from micrograd.teaching.exercise import Exercise
from micrograd.teaching.practice.questions import SEED, blank_steps, constants
from micrograd.teaching.practice.wording import RULES
from micrograd.teaching.record.mistakes import find_visible_mistakes
from micrograd.teaching.record.notation import partial
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.views.scene import Scene, draw_scene
from micrograd.teaching.words.describe import Description, describe
from micrograd.text.notation import format_number

SHOWN = 12  # mistakes in the table of the solutions


@dataclass(frozen=True)
class Row:
    """A contribution on the sheet: what it is, what is said of it, and whether it is left blank."""

    number: int
    step: Contribution
    told: Description
    blank: bool


@dataclass(frozen=True)
class Sheet:
    """What stands on a sheet.

    nodes       the interior nodes, in the order of the forward pass
    rows        the contributions that are asked or shown, in the order of the pass
    seed        ∂L/∂L, and whether it is left blank
    gradients   of the leaves: their names and what is right
    mistakes    what some mistakes would make of the gradients
    """

    title: str
    nodes: Sequence[Value]
    rows: Sequence[Row]
    seed: tuple[str, bool]
    gradients: Sequence[tuple[str, str]]
    mistakes: Sequence[tuple[str, Sequence[str]]]
    rules: dict[str, str]
    scene: Scene


def sheet(exercise: Exercise, blanks: int) -> Sheet:
    """The sheet of an exercise, with so much left blank."""
    record = exercise.record
    names, told, left_out = record[0].names, describe(record), set(constants(record))
    blank = set(blank_steps(record, blanks))
    kept = [k for k in range(len(record)) if k not in left_out]
    last = {id(record[k].parent): k for k in kept if not record[k].parent.parents}
    ends = sorted(last.values(), key=lambda k: names[record[k].parent])
    return Sheet(
        title=exercise.title,
        nodes=names.order,
        rows=[Row(n, record[k], told[k], k in blank) for n, k in enumerate(kept, start=1)],
        seed=(partial(names, names.root), blanks == SEED),
        gradients=[(names[record[k].parent], format_number(record[k].after)) for k in ends],
        mistakes=[
            (mistake.name, [format_number(run[k].after, 6) for k in ends])
            for mistake, run in find_visible_mistakes(record)
        ][:SHOWN],
        rules=RULES,
        scene=draw_scene(exercise.root, names, {}, "light"),
    )


def write(exercise: Exercise, path: Path, solutions: bool, blanks: int) -> Path:
    """Write the sheet in the form that the name asks for."""
    from micrograd.teaching.views import sheet_html_markdown as handout
    from micrograd.teaching.views import sheet_latex as tex

    it = sheet(exercise, blanks)
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        text = handout.html(it, solutions)
    elif suffix == ".md":
        picture = path.with_suffix(".svg")
        picture.write_text(it.scene.svg, encoding="utf-8")
        text = handout.markdown(it, solutions, picture.name)
    elif suffix == ".tex":
        text = tex.document(it, solutions)
    else:
        raise ValueError(f"a sheet is written as .html, .md or .tex, got {path.name!r}")
    path.write_text(text, encoding="utf-8")
    return path
