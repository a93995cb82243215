"""An exercise as a conversation in plain lines, also through a pipe: `printf "2\\nh\\n" | micrograd practice`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TextIO

from micrograd.teaching.practice.hunt import Hunt, letter
from micrograd.teaching.practice.questions import find_constants
from micrograd.teaching.practice.reading import Unread
from micrograd.teaching.practice.round import Round
from micrograd.teaching.practice.sentences import RULES, write_task
from micrograd.teaching.record.spelling import partial
from micrograd.teaching.words.describe import describe, describe_seed

KEYS = """\
  a number, a fraction such as 3/4 or an expression such as 2*3 answers; a formula such as 1 - t**2 where one is asked
  u NUMBER     the upstream, when it is asked for
  h            a hint, after an attempt          s            go on: a wrong answer stands
  r            the rules                         ?            these keys
  q            quit, with the score"""


class Conversation:
    """The texts from question to question, with the worked lines between them."""

    def __init__(self, round: Round):
        self.record, self.session = round.record, round.session
        self.described = describe(round.record)
        self.shown = -1  # the step up to which the worked lines are shown
        asked = {question.step for question in self.session.asked}
        left_out = asked.union(find_constants(round.record))
        self.worked = [k for k in range(len(self.described)) if k not in left_out]
        self.asks_seed = -1 in asked

    def go_on(self) -> Iterator[str]:
        """The worked lines up to the next question, and the question; at the end the score."""
        session = self.session
        until = len(self.described) if session.done else session.asked[session.at].step
        if self.shown < 0 and not self.asks_seed:
            yield "Backward:"
            yield f"  {describe_seed(self.record[0].names)[0]}"
        for k in self.worked:
            if self.shown <= k < until:
                line = self.described[k]
                yield f"  {line.edge}: {line.product}; {line.sum}"
        self.shown = max(self.shown, until, 0)
        if session.done:
            yield from session.score.lines
        else:
            yield f"Question {session.at + 1} of {len(session.asked)}. {session.prompt}"

    def reply(self, typed: str) -> Iterator[str]:
        """The reply to a line of input."""
        session = self.session
        at, twin = session.at, session.twin
        word, _, rest = typed.partition(" ")
        try:
            if typed == "h":
                yield from session.hint()
            elif typed == "s":
                yield from session.skip()
            elif word == "u" and rest.strip():
                yield from session.check_upstream(rest)
            elif typed == "r":
                yield from (f"  {name:6} {text}" for name, text in RULES.items())
            elif typed == "?":
                yield KEYS
            else:
                yield from session.answer(typed)
        except Unread as error:
            yield str(error)
        if (at, twin) != (session.at, session.twin):
            yield from self.go_on()


def write_exercise(round: Round) -> list[str]:
    """What is given, and the current question."""
    return [*write_task(round.title, round.record[0].names), *Conversation(round).go_on()]


def converse(rounds: Iterable[Round], source: TextIO, out: TextIO, prompt: str = "") -> None:
    """One round after another, until q or the end of the input."""
    for number, round in enumerate(rounds):
        if number:
            _say(out, [""])
        talk = Conversation(round)
        _say(out, write_task(round.title, round.record[0].names))
        if prompt and not number:
            _say(out, ["Type what you think, h for a hint, ? for the keys, q to quit."])
        _say(out, talk.go_on())
        while not round.done:
            typed = _read_line(source, out, prompt)
            if typed is None:
                _say(out, round.session.score.lines)
                return
            _say(out, talk.reply(typed))


# ---- a pass with a mistake in it


def write_hunt(hunt: Hunt) -> list[str]:
    """The mistaken pass, line by line, and the current question."""
    names = hunt.record[0].names
    return [
        *write_task(hunt.task, names),
        "Backward, with one mistake in it:",
        f"   0  Seed: {partial(names, names.root)} = {hunt.seed}",
        *(f"{k:4}  {line.edge}, {line.place}: {line.change}" for k, line in enumerate(hunt.lines, start=1)),
        *(list_choices(hunt) if hunt.found else ()),
        hunt.question,
    ]


def list_choices(hunt: Hunt) -> list[str]:
    """The mistakes to choose from."""
    return [f"   {letter(k)}  {name}" for k, name in enumerate(hunt.choices)]


def converse_about_bug(hunt: Hunt, source: TextIO, out: TextIO, prompt: str = "") -> None:
    """Until the mistake is found and named, or q, or the end of the input."""
    _say(out, write_hunt(hunt))
    while not hunt.done:
        typed = _read_line(source, out, prompt)
        if typed is None:
            _say(out, [hunt.score])
            return
        searching = not hunt.found
        try:
            _say(out, [hunt.hint()] if typed == "h" else hunt.answer(typed))
        except Unread as error:
            _say(out, [str(error)])
        if searching and hunt.found:
            _say(out, list_choices(hunt))


def _say(out: TextIO, lines: Iterable[str]) -> None:
    for line in lines:
        out.write(line + "\n")
    out.flush()


def _read_line(source: TextIO, out: TextIO, prompt: str) -> str | None:
    """The next line of input; None at its end, and for q."""
    out.write(prompt)
    out.flush()
    typed = source.readline()
    if prompt and not typed:
        out.write("\n")
    return None if not typed or typed.strip() in ("q", "Q") else typed.strip()
