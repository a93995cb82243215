"""Where a training shows itself while it runs: a cell's output that is replaced in place, or a line of the terminal.

Notebooks that speak Jupyter's protocol (JupyterLab, VS Code, Colab) update an output by its `display_id`; marimo
replaces the output of the cell that runs. Neither needs an extension.
"""

from __future__ import annotations

import shutil
import sys
from typing import Any, Protocol

from micrograd.text.terminal import spell

Bundle = dict[str, Any]  # forms of what is shown, by their MIME type


class Display(Protocol):
    """`pictures` says whether it shows more than a line of text, `encoding` which signs that may have."""

    pictures: bool
    encoding: str | None

    def show(self, bundle: Bundle) -> None: ...

    def end(self) -> None: ...


def find_display(quiet: bool) -> Display:
    """The display that this program has; with `quiet` it says nothing where there is only a terminal."""
    if (marimo := sys.modules.get("marimo")) is not None and marimo.running_in_notebook():
        return Marimo(marimo)
    if (ipython := sys.modules.get("IPython")) is not None and hasattr(ipython.get_ipython(), "kernel"):
        return Notebook()
    return Line(None if quiet else sys.stderr)


class Notebook:
    pictures = True
    encoding: str | None = None

    def __init__(self) -> None:
        self._handle: Any = None

    def show(self, bundle: Bundle) -> None:
        from IPython import display

        if self._handle is None:
            self._handle = display.display(bundle, raw=True, display_id=True)  # type: ignore[no-untyped-call]
        else:
            self._handle.update(bundle, raw=True)

    def end(self) -> None:
        pass


class Marimo:
    pictures = True
    encoding: str | None = None

    def __init__(self, marimo: Any):
        self._marimo = marimo

    def show(self, bundle: Bundle) -> None:
        self._marimo.output.replace(self._marimo.Html(bundle["text/html"]))

    def end(self) -> None:
        pass


class Line:
    """The last line of a terminal; a file or a pipe gets the final line alone."""

    pictures = False

    def __init__(self, stream: Any):
        self._stream, self._line, self._written = stream, "", 0
        self.encoding: str | None = getattr(stream, "encoding", None)

    def show(self, bundle: Bundle) -> None:
        self._line = spell(bundle["text/plain"], self.encoding)
        if self._stream is not None and self._stream.isatty():
            line = self._line[: shutil.get_terminal_size().columns - 1]
            self._stream.write(f"\r{line}{' ' * (self._written - len(line))}")
            self._stream.flush()
            self._written = len(line)

    def end(self) -> None:
        if self._stream is not None and self._line:
            self._stream.write("\n" if self._written else f"{self._line}\n")
            self._stream.flush()
