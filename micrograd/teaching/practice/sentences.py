"""The sentences that do not depend on the question: rules, replies, the score.

The names in a template say what is filled in.
"""

from __future__ import annotations

from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.words.describe import forward_line
from micrograd.text.names import Names
from micrograd.text.terminal import fitted


class Said(str):
    """Sentences that a notebook shows as they are."""

    @fitted
    def __str__(self) -> str:
        return str.__str__(self)

    __repr__ = __str__


RULES = {
    "copy": "+ passes the upstream on unchanged; − flips its sign for the operand that is subtracted",
    "swap": "× hands each operand the upstream times the value of the other",
    "scale": "powers, ÷ and functions: the upstream times their slope at this point, such as n·xⁿ⁻¹ or 1 − tanh²",
    "gate": "relu lets the upstream through if its operand is positive, and blocks it otherwise; "
    "max and min let it through to the operand that they take, and |x| flips its sign below 0",
    "sum": "all contributions that arrive at a node are added",
}
ADVICE = {mistake.name: mistake.advice for mistake in MISTAKES}

SENTENCES = {
    "right": "Right: {why}",
    "coincides": "Right, although it does not follow from your {value} for {from}.",
    "follows": "It follows from your {value} for {from}, so it counts, although that one was not right.",
    "mistake": "This answer comes from a well-known mistake ({name}). Remember: {advice}.",
    "by now": "Your answers so far fit a well-known mistake ({name}). Remember: {advice}.",
    "which upstream": "Not yet. First things first: what is the upstream here, {upstream}?",
    "which parts": "Not yet. Which contributions arrive at {node}, and how large is each of them?",
    "which seed": "Not yet. How far does {node} move when {node} itself is nudged by 1?",
    "right number": "Right as a number: {local} is {number} here. How do you write it as a formula, for any numbers?",
    "which formula": "Not yet. Nudge {node} a little: how many times as far does {above} move?",
    "upstream right": "Yes, the upstream is {u}. The contribution is the upstream times the local derivative.",
    "upstream wrong": "No: the upstream is the grad of {above}, the node that the edge comes from.",
    "no upstream": "This question has no upstream.",
    "first try": "A hint comes after an attempt: a guess will do.",
    "twin": "Now a similar one, without help: {twin}",
    "twin right": "Right: {worked}.",
    "twin wrong": "Not yet. The rule is {rule}.",
    "twin shown": "Its worked line: {worked}.",
    "goes on": "Your {value} stands, and what follows from it counts.",
    "shown": "Here it is: {worked}.",
    "done": "That was the last question.",
    "score": "Score: {points} of {most}.",
    "at once": "{n} right at once",
    "followed": "{n} following from a slip",
    "later": "{n} right after a hint or another try (½ each)",
    "left": "{n} not right",
    "open": "{n} not answered",
    "practise": "Practise next: {what}.",
    "nothing": "Nothing to repeat: leave more blanks, or take the next level.",
    "now": "{name}: {advice}",
}


def name_mistake(key: str, name: str) -> str:
    """A sentence about a mistake, with what to remember."""
    return SENTENCES[key].format(name=name, advice=ADVICE[name])


def write_task(title: str, names: Names) -> list[str]:
    """The given facts: the forward pass, line by line."""
    return [f"{title}. Forward:", *(f"  {forward_line(v, names)}" for v in names.order)]
