"""The room of expressions: a text with numbers for its names, as a picture, in sentences and as lessons.

Every function takes the text and `words`, each "name=number"; a word for a name that the text does not have is left
out, and a name without a word gets a number to start with. What cannot be read comes back as {"problem": a sentence}.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import micrograd
from docs.playground.bridge import as_python
from docs.playground.bridge.typed import Problem, compute, output, read_numbers, telling
from micrograd.drawing.picture import Picture
from micrograd.engine import Value, topological
from micrograd.teaching.record.mistakes import find_visible_mistakes
from micrograd.teaching.record.record import Contribution, record
from micrograd.teaching.record.spelling import partial
from micrograd.teaching.step import Stepper
from micrograd.teaching.views.page import Page
from micrograd.teaching.views.update_page import UpdatePage
from micrograd.teaching.words.describe import describe, forward_line
from micrograd.text.expression import names
from micrograd.text.measure import text_width
from micrograd.text.notation import format_number

__all__ = ["picture", "meanings", "step", "predict", "update", "broken", "explain", "code"]

ROW = text_width("data  −0.00000", 11.5)  # wide enough for most numbers: a picture keeps its shape while they change


# ---- the picture, and what its numbers mean


@telling
def picture(text: str, words: Sequence[str], direction: str = "right", heat: bool = True) -> dict[str, Any]:
    """The graph as SVG, the result, and a leaf for each name."""
    numbers = read_numbers(text, words)
    try:
        root = compute(text, numbers)
    except Problem as problem:  # another number may mend it
        fields = {name: {"typed": typed, "value": finite(x), "grad": None} for name, (typed, x) in numbers.items()}
        problem.told["leaves"] = [{"name": name, **field} for name, field in fields.items()]
        raise
    root.backward()
    leaves = {v.label: v for v in named_leaves(root)}
    return {
        "svg": steady(micrograd.draw(root, direction=direction, color="grad" if heat else None)).svg,
        "output": root.label,
        "result": format_number(root.data),
        "leaves": [
            {
                "name": name,
                "typed": typed,
                "value": finite(number),
                "partial": f"∂{root.label}/∂{name}",
                "grad": format_number(leaves[name].grad),
                "slope": finite(leaves[name].grad),
            }
            for name, (typed, number) in numbers.items()
        ],
    }


def finite(x: float) -> float | None:
    """A number for JSON, which knows no inf."""
    return x if math.isfinite(x) else None


def named_leaves(root: Value) -> list[Value]:
    """The named leaves below `root`."""
    nodes = {id(v): v for u in topological(root) for v in (u, *u.parents)} or {id(root): root}
    return [v for v in nodes.values() if not v.parents and v.label]


def steady(drawn: Picture) -> Picture:
    """Boxes wide enough for other numbers too, so that none of them moves while a number is dragged."""
    for face in drawn.faces:
        if face.rows:
            face.width = max(face.width, face.strip + ROW + 30)
    return drawn


@telling
def meanings(text: str, words: Sequence[str]) -> dict[str, Any]:
    """What the numbers of each box mean, in the order of the boxes, and the names of the boxes."""
    root = output(text, words)
    steps = record(root)
    last = {id(c.parent): (c, said) for c, said in zip(steps, describe(steps), strict=True)}
    boxes = [box.value for box in micrograd.draw(root).diagram.boxes]
    return {
        "names": [v.label if v is not None else "" for v in boxes],
        "sentences": [mean(v, root, *last.get(id(v), (None, None))) if v is not None else "" for v in boxes],
    }


def mean(v: Value, root: Value, c: Contribution | None, said: Any) -> str:
    """What data and grad of a node say, with what a nudge of it did."""
    data = format_number(v.data)
    if c is None:
        return f"{v.label} = {data} is the output: it moves one for one with itself, so its grad is 1."
    held = forward_line(v, c.names) if v.parents else f"{v.label} = {data}" if v.label else c.names.in_sentence(v)
    moved = said.check[:1].upper() + said.check[1:]
    return f"{held}. Its grad, {partial(c.names, v)}, is {said.after}. {moved}".strip()


# ---- lessons


def lesson(root: Value, at_end: bool = False, **opened: Any) -> dict[str, Any]:
    steps = record(root)
    page = Page(root, steps, len(steps) if at_end else 0, opened=opened)
    return {"html": page.html, "height": page.height}


@telling
def step(text: str, words: Sequence[str]) -> dict[str, Any]:
    """The stepper's page."""
    return lesson(output(text, words))


@telling
def predict(text: str, words: Sequence[str]) -> dict[str, Any]:
    """The stepper's page, which asks before it shows."""
    return lesson(output(text, words), predict=True)


@telling
def update(text: str, words: Sequence[str], rate: float = 0.1) -> dict[str, Any]:
    """Three updates of every number, as the button downhill makes them, as a page; or why there is none."""
    root = output(text, words)
    try:
        page = UpdatePage(Stepper(root).update(rate=rate).updates)
    except (ArithmeticError, ValueError) as error:
        said = str(error)
        return {"html": "", "height": 0, "refused": f"{said[:1].upper()}{said[1:]}."}
    return {"html": page.html, "height": page.height}


@telling
def broken(text: str, words: Sequence[str], mistake: str | None = None) -> dict[str, Any]:
    """The gradients of a pass with one mistake beside the right ones; without a choice, the first that shows here."""
    root = output(text, words)
    steps = record(root)
    found = find_visible_mistakes(steps)
    if not found:
        return {"mistakes": [], "chosen": "", "advice": "", "rows": [], "html": "", "height": 0}
    chosen = next((k for k, (m, _) in enumerate(found) if m.name == mistake), 0)
    wrong, run = found[chosen]
    last = {c.parent.label: k for k, c in enumerate(steps) if not c.parent.parents and c.parent.label}
    return {
        "mistakes": [m.name for m, _ in found],
        "chosen": wrong.name,
        "advice": wrong.advice,
        "output": root.label,
        "rows": [
            {"name": name, "right": format_number(steps[k].after), "wrong": format_number(run[k].after)}
            for name, k in sorted(last.items(), key=lambda row: names(text).index(row[0]))
        ],
        **lesson(root, at_end=True, mistake=chosen),
    }


@telling
def explain(text: str, words: Sequence[str], asked: str | None = None) -> dict[str, Any]:
    """How the derivative with respect to one node came about: headings, formulas in LaTeX and notes, and as text."""
    root = output(text, words)
    known = list(dict.fromkeys(v.label for u in topological(root) for v in (*u.parents, u) if v.label))
    known = [*names(text), *(name for name in known if name not in names(text) and name != root.label)]
    asked = asked if asked in known else next(iter(known), None)
    found = micrograd.explain(root, asked)
    parts = []
    for block in found.markdown.split("\n\n"):
        kind = "formula" if block.startswith("$$") else "heading" if block.startswith("**") else "note"
        parts.append({kind: block.strip("$\n") if kind == "formula" else re.sub(r"\\(.)", r"\1", block.strip("*"))})
    return {"names": known, "asked": asked, "output": root.label, "parts": parts, "text": found.text}


@telling
def code(text: str, words: Sequence[str]) -> dict[str, Any]:
    """The expression as a few lines of Python."""
    numbers = read_numbers(text, words)
    compute(text, numbers)  # says what is wrong
    return {"code": as_python.write(text, {name: number for name, (_, number) in numbers.items()})}


def warm_up() -> None:
    for function in (picture, meanings, step, predict, update, broken, explain, code):
        function("tanh(a*b) + a", ["a=2", "b=3"])
