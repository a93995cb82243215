"""The sentences of an exercise: what is asked, hints from the edge to the worked line, why an answer is right.

In a text `{u}` stands for what the result is made of and `{r}` for the result, as this learner has them: after a slip
what follows from it is worked with the learner's own number. In the templates of `SAID` the names say what is put in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.teaching.practice.questions import Question
from micrograd.teaching.practice.twins import Twin, twin
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.record.notation import bracket, partial
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import rule
from micrograd.teaching.words.describe import Description, forward
from micrograd.text.notation import format_number


class Said(str):
    """Sentences; shown as they are."""

    def __repr__(self) -> str:
        return str(self)


RULES = {
    "copy": "+ hands every operand the upstream as it is; − turns its sign for what is subtracted",
    "swap": "× hands each operand the upstream times the value of the other",
    "scale": "powers, ÷ and functions: the upstream times their slope here, such as n·xⁿ⁻¹ or 1 − tanh²",
    "gate": "relu lets the upstream through where its operand is positive, and stops it elsewhere",
    "sum": "all contributions that arrive at a node are added",
}
ADVICE = {mistake.name: mistake.advice for mistake in MISTAKES}
MENU = {"turn": "copy", "slope": "scale", "own": "scale"}  # kinds of a rule that the menu has under another name

SAID = {
    "right": "Right: {why}",
    "coincides": "Right, although it does not follow from your {value} for {from}.",
    "follows": "It follows from your {value} for {from}, so it counts, although that one was not right.",
    "mistake": "This is what comes out by a well-known mistake ({name}). Remember: {advice}.",
    "by now": "Your answers so far are those of a well-known mistake ({name}). Remember: {advice}.",
    "upstream?": "Not yet. First things first: what is the upstream here, {upstream}?",
    "parts?": "Not yet. Which contributions arrive at {node}, and what is each of them?",
    "seed?": "Not yet. How far does {node} move when {node} itself is nudged by 1?",
    "formula?": "Not yet. Nudge {node} a little: how many times as far does {above} move?",
    "upstream right": "Yes, the upstream is {u}. What arrives is the upstream times the local derivative.",
    "upstream wrong": "No: the upstream is the grad of {above}, the node that the edge comes from.",
    "no upstream": "No upstream is at stake in this question.",
    "first try": "A hint comes after an attempt: a guess will do.",
    "twin": "A twin, unaided: {twin}",
    "twin right": "Right: {worked}.",
    "twin wrong": "Not yet. The rule is {rule}.",
    "twin shown": "The twin's line: {worked}.",
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
    "nothing": "Nothing to repeat: leave more blank, or take the next level.",
    "now": "{mistake}: {advice}",
}


@dataclass(frozen=True)
class Words:
    """What is said about one question.

    title      what the question is about: a.grad, e → a
    short      the same in the middle of a sentence
    prompt     the question itself
    hints      which edge, the rule, the numbers with one blank, the worked line
    why        the reason that confirms a right answer
    worked     the worked line without a slip
    rule       the name of the rule in the menu
    twin       a question of the same kind with other numbers, its answer, and its worked line
    parts      what `{u}` stands for: texts, each with the earlier question whose answer takes its place
    after      in which words a wrong answer that no mistake explains is answered: a key of SAID
    blanks     what is put into that
    """

    title: str
    short: str
    prompt: str
    hints: tuple[str, str, str, str]
    why: str
    worked: str
    rule: str
    twin: Twin
    parts: tuple[tuple[int | None, str], ...]
    after: str
    blanks: dict[str, str]


def words(record: Sequence[Contribution], told: Sequence[Description], question: Question, at: int) -> Words:
    """The words for a question; `at` is its number, by which twins take their numbers."""
    if question.kind == "seed":
        return _seed(record, at)
    c, line = record[question.step], told[question.step]
    if question.kind == "amount":
        return _amount(c, line, question, at)
    if question.kind == "grad":
        return _grad(record, told, question, at)
    return _formula(c, line, at)


def _seed(record: Sequence[Contribution], at: int) -> Words:
    names = record[0].names
    root, seed = names[names.root], partial(names, names.root)
    worked = f"{seed} = 1"
    return Words(
        title="the seed",
        short="the seed",
        prompt=f"With which number does the pass start: {seed} = ?",
        hints=(
            f"No edge yet: the pass starts at the output, at {root} itself.",
            f"The rule: a derivative says how far {root} moves when something is nudged. Here it is {root} itself.",
            f"Nudge {root} by 0.01, and {root} moves by 0.01: {seed} = 0.01 / 0.01 = ?",
            worked,
        ),
        why=f"{root} moves one for one with itself.",
        worked=worked,
        rule="seed",
        twin=Twin(f"another pass starts at P = {30 + at}. What is ∂P/∂P?", 1.0, "∂P/∂P = 1, whatever P is"),
        parts=(),
        after="seed?",
        blanks={"node": root},
    )


def _kind(c: Contribution) -> str:
    kind = rule(c.node, c.names).kinds[c.slot]
    return MENU.get(kind, kind)


def _edge(c: Contribution, line: Description) -> str:
    formula, numbers, value = forward(c.node, c.names)
    said = " = ".join(dict.fromkeys((c.names[c.node], formula, numbers, value)))
    return f"The edge is {line.edge}. {said}, and {c.names.in_sentence(c.parent)} is the {line.place}."


def _amount(c: Contribution, line: Description, question: Question, at: int) -> Words:
    kind = _kind(c)
    return Words(
        title=f"{line.edge}, {line.place}",
        short=line.edge,
        prompt=f"{line.edge}, {line.place}, with upstream {line.upstream[0]}. "
        f"Which contribution arrives at {line.grad}?",
        hints=(
            _edge(c, line),
            f"The rule is {kind}: {RULES[kind]}.",
            f"{{u}} × {line.factor} = ?",
            f"{{u}} × {line.factor} = {{r}}",
        ),
        why=f"{line.product}. Why: {line.why}",
        worked=f"{line.upstream[1]} × {line.factor} = {line.amount}",
        rule=kind,
        twin=twin(c, at),
        parts=((question.upstream, line.upstream[1]),),
        after="upstream?",
        blanks={"upstream": line.upstream[0], "above": c.names[c.node]},
    )


def _grad(record: Sequence[Contribution], told: Sequence[Description], question: Question, at: int) -> Words:
    c, line = record[question.step], told[question.step]
    arriving = [k for k, other in enumerate(record) if other.parent is c.parent]
    name = c.names.in_sentence(c.parent)
    parts = [(question.parts.get(k), told[k].amount) for k in arriving]
    added = " + ".join(bracket(amount) for _, amount in parts)
    numbers = [float((at * 3 + k * 5) % 7 + 2) * (-1 if k == 1 else 1) for k in range(len(arriving))]
    total = " + ".join(bracket(format_number(x)) for x in numbers)
    return Words(
        title=line.grad,
        short=line.grad,
        prompt=f"{'Both' if len(arriving) == 2 else f'All {len(arriving)}'} contributions to {name} have arrived. "
        f"{line.grad} = ?",
        hints=(
            f"The edges that end at {name}: {', '.join(told[k].edge for k in arriving)}.",
            f"The rule is sum: {RULES['sum']}.",
            "{u} = ?",
            "{u} = {r}",
        ),
        why=f"{added} = {line.after}: every path to {name} brings its share, and they add up.",
        worked=f"{line.grad} = {added} = {line.after}",
        rule="sum",
        twin=Twin(
            f"at another node {', '.join(format_number(x) for x in numbers)} arrive. What is its grad?",
            sum(numbers),
            f"{total} = {format_number(sum(numbers))}",
        ),
        parts=tuple(parts),
        after="parts?",
        blanks={"node": name},
    )


def _formula(c: Contribution, line: Description, at: int) -> Words:
    kind, node, parent = _kind(c), c.names[c.node], c.names.in_sentence(c.parent)
    local, said = f"∂{node}/∂{parent}", line.local[0]
    return Words(
        title=f"the local derivative {local}",
        short=local,
        prompt=f"{node} = {forward(c.node, c.names)[0]}. The local derivative {local} as a formula?",
        hints=(
            _edge(c, line),
            f"The rule is {kind}: {RULES[kind]}.",
            f"Nudge {parent} by 0.01, and {node} moves by about {format_number(0.01 * c.local)}: "
            f"here {local} is {line.local[2]}. As a formula?",
            f"{local} = {said}",
        ),
        why=f"{' = '.join(dict.fromkeys((local, said, line.local[2])))} here.",
        worked=f"{local} = {said}",
        rule=kind,
        twin=twin(c, at),
        parts=(),
        after="formula?",
        blanks={"node": parent, "above": node},
    )
