"""`Film`: what is seen of a training, while it runs and afterwards."""

from __future__ import annotations

import html
import os
from base64 import b64encode
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from micrograd._core.writing import write_file
from micrograd.drawing import export
from micrograd.drawing.page import build_frame
from micrograd.text.notation import count
from micrograd.text.terminal import fitted
from micrograd.training.task import Task
from micrograd.training.watching.displays import Bundle, Display, find_display
from micrograd.training.watching.pace import Pace
from micrograd.training.watching.recording import Recording, read_record
from micrograd.training.watching.reel import Reel

SHOWN = ("text/html", "image/png", "text/plain")
HEIGHT = 720
END = object()


class Film(Iterable[Any]):
    """The film of a training: iterate over it, and the training runs. Notebooks show it, `save` writes it.

    html    a page with the whole film
    svg     what can be seen at the last moment
    """

    def __init__(self, records: Iterable[Any], task: Task, output: str | None = None):
        self._source, self.task = iter(records), task
        self.recording = Recording(task.parameters, task.model)
        self.pace = Pace()
        self._reel = Reel(task, self.recording, output)

    # ---- while it runs

    def __iter__(self) -> Iterator[Any]:
        """The records, each once it has been filmed. However the loop ends, the film so far is shown."""
        return self._run(find_display(self.task.bar))

    def _run(self, display: Display) -> Iterator[Any]:
        self._show(display, first=True)
        try:
            while True:
                record = next(self._source, END)
                self.pace.trained()
                if record is END:
                    return
                self.recording.add(read_record(record))
                if self.pace.may_draw():
                    self._show(display)
                yield record
        finally:
            self.recording.shoot()
            self._end(display)

    def _show(self, display: Display, first: bool = False) -> None:
        bundle: Bundle = {"text/plain": self._reel.line(display.encoding)}
        if display.pictures:
            image = b64encode(self.svg.encode()).decode()
            alt = html.escape(self.line)
            bundle["text/html"] = f'<img src="data:image/svg+xml;base64,{image}" alt="{alt}" style="max-width:100%">'
        display.show(bundle)
        self.pace.drawn(first)

    def _end(self, display: Display) -> None:
        self.pace.lap()
        if display.pictures:
            display.show(self._forms(SHOWN, self._reel.page(self.pace.left())))
        else:
            display.show({"text/plain": self._reel.line(display.encoding)})
        display.end()

    # ---- afterwards

    @property
    def title(self) -> str:
        """What is trained, and how many parameters it has."""
        return self._reel.title

    @property
    def line(self) -> str:
        """Where the training is, in a line of text."""
        return self._reel.line()

    @property
    def html(self) -> str:
        """The page with all moments."""
        return self._reel.page()

    @property
    def svg(self) -> str:
        """The last moment as a picture, for light and dark pages."""
        return self._reel.themed("auto")

    def save(self, path: str | os.PathLike[str], *, theme: str = "light") -> Path:
        """Write the film to a page, .html, or its last moment to a picture, .svg, .png or .pdf. Returns the path."""
        path = Path(path)
        forms: dict[str, Callable[[], str | bytes]] = {
            ".html": lambda: self.html,
            ".svg": lambda: self.svg,
            ".png": lambda: export.png(self._reel.themed(theme)),
            ".pdf": lambda: export.pdf(self._reel.themed(theme)),
        }
        if theme not in ("light", "dark"):
            raise ValueError(f"theme must be 'light' or 'dark', got {theme!r}")
        if path.suffix.lower() not in forms:
            raise ValueError(f"a film is saved as {', '.join(forms)}, got {path.name!r}")
        self._reel.look()  # a figure is known of each moment that was looked at
        return write_file(path, forms[path.suffix.lower()]())

    def _forms(self, wanted: Collection[str], page: str | None = None) -> Bundle:
        bundle: Bundle = {}
        if "text/html" in wanted:
            bundle["text/html"] = build_frame(page or self._reel.page(self.pace.left()), self.title, HEIGHT, self.svg)
        if "image/png" in wanted:
            with suppress(ImportError):  # the page holds the picture too
                small = export.png(self._reel.themed("light", without=["network"]), width=864)
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
        return f"<film of {count(self.recording.count, 'record')}: {self.line}>"
