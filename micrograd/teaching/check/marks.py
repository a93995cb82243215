"""The marks of a homework: what each task earned, as it was last checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Marks:
    """`most` has the points of each task, in their order; `earned` those of the tasks that were checked."""

    title: str
    most: Mapping[str, int]
    seed: int
    earned: dict[str, float] = field(default_factory=dict)

    def note(self, task: str, share: float) -> float:
        """Note which share of a task is right, 0 to 1; returns its points, in quarters."""
        self.earned[task] = round(4 * share * self.most[task]) / 4
        return self.earned[task]

    @property
    def points(self) -> float:
        return sum(self.earned.values())

    @property
    def total(self) -> int:
        return sum(self.most.values())

    @property
    def lines(self) -> list[str]:
        """The table, and the score under it."""
        wide = max(map(len, self.most))
        rows = [f"{task.ljust(wide)}  {self._of(task)}" for task in self.most]
        return [f"{self.title}, numbers {self.seed}", "", *rows, "", f"Score: {self.points:g} of {self.total}."]

    def _of(self, task: str) -> str:
        earned, most = self.earned.get(task), self.most[task]
        return f"– of {most}, not checked" if earned is None else f"{earned:g} of {most}"

    @property
    def data(self) -> dict[str, Any]:
        tasks = {task: {"points": self.earned.get(task), "most": most} for task, most in self.most.items()}
        return {"title": self.title, "seed": self.seed, "points": self.points, "most": self.total, "tasks": tasks}


def find_marks(names: Mapping[str, Any]) -> Marks | None:
    """Those of the homework that stands under one of these names."""
    kept = (getattr(thing, "marks", None) for thing in [*names.values()])
    return next((marks for marks in kept if isinstance(marks, Marks)), None)
