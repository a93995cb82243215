"""The hunt for a bug: a pass with one mistake in it; the learner finds the first wrong line and names the mistake.

The reply to every possible answer is worked out here; the page looks it up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from micrograd.teaching.practice.reading import Unread, is_close
from micrograd.teaching.practice.sentences import SENTENCES
from micrograd.teaching.record.mistake import Mistake, PassStep
from micrograd.teaching.record.mistakes import find_visible_mistakes
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.spelling import partial
from micrograd.teaching.words.describe import NOTHING, Description, describe
from micrograd.text.notation import count, format_number

FIND, NAME, FOUND = "Which line is the first wrong one?", "Which mistake is it?", "Found."
Verdict = Literal["right", "wrong", "later"]
Run = tuple[Mistake, list[PassStep]]


@dataclass(frozen=True)
class Line:
    """A line of the mistaken pass: what arrives where, and how it changes the grad there."""

    edge: str
    place: str
    amount: str
    grad: str
    before: str
    after: str

    @property
    def change(self) -> str:
        return f"{self.amount} arrives, and {self.grad} goes from {self.before} to {self.after}"


class Hunt:
    """One mistaken pass, the answers so far, and what to reply.

    task      what is differentiated
    runs      the mistakes to choose from, each with its pass over this record
    mistake   the one that was planted, `run` its pass, and `first` its first wrong line; 0 is the seed
    """

    def __init__(self, task: str, record: Sequence[Contribution], runs: Sequence[Run], planted: int):
        self.task, self.record, self.runs = task, record, runs
        self.root = record[0].names.root
        self.mistake, self.run = runs[planted]
        self.described: list[Description] = describe(self.record)
        self.lines = self._write(self.mistake, self.run)
        self.first = _find_first(self.record, self.mistake, self.run) or 0
        self.choices = [mistake.name for mistake, _ in runs]
        self.found = self.named = False
        self.tries = 0

    @property
    def title(self) -> str:
        return f"Find the bug. {self.task}"

    @property
    def seed(self) -> str:
        """The number that the mistaken pass starts with."""
        return format_number(self.mistake.seed(self.root))

    @property
    def done(self) -> bool:
        return self.found and self.named

    @property
    def question(self) -> str:
        return FOUND if self.done else NAME if self.found else FIND

    @property
    def score(self) -> str:
        """How many attempts the two answers took."""
        attempts = count(self.tries, "attempt")
        return f"Found after {attempts}." if self.done else f"{attempts} so far."

    # ---- what the learner does

    def answer(self, typed: str | int) -> list[str]:
        """The first wrong line by its number, then the mistake by its letter or name. Raises `Unread`."""
        if self.done:
            return [FOUND]
        if self.found:
            verdict, reply = self.judge_name(self._read_name(str(typed)))
            self.named = verdict == "right"
        else:
            verdict, reply = self.judge_line(self._read_line(typed))
            self.found = verdict == "right"
        self.tries += 1
        return [reply, self.score if self.done else self.question]

    def hint(self) -> str:
        """After an attempt: where to look for the line, or what the mistake forgets."""
        if not self.tries:
            return SENTENCES["first try"]
        return self.name_hint if self.found else self.line_hint

    @property
    def line_hint(self) -> str:
        if not self.first:
            return "Look at the start."
        c = self.record[self.first - 1]
        return f"Check every line by itself: upstream × local, then the sum. Look at what leaves {c.names[c.node]}."

    @property
    def name_hint(self) -> str:
        return f"What was forgotten: {self.mistake.advice}."

    def _read_line(self, typed: str | int) -> int:
        text = str(typed).strip()
        if not text.isdecimal() or int(text) > len(self.lines):
            raise Unread(f"A line is a number from 0 (the seed) to {len(self.lines)}, got “{text}”.")
        return int(text)

    def _read_name(self, typed: str) -> str:
        text = typed.strip()
        if text in self.choices:
            return text
        letters = [letter(k) for k in range(len(self.choices))]
        if text.lower() in letters:
            return self.choices[letters.index(text.lower())]
        raise Unread(f"A mistake is a letter from a to {letters[-1]}, got “{text}”.")

    # ---- judging

    def judge_line(self, number: int) -> tuple[Verdict, str]:
        """Whether this is the first wrong line, and the reply; later means that it is wrong, but not the first."""
        what = f"line {number}" if number else "the seed"
        if number == self.first:
            return "right", f"Right: {what} is the first wrong one. It should be: {self._correct(number)}."
        if number < self.first or self._is_sound(number):
            return "wrong", f"No: {what} is as it should be: {self._correct(number)}."
        return "later", f"No: {what} is wrong, but so is a line before it."

    def judge_name(self, name: str) -> tuple[Verdict, str]:
        """Whether this is the mistake, and the reply."""
        if name == self.mistake.name:
            return "right", f"Right: {name}. Remember: {self.mistake.advice}."
        other, run = self.runs[self.choices.index(name)]
        if other.seed(self.root) != self.mistake.seed(self.root):
            return "wrong", f"No: with “{name}” the seed would be {format_number(other.seed(self.root))}."
        for k, (line, planted) in enumerate(zip(self._write(other, run), self.lines, strict=True), start=1):
            if line != planted:
                return "wrong", f"No: with “{name}” line {k} would be: {line.change}."
        return "right", f"Here “{name}” and “{self.mistake.name}” give the same pass. Remember: {other.advice}."

    def _is_sound(self, number: int) -> bool:
        if not number:
            return self.mistake.seed(self.root) == 1.0
        return _is_right(self.record[number - 1], self.run[number - 1])

    def _correct(self, number: int) -> str:
        if not number:
            return f"{partial(self.record[0].names, self.root)} = 1"
        line = self.described[number - 1]
        return f"{line.edge}: {line.product}; {line.sum.rstrip('.')}"

    def _write(self, mistake: Mistake, run: Sequence[PassStep]) -> list[Line]:
        """A mistaken pass, line by line."""
        grads: dict[int, float] = {}
        lines = []
        for c, line, (amount, after) in zip(self.record, self.described, run, strict=True):
            key = id(c.parent)
            before = NOTHING
            if key in grads or mistake.again:
                before = format_number(grads.get(key, after - amount))
            grads[key] = after
            lines.append(Line(line.edge, line.place, format_number(amount), line.grad, before, format_number(after)))
        return lines


def plant_mistake(
    task: str, record: Sequence[Contribution], mistake: str | None = None, seed: int | str | None = None
) -> Hunt:
    """A hunt in this pass; `mistake` says which one to plant, or `seed` chooses."""
    runs = [
        (m, run)
        for m, run in find_visible_mistakes(record)
        if all(math.isfinite(x) for step in run for x in step) and _find_first(record, m, run) is not None
    ]
    if not runs:
        raise ValueError(f"no mistake shows on this graph: every one gives the right gradients of {task}")
    names = [m.name for m, _ in runs]
    if mistake is None:
        return Hunt(task, record, runs, Random(f"bug {seed}, {task}").randrange(len(runs)))
    if mistake not in names:
        raise ValueError(f"on this graph no mistake shows as {mistake!r}; there are: {', '.join(names)}")
    return Hunt(task, record, runs, names.index(mistake))


def letter(k: int) -> str:
    """The letter of a choice."""
    return chr(ord("a") + k)


def _find_first(record: Sequence[Contribution], mistake: Mistake, run: Sequence[PassStep]) -> int | None:
    """The first wrong line; 0 is the seed. None if every line is close to the right one."""
    if mistake.seed(record[0].names.root) != 1.0:
        return 0
    lines = enumerate(zip(record, run, strict=True), start=1)
    return next((k for k, (c, step) in lines if not _is_right(c, step)), None)


def _is_right(c: Contribution, step: PassStep) -> bool:
    return is_close(step.amount, c.amount) and is_close(step.after, c.after)
