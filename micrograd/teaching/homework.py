"""`Homework`: a notebook with blanks whose cells check themselves, and a score.

    homework = Homework("Practice", seed=7, points={"1": 2, "2": 4})
    homework.exercise("1", level=2)                  # what is given: the forward pass and the picture
    homework.answer("1", a=6, b=-8, c=2, f=-7)       # right, or the mistake that it looks like
    homework.check("2", MyValue, needs=["a * b"])    # what `micrograd.check` says
    homework.score                                   # the points of each task, and all together

A cell may run as often as one likes; the last run counts. The notebook holds no solutions: every answer is compared
with what the engine computes. A teacher reads the score in the notebook, or lets the command
`micrograd check notebook.ipynb` run it.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from micrograd.engine import Value
from micrograd.teaching.check.checker import check
from micrograd.teaching.check.marks import Marks
from micrograd.teaching.practice.gradients import judge_gradients
from micrograd.teaching.practice.levels import set_task
from micrograd.teaching.practice.questions import Blanks
from micrograd.teaching.practice.round import Round, start_task
from micrograd.teaching.practice.sentences import Said, write_task
from micrograd.teaching.record.record import named_leaves
from micrograd.teaching.views.scene import draw_scene
from micrograd.text.notation import count
from micrograd.text.terminal import fitted

RIGHT, NOT_YET = "right", "not yet"


class Given:
    """An exercise as it is given: the forward pass line by line, and in a notebook the picture, too."""

    def __init__(self, round: Round):
        self.round = round

    @fitted
    def __repr__(self) -> str:
        return "\n".join(write_task(self.round.title, self.round.record[0].names))

    def _repr_html_(self) -> str:
        names = self.round.record[0].names
        svg = base64.b64encode(draw_scene(names.root, names, {}).svg.encode()).decode()
        picture = f'<img src="data:image/svg+xml;base64,{svg}" alt="The graph" style="max-width:100%">'
        return f"<pre>{escape(repr(self))}</pre>\n{picture}"


def _is_task(task: tuple[Any, Any]) -> bool:
    name, points = task
    return isinstance(name, str) and name != "" and isinstance(points, int) and points >= 0


class Homework:
    """A notebook's tasks, in their order, with the points that each can give.

    seed   of the numbers in the exercises: each student can have other ones

    Raises `ValueError` for tasks without a name or points, and `TypeError` for a seed that is no whole number.
    """

    def __init__(self, title: str, *, points: Mapping[str, int], seed: int = 1):
        if not isinstance(seed, int):
            raise TypeError(f"seed must be a whole number, such as 7, got {seed!r}")
        if not isinstance(points, Mapping) or not points or not all(map(_is_task, points.items())):
            raise ValueError(
                f'points has the name and the points of each task, as in {{"1": 4, "2": 2}}, got {points!r}'
            )
        self.marks = Marks(title, dict(points), seed)
        self._rounds: dict[str, Round] = {}

    def exercise(self, task: str, level: int) -> Given:
        """An exercise of a level, 1 to 8, with the numbers of the seed."""
        self._look(task)
        self._rounds[task] = start_task(set_task(level, self.marks.seed), Blanks.ALL)
        return Given(self._rounds[task])

    def answer(self, task: str, **grads: str | float | None) -> str:
        """Which of these gradients are right, and which mistake the others look like; None is a blank.

        Each right one gives its share of the points; a leaf that is left out is a blank, too.
        """
        self._look(task)
        if task not in self._rounds:
            raise ValueError(f"run the cell with exercise({task!r}, …) first")
        session = self._rounds[task].session
        grads = dict.fromkeys(sorted(named_leaves(session.record))) | grads
        blank = [name for name, grad in grads.items() if grad is None]
        given, unread = dict[str, str | float](), list[str]()
        for name, grad in grads.items():
            if grad is not None:
                try:
                    judge_gradients(session.record, {name: grad}, session.values)
                    given[name] = grad
                except ValueError as error:
                    unread.append(f"{NOT_YET}: {error}")
        lines, wrong = judge_gradients(session.record, given, session.values)
        right = len(given) - len(wrong)
        lines += unread
        if blank:
            lines.append(f"{NOT_YET}: {', '.join(blank)} {'is' if len(blank) == 1 else 'are'} to be filled in.")
        return self._reply(task, right / len(grads), lines)

    def check(self, task: str, candidate: Any, derivative: Any = None, needs: Sequence[str] = ()) -> str:
        """What `micrograd.check` says; a class must have the operations that the task `needs`, written as a * b."""
        self._look(task)
        if isinstance(candidate, type) and issubclass(candidate, Value):
            return self._reply(task, 0, [f"{NOT_YET}: this is the package's own Value. The task is to write one."])
        try:
            found = check(candidate, derivative)
        except (TypeError, ValueError) as error:
            return self._reply(task, 0, [f"{NOT_YET}: {error}"])
        if missing := [operation for operation in needs if operation not in found.checked]:
            return self._reply(task, 0, [f"{NOT_YET}: there is no {', '.join(missing)} to be checked."])
        said = f"{RIGHT}: {found.all_clear}" if found else f"{NOT_YET}. {found}"
        return self._reply(task, bool(found), said.splitlines())

    def test(self, task: str, passed: bool, otherwise: str) -> str:
        """Right if a test of the notebook's own has passed; `otherwise` says what to do."""
        self._look(task)
        return self._reply(task, bool(passed), [RIGHT if passed else f"{NOT_YET}: {otherwise}"])

    @property
    def score(self) -> str:
        """The points of each task, and all together."""
        return Said("\n".join(self.marks.lines))

    def _look(self, task: str) -> None:
        if task not in self.marks.most:
            raise ValueError(f"no task is called {task!r}; there are {', '.join(self.marks.most)}")

    def _reply(self, task: str, share: float, lines: Sequence[str]) -> str:
        earned = self.marks.note(task, share)
        return Said("\n".join([*lines, f"Task {task}: {earned:g} of {count(self.marks.most[task], 'point')}."]))
