"""Several updates as a conversation: plain lines of text, one act at a time, as for a single pass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from micrograd.teaching.practice.predicting import judge_prediction
from micrograd.teaching.record.updates import Update
from micrograd.teaching.words.updates import Act, tell
from micrograd.text.notation import count

KEYS = """\
  n or Enter   next step                 b or p   back
  u            the next update           U        back to the start of an update
  g            first                     G        last
  a number     go to that update         l        list the lines so far
  = a number   your prediction of where the next parameter goes
  ?            these keys                q        quit"""


class UpdateConversation:
    """The texts of a lesson, and the effect of each key."""

    def __init__(self, updates: Sequence[Update]):
        self.acts: list[Act] = list(tell(updates))
        self.starts = [k for k, act in enumerate(self.acts) if act.opens]
        self.at = 0

    def opening(self) -> Iterator[str]:
        """How much there is, and the first forward pass."""
        yield f"{count(len(self.starts), 'update')}, {count(len(self.acts), 'step')}."
        yield from self.here()

    def here(self) -> Iterator[str]:
        act = self.acts[self.at]
        yield f"{act.title}."
        yield from (f"  {line}" for line in act.full)

    def everything(self) -> Iterator[str]:
        for act in self.acts:
            yield from act.short

    def answer(self, typed: str) -> Iterator[str]:
        """Act on a line of input, and say where that leads."""
        last = len(self.acts) - 1
        if typed.startswith("="):
            yield from self.predict(typed[1:])
            return
        if typed.isdecimal():
            if not 1 <= int(typed[:9]) <= len(self.starts):
                yield f"The updates go from 1 to {len(self.starts)}."
                return
            self.at = self.starts[int(typed) - 1]
        elif typed in ("", "n", "u", "G"):
            if self.at == last:
                yield "That was the last step."
                return
            later = [k for k in self.starts if k > self.at]
            self.at = (
                last if typed == "G" or (typed == "u" and not later) else later[0] if typed == "u" else self.at + 1
            )
        elif typed in ("b", "p", "U", "g"):
            earlier = [k for k in self.starts if k < self.at] or [0]
            self.at = {"U": earlier[-1], "g": 0}.get(typed, max(0, self.at - 1))
        elif typed == "l":
            for act in self.acts[: self.at + 1]:
                yield from act.short
            return
        else:
            yield KEYS if typed in ("?", "h") else f"{typed!r} is not a key here; ? lists the keys."
            return
        yield from self.here()

    def predict(self, typed: str) -> Iterator[str]:
        """Judge the prediction of the next parameter, and show it."""
        following = self.acts[self.at + 1 : self.at + 2]
        if not following or following[0].moving is None:
            yield "No parameter moves in the next step."
            return
        try:
            yield judge_prediction(*following[0].moving, typed)
        except ValueError as error:
            yield str(error)
            return
        self.at += 1
        yield from self.here()
