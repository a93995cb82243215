"""The stepper's page with questions: one self-contained string of HTML, one exercise after the other in it.

What is right, what each mistake would answer and every sentence is worked out here; the script compares numbers.
Without a script the page shows the ledger with its blanks.
"""

from __future__ import annotations

import html
import json
import math
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from micrograd.teaching.exercise import Exercise
from micrograd.teaching.practice.questions import ALL, LEAVES, ONE, SEED, Question, constants, questions
from micrograd.teaching.practice.session import Session
from micrograd.teaching.practice.wording import RULES, SAID, Words
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.views.page import Page, Part, document, frame

HERE = Path(__file__).parent
ROUNDS = {ONE: "one blank", LEAVES: "the leaves are blank", ALL: "all is blank", SEED: "all is blank, and the seed"}
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
        self.pages = [Page(exercise.root, exercise.record, 0, ()) for exercise in rounds]
        self.title = f"Practise backpropagation. {rounds[0].title}"

    @property
    def html(self) -> str:
        asked = [questions(exercise.record, exercise.blanks) for exercise in self.rounds]
        data = [self._round(k, questions) for k, questions in enumerate(asked)]
        key = f"micrograd-practice-{zlib.crc32(json.dumps([known['questions'] for known in data]).encode()):08x}"
        for known in data:
            known["key"] = key
        first = {**data[0], "rounds": data[1:]}
        blank = {question.step for question in asked[0]} | set(constants(self.rounds[0].record))
        page = self.pages[0]
        rows = [
            f"<li><button><i>{k + 1}</i> <b>{html.escape(told.edge)}</b> ____</button></li>" if k in blank else row
            for k, (told, row) in enumerate(zip(page.told, page.rows, strict=True))
        ]
        return document(self.title, page.lines, rows, first, [QUESTIONS])

    @property
    def frame(self) -> str:
        page = self.pages[0]
        return frame(self.html, self.title, page.height, page.scene.svg)

    def _round(self, k: int, asked: Sequence[Question]) -> dict[str, Any]:
        exercise, page = self.rounds[k], self.pages[k]
        words = Session(exercise.record, asked).words
        many = f"Round {k + 1} of {len(self.rounds)}: " if len(self.rounds) > 1 else ""
        return {
            **page.data,
            "title": f"Practise backpropagation. {exercise.title}",
            "lines": "".join(page.lines),
            "ledger": "".join(page.rows),
            "questions": [_question(exercise, q, w) for q, w in zip(asked, words, strict=True)],
            "mistakes": [[mistake.name, mistake.advice] for mistake in MISTAKES],
            "constants": constants(exercise.record),
            "said": SAID,
            "rules": RULES,
            "round": many + ROUNDS[exercise.blanks],
            "rounds": [],
        }


def _question(exercise: Exercise, question: Question, words: Words) -> list[Any]:
    """A question as short as it goes; the fields are named where judging.js unpacks them."""
    number = {mistake.name: k for k, mistake in enumerate(MISTAKES)}
    given = exercise.record[question.step].upstream if question.kind == "amount" else None
    return [
        question.kind,
        question.step,
        question.right.value,
        question.right.leans,
        question.upstream,
        [_finite(question.whole[mistake.name]) for mistake in MISTAKES],
        [[number[name], _finite(guess.value), guess.leans] for name, guess in question.alone.items()],
        words.title,
        words.short,
        words.prompt,
        words.hints,
        words.why,
        words.worked,
        words.rule,
        [words.twin.question, words.twin.answer, words.twin.worked],
        words.parts,
        words.after,
        words.blanks,
        given,
    ]


def _finite(x: float) -> float | None:
    return x if math.isfinite(x) else None
