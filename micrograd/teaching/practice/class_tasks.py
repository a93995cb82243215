"""Exercises for a class: the same levels for everybody, other numbers for each.

The numbers of a class come from consecutive seeds. A seed whose numbers somebody has already is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from micrograd.teaching.practice.levels import LEVELS, Task, set_task

APART = 1_000  # between the first seeds of two classes
PATIENCE = 300  # seeds in a row without new numbers: then there are no more
MOST = 999  # sheets


@dataclass(frozen=True)
class Handout:
    """What one student gets: a number, a name that may be empty, and a task for each level."""

    number: int
    name: str
    tasks: tuple[Task, ...]

    @property
    def title(self) -> str:
        """Sheet 7, and whose it is."""
        return f"Sheet {self.number}{f': {self.name}' if self.name else ''}"


def draw_class(students: int, names: Sequence[str], levels: Sequence[int], seed: int) -> list[Handout]:
    """The handouts of a class; no two have the same numbers in any level. The same seed makes the same ones.

    Raises `ValueError` where a level does not exist, or has not as many different exercises.
    """
    if not 1 <= students <= MOST:
        raise ValueError(f"a class has 1 to {MOST} students, got {students}")
    if not levels:
        raise ValueError(f"which level? There are 1 to {len(LEVELS)}")
    if len(set(levels)) < len(levels):
        raise ValueError(f"each level once, got {', '.join(map(str, levels))}")
    columns = [_draw(level, students, seed) for level in levels]
    padded = [*names, *[""] * (students - len(names))]
    rows = zip(padded, zip(*columns, strict=True), strict=True)
    return [Handout(k, name, tasks) for k, (name, tasks) in enumerate(rows, start=1)]


def _draw(level: int, students: int, seed: int) -> list[Task]:
    found: dict[tuple[object, ...], Task] = {}
    idle = 0
    for task in _tasks(level, seed):
        before = len(found)
        found.setdefault((*task.numbers.values(),), task)
        idle = 0 if len(found) > before else idle + 1
        if len(found) == students:
            return [*found.values()]
        if idle == PATIENCE:
            raise ValueError(
                f"level {level} has only about {len(found)} different exercises, and {students} students are to get "
                "one each: take another level"
            )
    raise AssertionError  # pragma: no cover  # the seeds never end


def _tasks(level: int, seed: int) -> Iterator[Task]:
    k = seed * APART
    while True:
        k += 1
        yield set_task(level, k)
