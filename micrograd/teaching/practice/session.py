"""A learner's way through the questions: what each answer leads to.

An answer is right, or follows correctly from an earlier slip; otherwise it may be the answer of exactly one mistake,
where all answers so far are compared as a whole; otherwise the learner is asked for the upstream. The page does the
same in its script with the same numbers and sentences, and a test keeps the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from micrograd.teaching.practice.diagnosis import match_mistakes
from micrograd.teaching.practice.formulas import compare_formula, is_number_of
from micrograd.teaching.practice.questions import Question
from micrograd.teaching.practice.reading import Typed, is_close, read
from micrograd.teaching.practice.score import Answer, Score, State, add_up
from micrograd.teaching.practice.sentences import SENTENCES, name_mistake
from micrograd.teaching.practice.wording import Words, word
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.spelling import bracket
from micrograd.teaching.words.describe import describe
from micrograd.text.notation import format_number


class Session:
    """The questions of one exercise and the answers so far.

    at        the index of the current question
    twin      whether the twin of this question is asked, after its worked line
    mistakes  the mistakes that were recognised
    """

    def __init__(self, record: Sequence[Contribution], asked: Sequence[Question]):
        self.record, self.asked = record, asked
        described = describe(record)
        self.words: list[Words] = [word(record, described, question, k) for k, question in enumerate(asked)]
        self.answers = [Answer() for _ in asked]
        self.mistakes: list[str] = []
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
            return SENTENCES["done"]
        line = self.words[self.at]
        return SENTENCES["twin"].format(twin=line.twin.question) if self.twin else self._fill_in(line.prompt)

    @property
    def score(self) -> Score:
        return add_up(self.answers, self.words, self.mistakes)

    # ---- what the learner does

    def answer(self, typed: str | float) -> list[str]:
        """The replies to an answer. Raises `Unread` if it cannot be read; that does not count as an attempt."""
        if self.done:
            return [SENTENCES["done"]]
        if self.twin:
            return self._judge_twin(read(typed, self.values))
        question = self.asked[self.at]
        if question.kind == "formula":
            return self._judge_formula(typed if isinstance(typed, str) else read(typed).text)
        number = read(typed, self.values)
        answer = self._note_attempt(number)
        right = number.near(question.right.value)
        if not right and not number.near(self.expected):
            return self._diagnose(number)
        answer.value, answer.text = number.number, _typeset(number)
        return self._accept("right" if right else "follows")

    def check_upstream(self, typed: str | float) -> list[str]:
        """Whether this is the upstream at the current question."""
        question = None if self.done or self.twin else self.asked[self.at]
        if question is None or question.kind != "amount":
            return [SENTENCES["no upstream"]]
        slip = self.slips.get(question.upstream, 0.0) if question.upstream is not None else 0.0
        right = read(typed, self.values).near(self.record[question.step].upstream + slip)
        return [self._fill_in(self.words[self.at].judge_upstream(right))]

    def hint(self) -> list[str]:
        """The next hint, after an attempt; the last one is the worked line, and a twin follows it."""
        if self.done:
            return [SENTENCES["done"]]
        answer, line = self.answers[self.at], self.words[self.at]
        if self.twin:
            return [line.reminder]
        if not answer.tries:
            return [SENTENCES["first try"]]
        hint = self._fill_in(line.hints[answer.hints])
        answer.hints += 1
        if answer.hints == len(line.hints):
            self._show_worked_line()
            self.twin = True
        return [hint]

    def skip(self) -> list[str]:
        """Go on with the answer as it stands, or if there is none, with the worked line."""
        if self.done:
            return [SENTENCES["done"]]
        answer, line = self.answers[self.at], self.words[self.at]
        if self.twin:
            reply = SENTENCES["twin shown"].format(worked=line.twin.worked)
        elif answer.last is None:
            reply = SENTENCES["shown"].format(worked=self._fill_in(line.hints[-1]))
            self._show_worked_line()
        else:
            answer.state, answer.value, answer.text = "slip", answer.last.number, _typeset(answer.last)
            reply = SENTENCES["goes on"].format(value=answer.text)
        self._go_on()
        return [reply]

    # ---- judging

    @property
    def slips(self) -> dict[int, float]:
        """How far the answers that stand are off."""
        passed = zip(self.asked[: self.at], self.answers, strict=False)
        return {j: answer.value - q.right.value for j, (q, answer) in enumerate(passed) if q.kind != "formula"}

    @property
    def expected(self) -> float:
        """The number that follows at the current question from the answers that stand."""
        return self.asked[self.at].right.follow(self.slips)

    def _note_attempt(self, typed: Typed) -> Answer:
        answer = self.answers[self.at]
        answer.first, answer.last, answer.tries = answer.first or typed, typed, answer.tries + 1
        return answer

    def _accept(self, state: State) -> list[str]:
        self.answers[self.at].state = state
        slip = next((j for j in self.asked[self.at].right.depends_on if not self._is_right(j)), None)
        if slip is None:
            lines = [SENTENCES["right"].format(why=self.words[self.at].why)]
        else:
            key = "follows" if state == "follows" else "coincides"
            known = {"value": self.answers[slip].text, "from": self.words[slip].short}
            lines = [SENTENCES[key].format_map(known)]
        whole = self._match_all_answers()
        if len(whole) == 1 and whole[0] not in self.mistakes:
            lines.append(self._name("by now", whole[0]))
        self._go_on()
        return lines

    def _diagnose(self, number: Typed) -> list[str]:
        slips = self.slips
        found = self._match_all_answers(number) or [
            name for name, guess in self.asked[self.at].alone.items() if number.near(guess.follow(slips))
        ]
        return self._reply_to_wrong(found)

    def _match_all_answers(self, now: Typed | None = None) -> list[str]:
        """The mistakes whose pass gives all first answers so far, and the one of now."""
        fits: dict[int, Callable[[float], bool]] = {
            j: answer.first.near
            for j, answer in enumerate(self.answers)
            if answer.first is not None and self.asked[j].kind != "formula"
        }
        if now is not None:
            fits[self.at] = now.near
        return match_mistakes(self.asked, fits)

    def _reply_to_wrong(self, found: Sequence[str]) -> list[str]:
        return [self._name("mistake", found[0]) if len(found) == 1 else self.words[self.at].wrong]

    def _name(self, key: str, mistake: str) -> str:
        if mistake not in self.mistakes:
            self.mistakes.append(mistake)
        return name_mistake(key, mistake)

    def _judge_formula(self, typed: str) -> list[str]:
        c = self.record[self.asked[self.at].step]
        right, found = compare_formula(c, typed)
        if not right and is_number_of(c, typed):
            return [SENTENCES["right number"].format(local=self.words[self.at].short, number=_typeset_text(typed))]
        self._note_attempt(Typed(typed.strip(), 0.0))
        return self._accept("right") if right else self._reply_to_wrong(found)

    def _judge_twin(self, number: Typed) -> list[str]:
        line = self.words[self.at]
        if not number.near(line.twin.answer):
            return [SENTENCES["twin wrong"].format(rule=line.reminder)]
        self._go_on()
        return [SENTENCES["twin right"].format(worked=line.twin.worked)]

    # ---- going on

    def _go_on(self) -> None:
        self.at, self.twin = self.at + 1, False

    def _show_worked_line(self) -> None:
        """The worked line counts as the answer, with the learner's own numbers in it."""
        answer = self.answers[self.at]
        answer.value, answer.text, answer.state = self.expected, format_number(self.expected), "shown"

    def _is_right(self, j: int) -> bool:
        return is_close(self.answers[j].value, self.asked[j].right.value)

    def _fill_in(self, text: str) -> str:
        """Put the learner's own numbers into a text."""
        if "{" not in text:
            return text
        parts = [
            fixed if j is None or self._is_right(j) else self.answers[j].text for j, fixed in self.words[self.at].parts
        ]
        upstream = parts[0] if len(parts) == 1 else " + ".join(map(bracket, parts))
        return text.replace("{u}", upstream).replace("{r}", format_number(self.expected))


def _typeset(number: Typed) -> str:
    return _typeset_text(number.text)


def _typeset_text(text: str) -> str:
    return text.strip().replace("-", "−")
