"""Which mistake explains several answers at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from micrograd.teaching.practice.questions import Question, list_questions
from micrograd.teaching.practice.reading import is_close
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.record import Contribution


def match_mistakes(asked: Sequence[Question], answers: Mapping[int, Callable[[float], bool]]) -> list[str]:
    """The mistakes whose pass gives all these answers, and not all of them right.

    `answers` holds, by question, whether a number is close to the answer that was given there.
    """
    return [
        mistake.name
        for mistake in MISTAKES
        if all(fits(asked[j].whole[mistake.name]) for j, fits in answers.items())
        and not all(is_close(asked[j].whole[mistake.name], asked[j].right.value) for j in answers)
    ]


def find_collisions(record: Sequence[Contribution]) -> list[tuple[str, str]]:
    """The pairs of mistakes that give the same answers to all questions, not all of them right."""
    asked = list_questions(record)
    right = [q.right.value for q in asked]
    answers = {m.name: [q.whole[m.name] for q in asked] for m in MISTAKES}
    wrong = {name: given for name, given in answers.items() if not all(map(is_close, given, right))}
    return [
        (one, other)
        for i, (one, given) in enumerate(wrong.items())
        for other, also in list(wrong.items())[:i]
        if all(map(is_close, given, also))
    ]
