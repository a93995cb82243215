"""The stepper's page with questions: one self-contained string of HTML for all rounds.

The right answers, the answers that each mistake gives, and every sentence come from here; the scripts compare numbers.
Without a script the page shows the ledger with its blanks.
"""

from __future__ import annotations

import html
import json
import math
import zlib
from collections.abc import Sequence
from typing import Any

from micrograd.drawing.page import build_frame
from micrograd.teaching.practice.questions import Blanks, Question, find_constants, list_questions
from micrograd.teaching.practice.round import Round
from micrograd.teaching.practice.sentences import RULES, SENTENCES, name_mistake
from micrograd.teaching.practice.session import Session
from micrograd.teaching.practice.wording import Words
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.views.document import HERE, Part, build_document
from micrograd.teaching.views.page import Page

ROUNDS = {
    Blanks.LAST_LEAF: "one blank",
    Blanks.LEAVES: "the leaves are blank",
    Blanks.ALL: "all is blank",
    Blanks.ALL_AND_SEED: "all is blank, and the seed",
}
IN_THE_PAGE = (  # sentences that the page fills in or chooses itself
    *("follows", "coincides", "first try", "goes on", "done"),
    *("score", "at once", "followed", "later", "left", "open", "nothing"),
)
YOURS = "(yours)"  # next to a wrong answer that is shown as a grad
TALLER = 60  # pixels more than the stepper needs: the rules, and room for replies
QUESTIONS = Part(
    '<strong id="round"></strong><span id="progress"></span>'
    '<button id="again" title="The same questions again">Start again</button>',
    [("Enter", "submit"), ("H", "hint, after an attempt")],
    [HERE / "judging.js", HERE / "questions.js"],
    [HERE / "practice.css"],
)


class PracticePage:
    """The page that asks these rounds one by one; `html` is all of it, `frame` shows it in a notebook."""

    def __init__(self, rounds: Sequence[Round]):
        self.rounds = rounds
        self.pages = [Page(round.root, round.record, 0, (), YOURS) for round in rounds]
        self.title = f"Practise backpropagation. {rounds[0].title}"

    @property
    def html(self) -> str:
        asked = [list_questions(round.record, round.blanks) for round in self.rounds]
        first, *others = (self._round(k, questions) for k, questions in enumerate(asked))
        text = json.dumps([data["questions"] for data in (first, *others)])
        shared = {
            "mistakes": [_mistake(mistake.name) for mistake in MISTAKES],
            "said": {key: SENTENCES[key] for key in IN_THE_PAGE},
            "rules": RULES,
            "key": f"micrograd-practice-{zlib.crc32(text.encode()):08x}",
        }
        blank = {question.step for question in asked[0]} | set(find_constants(self.rounds[0].record))
        page = self.pages[0]
        rows = [
            f"<li><i>{k + 1}</i> <b>{html.escape(words.edge)}</b> ____</li>" if k in blank else row
            for k, (words, row) in enumerate(zip(page.described, page.rows, strict=True))
        ]
        return build_document(self.title, page.lines, rows, {**shared, **first, "rounds": others}, [QUESTIONS])

    @property
    def frame(self) -> str:
        return build_frame(self.html, self.title, self.height, self.pages[0].scene.svg)

    @property
    def height(self) -> int:
        """A height for the frame that suits all rounds."""
        return max(page.height for page in self.pages) + TALLER

    def _round(self, k: int, asked: Sequence[Question]) -> dict[str, Any]:
        """The data of one round for the scripts, besides those that all rounds share."""
        round, page = self.rounds[k], self.pages[k]
        words = Session(round.record, asked).words
        task = round.task
        many = f"Round {k + 1} of {len(self.rounds)}: " if len(self.rounds) > 1 else ""
        return {
            **page.data,
            "height": self.height,
            "title": f"Practise backpropagation. {round.title}",
            "lines": "".join(page.lines),
            "ledger": "".join(page.rows),
            "questions": [
                _question(round.record, question, line) | {"gives": _gives(page, question)}
                for question, line in zip(asked, words, strict=True)
            ],
            "constants": find_constants(round.record),
            "round": many + ROUNDS[round.blanks],
            "about": {
                "title": round.title,
                "level": task.level.number if task else None,
                "seed": task.seed if task else None,
                "turn": task.turn if task else None,
                "round": k + 1,
                "rounds": len(self.rounds),
            },
            "yours": YOURS,
        }


def _gives(page: Page, question: Question) -> int | None:
    """The box of the node whose grad this question gives, if it gives all of it."""
    whole = question.kind in ("seed", "grad") or page.described[question.step].arrived[1] == 1
    return page.scene.box(question.node) if whole else None


def _question(record: Sequence[Contribution], question: Question, words: Words) -> dict[str, Any]:
    """The numbers that judging.js compares with, and the sentences that it says."""
    index = {mistake.name: k for k, mistake in enumerate(MISTAKES)}
    return {
        "kind": question.kind,
        "step": question.step,
        "right": question.right.value,
        "dependsOn": question.right.depends_on,
        "upstream": question.upstream,
        "given": record[question.step].upstream if question.kind == "amount" else None,
        "whole": [_finite(question.whole[mistake.name]) for mistake in MISTAKES],
        "alone": [
            {"mistake": index[name], "value": guess.value, "dependsOn": guess.depends_on}
            for name, guess in question.alone.items()
        ],
        "twin": words.twin.answer,
        "title": words.title,
        "short": words.short,
        "prompt": words.prompt,
        "hints": words.hints,
        "parts": words.parts,
        "above": words.upstream[0],
        "said": _replies(words),
    }


def _replies(words: Words) -> dict[str, str]:
    """The replies to the answers to a question; `{u}` and `{r}` are left for the learner's own numbers."""
    replies = {
        "right": SENTENCES["right"].format(why=words.why),
        "wrong": words.wrong,
        "shown": SENTENCES["shown"].format(worked=words.hints[-1]),
        "rule": words.reminder,
        "practise": SENTENCES["practise"].format(what=words.lesson),
        "twin": SENTENCES["twin"].format(twin=words.twin.question),
        "twinRight": SENTENCES["twin right"].format(worked=words.twin.worked),
        "twinWrong": SENTENCES["twin wrong"].format(rule=words.reminder),
        "twinShown": SENTENCES["twin shown"].format(worked=words.twin.worked),
    }
    if words.upstream[0]:
        replies["upstreamRight"] = words.judge_upstream(True)
        replies["upstreamWrong"] = words.judge_upstream(False)
    return replies


def _mistake(name: str) -> dict[str, str]:
    """The sentences about a mistake: at an answer, after several answers, and in the summary."""
    return {
        "here": name_mistake("mistake", name),
        "byNow": name_mistake("by now", name),
        "now": name_mistake("now", name),
    }


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
