"""The stepper as a conversation: plain lines of text, to be read on a screen or heard from a screen reader.

Nothing is drawn or overwritten, so it works through a pipe too: `printf 'n\nn\nq\n' | micrograd step "a*b" a=2 b=3`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TextIO

from micrograd.teaching.record.position import Position
from micrograd.teaching.record.spelling import partial
from micrograd.teaching.words.describe import describe, describe_earlier, describe_gradients, forward_line
from micrograd.text.notation import count, format_number

KEYS = """\
  n or Enter   next contribution         b or p   back
  N            the rest of this node     B or P   back to the start of a node
  g            first                     G        last
  a number     go to that step           l        list the steps made so far
  ?            these keys                q        quit"""


class Conversation:
    """The stepper's texts at each position, and the effect of each key."""

    def __init__(self, stepper: Position):
        self.stepper = stepper
        self.descriptions = describe(stepper.record)

    def opening(self) -> Iterator[str]:
        """The forward pass, line by line, and the seed."""
        if not self.stepper.record:
            yield f"{format_number(self.stepper.root.data)} is a number: no operation, and nothing to go back through."
            return
        names = self.stepper.record[0].names
        yield "Forward:"
        for v in names.order:
            yield f"  {forward_line(v, names)}"
        many = count(len(self.descriptions), "contribution")
        yield f"Backward: {many}, from the seed {partial(names, names.root)} = 1."
        if earlier := describe_earlier(self.stepper):
            yield earlier

    def step(self, k: int) -> Iterator[str]:
        """Step number `k`, counted from 1."""
        yield f"Step {k} of {len(self.descriptions)}."
        yield from (f"  {line}" for line in str(self.descriptions[k - 1]).split("\n"))

    def ending(self) -> Iterator[str]:
        """The gradients of the named leaves."""
        if gradients := describe_gradients(self.stepper.record):
            yield f"Gradients: {gradients}"

    def everything(self) -> Iterator[str]:
        yield from self.opening()
        for k in range(1, len(self.descriptions) + 1):
            yield from self.step(k)
        yield from self.ending()

    def answer(self, typed: str) -> Iterator[str]:
        """Act on a line of input, and say where that leads."""
        stepper, most = self.stepper, len(self.descriptions)
        at = stepper.position
        if typed.isdecimal():
            if len(typed) > 9 or int(typed) > most:
                yield f"There {'is' if most == 1 else 'are'} only {count(most, 'step')}."
                return
            stepper.position = int(typed)
        elif typed in ("", "n", "N", "G"):
            if at == most:
                yield "That was the last step."
                yield from self.ending()
                return
            stepper.position = most if typed == "G" else at + 1
            while typed == "N" and not self._node_starts():
                stepper.position += 1
        elif typed in ("b", "p", "B", "P", "g"):
            stepper.position = 0 if typed == "g" else max(0, at - 1)
            while typed in "BP" and not self._node_starts():
                stepper.position -= 1
        elif typed == "l":
            yield from map(str, stepper.record[:at])
            return
        else:
            yield KEYS if typed in ("?", "h") else f"{typed!r} is not a key here; ? lists the keys."
            return
        yield from self.here()

    def _node_starts(self) -> bool:
        at, record = self.stepper.position, self.stepper.record
        return at in (0, len(record)) or record[at].node is not record[at - 1].node

    def here(self) -> Iterator[str]:
        if self.stepper.position:
            yield from self.step(self.stepper.position)
            if self.stepper.position == len(self.descriptions):
                yield from self.ending()
        else:
            yield "At the start: nothing pushed yet."


class Talk(Protocol):
    """What can be talked through: an opening, and an answer to each line."""

    def opening(self) -> Iterator[str]: ...
    def answer(self, typed: str) -> Iterator[str]: ...


def converse(stepper: Position, source: TextIO, out: TextIO, prompt: str = "") -> None:
    """Say the opening of the pass, then answer `source` line by line until q or its end."""
    talk_through(Conversation(stepper), source, out, prompt, bool(stepper.record))


def talk_through(talk: Talk, source: TextIO, out: TextIO, prompt: str = "", goes_on: bool = True) -> None:
    """Say the opening, then answer each line of `source` until q or its end; only the opening unless it `goes_on`."""

    def say(lines: Iterator[str]) -> None:
        for line in lines:
            out.write(line + "\n")
        out.flush()

    say(talk.opening())
    if not goes_on:
        return
    if prompt:
        say(iter(["Enter for the next step, ? for the keys, q to quit."]))
    while True:
        out.write(prompt)
        out.flush()
        typed = source.readline()
        if not typed or typed.strip() in ("q", "Q"):
            out.write("\n" if prompt and not typed else "")
            return
        say(talk.answer(typed.strip()))
