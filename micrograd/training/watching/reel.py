"""`Reel`: from what is kept of a training to what there is to see of it, at any moment and at all of them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from functools import cached_property
from time import perf_counter
from typing import Any

from micrograd.text.notation import count, format_number
from micrograd.text.sparkline import sparkline
from micrograd.training.task import Task
from micrograd.training.watching.page import Moment, build_page
from micrograd.training.watching.recording import Recording, Shot, spread
from micrograd.training.watching.scenes.choose import choose_scenes
from micrograd.training.watching.scenes.curves import Figures
from micrograd.training.watching.scenes.sheet import Scene, Values
from micrograd.training.watching.still import still
from micrograd.training.watching.subject import Subject, find_subject
from micrograd.training.watching.twin import Twin


class Reel:
    """The scenes of a training, and what changes in them: worked out when it is looked at, and then known."""

    def __init__(self, task: Task, recording: Recording, output: str | None):
        self.task, self.recording, self._output = task, recording, output
        self._values: dict[int, Values] = {}
        self._accuracy: dict[int, float] = {}
        self._undrawn: dict[int, str] = {}  # by the moment, why

    @cached_property
    def twin(self) -> Twin | None:
        return Twin(self.task.model, self.task.parameters) if callable(self.task.model) else None

    @cached_property
    def subject(self) -> Subject | None:
        """What the data are; None without data, or where the model gives no outputs for them."""
        task, twin = self.task, self.twin
        if twin is None or task.inputs is None:
            return None
        try:
            with twin.at(next(iter(self.recording))):
                outs = twin.outputs(list(task.inputs[:1]))
            return find_subject(task.model, task.inputs, task.targets, outs, self._output)
        except Exception:  # a model of other things than lists of numbers: its figures are shown
            return None

    @cached_property
    def scenes(self) -> list[Scene]:
        task = self.task
        return choose_scenes(self.subject, self.twin, task.loss, task.model, task.parameters)

    def values(self, shot: Shot) -> Values:
        """What changes in the drawings, as it is at this moment."""
        if shot.number not in self._values:
            found, outs = Values(), list[Any]()
            try:
                if self.subject is not None and self.twin is not None:
                    with self.twin.at(shot):
                        outs = self.twin.outputs(self.subject.inputs)
                    if self.subject.classes:
                        self._accuracy[shot.number] = self.subject.accuracy(outs)
                for scene in self.scenes:
                    found.update(scene.values(shot, outs))
            except Exception as error:  # whatever a model may raise: its training goes on
                self._undrawn[shot.number] = f"{type(error).__name__}: {error}"
            self._values[shot.number] = found
        return self._values[shot.number]

    def curves(self) -> Figures:
        """The figures so far; with the accuracy at the moments that were looked at, unless the records have one."""
        known = any("accuracy" in name for name in self.recording.latest)
        return Figures(self.recording, {} if known else {"accuracy": sorted(self._accuracy.items())})

    def label(self, shot: Shot) -> str:
        """The name of a moment."""
        if shot.number == 0:
            return "before the training"
        total = f" of {self.task.records}" if self.task.records else ""
        if "epoch" in shot.figures:
            return f"epoch {shot.figures['epoch']:g}{total}"
        return f"step {shot.number}{total}"

    @property
    def title(self) -> str:
        """What is trained, and how many parameters it has."""
        if self.task.model is None:
            return "A training"
        name = getattr(self.task.model, "__name__", None) or type(self.task.model).__name__
        return f"Training of {name}, {count(len(self.task.parameters), 'parameter')}"

    def line(self, encoding: str | None = None) -> str:
        """Where the training is, in a line of text that this encoding can have."""
        shot, series = self.recording.shoot(), self.recording.series()
        losses = next((points for name, points in series.items() if name.startswith("loss")), [])
        figures = [
            f"{name} {format_number(x)}"
            for name, x in shot.figures.items()
            if name not in ("epoch", "steps") and isinstance(x, (int, float))
        ]
        return "  ".join(filter(None, [self.label(shot), *figures, sparkline([x for _, x in losses], 24, encoding)]))

    def look(self, seconds: float = math.inf) -> list[Shot]:
        """Look at all moments, or at as many as that time allows; returns those that were looked at."""
        shots, start = list(self.recording), perf_counter()
        for k in spread(len(shots)):
            if k in (0, len(shots) - 1) or perf_counter() - start < seconds:
                self.values(shots[k])
        shots = [shot for shot in shots if shot.number in self._values]
        self._values = {shot.number: self._values[shot.number] for shot in shots}
        return shots

    def page(self, seconds: float = math.inf) -> str:
        """The page: with all moments, or as many as can be drawn in that time."""
        shots, curves = self.look(seconds), self.curves()
        moments = [
            Moment(self.label(shot), self._figures(shot), {**self._values[shot.number], **curves.values(shot, ())})
            for shot in shots
        ]
        return build_page(self.title, [curves, *self.scenes], moments)

    def _figures(self, shot: Shot) -> Mapping[str, Any]:
        figures: dict[str, Any] = {name: x for name, x in shot.figures.items() if name != "epoch"}
        if shot.number in self._undrawn:
            figures["not drawn"] = self._undrawn[shot.number]
        if shot.number in self._accuracy and not any("accuracy" in name for name in figures):
            figures["accuracy"] = self._accuracy[shot.number]
        return figures

    def themed(self, theme: str, without: Collection[str] = ()) -> str:
        """The last moment for "light" or "dark" pages alone, or "auto" for both; without the scenes of these names."""
        shot = self.recording.shoot()
        values = dict(self.values(shot))
        curves = self.curves()
        values.update(curves.values(shot, ()))
        scenes = [scene for scene in [curves, *self.scenes] if scene.name not in without]
        return still(scenes, values, f"{self.title}: {self.label(shot)}", theme)
