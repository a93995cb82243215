"""The stepper's page with questions: one self-contained string of HTML, one exercise after another in it.

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

from micrograd.teaching.exercise import Exercise
from micrograd.teaching.practice.questions import ALL, LEAVES, ONE, SEED, Question, constants, questions
from micrograd.teaching.practice.session import Session
from micrograd.teaching.practice.wording import RULES, SAID, Words
from micrograd.teaching.record.mistake import Mistake
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.views.document import HERE, Part, build_document, build_frame
from micrograd.teaching.views.page import Page

ROUNDS = {ONE: "one blank", LEAVES: "the leaves are blank", ALL: "all is blank", SEED: "all is blank, and the seed"}
IN_THE_PAGE = (  # sentences that the page fills in or chooses itself
    *("follows", "coincides", "first try", "goes on", "done"),
    *("score", "at once", "followed", "later", "left", "open", "nothing"),
)
YOURS = "(yours)"  # beside a wrong answer that stands as a grad
QUESTIONS = Part(
    '<strong id="round"></strong><span id="progress"></span>'
    '<button id="again" title="The same questions again">Start again</button>',
    [("Enter", "submit"), ("H", "hint, after an attempt")],
    [HERE / "judging.js", HERE / "questions.js"],
    [HERE / "practice.css"],
)


class Practice:
    """The page that asks these exercises one after the other; `html` is all of it, `frame` shows it in a notebook."""

    def __init__(self, rounds: Sequence[Exercise]):
        self.rounds = rounds
        self.pages = [Page(exercise.root, exercise.record, 0, (), YOURS) for exercise in rounds]
        self.title = f"Practise backpropagation. {rounds[0].title}"

    @property
    def html(self) -> str:
        asked = [questions(exercise.record, exercise.blanks) for exercise in self.rounds]
        first, *others = (self._round(k, questions) for k, questions in enumerate(asked))
        text = json.dumps([data["questions"] for data in (first, *others)])
        shared = {
            "mistakes": [_mistake(mistake) for mistake in MISTAKES],
            "said": {key: SAID[key] for key in IN_THE_PAGE},
            "rules": RULES,
            "key": f"micrograd-practice-{zlib.crc32(text.encode()):08x}",
        }
        blank = {question.step for question in asked[0]} | set(constants(self.rounds[0].record))
        page = self.pages[0]
        rows = [
            f"<li><button><i>{k + 1}</i> <b>{html.escape(words.edge)}</b> ____</button></li>" if k in blank else row
            for k, (words, row) in enumerate(zip(page.described, page.rows, strict=True))
        ]
        return build_document(self.title, page.lines, rows, {**shared, **first, "rounds": others}, [QUESTIONS])

    @property
    def frame(self) -> str:
        page = self.pages[0]
        return build_frame(self.html, self.title, page.height, page.scene.svg)

    def _round(self, k: int, asked: Sequence[Question]) -> dict[str, Any]:
        """What the scripts know of one round, beside what all rounds share."""
        exercise, page = self.rounds[k], self.pages[k]
        words = Session(exercise.record, asked).words
        many = f"Round {k + 1} of {len(self.rounds)}: " if len(self.rounds) > 1 else ""
        return {
            **page.data,
            "title": f"Practise backpropagation. {exercise.title}",
            "lines": "".join(page.lines),
            "ledger": "".join(page.rows),
            "questions": [
                _question(exercise.record, question, line) | {"gives": _gives(page, question)}
                for question, line in zip(asked, words, strict=True)
            ],
            "constants": constants(exercise.record),
            "round": many + ROUNDS[exercise.blanks],
            "yours": YOURS,
        }


def _gives(page: Page, question: Question) -> int | None:
    """The box of the node whose grad this question gives, if it gives all of it."""
    whole = question.kind in ("seed", "grad") or page.described[question.step].arrived[1] == 1
    return page.scene.box(question.node) if whole else None


def _question(record: Sequence[Contribution], question: Question, words: Words) -> dict[str, Any]:
    """What judging.js compares with, and what it says."""
    number = {mistake.name: k for k, mistake in enumerate(MISTAKES)}
    return {
        "kind": question.kind,
        "step": question.step,
        "right": question.right.value,
        "leans": question.right.leans,
        "upstream": question.upstream,
        "given": record[question.step].upstream if question.kind == "amount" else None,
        "whole": [_finite(question.whole[mistake.name]) for mistake in MISTAKES],
        "alone": [
            {"mistake": number[name], "value": _finite(guess.value), "leans": guess.leans}
            for name, guess in question.alone.items()
        ],
        "twin": words.twin.answer,
        "title": words.title,
        "short": words.short,
        "prompt": words.prompt,
        "hints": words.hints,
        "parts": words.parts,
        "above": words.blanks.get("upstream", ""),
        "said": _replies(words),
    }


def _replies(words: Words) -> dict[str, str]:
    """What is said to the answers to a question; `{u}` and `{r}` are left for the learner's own numbers."""
    own = {"u": "{u}"}
    known = words.rule in RULES
    rule = f"{words.rule}: {RULES[words.rule]}" if known else words.why
    lesson = f"{words.rule} ({RULES[words.rule]})" if known else "the start of the pass"
    replies = {
        "right": SAID["right"].format(why=words.why),
        "wrong": SAID[words.after].format(**words.blanks),
        "shown": SAID["shown"].format(worked=words.hints[-1]),
        "rule": rule,
        "practise": SAID["practise"].format(what=lesson),
        "twin": SAID["twin"].format(twin=words.twin.question),
        "twinRight": SAID["twin right"].format(worked=words.twin.worked),
        "twinWrong": SAID["twin wrong"].format(rule=rule),
        "twinShown": SAID["twin shown"].format(worked=words.twin.worked),
    }
    if "upstream" in words.blanks:
        replies["upstreamRight"] = SAID["upstream right"].format(**own, **words.blanks)
        replies["upstreamWrong"] = SAID["upstream wrong"].format(**own, **words.blanks)
    return replies


def _mistake(mistake: Mistake) -> dict[str, str]:
    """What is said of a mistake: at an answer, after several answers, and in the summary."""
    known = {"name": mistake.name, "mistake": mistake.name, "advice": mistake.advice}
    return {
        "here": SAID["mistake"].format(**known),
        "byNow": SAID["by now"].format(**known),
        "now": SAID["now"].format(**known),
    }


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
