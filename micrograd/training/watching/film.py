"""`Film`: what is seen of a training, while it runs and afterwards."""

from __future__ import annotations

import html
import math
import os
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

from micrograd._core.writing import write_file
from micrograd.drawing import export
from micrograd.drawing.page import build_frame
from micrograd.engine import Value
from micrograd.text.notation import count, format_number
from micrograd.text.sparkline import sparkline
from micrograd.text.terminal import fitted
from micrograd.training.task import Task
from micrograd.training.watching.outputs import Bundle, Output, find_output
from micrograd.training.watching.pace import Pace
from micrograd.training.watching.page import Moment, build_page
from micrograd.training.watching.recording import Recording, Shot, spread
from micrograd.training.watching.scenes.choose import choose_scenes
from micrograd.training.watching.scenes.curves import Curves
from micrograd.training.watching.scenes.sheet import Scene, Values
from micrograd.training.watching.still import still
from micrograd.training.watching.subject import Subject, find_subject
from micrograd.training.watching.twin import Twin

SHOWN = ("text/html", "image/png", "text/plain")
HEIGHT = 720
END = object()


class Film(Iterable[Any]):
    """The film of a training: iterate over it, and the training runs. Notebooks show it, `save` writes it.

    html    a page with the whole film
    svg     what can be seen at the last moment
    """

    def __init__(self, records: Iterable[Any], task: Task, output: str | None = None):
        self._source, self.task, self._output = iter(records), task, output
        self.recording = Recording(task.parameters, task.model)
        self.pace = Pace()
        self._seen: dict[int, Values] = {}
        self._accuracy: dict[int, float] = {}
        self._undrawn: dict[int, str] = {}  # by the moment, why
        self._over = False

    # ---- while it runs

    def __iter__(self) -> Iterator[Any]:
        """The records, each once it has been filmed. However the loop ends, the film so far is shown."""
        return self._run(find_output(self.task.bar))

    def _run(self, output: Output) -> Iterator[Any]:
        try:
            self._show(output, first=True)
            while True:
                record = next(self._source, END)
                self.pace.trained()
                if record is END:
                    self._over = True
                    return
                self.recording.add(read_record(record))
                if self.pace.may_draw():
                    self._show(output)
                yield record
        finally:
            self.recording.shoot()
            self._end(output)

    def _show(self, output: Output, first: bool = False) -> None:
        bundle: Bundle = {"text/plain": self._line(output.encoding)}
        if output.pictures:
            image = b64encode(self.svg.encode()).decode()
            alt = html.escape(self.line)
            bundle["text/html"] = f'<img src="data:image/svg+xml;base64,{image}" alt="{alt}" style="max-width:100%">'
        output.show(bundle)
        self.pace.drawn(first)

    def _end(self, output: Output) -> None:
        self.pace.lap()
        if output.pictures:
            output.show(self._forms(SHOWN, self._develop(self.pace.left())))
        else:
            output.show({"text/plain": self._line(output.encoding)})
        output.end()

    # ---- what there is to see

    @cached_property
    def _twin(self) -> Twin | None:
        return Twin(self.task.model, self.task.parameters) if callable(self.task.model) else None

    @cached_property
    def _subject(self) -> Subject | None:
        """What the data are; None without data, or where the model gives no outputs for them."""
        task, twin = self.task, self._twin
        if twin is None or task.inputs is None:
            return None
        try:
            with twin.at(next(iter(self.recording))):
                outs = twin.outputs(list(task.inputs[:1]))
        except Exception:  # a model of other things than lists of numbers: its figures are shown
            return None
        return find_subject(task.model, task.inputs, task.targets, outs, self._output)

    @cached_property
    def _scenes(self) -> list[Scene]:
        task = self.task
        return choose_scenes(self._subject, self._twin, task.loss, task.model, task.parameters)

    def _values(self, shot: Shot) -> Values:
        """What changes in the drawings, as it is at this moment."""
        if shot.number not in self._seen:
            found, outs = Values(), list[Any]()
            try:
                if self._subject is not None and self._twin is not None:
                    with self._twin.at(shot):
                        outs = self._twin.outputs(self._subject.inputs)
                    if self._subject.classes:
                        self._accuracy[shot.number] = self._subject.accuracy(outs)
                for scene in self._scenes:
                    found.update(scene.values(shot, outs))
            except Exception as error:  # whatever a model may raise: its training goes on
                self._undrawn[shot.number] = f"{type(error).__name__}: {error}"
            self._seen[shot.number] = found
        return self._seen[shot.number]

    def _curves(self) -> Curves:
        """The figures so far; with the accuracy at the moments that were looked at, unless the records have one."""
        known = any("accuracy" in name for name in self.recording.latest)
        return Curves(self.recording, {} if known else {"accuracy": sorted(self._accuracy.items())})

    def _label(self, shot: Shot) -> str:
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

    @property
    def line(self) -> str:
        """Where the training is, in a line of text."""
        return self._line()

    def _line(self, encoding: str | None = None) -> str:
        shot, series = self.recording.shoot(), self.recording.series()
        losses = next((points for name, points in series.items() if name.startswith("loss")), [])
        figures = [
            f"{name} {format_number(x)}"
            for name, x in shot.figures.items()
            if name not in ("epoch", "steps") and isinstance(x, (int, float))
        ]
        return "  ".join(filter(None, [self._label(shot), *figures, sparkline([x for _, x in losses], 24, encoding)]))

    def _develop(self, seconds: float = math.inf) -> str:
        """The page: with all moments, or as many as can be drawn in that time."""
        shots, start = list(self.recording), perf_counter()
        for k in spread(len(shots)):
            if k in (0, len(shots) - 1) or perf_counter() - start < seconds:
                self._values(shots[k])
        shots = [shot for shot in shots if shot.number in self._seen]
        self._seen = {shot.number: self._seen[shot.number] for shot in shots}
        curves = self._curves()
        moments = [
            Moment(self._label(shot), self._figures(shot), {**self._seen[shot.number], **curves.values(shot, ())})
            for shot in shots
        ]
        return build_page(self.title, [curves, *self._scenes], moments)

    def _figures(self, shot: Shot) -> Mapping[str, Any]:
        figures: dict[str, Any] = {name: x for name, x in shot.figures.items() if name != "epoch"}
        if shot.number in self._undrawn:
            figures["not drawn"] = self._undrawn[shot.number]
        if shot.number in self._accuracy and not any("accuracy" in name for name in figures):
            figures["accuracy"] = self._accuracy[shot.number]
        return figures

    # ---- forms

    @property
    def html(self) -> str:
        """The page with all moments."""
        return self._develop()

    @property
    def svg(self) -> str:
        """The last moment as a picture, for light and dark pages."""
        return self.themed("auto")

    def themed(self, theme: str, without: Collection[str] = ()) -> str:
        """The last moment for "light" or "dark" pages alone, or "auto" for both; without the scenes of these names."""
        shot = self.recording.shoot()
        values = dict(self._values(shot))
        curves = self._curves()
        values.update(curves.values(shot, ()))
        scenes = [scene for scene in [curves, *self._scenes] if scene.name not in without]
        return still(scenes, values, f"{self.title}: {self._label(shot)}", theme)

    def save(self, path: str | os.PathLike[str], *, theme: str = "light") -> Path:
        """Write the film to a page, .html, or its last moment to a picture, .svg, .png or .pdf. Returns the path."""
        path = Path(path)
        forms: dict[str, Callable[[], str | bytes]] = {
            ".html": lambda: self.html,
            ".svg": lambda: self.svg,
            ".png": lambda: export.png(self.themed(theme)),
            ".pdf": lambda: export.pdf(self.themed(theme)),
        }
        if theme not in ("light", "dark"):
            raise ValueError(f"theme must be 'light' or 'dark', got {theme!r}")
        if path.suffix.lower() not in forms:
            raise ValueError(f"a film is saved as {', '.join(forms)}, got {path.name!r}")
        return write_file(path, forms[path.suffix.lower()]())

    def _forms(self, wanted: Collection[str], page: str | None = None) -> Bundle:
        bundle: Bundle = {}
        if "text/html" in wanted:
            bundle["text/html"] = build_frame(page or self._develop(self.pace.left()), self.title, HEIGHT, self.svg)
        if "image/png" in wanted:
            with suppress(ImportError):  # the page holds the picture too
                small = export.png(self.themed("light", without=["network"]), width=864)
                bundle["image/png"] = b64encode(small).decode()
        if "text/plain" in wanted:
            bundle["text/plain"] = self.line
        return bundle

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> Bundle:
        return self._forms([form for form in include or SHOWN if form not in (exclude or ())])

    def _mime_(self) -> tuple[str, str]:
        """For marimo."""
        return "text/html", str(self._forms(["text/html"])["text/html"])

    @fitted
    def __repr__(self) -> str:
        return f"<film of {self.recording.count} records: {self.line}>"


def read_record(record: Any) -> Mapping[str, float]:
    """A record as figures by name; a number alone is the loss."""
    if isinstance(record, Value):
        return {"loss": record.data}
    if isinstance(record, Mapping):
        return {str(name): x.data if isinstance(x, Value) else x for name, x in record.items()}
    if isinstance(record, (int, float)):
        return {"loss": float(record)}
    raise TypeError(
        f"a record must be a dict of figures, as in {{'loss': 0.5}}, or the loss itself, got {type(record).__name__}"
    )


def parameters_of(model: Any) -> Sequence[Value]:
    """Those of a module, or of whatever else has `parameters()`."""
    return model.parameters() if callable(getattr(model, "parameters", None)) else ()
