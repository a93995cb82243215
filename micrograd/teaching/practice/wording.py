"""The sentences of an exercise: what it asks, hints from the edge to the worked line, why an answer is right.

In the texts of `Words`, `{u}` stands for the learner's own upstream (or the contributions to a sum), and `{r}` for the
result that follows from it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.teaching.practice.questions import Question
from micrograd.teaching.practice.sentences import RULES, SENTENCES
from micrograd.teaching.practice.twins import Twin, make_twin
from micrograd.teaching.record.nudge import nudge_operand
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import rule
from micrograd.teaching.record.spelling import bracket, partial
from micrograd.teaching.words.describe import Description, forward, forward_line
from micrograd.teaching.words.nudges import say_nudge
from micrograd.text.names import Names
from micrograd.text.notation import format_number

MENU = {"turn": "copy", "slope": "scale", "own": "scale"}  # kinds of a rule that the menu has under another name


@dataclass(frozen=True)
class Words:
    """The texts of one question.

    title      what the question is about: a.grad, e → a
    short      the same in the middle of a sentence
    prompt     the question itself
    hints      the edge, the rule, the numbers with one blank, the worked line
    why        the reason that confirms a right answer
    worked     the worked line without a slip
    rule       the name of the rule in the menu; seed has none there
    twin       a question of the same kind with other numbers, its answer, and its worked line
    parts      what `{u}` stands for: texts, each with the earlier question whose answer replaces it
    wrong      the reply to a wrong answer that no mistake explains
    upstream   the symbol of the upstream, and the node whose grad it is; empty if the question has none
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
    wrong: str
    upstream: tuple[str, str] = ("", "")

    @property
    def reminder(self) -> str:
        """The rule, as a reminder."""
        return f"{self.rule}: {RULES.get(self.rule, self.why.rstrip('.'))}"

    @property
    def lesson(self) -> str:
        """The rule, as the thing to practise next."""
        return f"{self.rule} ({RULES[self.rule]})" if self.rule in RULES else "the start of the pass"

    def judge_upstream(self, right: bool) -> str:
        """The reply to an upstream; `{u}` is left to be filled in."""
        return SENTENCES["upstream right" if right else "upstream wrong"].format(u="{u}", above=self.upstream[1])


def word(record: Sequence[Contribution], described: Sequence[Description], question: Question, at: int) -> Words:
    """The words for a question; `at` is its index, which chooses the numbers of its twin."""
    if question.kind == "seed":
        return _word_seed(record[0].names, at)
    c, line = record[question.step], described[question.step]
    if question.kind == "amount":
        return _word_amount(c, line, question, at)
    if question.kind == "grad":
        return _word_grad(record, described, question, at)
    return _word_formula(c, line, at)


def _word_seed(names: Names, at: int) -> Words:
    root, seed = names[names.root], partial(names, names.root)
    worked = f"{seed} = 1"
    return Words(
        title="the seed",
        short="the seed",
        prompt=f"Which number does the pass start with: {seed} = ?",
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
        wrong=SENTENCES["which seed"].format(node=root),
    )


def _word_amount(c: Contribution, line: Description, question: Question, at: int) -> Words:
    kind = _find_rule(c)
    symbol, number = line.upstream
    return Words(
        title=f"{line.edge}, {line.place}",
        short=line.edge,
        prompt=f"{line.edge}, {line.place}, with upstream {symbol}. Which contribution arrives at {line.grad}?",
        hints=(
            _point_at_edge(c, line),
            f"The rule is {kind}: {RULES[kind]}.",
            f"{{u}} × {line.factor} = ?",
            f"{{u}} × {line.factor} = {{r}}",
        ),
        why=f"{line.product}. Why: {line.why}",
        worked=f"{number} × {line.factor} = {line.amount}",
        rule=kind,
        twin=make_twin(c, at),
        parts=((question.upstream, number),),
        wrong=SENTENCES["which upstream"].format(upstream=symbol),
        upstream=(symbol, c.names[c.node]),
    )


def _word_grad(record: Sequence[Contribution], described: Sequence[Description], question: Question, at: int) -> Words:
    c, line = record[question.step], described[question.step]
    arriving = [k for k, other in enumerate(record) if other.parent is c.parent]
    name = c.names.in_sentence(c.parent)
    parts = [(question.parts.get(k), described[k].amount) for k in arriving]
    added = " + ".join(bracket(amount) for _, amount in parts)
    return Words(
        title=line.grad,
        short=line.grad,
        prompt=f"{'Both' if len(arriving) == 2 else f'All {len(arriving)}'} contributions to {name} have arrived. "
        f"{line.grad} = ?",
        hints=(
            f"The edges that end at {name}: {', '.join(described[k].edge for k in arriving)}.",
            f"The rule is sum: {RULES['sum']}.",
            "{u} = ?",
            "{u} = {r}",
        ),
        why=f"{added} = {line.after}: every path to {name} brings its share, and they add up.",
        worked=f"{line.grad} = {added} = {line.after}",
        rule="sum",
        twin=_make_sum(len(arriving), at),
        parts=tuple(parts),
        wrong=SENTENCES["which parts"].format(node=name),
    )


def _make_sum(count: int, at: int) -> Twin:
    """Another sum of as many contributions."""
    numbers = [float((at * 3 + k * 5) % 7 + 2) * (-1 if k == 1 else 1) for k in range(count)]
    terms = " + ".join(bracket(format_number(x)) for x in numbers)
    return Twin(
        f"{', '.join(format_number(x) for x in numbers)} arrive at another node. What is its grad?",
        sum(numbers),
        f"{terms} = {format_number(sum(numbers))}",
    )


def _word_formula(c: Contribution, line: Description, at: int) -> Words:
    kind, node, parent = _find_rule(c), c.names[c.node], c.names.in_sentence(c.parent)
    local, (formula, _, value) = f"∂{node}/∂{parent}", line.local
    found = nudge_operand(c)
    nudged = f"{say_nudge(c, c.node, *found.first)}: here" if found and found.place == "smooth" else "Here"
    return Words(
        title=f"the local derivative {local}",
        short=local,
        prompt=f"{node} = {forward(c.node, c.names)[0]}. The local derivative {local} as a formula?",
        hints=(
            _point_at_edge(c, line),
            f"The rule is {kind}: {RULES[kind]}.",
            f"{nudged[0].upper()}{nudged[1:]} {local} is {value}. As a formula?",
            f"{local} = {formula}",
        ),
        why=f"{' = '.join(dict.fromkeys((local, formula, value)))} here.",
        worked=f"{local} = {formula}",
        rule=kind,
        twin=make_twin(c, at),
        parts=(),
        wrong=SENTENCES["which formula"].format(node=parent, above=node),
    )


def _find_rule(c: Contribution) -> str:
    """The name of the rule in the menu."""
    kind = rule(c.node, c.names).kinds[c.slot]
    return MENU.get(kind, kind)


def _point_at_edge(c: Contribution, line: Description) -> str:
    operand = c.names.in_sentence(c.parent)
    return f"The edge is {line.edge}. {forward_line(c.node, c.names)}, and {operand} is the {line.place}."
