"""Several updates as a page: the stepper's page for each, with a third pass in which the parameters move."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.drawing.page import build_frame
from micrograd.drawing.selection import MOST_BOXES
from micrograd.engine import Value
from micrograd.teaching.practice.predicting import KNOWN, RIGHT, ROUNDED, WRONG, name_slip
from micrograd.teaching.record.slips import SLIPS, find_wrong
from micrograd.teaching.record.spelling import grad_of
from micrograd.teaching.record.updates import Move, Update
from micrograd.teaching.views.document import HERE, Part, build_document
from micrograd.teaching.views.page import BREAK, PREDICT, PRESENT, Page, with_sign
from micrograd.teaching.words.updates import (
    explain_move,
    say_cleared,
    say_numbers,
    say_others,
    say_outcome,
    say_rule,
    write_forms,
    write_lines,
)
from micrograd.text.notation import count, format_number
from micrograd.text.typeset import text
from micrograd.text.whole import write_whole

MOST = 4_000  # contributions in all updates of a page
ASKED = 4  # with as many parameters, each is asked for; otherwise the first of a kind
JUDGING = {"right": RIGHT, "wrong": WRONG, "known": KNOWN, "rounded": ROUNDED}
UPDATES = Part(
    '<label>update <select id="chapter" title="Which update"></select></label>',
    [],
    [HERE / "update.js"],
    [HERE / "update.css"],
)


def too_large(updates: Sequence[Update]) -> str:
    """Why these updates are no page, and what to do; empty if they are one."""
    nodes = max(len(_nodes(update)) for update in updates)
    steps = sum(len(update.record) for update in updates)
    if nodes > MOST_BOXES:
        return (
            f"A page is for a network that can be read, of at most {MOST_BOXES} nodes; this loss has {nodes:,}: take "
            "fewer examples or neurons, or print the lesson."
        )
    if steps > MOST:
        return f"A page has room for {MOST:,} contributions, and this lesson makes {steps:,}: take fewer updates."
    return ""


class UpdatePage:
    """The page for these updates; `html` is all of it, `frame` shows it in a notebook."""

    def __init__(self, updates: Sequence[Update], attributes: Mapping[str, str] | None = None):
        self.attributes = attributes or {}
        if refusal := too_large(updates):
            raise ValueError(refusal)
        self.updates = updates
        rooms = _find_rooms(updates)
        self.pages = [
            Page(
                update.root,
                update.record,
                parts=(PREDICT, BREAK),
                earlier=say_cleared(update),
                texts=room,
                parameters=[move.parameter for move in update.moves],
            )
            for update, room in zip(updates, rooms, strict=True)
        ]
        self.height = max(page.height for page in self.pages)

    @property
    def title(self) -> str:
        return f"{count(len(self.updates), 'update')} of {write_whole(self.updates[0].names)}"

    @property
    def frame(self) -> str:
        return build_frame(self.html, self.title, self.height, self.pages[0].scene.svg)

    @property
    def html(self) -> str:
        first, *others = (self._chapter(k) for k in range(len(self.pages)))
        shared = {"slips": [name_slip(slip) for slip in SLIPS], "judging": JUDGING}
        data = {**first, **shared, "chapters": [None, *({**other, **shared} for other in others)]}
        lines, rows = [], []
        for update, page, chapter in zip(self.updates, self.pages, (first, *others), strict=True):
            head = f"<li><strong>Update {update.number}</strong></li>"
            lines += [head, *page.lines]
            rows += [head, *page.rows, *_rows(chapter)]
        return build_document(self.title, lines, rows, data, [PREDICT, BREAK, UPDATES, PRESENT], self.attributes)

    def _chapter(self, k: int) -> dict[str, Any]:
        """The data of one update for the scripts."""
        update, page = self.updates[k], self.pages[k]
        names, box = update.names, page.scene.box
        asked = choose_asked(update)
        values = {box(v): format_number(update.computed.get(id(v), v.data)) for v in _nodes(update)}
        root = names[names.root]
        after = "" if update.after is None else f": {format_number(update.loss)} → {format_number(update.after)}"
        return {
            **page.data,
            "height": self.height,
            "ending": "",
            "lines": "".join(page.lines),
            "ledger": "".join(page.rows),
            "again": say_numbers(update) if k else "",
            "beginning": f"Update {update.number} of {len(self.updates)}: the parameters move",
            "intro": [say_rule(update), *say_others(update)],
            "moves": [
                _move(update, move, ask) | {"box": box(move.parameter)}
                for move, ask in zip(update.moves, asked, strict=True)
            ],
            "outcome": {
                "title": f"Forward again, {root}{after}" if after else "The parameters have moved",
                "said": say_outcome(update),
                "values": [values.get(i) for i in range(len(page.scene.diagram.boxes))] if update.computed else None,
            },
        }


def _nodes(update: Update) -> list[Value]:
    """All nodes below the loss, in an order that two graphs of one shape share."""
    found = {id(v): v for u in update.names.order for v in (*u.parents, u)}
    return [*found.values()] or [update.root]


def _find_rooms(updates: Sequence[Update]) -> list[tuple[dict[int, list[str]], dict[int, list[str]]]]:
    """The texts for which each picture leaves room: those of all updates, where the graphs have one shape.

    So the boxes stay where they are from update to update.
    """
    nodes = [_nodes(update) for update in updates]
    grads: list[dict[int, list[str]]] = []
    values: list[dict[int, list[str]]] = []
    for update, here in zip(updates, nodes, strict=True):
        arriving = Counter(id(c.parent) for c in update.record)
        place = {id(v): k for k, v in enumerate(here)}
        grads.append({})
        values.append({})
        for c in update.record:
            n = arriving[id(c.parent)]
            mark = f"({n - 1} of {n})" if n > 1 else "✓"
            grads[-1].setdefault(place[id(c.parent)], []).append(f"{format_number(c.after)} {mark}")
        for v in here:
            numbers = format_number(v.data), format_number(update.computed.get(id(v), v.data))
            values[-1][place[id(v)]] = list(numbers)
        for move in update.moves:
            moved = f"{format_number(move.before)} → {format_number(move.after)}"
            values[-1][place[id(move.parameter)]].append(moved)
    if len({len(here) for here in nodes}) == 1:
        grads, values = ([_merge(texts)] * len(updates) for texts in (grads, values))
    return [
        tuple({id(here[k]): all_ for k, all_ in texts.items()} for texts in (g, v))  # type: ignore[misc]
        for here, g, v in zip(nodes, grads, values, strict=True)
    ]


def _merge(texts: Sequence[dict[int, list[str]]]) -> dict[int, list[str]]:
    merged: dict[int, list[str]] = {}
    for one in texts:
        for key, more in one.items():
            merged.setdefault(key, []).extend(more)
    return merged


def choose_asked(update: Update) -> list[bool]:
    """Which parameters are asked for: all of a few, else the first, and the first that is used several times."""
    if len(update.moves) <= ASKED:
        return [True] * len(update.moves)
    seen: set[bool] = set()
    chosen = []
    for move in update.moves:
        several = len(move.arrived) > 1
        chosen.append(several not in seen)
        seen.add(several)
    return chosen


def _move(update: Update, move: Move, ask: bool) -> dict[str, Any]:
    """The texts and numbers of one parameter."""
    names, lines = move.names, move.lines
    written = write_lines(move)
    after, before = format_number(move.after), format_number(move.before)
    forms = write_forms(lines[-1]) if lines else [written[-1]]
    numbers = text(lines[-1].formula, numeric=True) if lines else before
    grad = f"{grad_of(names, move.parameter)} = {format_number(move.grad)}"
    return {
        "name": names[move.parameter],
        "before": before,
        "after": after,
        "grad": grad,
        "symbolic": forms[0] if lines else f"{names[move.parameter]} + its change",
        "numbers": numbers,
        "work": f"{numbers} = {after}" if lines else f"{before} → {after}",
        "changed": f"{names[move.parameter]} {say_change(move)}",
        "lines": written[:-1] if lines else written,
        "said": explain_move(move),
        "ask": ask,
        "asked": [f"rate = {format_number(update.rate)}, {grad}.", *written[:-1]] if lines else [grad],
        "exact": move.after,
        "wrong": [(x, SLIPS.index(slip)) for slip, x in find_wrong(update, move)] if ask else [],
    }


def say_change(move: Move) -> str:
    return f"moves by {with_sign(format_number(move.change))}" if move.change else "stays"


def _rows(chapter: dict[str, Any]) -> list[str]:
    """The moves and the new loss, as items of the ledger without a script."""
    rows = [
        f"<li><b>{html.escape(move['name'])}</b> <span>{html.escape(move['work'])}</span> "
        f"<small>{html.escape(move['changed'])}</small></li>"
        for move in chapter["moves"]
    ]
    said = " ".join(chapter["outcome"]["said"])
    return [*rows, f"<li>{html.escape(said)}</li>"] if said else rows
