"""A round: one backward pass with blanks in it and a learner's session; and the rounds that follow."""

from __future__ import annotations

from dataclasses import dataclass

from micrograd.engine import Value
from micrograd.teaching.practice.levels import Task
from micrograd.teaching.practice.questions import Blanks, find_obstacle, list_questions
from micrograd.teaching.practice.session import Session
from micrograd.teaching.record.record import Contribution, record
from micrograd.text.whole import write_whole

MOST = 300  # contributions; a larger pass is too long for an exercise
GOOD = 0.8  # from this share of the points on, the next round has more blanks


@dataclass(frozen=True, eq=False)
class Round:
    """One backward pass with blanks in it, and the answers so far.

    formulas   whether local derivatives are asked for as formulas too
    task       the level and its numbers; None for an expression of the learner's own
    """

    root: Value
    record: list[Contribution]
    blanks: Blanks
    formulas: bool
    task: Task | None
    session: Session

    @property
    def title(self) -> str:
        """The subject: the level's expression, or the learner's own."""
        return self.task.title if self.task else write_whole(self.record[0].names)

    @property
    def done(self) -> bool:
        """Whether all questions are answered or skipped."""
        return self.session.done

    def next(self) -> Round:
        """The round after this one: with more blanks after a good score, otherwise with as many and other numbers.

        The last round of a level leads to the next level; the learner's own expression keeps its numbers.
        """
        score = self.session.score
        good = score.points >= GOOD * score.most
        if good and self.task and self.blanks is Blanks.ALL_AND_SEED:
            return start_task(self.task.next_level(), Blanks.LAST_LEAF, self.formulas)
        return self.again(Blanks(min(self.blanks + good, Blanks.ALL_AND_SEED)))

    def again(self, blanks: Blanks | None = None) -> Round:
        """With as many blanks, or `blanks`; a level gets other numbers."""
        blanks = blanks or self.blanks
        if self.task is None:
            return start_round(self.root, blanks, self.formulas)
        return start_task(self.task.again(), blanks, self.formulas)

    def ladder(self) -> list[Round]:
        """This round, and those that leave more and more blank."""
        rounds = [self]
        while rounds[-1].blanks < Blanks.ALL_AND_SEED:
            rounds.append(rounds[-1].again(Blanks(rounds[-1].blanks + 1)))
        return rounds


def start_task(task: Task, blanks: Blanks, formulas: bool = True) -> Round:
    """A round on a level."""
    return start_round(task.level.build(task.numbers), blanks, formulas, task)


def start_round(root: Value, blanks: Blanks, formulas: bool = True, task: Task | None = None) -> Round:
    """A round on the graph below `root`. Raises `ValueError` if it makes no exercise."""
    steps = record(root)
    if not steps:
        raise ValueError(f"practice needs an expression with an operation, got the number {root!r}")
    if len(steps) > MOST:
        raise ValueError(f"practice takes at most {MOST} contributions, got {len(steps):,}: take a smaller graph")
    if why := find_obstacle(steps):
        raise ValueError(f"practice cannot ask for this pass: {why}")
    session = Session(steps, list_questions(steps, blanks, formulas))
    return Round(root, steps, blanks, formulas, task, session)
