"""The stepper as a page: the record as lists of text, and as data for the scripts.

Every number and every sentence comes from here; the scripts only show and hide.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.drawing.page import build_frame
from micrograd.engine import Value
from micrograd.teaching.record.mistakes import find_visible_mistakes
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import rule, sign
from micrograd.teaching.record.spelling import differential, grad_of
from micrograd.teaching.views.document import HERE, Part, build_document
from micrograd.teaching.views.scene import Scene, draw_scene, find_levels
from micrograd.teaching.words.describe import (
    BACKWARD,
    DONE,
    FORWARD_DONE,
    NOTHING,
    Description,
    describe,
    describe_forward,
    describe_gradients,
    describe_seed,
    forward,
)
from micrograd.text.names import Names
from micrograd.text.notation import format_number
from micrograd.text.whole import write_whole

MOST = 8_000  # contributions; beyond this, browsers get sluggish
MOST_WITH_MISTAKES = 300  # contributions; above this, the page leaves out the mistaken passes
CHROME = 440  # the height of everything around the picture, in pixels
LOWEST, HIGHEST = 650, 800

PREDICT = Part(
    '<button id="predict" aria-pressed="false" title="Predict before you see: sign first, then number (P)">'
    "Predict</button>",
    [("P", "predict"), ("Enter", "submit")],
    [HERE / "predict.js"],
)
BREAK = Part(
    '<label id="breaking">break it: <select id="broken" title="Run one mistake beside the correct pass (B)">'
    '<option value="">no mistake</option></select></label>',
    [("B", "break it")],
    [HERE / "broken.js"],
)
PRESENT = Part(
    '<button id="present" title="A step a slide, on the whole screen (F)">Present</button>',
    [("F", "slides, with <kbd>Page Down</kbd> and <kbd>Page Up</kbd>; <kbd>B</kbd> there: black")],
    [HERE / "present.js"],
    [HERE / "present.css"],
)


class Page:
    """The page for one record, opened at `position`; `html` is all of it.

    `remark` may follow any grad in the picture, which leaves room for it; `earlier` is said about the seed.
    `texts` are the grads and the numbers, by the id of a Value, for which the picture leaves room besides; `parameters`
    are marked in it. `opened` is what is switched on at the start: {"predict": True}, or the number of a visible
    {"mistake": 0}.
    `attributes` are those of <html>: {"data-theme": "dark"}, or {"data-slides": ""} for a page that opens as slides.
    """

    def __init__(
        self,
        root: Value,
        record: Sequence[Contribution],
        position: int = 0,
        parts: Sequence[Part] = (PREDICT, BREAK, PRESENT),
        remark: str = "",
        earlier: str = "",
        opened: Mapping[str, Any] | None = None,
        attributes: Mapping[str, str] | None = None,
        texts: tuple[Mapping[int, Sequence[str]], Mapping[int, Sequence[str]]] = ({}, {}),
        parameters: Sequence[Value] = (),
    ):
        if len(record) > MOST:
            raise ValueError(
                f"a page shows at most {MOST:,} contributions, this pass makes {len(record):,}: "
                "step through one example, or print the steps"
            )
        self.root, self.record, self.position, self.parts, self.earlier = root, record, position, parts, earlier
        self.opened, self.attributes = opened or {}, attributes or {}
        self.names = record[0].names if record else Names(root, [])
        self.described = describe(record)
        grads = self._grads(remark)
        for key, more in texts[0].items():
            grads.setdefault(key, []).extend(more)
        self.scene: Scene = draw_scene(root, self.names, grads, texts[1], parameters)

    def _grads(self, remark: str = "") -> dict[int, list[str]]:
        """By node, every text that is shown as its grad at some step."""
        texts: dict[int, list[str]] = {}
        for c, words in zip(self.record, self.described, strict=True):
            texts.setdefault(id(c.parent), []).append(f"{words.after} {mark(words)}")
            if remark:
                texts[id(c.parent)].append(f"{words.after} {remark}")
        return texts

    @property
    def title(self) -> str:
        return f"Backpropagation of {write_whole(self.names)}"

    @property
    def height(self) -> int:
        """A height for the frame that shows the page without scrolling, within reason."""
        return round(min(HIGHEST, max(LOWEST, self.scene.height + CHROME)))

    @property
    def frame(self) -> str:
        """The page for a notebook."""
        return build_frame(self.html, self.title, self.height, self.scene.svg)

    @property
    def html(self) -> str:
        return build_document(self.title, self.lines, self.rows, self.data, self.parts, self.attributes)

    @property
    def lines(self) -> list[str]:
        """The expression, an item for each node."""
        lines = []
        for v in self.names.order:
            formula, _, value = forward(v, self.names)
            lines.append(
                f"<li><span>{html.escape(self.names[v])} = {html.escape(formula)}</span> "
                f"<b>{html.escape(value)}</b></li>"
            )
        return lines

    @property
    def rows(self) -> list[str]:
        """The ledger, an item for each contribution; read.js takes words from it."""
        return [
            f"<li><i>{k}</i> <b>{html.escape(words.edge)}</b> <span>{html.escape(words.upstream[1])} × "
            f"{html.escape(words.factor)} = <em>{html.escape(with_sign(words.amount))}</em></span> "
            f"<small>{html.escape(words.sum[:-1])}</small></li>"
            for k, words in enumerate(self.described, start=1)
        ]

    @property
    def data(self) -> dict[str, Any]:
        """The data that the scripts need besides the lists; `nodes` are in the order of the boxes of the picture."""
        names, box = self.names, self.scene.box
        seed, why = describe_seed(names)
        start, how = describe_forward(names)
        return {
            "svg": self.scene.svg,
            "root": box(self.root),
            "forward": {"start": start, "how": how, "done": FORWARD_DONE},
            "seed": {"edge": seed, "why": " ".join(filter(None, [why, self.earlier])), "how": BACKWARD},
            "ending": {"done": DONE, "gradients": describe_gradients(self.record)},
            "nodes": self.nodes(),
            "order": [box(v) for v in names.order],
            "steps": self._steps(),
            "at": self.position,
            "height": self.height,
            **(self._broken() if BREAK in self.parts else {}),
            **self.opened,
        }

    def nodes(self) -> list[dict[str, Any]]:
        """What is known of each node, in the order of the boxes."""
        names, box = self.names, self.scene.box
        starts = {id(c.parent): (c.before, words) for c, words in reversed(self._pairs())}
        nodes = []
        for b in self.scene.diagram.boxes:
            v = b.value
            assert v is not None
            before, words = starts.get(id(v), (0.0, None))
            start = NOTHING if words is None or before == 0 else f"{format_number(before)} (0 of {words.arrived[1]})"
            formula, numbers, _ = forward(v, names) if v.parents else ("", "", "")
            nodes.append(
                {
                    "name": names[v],
                    "named": names.has_name(v),
                    "formula": formula,
                    "numbers": numbers,
                    "value": format_number(v.data),
                    "operands": [box(p) for p in v.parents],
                    "differential": differential(names, v),
                    "grad": grad_of(names, v),
                    "start": "1 ✓" if v is self.root else start,
                }
            )
        return nodes

    def _steps(self) -> list[dict[str, Any]]:
        box = self.scene.box
        steps = []
        for (c, words), level, ask in zip(
            self._pairs(), find_levels(self.root, self.record), choose_predictions(self.record), strict=True
        ):
            symbolic, numeric, value = words.local
            steps.append(
                {
                    "node": box(c.node),
                    "parent": box(c.parent),
                    "slot": c.slot,
                    "level": level,
                    "ask": ask,
                    "place": words.place,
                    "upstream": words.upstream[1],
                    "symbolic": symbolic,
                    "worked": value if numeric == value else f"{numeric} = {value}",
                    "local": value,
                    "amount": words.amount,
                    "after": words.after,
                    "mark": mark(words),
                    "product": words.product,
                    "why": words.why,
                    "check": words.check,
                }
            )
        return steps

    def _pairs(self) -> list[tuple[Contribution, Description]]:
        return list(zip(self.record, self.described, strict=True))

    def _broken(self) -> dict[str, Any]:
        """The mistakes that show on this graph; by step and mistake the amount and grad that differ."""
        mistakes = find_visible_mistakes(self.record) if len(self.record) <= MOST_WITH_MISTAKES else []
        wrong: list[dict[int, tuple[str, str]]] = [{} for _ in self.record]
        for m, (_, run) in enumerate(mistakes):
            for c, step, found in zip(self.record, run, wrong, strict=True):
                if step != (c.amount, c.after):
                    found[m] = with_sign(format_number(step.amount)), format_number(step.after)
        return {"broken": [mistake.name for mistake, _ in mistakes], "wrong": wrong}


def mark(words: Description) -> str:
    """How complete a grad is: (1 of 2), or ✓ when it is final."""
    return "✓" if words.final else f"({words.arrived[0]} of {words.arrived[1]})"


def with_sign(amount: str) -> str:
    return amount if amount == "0" or amount[0] in "−n" else f"+{amount}"


def choose_predictions(record: Sequence[Contribution]) -> list[bool]:
    """Which steps are worth a prediction: each rule's first use, and every further contribution to the same grad."""
    seen: set[tuple[str, str]] = set()
    reached: set[int] = set()
    chosen = []
    for c in record:
        use = (getattr(c.node.primitive, "name", sign(c.node)), rule(c.node, c.names).kinds[c.slot])
        chosen.append(c.names.has_name(c.parent) and (use not in seen or id(c.parent) in reached))
        seen.add(use)
        reached.add(id(c.parent))
    return chosen
