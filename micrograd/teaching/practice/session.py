"""A learner's way through the questions: what each answer leads to, what has been credited, what to practise next.

The order of judging: right; following correctly from an earlier slip; the answer of one mistake and of no other, where
the answers so far are compared as a whole; otherwise the upstream is asked for. The page does the same in its script,
with the same numbers and sentences, and a test holds the two together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.teaching.practice.formulas import compared
from micrograd.teaching.practice.questions import Question, matching
from micrograd.teaching.practice.reading import Typed, read
from micrograd.teaching.practice.wording import ADVICE, RULES, SAID, Words, words
from micrograd.teaching.record.notation import bracket
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.words.describe import describe
from micrograd.text.notation import format_number

PASSED = ("right", "follows")
COLUMNS = ("at once", "followed", "later", "left", "open")


@dataclass
class Answer:
    """What became of one question: the first answer, the one that stands, and how it was reached.

    state    open, right, follows (from a slip), slip (a wrong answer left standing) or shown (the worked line)
    """

    first: Typed | None = None
    last: Typed | None = None
    tries: int = 0
    hints: int = 0
    state: str = "open"
    value: float = 0.0
    text: str = ""

    @property
    def credit(self) -> str:
        """In which column of the score it counts."""
        if self.state not in PASSED:
            return "left" if self.tries or self.state == "shown" else "open"
        if self.tries > 1 or self.hints:
            return "later"
        return "at once" if self.state == "right" else "followed"


class Session:
    """The questions of one exercise and the answers so far; `at` is the number of the current question."""

    def __init__(self, record: Sequence[Contribution], asked: Sequence[Question]):
        self.record, self.asked = record, asked
        told = describe(record)
        self.words: list[Words] = [words(record, told, question, k) for k, question in enumerate(asked)]
        self.answers = [Answer() for _ in asked]
        self.named: list[str] = []
        self.at, self.twin = 0, False
        names = record[0].names
        self.values = {names[v]: v.data for u in names.order for v in (*u.parents, u) if names.has_name(v)}

    @property
    def done(self) -> bool:
        return self.at == len(self.asked)

    @property
    def prompt(self) -> str:
        """The current question."""
        if self.done:
            return SAID["done"]
        if self.twin:
            return SAID["twin"].format(twin=self.words[self.at].twin.question)
        return self._own(self.words[self.at].prompt)

    # ---- what the learner does

    def answer(self, typed: str | float) -> list[str]:
        """What an answer leads to, in sentences. Raises `Unread` for what is none; that does not count."""
        if self.done:
            return [SAID["done"]]
        question = self.asked[self.at]
        if not self.twin and question.kind == "formula":
            return self._formula(str(typed))
        number = read(typed, self.values)
        if self.twin:
            return self._twin(number)
        entry = self.answers[self.at]
        entry.first, entry.last, entry.tries = entry.first or number, number, entry.tries + 1
        if not (number.near(question.right.value) or number.near(self.expected)):
            return self._diagnosed(number)
        entry.value, entry.text = number.number, _said(number)
        return self._passed("right" if number.near(question.right.value) else "follows")

    def upstream(self, typed: str | float) -> list[str]:
        """Whether this is the upstream at the current question."""
        question = None if self.done or self.twin else self.asked[self.at]
        if question is None or question.kind != "amount":
            return [SAID["no upstream"]]
        line, c = self.words[self.at], self.record[question.step]
        off = self.slips.get(question.upstream, 0.0) if question.upstream is not None else 0.0
        right = read(typed, self.values).near(c.upstream + off)
        return [SAID["upstream right" if right else "upstream wrong"].format(u=self._made(), **line.blanks)]

    def hint(self) -> list[str]:
        """The next hint, after an attempt; the last one is the worked line, and a twin follows it."""
        if self.done:
            return [SAID["done"]]
        if self.twin:
            return [self._rule()]
        entry, line = self.answers[self.at], self.words[self.at]
        if not entry.tries:
            return [SAID["first try"]]
        said = self._own(line.hints[entry.hints])
        entry.hints += 1
        if entry.hints == len(line.hints):
            self._show()
            self.twin = True
        return [said]

    def skip(self) -> list[str]:
        """Go on: with the answer as it stands, or, where there is none, with the worked line."""
        if self.done:
            return [SAID["done"]]
        if self.twin:
            said = [SAID["twin shown"].format(worked=self.words[self.at].twin.worked)]
            return said + self._on()
        entry, line = self.answers[self.at], self.words[self.at]
        if entry.last is None:
            said = [SAID["shown"].format(worked=self._own(line.hints[-1]))]
            self._show()
            return said + self._on()
        entry.state, entry.value, entry.text = "slip", entry.last.number, _said(entry.last)
        return [SAID["goes on"].format(value=entry.text), *self._on()]

    # ---- judging

    @property
    def slips(self) -> dict[int, float]:
        """By how much the answers that stand are off."""
        passed = zip(self.asked[: self.at], self.answers, strict=False)
        return {j: entry.value - q.right.value for j, (q, entry) in enumerate(passed) if q.kind != "formula"}

    @property
    def expected(self) -> float:
        """What follows at the current question from the answers that stand."""
        return self.asked[self.at].right.after(self.slips)

    def _leaning_on(self) -> int | None:
        """The first earlier answer that the current question rests on and that is not right."""
        asked = self.asked
        return next((j for j in asked[self.at].right.leans if not _same(self.answers[j].value, asked[j])), None)

    def _passed(self, state: str) -> list[str]:
        self.answers[self.at].state = state
        slip = self._leaning_on()
        if slip is None:
            said = [SAID["right"].format(why=self.words[self.at].why)]
        else:
            key = "follows" if state == "follows" else "coincides"
            said = [SAID[key].format_map({"value": self.answers[slip].text, "from": self.words[slip].short})]
        return said + self._by_now() + self._on()

    def _whole(self, now: Typed | None = None) -> list[str]:
        """The mistakes whose pass gives all the first answers so far, and the one of now."""
        fits: dict[int, Callable[[float], bool]] = {
            j: entry.first.near
            for j, entry in enumerate(self.answers)
            if entry.first is not None and self.asked[j].kind != "formula"
        }
        if now is not None:
            fits[self.at] = now.near
        return matching(self.asked, fits)

    def _by_now(self) -> list[str]:
        whole = self._whole()
        if len(whole) != 1 or whole[0] in self.named:
            return []
        self.named.append(whole[0])
        return [SAID["by now"].format(name=whole[0], advice=ADVICE[whole[0]])]

    def _diagnosed(self, number: Typed) -> list[str]:
        slips = self.slips
        found = self._whole(number) or [
            name for name, guess in self.asked[self.at].alone.items() if number.near(guess.after(slips))
        ]
        return self._named(found)

    def _named(self, found: Sequence[str]) -> list[str]:
        line = self.words[self.at]
        if len(found) != 1:
            return [SAID[line.after].format(**line.blanks)]
        if found[0] not in self.named:
            self.named.append(found[0])
        return [SAID["mistake"].format(name=found[0], advice=ADVICE[found[0]])]

    def _formula(self, typed: str) -> list[str]:
        right, found = compared(self.record[self.asked[self.at].step], typed)
        entry = self.answers[self.at]
        entry.first = entry.last = Typed(typed.strip(), 0.0)
        entry.tries += 1
        return self._passed("right") if right else self._named(found)

    def _twin(self, number: Typed) -> list[str]:
        twin = self.words[self.at].twin
        if not number.near(twin.answer):
            return [SAID["twin wrong"].format(rule=self._rule())]
        return [SAID["twin right"].format(worked=twin.worked), *self._on()]

    def _rule(self) -> str:
        rule = self.words[self.at].rule
        return f"{rule}: {RULES[rule]}" if rule in RULES else self.words[self.at].why

    # ---- going on

    def _show(self) -> None:
        """The worked line stands for an answer, with the learner's own numbers in it."""
        entry = self.answers[self.at]
        entry.value, entry.text, entry.state = self.expected, format_number(self.expected), "shown"

    def _on(self) -> list[str]:
        self.at, self.twin = self.at + 1, False
        return []

    def _made(self) -> str:
        """What the result is made of, with the learner's numbers."""
        parts = [
            fixed if j is None or _same(self.answers[j].value, self.asked[j]) else self.answers[j].text
            for j, fixed in self.words[self.at].parts
        ]
        return parts[0] if len(parts) == 1 else " + ".join(map(bracket, parts))

    def _own(self, text: str) -> str:
        if "{" not in text:
            return text
        return text.replace("{u}", self._made()).replace("{r}", format_number(self.expected))

    # ---- the score

    @property
    def score(self) -> list[str]:
        """How many of how many, how they were reached, and what to practise next."""
        columns = Counter(entry.credit for entry in self.answers)
        points = columns["at once"] + columns["followed"] + columns["later"] / 2
        parts = [SAID[key].format(n=columns[key]) for key in COLUMNS if columns[key]]
        lines = [SAID["score"].format(points=f"{points:g}", most=len(self.asked)) + f" {', '.join(parts)}."]
        lines += [SAID["now"].format(mistake=name, advice=ADVICE[name]) for name in self.named]
        missed: Counter[str] = Counter()
        for entry, line in zip(self.answers, self.words, strict=True):
            missed[line.rule] += entry.credit in ("later", "left")
        rule, count = missed.most_common(1)[0]
        said = f"{rule} ({RULES[rule]})" if rule in RULES else "the start of the pass"
        return lines + [SAID["practise"].format(what=said) if count else SAID["nothing"]]

    @property
    def state(self) -> dict[str, Any]:
        """For programs: the numbers behind the score."""
        columns = Counter(entry.credit for entry in self.answers)
        return {"questions": len(self.asked), "mistakes": list(self.named), **columns}


def _said(number: Typed) -> str:
    return number.text.strip().replace("-", "−")


def _same(value: float, question: Question) -> bool:
    return abs(value - question.right.value) <= 1e-6 * max(1.0, abs(question.right.value))
