"""Sheets for a class: their content. The same exercise makes the same sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from micrograd.engine import Value
from micrograd.teaching.practice.questions import Blanks, find_blanks, find_constants
from micrograd.teaching.practice.sentences import RULES
from micrograd.teaching.record.mistakes import find_visible_mistakes
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.spelling import partial
from micrograd.teaching.views.scene import Scene, draw_scene
from micrograd.teaching.words.describe import Description, describe
from micrograd.text.names import Names
from micrograd.text.notation import format_number

MOST_MISTAKES = 12  # in the table of the solutions
BLANK = "______"
HEAD = ("step", "edge", "upstream × local = contribution", "grad so far")
MISTAKES_TITLE = "What some mistakes would give"
TASK = "Go back through the expression: fill in every blank, one contribution at a time."


@dataclass(frozen=True)
class Entry:
    """A contribution on the sheet, and whether it is left blank."""

    number: int
    step: Contribution
    words: Description
    blank: bool


@dataclass(frozen=True)
class Sheet:
    """The whole content of a sheet.

    nodes       the interior nodes, in the order of the forward pass
    entries     the contributions that are asked for or shown, in the order of the pass
    seed        ∂L/∂L, and whether it is left blank
    gradients   the names of the leaves and their right gradients
    mistakes    the gradients that some mistakes give
    """

    title: str
    names: Names
    nodes: Sequence[Value]
    entries: Sequence[Entry]
    seed: tuple[str, bool]
    gradients: Sequence[tuple[str, str]]
    mistakes: Sequence[tuple[str, Sequence[str]]]
    rules: Mapping[str, str]
    scene: Scene


def make_sheet(title: str, record: Sequence[Contribution], blanks: Blanks) -> Sheet:
    """The sheet of a pass with these blanks."""
    names, described, left_out = record[0].names, describe(record), set(find_constants(record))
    blank = set(find_blanks(record, blanks))
    kept = [k for k in range(len(record)) if k not in left_out]
    last = {id(record[k].parent): k for k in kept if not record[k].parent.parents}
    ends = sorted(last.values(), key=lambda k: names[record[k].parent])
    mistakes = find_visible_mistakes(record)[:MOST_MISTAKES]
    return Sheet(
        title=title,
        names=names,
        nodes=names.order,
        entries=[Entry(n, record[k], described[k], k in blank) for n, k in enumerate(kept, start=1)],
        seed=(partial(names, names.root), blanks is Blanks.ALL_AND_SEED),
        gradients=[(names[record[k].parent], format_number(record[k].after)) for k in ends],
        mistakes=[(mistake.name, [format_number(run[k].after, 6) for k in ends]) for mistake, run in mistakes],
        rules=RULES,
        scene=draw_scene(names.root, names, {}, theme="light"),
    )
