"""`draw_dot`, as lectures on the original call it: the graph as a `graphviz.Digraph`, drawn by Graphviz's `dot`.

If `dot` is missing, fails, or takes too long (on some small graphs it takes minutes), our own layout draws the picture
instead, and a warning says so, once. Only this file imports graphviz; `micrograd.draw_dot` loads it on first use.
"""
# mypy: allow-subclassing-any

from __future__ import annotations

import os
import subprocess
import warnings
from functools import cache
from pathlib import Path
from typing import Any

try:
    import graphviz
except ImportError as error:
    raise ImportError("draw_dot needs graphviz: pip install graphviz, or write micrograd.draw(root)") from error

from micrograd._core.writing import write_file
from micrograd.drawing.dot import record_label
from micrograd.drawing.picture import IMAGES, draw
from micrograd.drawing.view import ComputationGraph, view
from micrograd.engine import Value
from micrograd.text.escape import escape_dot
from micrograd.text.notation import format_number, operation_symbol

__all__ = ["draw_dot"]

SECONDS = 10.0  # that `dot` may take


def draw_dot(root: Value, format: str = "svg", rankdir: str = "LR") -> graphviz.Digraph:
    """The graph below `root` as a `graphviz.Digraph`: a box for each Value, an oval for each operation.

    `rankdir` is "LR" (to the right) or "TB" (down), `format` that of the files which `.render()` writes.
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw_dot takes a Value, got {type(root).__name__} {root!r}")
    if rankdir not in ("LR", "TB"):
        raise ValueError(f"rankdir must be 'LR' or 'TB', got {rankdir!r}")
    dot = Digraph(root, format=format, graph_attr={"rankdir": rankdir})
    diagram = view(ComputationGraph([root]))
    for i, box in enumerate(diagram.boxes):
        v = box.values[0]
        fields = [v.label, f"data {format_number(v.data)}", f"grad {format_number(v.grad)}"]
        dot.node(f"n{i}", record_label(field for field in fields if field), shape="record")
        if v.parents:
            dot.node(f"op{i}", escape_dot(operation_symbol(v.primitive, v.constants)))
            dot.edge(f"op{i}", f"n{i}")
    for e in diagram.edges:
        dot.edge(f"n{e.source}", f"op{e.target}")
    return dot


class Digraph(graphviz.Digraph):
    """A `graphviz.Digraph` that is always drawn: by `dot` within `SECONDS`, or by our own layout."""

    def __init__(self, root: Value, **options: Any):
        super().__init__(**options)
        self._root = root

    def pipe(self, format: str | None = None, *_: Any, encoding: str | None = None, **__: Any) -> bytes | str:
        """The drawing as bytes, or as text if `encoding` is given."""
        content = self._draw(format or self.format)
        return content.decode(encoding) if encoding else content

    def save(
        self,
        filename: str | os.PathLike[str] | None = None,
        directory: str | os.PathLike[str] | None = None,
        *,
        skip_existing: bool | None = False,
    ) -> str:
        """Write the DOT text to `filename` in `directory`, which is created if need be; returns its path."""
        if filename is not None:
            self.filename = os.fspath(filename)
        if directory is not None:
            self.directory = os.fspath(directory)
        path = Path(self.filepath)
        if not (skip_existing and path.exists()):
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, self.source)
        return str(self.filepath)

    def render(
        self,
        filename: str | Path | None = None,
        directory: str | Path | None = None,
        view: bool = False,
        cleanup: bool = False,
        format: str | None = None,
        outfile: str | Path | None = None,
        **_: Any,
    ) -> str:
        """Write the DOT text to `filename` and the drawing next to it, or to `outfile`; returns its path."""
        form = format or (Path(outfile).suffix[1:] if outfile else self.format)
        path = Path(self.save(outfile and Path(outfile).with_suffix(".gv") or filename, directory=directory))
        drawing = Path(outfile) if outfile else path.with_name(f"{path.name}.{form}")
        write_file(drawing, self._draw(form))
        if cleanup:
            path.unlink()
        if view:
            self._view(str(drawing), format=form, quiet=False)
        return str(drawing)

    def _draw(self, form: str) -> bytes:
        try:
            return _run_dot(self.source, form)
        except (OSError, subprocess.SubprocessError) as error:
            if f".{form}" not in IMAGES:
                raise
            picture = draw(self._root, direction="down" if "TB" in self.graph_attr["rankdir"] else "right")
            content = IMAGES[f".{form}"](picture, "light")
            _warn_once(_reason(error))
            return content.encode() if isinstance(content, str) else content


def _run_dot(source: str, form: str) -> bytes:
    command = ["dot", "-Kdot", f"-T{form}"]
    return subprocess.run(command, input=source.encode(), capture_output=True, timeout=SECONDS, check=True).stdout


def _reason(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "Graphviz's dot is not installed"
    if isinstance(error, subprocess.TimeoutExpired):
        return f"Graphviz's dot took more than {SECONDS:g} seconds"
    return "Graphviz's dot failed"


@cache
def _warn_once(reason: str) -> None:
    warnings.warn(f"{reason}: our own layout draws the picture (micrograd.draw always does)", stacklevel=2)
