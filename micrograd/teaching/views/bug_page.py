"""The stepper's page with a mistaken pass in its ledger, and two questions about it."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

from micrograd.teaching.bug import FIND, NAME, Bug
from micrograd.teaching.views.page import Page, Part, document, frame, signed

HERE = Path(__file__).parent
HUNT = Part(
    "<strong>One mistake is in this pass.</strong>",
    [("H", "hint, after an attempt")],
    [HERE / "bug.js"],
    [HERE / "practice.css"],
)


class BugPage:
    """The page of one mistaken pass; `html` is all of it, `frame` shows it in a notebook."""

    def __init__(self, bug: Bug):
        self.bug, self.title = bug, bug.title
        self.page = Page(bug.exercise.root, bug.record, 0, ())

    @property
    def html(self) -> str:
        return document(self.title, self.page.lines, self._rows(), self._data(), [HUNT])

    @property
    def frame(self) -> str:
        return frame(self.html, self.title, self.page.height, self.page.scene.svg)

    def _rows(self) -> list[str]:
        return [
            f"<li><button><i>{k}</i> <b>{html.escape(line.edge)}</b> <span><em>{html.escape(signed(line.amount))}</em> "
            f"</span><small>{html.escape(f'{line.grad}: {line.before} → {line.after}')}</small></button></li>"
            for k, line in enumerate(self.bug.lines, start=1)
        ]

    def _data(self) -> dict[str, Any]:
        """The page's data with the mistaken numbers in place of the right ones, and a reply to every answer."""
        bug, data = self.bug, self.page.data
        for step, line in zip(data["steps"], bug.lines, strict=True):
            step[6:13] = ["", "", "", "", line.amount, line.before, line.after]
            step[16] = ""
        numbers = range(len(bug.lines) + 1)
        return {
            **data,
            "whys": [""] * len(data["whys"]),
            "bug": {
                "seed": bug.seed,
                "questions": [FIND, NAME],
                "lines": [line.said for line in bug.lines],
                "numbers": [f"line {k}: {bug.lines[k - 1].edge}" if k else "the seed" for k in numbers],
                "replies": [bug.about_line(k) for k in numbers],
                "choices": bug.choices,
                "names": [bug.about_name(name) for name in bug.choices],
                "hints": [*bug.hints, "A hint comes after an attempt: a guess will do."],
            },
        }
