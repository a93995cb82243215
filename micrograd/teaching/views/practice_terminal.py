"""An exercise as a conversation in plain lines, also through a pipe: `printf "2\\nh\\n" | micrograd practice`.

Worked lines are told on the way to the next question.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from micrograd.teaching.bug import Bug
from micrograd.teaching.exercise import Exercise
from micrograd.teaching.practice.questions import constants
from micrograd.teaching.practice.reading import Unread
from micrograd.teaching.practice.wording import RULES
from micrograd.teaching.words.describe import describe

KEYS = """\
  a number, a fraction such as 3/4 or an expression such as 2*3 answers; a formula such as 1 - t**2 where one is asked
  u NUMBER     the upstream, when it is asked for
  h            a hint, after an attempt          s            go on: a wrong answer stands
  r            the rules                         ?            these keys
  q            quit, with the score"""


class Conversation:
    """What is said, from question to question; worked lines are told on the way."""

    def __init__(self, exercise: Exercise):
        self.exercise = exercise
        self.told = describe(exercise.record)
        self.shown = -1  # up to which step the worked lines have been told
        asked = {q.step for q in exercise.session.asked}
        left_out = asked.union(constants(exercise.record))
        self.worked = [k for k in range(len(self.told)) if k not in left_out]
        self.seeded = -1 in asked

    def onwards(self) -> Iterator[str]:
        """The worked lines up to the next question, and the question; at the end the score."""
        session, exercise = self.exercise.session, self.exercise
        until = len(self.told) if session.done else session.asked[session.at].step
        if self.shown < 0 and not self.seeded:
            yield "Backward:"
            yield f"  {self._seed()}"
        for k in self.worked:
            if self.shown <= k < until:
                told = self.told[k]
                yield f"  {told.edge}: {told.product}; {told.sum}"
        self.shown = max(self.shown, until, 0)
        if session.done:
            yield exercise.score
        else:
            yield f"Question {session.at + 1} of {len(session.asked)}. {session.prompt}"

    def _seed(self) -> str:
        names = self.exercise.record[0].names
        return f"seed: ∂{names[names.root]}/∂{names[names.root]} = 1"

    def answered(self, typed: str) -> Iterator[str]:
        """What a line of input leads to."""
        session = self.exercise.session
        at, twin = session.at, session.twin
        word, _, rest = typed.partition(" ")
        try:
            if typed == "h":
                yield from session.hint()
            elif typed == "s":
                yield from session.skip()
            elif word == "u" and rest.strip():
                yield from session.upstream(rest)
            elif typed == "r":
                yield from (f"  {name:6} {text}" for name, text in RULES.items())
            elif typed == "?":
                yield KEYS
            else:
                yield from session.answer(typed)
        except Unread as error:
            yield str(error)
        if (at, twin) != (session.at, session.twin):
            yield from self.onwards()


def converse(exercises: Iterable[Exercise], source: TextIO, out: TextIO, prompt: str = "") -> None:
    """One exercise after the other, until q or the end of the input."""

    def say(lines: Iterable[str]) -> None:
        for line in lines:
            out.write(line + "\n")
        out.flush()

    for number, exercise in enumerate(exercises):
        if number:
            say([""])
        talk = Conversation(exercise)
        say(exercise.given)
        if prompt and not number:
            say(["Type what you think, h for a hint, ? for the keys, q to quit."])
        say(talk.onwards())
        while not exercise.done:
            typed = _typed(source, out, prompt)
            if typed is None:
                say(exercise.session.score)
                return
            say(talk.answered(typed))


def hunt(bug: Bug, source: TextIO, out: TextIO, prompt: str = "") -> None:
    """Look for the mistake in a pass, until it is found and named, or q, or the end of the input."""
    out.write(f"{bug}\n")
    found = False
    while not bug.done:
        typed = _typed(source, out, prompt)
        if typed is None:
            out.write(f"{bug.score}\n")
            return
        try:
            out.write(f"{bug.hint() if typed == 'h' else bug.answer(typed)}\n")
        except Unread as error:
            out.write(f"{error}\n")
        if bug.found and not found:
            found = True
            out.write("\n".join(bug.listed) + "\n")
        out.flush()


def _typed(source: TextIO, out: TextIO, prompt: str) -> str | None:
    """The next line of input; None at its end, and for q."""
    out.write(prompt)
    out.flush()
    typed = source.readline()
    if prompt and not typed:
        out.write("\n")
    return None if not typed or typed.strip() in ("q", "Q") else typed.strip()
