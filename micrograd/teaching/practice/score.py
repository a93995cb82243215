"""The score of the answers, and what to practise next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from micrograd.teaching.practice.reading import Typed
from micrograd.teaching.practice.sentences import SENTENCES, name_mistake
from micrograd.teaching.practice.wording import Words

State = Literal["open", "right", "follows", "slip", "shown"]
Credit = Literal["at once", "followed", "later", "left", "open"]
CREDITS: tuple[Credit, ...] = ("at once", "followed", "later", "left", "open")


@dataclass
class Answer:
    """The answers to one question: the first, the last, and the one that stands.

    state    open, right, follows (from a slip), slip (a wrong answer that stands) or shown (the worked line)
    """

    first: Typed | None = None
    last: Typed | None = None
    tries: int = 0
    hints: int = 0
    state: State = "open"
    value: float = 0.0
    text: str = ""

    @property
    def credit(self) -> Credit:
        """The way it counts in the score."""
        if self.state not in ("right", "follows"):
            return "left" if self.tries or self.state == "shown" else "open"
        if self.tries > 1 or self.hints:
            return "later"
        return "at once" if self.state == "right" else "followed"


@dataclass(frozen=True)
class Score:
    """How many questions got which credit, the mistakes that were made, and the rule that was missed most often."""

    credits: Mapping[Credit, int]
    mistakes: Sequence[str]
    lesson: str

    @property
    def most(self) -> int:
        return sum(self.credits.values())

    @property
    def points(self) -> float:
        """A right answer gives 1, after a hint or another try ½."""
        return self.credits["at once"] + self.credits["followed"] + self.credits["later"] / 2

    @property
    def lines(self) -> list[str]:
        counts = [SENTENCES[key].format(n=self.credits[key]) for key in CREDITS if self.credits[key]]
        total = SENTENCES["score"].format(points=f"{self.points:g}", most=self.most)
        return [
            f"{total} {', '.join(counts)}.",
            *(name_mistake("now", name) for name in self.mistakes),
            SENTENCES["practise"].format(what=self.lesson) if self.lesson else SENTENCES["nothing"],
        ]


def add_up(answers: Sequence[Answer], words: Sequence[Words], mistakes: Sequence[str]) -> Score:
    """The score of these answers; `mistakes` are those that were recognised."""
    missed: Counter[str] = Counter()
    for answer, line in zip(answers, words, strict=True):
        missed[line.lesson] += answer.credit in ("later", "left")
    lesson, count = missed.most_common(1)[0]
    return Score(Counter(answer.credit for answer in answers), list(mistakes), lesson if count else "")
