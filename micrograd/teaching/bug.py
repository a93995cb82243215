"""Find the bug: a pass with one mistake in it; the learner finds the first wrong line and names the mistake.

    bug = micrograd.practice(level=5).bug()     # in a notebook: the page
    print(bug)                                  # the mistaken pass, line by line, and the mistakes to choose from
    bug.answer(3)                               # the first wrong line; 0 is the seed
    bug.answer("b")                             # the mistake, by its letter or its name
    bug.hint()                                  # after an attempt
    bug.score

What is said to every answer is worked out here; the page looks it up.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from micrograd.teaching.practice.questions import same
from micrograd.teaching.practice.reading import Unread
from micrograd.teaching.practice.wording import Said
from micrograd.teaching.record.mistake import Mistake, PassStep
from micrograd.teaching.record.mistakes import find_visible_mistakes
from micrograd.teaching.record.notation import partial
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.views.document import write_page
from micrograd.teaching.words.describe import NOTHING, Description, describe
from micrograd.text.notation import format_number

if TYPE_CHECKING:
    from micrograd.teaching.exercise import Exercise

FIND, NAME = "Which line is the first wrong one?", "Which mistake is it?"
RIGHT, WRONG, LATER = "right", "wrong", "later"


@dataclass(frozen=True)
class Line:
    """A line of the mistaken pass: what arrives where, and what becomes of the grad there."""

    edge: str
    place: str
    amount: str
    grad: str
    before: str
    after: str

    @property
    def said(self) -> str:
        return f"{self.amount} arrives, and {self.grad} goes from {self.before} to {self.after}"


class Bug:
    """A mistaken pass, and the two questions about it."""

    def __init__(self, exercise: Exercise, mistake: str | None = None, seed: int | str | None = None):
        self.exercise, self.record = exercise, exercise.record
        visible = find_visible_mistakes(self.record)
        finite = [
            (m, run)
            for m, run in visible
            if all(math.isfinite(x) for pair in run for x in pair) and _first(self.record, m, run) is not None
        ]
        if not finite:
            raise ValueError(f"no mistake shows on this graph: every one gives the right gradients of {exercise.title}")
        names = [m.name for m, _ in finite]
        if mistake is not None and mistake not in names:
            raise ValueError(f"on this graph no mistake shows as {mistake!r}; there are: {', '.join(names)}")
        rng = Random(f"bug {seed if seed is not None else exercise.seed}, {exercise.title}")
        self.mistakes = finite
        self.mistake, self.run = finite[names.index(mistake)] if mistake else rng.choice(finite)
        self.told: list[Description] = describe(self.record)
        self.lines = _lines(self.record, self.told, self.mistake, self.run)
        self.first = _first(self.record, self.mistake, self.run) or 0
        self.choices = [m.name for m, _ in finite]
        self.found = self.named = False
        self.tries = 0

    # ---- the answers, and what they lead to

    @property
    def seed(self) -> str:
        """With what the mistaken pass starts."""
        return format_number(self.mistake.seed(self.record[0].names.root))

    @property
    def done(self) -> bool:
        return self.found and self.named

    @property
    def question(self) -> str:
        return "Found." if self.done else NAME if self.found else FIND

    def about_line(self, number: int) -> tuple[str, str]:
        """Whether this is the first wrong line (right, wrong, later), and what is said to that."""
        what = f"line {number}" if number else "the seed"
        if number == self.first:
            return RIGHT, f"Right: {what} is the first wrong one. It should be: {self._correct(number)}."
        if number < self.first or self._sound(number):
            return WRONG, f"No: {what} is as it should be: {self._correct(number)}."
        return LATER, f"No: {what} is wrong, but something before it is wrong already."

    def about_name(self, name: str) -> tuple[str, str]:
        """Whether this is the mistake, and what is said to that."""
        if name == self.mistake.name:
            return RIGHT, f"Right: {name}. Remember: {self.mistake.advice}."
        other, run = next((m, run) for m, run in self.mistakes if m.name == name)
        lines = _lines(self.record, self.told, other, run)
        root = self.record[0].names.root
        if other.seed(root) != self.mistake.seed(root):
            return WRONG, f"No: with “{name}” the seed would be {format_number(other.seed(root))}."
        k = next((k for k, (a, b) in enumerate(zip(lines, self.lines, strict=True)) if a != b), None)
        if k is None:
            return RIGHT, f"Here “{name}” and “{self.mistake.name}” come to the same. Remember: {other.advice}."
        return WRONG, f"No: with “{name}” line {k + 1} would be: {lines[k].said}."

    def _sound(self, number: int) -> bool:
        if not number:
            return self.seed == "1"
        c, (amount, after) = self.record[number - 1], self.run[number - 1]
        return same(amount, c.amount) and same(after, c.after)

    def _correct(self, number: int) -> str:
        if not number:
            names = self.record[0].names
            return f"{partial(names, names.root)} = 1"
        told = self.told[number - 1]
        return f"{told.edge}: {told.product}; {told.sum.rstrip('.')}"

    def answer(self, typed: str | int) -> str:
        """The first wrong line, by its number, then the mistake, by its letter or name. Raises `ValueError`."""
        if self.done:
            return Said(self.question)
        if not self.found:
            verdict, said = self.about_line(self._number(typed))
            self.found = verdict == RIGHT
        else:
            verdict, said = self.about_name(self._name(str(typed)))
            self.named = verdict == RIGHT
        self.tries += 1
        return Said(f"{said}\n{self.score if self.done else self.question}")

    def _number(self, typed: str | int) -> int:
        text = str(typed).strip()
        if not text.isdigit() or int(text) > len(self.lines):
            raise Unread(f"A line is a number from 0 (the seed) to {len(self.lines)}, got “{text}”.")
        return int(text)

    def _name(self, typed: str) -> str:
        text = typed.strip()
        if len(text) == 1 and 0 <= ord(text.lower()) - ord("a") < len(self.choices):
            return self.choices[ord(text.lower()) - ord("a")]
        if text in self.choices:
            return text
        raise Unread(f"A mistake is a letter from a to {_letter(len(self.choices) - 1)}, got “{text}”.")

    def hint(self) -> str:
        """After an attempt: where to look, or what ought to have been remembered."""
        if not self.tries:
            return Said("A hint comes after an attempt: a guess will do.")
        return Said(self.hints[self.found])

    @property
    def hints(self) -> tuple[str, str]:
        """One for the line, one for the mistake."""
        if not self.first:
            where = "Look at the start."
        else:
            where = f"Check every line by itself: upstream × local, then the sum. Look at what leaves {self._origin()}."
        return where, f"What ought to be remembered: {self.mistake.advice}."

    def _origin(self) -> str:
        c = self.record[self.first - 1]
        return c.names[c.node]

    @property
    def score(self) -> str:
        """How many attempts the two answers took."""
        many = f"{self.tries} attempt{'s' if self.tries != 1 else ''}"
        return Said(f"Found after {many}." if self.done else f"{many} so far.")

    # ---- showing

    @property
    def title(self) -> str:
        return f"Find the bug. {self.exercise.title}"

    def __str__(self) -> str:
        names = self.record[0].names
        said = [*self.exercise.given, "Backward, with one mistake in it:"]
        said.append(f"   0  seed: {partial(names, names.root)} = {self.seed}")
        said += [f"{k:4}  {line.edge}, {line.place}: {line.said}" for k, line in enumerate(self.lines, start=1)]
        if self.found:
            said += self.listed
        return "\n".join([*said, self.question])

    @property
    def listed(self) -> list[str]:
        """The mistakes to choose from."""
        return [f"   {_letter(k)}  {name}" for k, name in enumerate(self.choices)]

    def __repr__(self) -> str:
        return f"<Bug in {self.exercise.title}: {self.question}>"

    @property
    def html(self) -> str:
        """The page, on its own."""
        from micrograd.teaching.views.bug_page import BugPage

        return BugPage(self).html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to `path`, which ends in .html; returns the path."""
        return write_page(self.html, path, "a page is saved as .html, got {name}")

    def _repr_html_(self) -> str:
        from micrograd.teaching.views.bug_page import BugPage

        return BugPage(self).frame

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows."""
        return "text/html", self._repr_html_()


def _letter(k: int) -> str:
    return chr(ord("a") + k)


def _lines(
    record: Sequence[Contribution], told: Sequence[Description], mistake: Mistake, run: Sequence[PassStep]
) -> list[Line]:
    """The mistaken pass, line by line."""
    stands: dict[int, float] = {}
    lines = []
    for c, line, (amount, after) in zip(record, told, run, strict=True):
        key = id(c.parent)
        before = (
            format_number(stands[key]) if key in stands else format_number(after - amount) if mistake.again else NOTHING
        )
        stands[key] = after
        lines.append(Line(line.edge, line.place, format_number(amount), line.grad, before, format_number(after)))
    return lines


def _first(record: Sequence[Contribution], mistake: Mistake, run: Sequence[PassStep]) -> int | None:
    """The number of the first wrong line; 0 is the seed. None where every line is as good as right."""
    if mistake.seed(record[0].names.root) != 1.0:
        return 0
    wrong = (
        k
        for k, (c, (amount, after)) in enumerate(zip(record, run, strict=True), start=1)
        if not (same(amount, c.amount) and same(after, c.after))
    )
    return next(wrong, None)
