"""`practice`: an exercise in backpropagation that knows the usual mistakes.

    exercise = micrograd.practice(level=2)      # in a notebook: the page, to be filled in there
    print(exercise)                             # what is given, and the first question
    exercise.answer(6)                          # a number, a fraction "3/4", a formula "2*b" where one is asked
    exercise.answer(upstream=2)                 # when the upstream is asked for
    exercise.answer(a=6, b=-8, c=2, f=-7)       # or the gradients of the leaves in one go
    exercise.hint()                             # after an attempt: the edge, the rule, the numbers, the worked line
    exercise.skip()                             # go on; a wrong answer stands, and what follows from it counts
    exercise.score                              # how many of how many, and what to practise next
    exercise = exercise.next()                  # more left blank, and other numbers; after the last, the next level
    exercise.save("page.html")                  # the page as a file
    exercise.export("sheet.tex", solutions=True)   # a sheet for a class: .html, .md or .tex
    exercise.bug()                              # the same with one mistake in it, to be found and named

The page does not know what is answered in the kernel: each keeps its own session.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from micrograd.engine import Value
from micrograd.teaching.bug import Bug
from micrograd.teaching.practice.gradients import judged, over_zero
from micrograd.teaching.practice.levels import DEAD, LEVELS, Level, Numbers
from micrograd.teaching.practice.questions import ALL, ONE, SEED, questions, workable
from micrograd.teaching.practice.session import Session
from micrograd.teaching.practice.wording import Said
from micrograd.teaching.views.document import write_page
from micrograd.teaching.words.describe import forward

MOST = 300  # contributions; a larger pass is no exercise
GOOD = 0.8  # the share of the points from which on more is left blank


class Exercise:
    """One backward pass with blanks in it, and a session of answers; see `micrograd.practice`."""

    def __init__(
        self,
        root: Value,
        blanks: int = SEED,
        *,
        formulas: bool = True,
        level: Level | None = None,
        numbers: Numbers | None = None,
        seed: int | None = None,
        turn: int = 0,
    ):
        self.root, self.blanks, self.formulas = root, blanks, formulas
        self.level, self.numbers, self.seed, self.turn = level, numbers, seed, turn
        self.record = over_zero(root)
        if not self.record:
            raise ValueError(f"practice needs an expression with an operation, got the number {root!r}")
        if len(self.record) > MOST:
            raise ValueError(
                f"practice takes at most {MOST} contributions, got {len(self.record):,}: take a smaller graph"
            )
        if why := workable(self.record):
            raise ValueError(f"practice cannot ask for this pass: {why}")
        self.session = Session(self.record, questions(self.record, blanks, formulas))

    # ---- answering

    @property
    def question(self) -> str:
        """The current question."""
        return Said(self.session.prompt)

    @property
    def done(self) -> bool:
        """Whether all questions are answered or left."""
        return self.session.done

    def answer(
        self, typed: str | float | None = None, /, *, upstream: str | float | None = None, **grads: str | float
    ) -> str:
        """What an answer to the current question leads to, and the next question.

        With names, `a=6, b=-8`, the gradients of those nodes in one go. Raises `ValueError` for what is no answer.
        """
        given = (typed is not None) + (upstream is not None) + bool(grads)
        if given != 1:
            raise TypeError("answer takes one answer, or upstream=…, or grads by name such as a=2, b=-3")
        if grads:
            return Said("\n".join(judged(self.record, grads, self.session.values)))
        if upstream is not None:
            return self._said(self.session.upstream(upstream))
        return self._said(self.session.answer(typed or 0.0))

    def hint(self) -> str:
        """The next hint, after an attempt: which edge, the rule, the numbers with one blank, the worked line."""
        return self._said(self.session.hint())

    def skip(self) -> str:
        """Go on; a wrong answer stands, and what follows from it counts."""
        return self._said(self.session.skip())

    def _said(self, lines: Sequence[str]) -> str:
        more = self.score.split("\n") if self.done else [self.question]
        return Said("\n".join([*lines, *more]))

    # ---- the score, and how it goes on

    @property
    def score(self) -> str:
        """How many of how many, how they were reached, and what to practise next."""
        return Said("\n".join(self.session.score))

    @property
    def points(self) -> float:
        """The share of the points, from 0 to 1."""
        state = self.session.state
        got = state.get("at once", 0) + state.get("followed", 0) + state.get("later", 0) / 2
        return got / state["questions"]

    def next(self) -> Exercise:
        """The exercise after this one: more left blank after a good score, else as much with other numbers.

        After the last of a level comes the next level; an expression of one's own keeps its numbers.
        """
        good = self.points >= GOOD
        if good and self.blanks == SEED and self.level is not None:
            return made(self.level.number % len(LEVELS) + 1, self.seed, ONE, formulas=self.formulas)
        return self.again(min(SEED, self.blanks + good))

    def again(self, blanks: int | None = None) -> Exercise:
        """As much left blank, or `blanks`; with other numbers where the level has any."""
        blanks = blanks or self.blanks
        if self.level is None:
            return Exercise(self.root, blanks, formulas=self.formulas)
        return _of(self.level, self.seed, blanks, self.turn + 1, self.formulas)

    def rounds(self) -> list[Exercise]:
        """This exercise and those that leave more and more blank."""
        found = [self]
        while found[-1].blanks < SEED:
            found.append(found[-1].again(found[-1].blanks + 1))
        return found

    def bug(self, mistake: str | None = None, seed: int | None = None) -> Bug:
        """The same expression with one mistake in its pass, to be found; which one, `seed` chooses or a name says."""
        return Bug(self, mistake, seed)

    # ---- showing

    @property
    def given(self) -> list[str]:
        """The forward pass, line by line."""
        names = self.record[0].names
        lines = [f"{self.title}. Forward:"]
        for v in names.order:
            formula, numbers, value = forward(v, names)
            lines.append("  " + " = ".join(dict.fromkeys((names[v], formula, numbers, value))))
        return lines

    @property
    def title(self) -> str:
        """What is differentiated: the level's expression or the name of the output."""
        if self.level is None or self.numbers is None:
            return self.record[0].names[self.root]
        return f"Level {self.level.number}: {self.level.said(self.numbers)}"

    def __str__(self) -> str:
        from micrograd.teaching.views.practice_terminal import Conversation

        return "\n".join([*self.given, *Conversation(self).onwards()])

    def __repr__(self) -> str:
        at = "done" if self.done else f"question {self.session.at + 1} of {len(self.session.asked)}"
        return f"<Exercise {self.title}: {at}>"

    @property
    def html(self) -> str:
        """The exercise as a page of its own, with the rounds that follow it."""
        from micrograd.teaching.views.practice_page import Practice

        return Practice(self.rounds()).html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to `path`, which ends in .html; returns the path."""
        return write_page(self.html, path, "an exercise is saved as .html, got {name}; export writes sheets")

    def export(self, path: str | os.PathLike[str], solutions: bool = False, blanks: int = ALL) -> Path:
        """Write a sheet for a class to `path`, which ends in .html, .md or .tex; returns the path.

        With `solutions` they follow on a page of their own. `blanks` is as in `practice`. The picture is part of the
        file; beside Markdown it is an .svg of the same name.
        """
        from micrograd.teaching.views.sheet import write

        return write(self, Path(path), solutions, _checked(blanks))

    def _repr_html_(self) -> str:
        from micrograd.teaching.views.practice_page import Practice

        return Practice(self.rounds()).frame

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows."""
        return "text/html", self._repr_html_()


