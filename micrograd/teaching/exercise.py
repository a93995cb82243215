"""`practice`: an exercise in backpropagation that knows the usual mistakes.

    exercise = micrograd.practice(level=2)      # in a notebook: the page, to be filled in there
    print(exercise)                             # what is given, and the first question
    exercise.answer(6)                          # a number, a fraction "3/4", a formula "2*b" where one is asked
    exercise.answer(upstream=2)                 # when the upstream is asked for
    exercise.answer(a=6, b=-8, c=2, f=-7)       # or the gradients of the leaves all at once
    exercise.hint()                             # after an attempt: the edge, the rule, the numbers, the worked line
    exercise.skip()                             # go on; a wrong answer stands, and what follows from it counts
    exercise.score                              # the points, and what to practise next
    exercise = exercise.next()                  # more left blank, and other numbers; after the last, the next level
    exercise.save("page.html")                  # the page as a file
    exercise.export("sheet.tex", solutions=True)   # a sheet for a class: .html, .pdf, .md or .tex
    exercise.bug()                              # the same pass with one mistake in it

The page and the kernel each keep a session of their own.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from micrograd.engine import Value
from micrograd.teaching.bug import Bug
from micrograd.teaching.practice.gradients import judge_gradients
from micrograd.teaching.practice.hunt import plant_mistake
from micrograd.teaching.practice.levels import Level, set_task
from micrograd.teaching.practice.questions import Blanks, read_blanks
from micrograd.teaching.practice.round import Round, start_round, start_task
from micrograd.teaching.practice.sentences import Said
from micrograd.teaching.practice.session import Session
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.views.document import write_page
from micrograd.teaching.views.export import write_sheet
from micrograd.teaching.views.practice_page import PracticePage
from micrograd.teaching.views.practice_terminal import write_exercise
from micrograd.text.output import read_output
from micrograd.text.terminal import fitted

NOTHING: Any = object()  # no answer given: None, "" and 0 are answers, of which only 0 can be right


class Exercise:
    """One round as it is used in a notebook or a script; see `micrograd.practice`."""

    def __init__(self, round: Round):
        self.round = round

    @property
    def record(self) -> list[Contribution]:
        """The contributions of the pass, in its order."""
        return self.round.record

    @property
    def session(self) -> Session:
        """The questions of this round, and where the learner is in them."""
        return self.round.session

    @property
    def blanks(self) -> Blanks:
        """How much is asked, 1 to 4; see `micrograd.practice`."""
        return self.round.blanks

    @property
    def level(self) -> Level | None:
        """None for an expression of your own."""
        return self.round.task.level if self.round.task else None

    # ---- answering

    @property
    def question(self) -> str:
        """The current question."""
        return Said(self.session.prompt)

    @property
    def done(self) -> bool:
        """Whether all questions are answered or skipped."""
        return self.session.done

    def answer(self, typed: str | float = NOTHING, /, *, upstream: str | float = NOTHING, **grads: str | float) -> str:
        """The reply to an answer to the current question, and the next question.

        With names, `a=6, b=-8`, the gradients of those nodes all at once. Raises `ValueError` if it cannot be read,
        with a sentence that asks again; that does not count as an attempt.
        """
        given = (typed is not NOTHING) + (upstream is not NOTHING) + bool(grads)
        if given != 1:
            raise TypeError("answer takes one answer, or upstream=…, or grads by name such as a=2, b=-3")
        if grads:
            return Said("\n".join(judge_gradients(self.record, grads, self.session.values).lines))
        if upstream is not NOTHING:
            return self._reply(self.session.check_upstream(upstream))
        return self._reply(self.session.answer(typed))

    def hint(self) -> str:
        """The next hint, after an attempt: which edge, the rule, the numbers with one blank, the worked line."""
        return self._reply(self.session.hint())

    def skip(self) -> str:
        """Go on; a wrong answer stands, and what follows from it counts."""
        return self._reply(self.session.skip())

    def _reply(self, lines: Sequence[str]) -> str:
        more = self.session.score.lines if self.done else [self.question]
        return Said("\n".join([*lines, *more]))

    # ---- the score, and how it goes on

    @property
    def score(self) -> str:
        """The points, how they were reached, and what to practise next."""
        return Said("\n".join(self.session.score.lines))

    def next(self) -> Exercise:
        """The exercise after this one: with more blanks after a good score, otherwise with as many and other numbers.

        The last round of a level leads to the next level; an expression of your own keeps its numbers.
        """
        return Exercise(self.round.next())

    def again(self, blanks: int | None = None) -> Exercise:
        """With as many blanks, or `blanks`; a level gets other numbers."""
        return Exercise(self.round.again(None if blanks is None else read_blanks(blanks)))

    def bug(self, mistake: str | None = None, seed: int | None = None) -> Bug:
        """A pass over the same expression with one mistake in it; `mistake` says which one, or `seed` chooses."""
        if seed is None and self.round.task:
            seed = self.round.task.seed
        return Bug(plant_mistake(self.round.title, self.record, mistake, seed))

    # ---- showing

    @fitted
    def __str__(self) -> str:
        return "\n".join(write_exercise(self.round))

    @fitted
    def __repr__(self) -> str:
        at = "done" if self.done else f"question {self.session.at + 1} of {len(self.session.asked)}"
        return f"<Exercise {self.round.title}: {at}>"

    @property
    def html(self) -> str:
        """The exercise as a page of its own, with the rounds that follow it."""
        return PracticePage(self.round.ladder()).html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to `path`, which ends in .html; returns the path."""
        return write_page(self.html, path, "an exercise is saved as .html, got {name}; export writes sheets")

    def export(self, path: str | os.PathLike[str], solutions: bool = False, blanks: int = Blanks.ALL) -> Path:
        """Write a sheet for a class to `path`, which ends in .html, .pdf, .md or .tex; returns the path.

        With `solutions` they follow on a page of their own. `blanks` is as in `practice`. The picture is part of the
        file; for Markdown it is an .svg of the same name beside it.
        """
        return write_sheet(self.round, Path(path), solutions, read_blanks(blanks))

    def _repr_html_(self) -> str:
        return PracticePage(self.round.ladder()).frame

    def _mime_(self) -> tuple[str, str]:
        """The output in marimo."""
        return "text/html", self._repr_html_()


