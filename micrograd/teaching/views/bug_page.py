"""The stepper's page with a mistaken pass in its ledger, and two questions about it."""

from __future__ import annotations

import html
from typing import Any

from micrograd.drawing.page import build_frame
from micrograd.teaching.practice.hunt import FIND, NAME, Hunt
from micrograd.teaching.practice.sentences import SENTENCES
from micrograd.teaching.record.spelling import partial
from micrograd.teaching.views.document import HERE, Part, build_document
from micrograd.teaching.views.page import Page, mark, with_sign

HIDDEN = dict.fromkeys(("upstream", "symbolic", "worked", "local", "product", "why", "check"), "")
HUNT = Part(
    "<strong>One mistake is in this pass.</strong>",
    [("H", "hint, after an attempt")],
    [HERE / "bug.js"],
    [HERE / "practice.css"],
)


class BugPage:
    """The page of one mistaken pass; `html` is all of it, `frame` shows it in a notebook."""

    def __init__(self, hunt: Hunt):
        self.hunt, self.title = hunt, hunt.title
        self.page = Page(hunt.root, hunt.record, 0, ())

    @property
    def html(self) -> str:
        return build_document(self.title, self.page.lines, self._rows(), self._page_data(), [HUNT])

    @property
    def frame(self) -> str:
        return build_frame(self.html, self.title, self.page.height, self.page.scene.svg)

    def _rows(self) -> list[str]:
        return [
            f"<li><i>{k}</i> <b>{html.escape(line.edge)}</b> "
            f"<span><em>{html.escape(with_sign(line.amount))}</em> </span>"
            f"<small>{html.escape(f'{line.grad}: {line.before} → {line.after}')}</small></li>"
            for k, line in enumerate(self.hunt.lines, start=1)
        ]

    def _page_data(self) -> dict[str, Any]:
        """The page's data with the mistaken numbers in place of the right ones, and a reply to every answer."""
        hunt, data, names = self.hunt, self.page.data, self.page.names
        steps = [
            step | HIDDEN | {"amount": line.amount, "after": line.after, "mark": "" if words.final else mark(words)}
            for step, line, words in zip(data["steps"], hunt.lines, self.page.described, strict=True)
        ]
        data["nodes"][data["root"]]["start"] = hunt.seed
        seed = {"edge": f"Seed: {partial(names, names.root)} = {hunt.seed}", "why": ""}
        about = {"title": hunt.task}
        return {**data, "steps": steps, "seed": seed, "bug": self._questions(), "about": about}

    def _questions(self) -> dict[str, Any]:
        hunt, numbers = self.hunt, range(len(self.hunt.lines) + 1)
        return {
            "lines": [f"In this pass {line.change}." for line in hunt.lines],
            "first": SENTENCES["first try"],
            "find": {
                "question": FIND,
                "choices": [f"line {k}: {hunt.lines[k - 1].edge}" if k else "the seed" for k in numbers],
                "replies": [_reply(*hunt.judge_line(k)) for k in numbers],
                "hint": hunt.line_hint,
            },
            "name": {
                "question": NAME,
                "choices": hunt.choices,
                "replies": [_reply(*hunt.judge_name(name)) for name in hunt.choices],
                "hint": hunt.name_hint,
            },
        }


def _reply(verdict: str, text: str) -> dict[str, Any]:
    return {"right": verdict == "right", "text": text}