def practice(
    loss: Value | None = None,
    *,
    level: int | None = None,
    seed: int | None = None,
    blanks: int | None = None,
    formulas: bool = True,
    dead: bool = False,
) -> Exercise:
    """An exercise on `loss`, or on an expression of `level` 1 to 8 with its own numbers, or with fresh ones by `seed`.

    blanks     how much is asked: 1 the last contribution to a leaf, 2 those to all leaves, 3 all contributions,
               4 the seed too; a level begins with 1 (`next()` goes on), an expression of your own with 4
    formulas   whether local derivatives are asked for as formulas too
    dead       level 8 with a relu that lets nothing through

    In a notebook the exercise shows itself as a page to fill in; `print` shows it as text, and `answer`, `hint`,
    `skip`, `score`, `next`, `save` and `export` do what their names say.
    """
    if loss is not None and not isinstance(loss, Value):
        raise TypeError(f"practice needs a Value, the output to go back from, or level=…, got {loss!r}")
    if loss is not None and (level is not None or seed is not None or dead):
        raise TypeError("practice takes a loss or a level with a seed, not both")
    if blanks is not None:
        _checked(blanks)
    if loss is not None:
        return Exercise(loss, blanks or SEED, formulas=formulas)
    return made(1 if level is None else level, seed, blanks or ONE, dead=dead, formulas=formulas)


def _checked(blanks: int) -> int:
    if blanks not in range(ONE, SEED + 1):
        raise ValueError(f"blanks is a number from {ONE} to {SEED}, got {blanks!r}")
    return blanks


def made(level: int, seed: int | None, blanks: int, *, dead: bool = False, formulas: bool = True) -> Exercise:
    """The exercise of a level."""
    if level not in LEVELS:
        raise ValueError(f"level is a number from 1 to {len(LEVELS)}, got {level!r}")
    if dead and level != DEAD.number:
        raise ValueError(f"only level {DEAD.number} has a relu that can be dead, got level {level}")
    return _of(DEAD if dead else LEVELS[level], seed, blanks, 0, formulas)


def _of(level: Level, seed: int | None, blanks: int, turn: int, formulas: bool) -> Exercise:
    if turn:
        numbers = level.drawn(f"{seed}, turn {turn}")
    else:
        numbers = level.numbers if seed is None else level.drawn(seed)
    return Exercise(level.built(numbers), blanks, formulas=formulas, level=level, numbers=numbers, seed=seed, turn=turn)