def practice(
    loss: Value | str | None = None,
    /,
    *,
    level: int | None = None,
    seed: int | None = None,
    blanks: int | None = None,
    formulas: bool = True,
    dead: bool = False,
    **values: float,
) -> Exercise:
    """An exercise on `loss`, or on an expression of `level` 1 to 8 with its own numbers, or with fresh ones by `seed`.

    `loss` may be a text with a number for each of its names: `practice("a*b + c", a=2, b=3, c=4)`.

    blanks     how much is asked: 1 the last contribution to a leaf, 2 those to all leaves, 3 all contributions,
               4 the seed too; a level begins with 1 (`next()` goes on), an expression of your own with 4
    formulas   whether local derivatives are asked for as formulas too
    dead       level 8 with a relu that lets nothing through

    In a notebook the exercise shows itself as a page to fill in; `print` shows it as text, and `answer`, `hint`,
    `skip`, `score`, `next`, `save` and `export` do what their names say.
    """
    if isinstance(loss, int):
        raise TypeError(f"practice needs a Value or a text; for a level, write practice(level={loss})")
    if loss is not None or values:
        root = read_output(practice, loss, values)
        if level is not None or seed is not None or dead:
            raise TypeError("practice takes a loss or a level with a seed, not both")
        return Exercise(start_round(root, read_blanks(Blanks.ALL_AND_SEED if blanks is None else blanks), formulas))
    blanks = Blanks.LAST_LEAF if blanks is None else blanks
    task = set_task(1 if level is None else level, seed, dead)
    return Exercise(start_task(task, read_blanks(blanks), formulas))
