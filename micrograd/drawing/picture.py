"""`draw`: the picture of a computation graph, to look at in a notebook or to keep in a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import Path

from micrograd.drawing import dot, export, page, svg
from micrograd.drawing.faces import Face, Style, face
from micrograd.drawing.graph import Graph, Source, chosen, heat
from micrograd.drawing.layout.routing import Layout, arrange
from micrograd.engine import Value
from micrograd.text.escape import sanitise

DIRECTIONS = ("right", "down")


class Picture:
    """A picture of the computation graph below a Value. Notebooks show it; it keeps the numbers of when it was made.

    svg    the picture as text, for light and dark pages
    html   a page of its own, on which boxes of modules open and close
    dot    the graph in the language of Graphviz
    """

    def __init__(
        self, source: Source, graph: Graph, *, style: Style, direction: str = "right", color: str | None = None
    ):
        self.source, self.graph, self.style, self.color = source, graph, style, color
        self.down = direction == "down"
        self.faces: list[Face] = [face(box, style) for box in graph.boxes]
        self.classes, self.notes = {}, [graph.note] if graph.note else []
        if color:
            amounts = heat(graph, color)
            largest = max((x for x in amounts.values() if math.isfinite(x)), default=0.0)
            self.classes = {i: svg.shade(x, largest) for i, x in amounts.items()}
            self.notes.append(svg.legend(color, largest, style.digits))

    @cached_property
    def layout(self) -> Layout:
        sizes = [(what.width, what.height) for what in self.faces]
        return arrange(sizes, self.graph.pairs, "down" if self.down else "right")

    @property
    def label(self) -> str:
        """What the picture is, for those who do not see it."""
        names = [sanitise(root.label) for root in self.source.roots if root.label]
        of = f" of {', '.join(names)}" if names else ""
        count = len(self.graph.boxes)
        return f"Computation graph{of}: {count} {'box' if count == 1 else 'boxes'}"

    def themed(self, theme: str) -> str:
        """The SVG for "light" or "dark" pages alone, or "auto" for both."""
        return svg.document(
            self.graph,
            self.layout,
            self.faces,
            label=self.label,
            theme=theme,
            classes=self.classes,
            notes=self.notes,
            down=self.down,
        )

    @cached_property
    def svg(self) -> str:
        return self.themed("auto")

    @property
    def html(self) -> str:
        return page.page(page.fragment(self), self.label)

    @property
    def dot(self) -> str:
        return dot.source(self.graph, self.faces, self.down)

    def save(self, path: str | Path, *, theme: str = "light") -> Path:
        """Write the picture to `path`, as its ending says: .svg, .png, .pdf, .html or .dot. Returns the path.

        `theme` chooses the colours of a PNG or PDF, "light" or "dark"; the others adapt to the page by themselves.
        Raises `ValueError` for another ending, `ImportError` where PNG and PDF need a package that is not there.
        """
        path = Path(path)
        forms: dict[str, Callable[[], str | bytes]] = {
            ".svg": lambda: self.svg,
            ".html": lambda: self.html,
            ".dot": lambda: self.dot,
            ".png": lambda: export.png(self.themed(theme)),
            ".pdf": lambda: export.pdf(self.themed(theme)),
        }
        if theme not in ("light", "dark"):
            raise ValueError(f"theme must be 'light' or 'dark', got {theme!r}")
        if path.suffix.lower() not in forms:
            raise ValueError(f"a picture is saved as {', '.join(forms)}, got {path.name!r}")
        content = forms[path.suffix.lower()]()
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
        return path

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        forms: dict[str, Callable[[], str]] = {
            "text/html": lambda: page.fragment(self),
            "image/svg+xml": lambda: self.svg,
            "text/plain": lambda: repr(self),
        }
        wanted = [form for form in forms if (not include or form in include) and form not in (exclude or ())]
        return {form: forms[form]() for form in wanted}

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows: a frame of its own, since it runs no scripts in a cell's output."""
        return "text/html", page.frame(self)

    def __repr__(self) -> str:
        return f"<{self.label}>"


def draw(
    root: Value,
    *,
    direction: str = "right",
    data: bool = True,
    grad: bool = True,
    digits: int = 4,
    color: str | None = None,
    collapse: str | None = "auto",
    depth: int | None = None,
    parameters: Iterable[Value] = (),
) -> Picture:
    """The computation graph that ends in `root`, one box per Value.

    direction   "right" or "down": where the results lie
    data, grad  whether to show these numbers, with `digits` significant ones; hovering shows them exactly
    color       "grad" or "data" shades every box by that amount: where the gradient flows, and where it died
    collapse    "neuron" or "layer" draws one box for each, "auto" only above about 150 boxes, None never
    depth       draws only the last `depth` steps
    parameters  leaves to be drawn as parameters; those of a Module are known without

    >>> draw(loss).save("loss.svg")                                                                # doctest: +SKIP
    """
    if not isinstance(root, Value):
        raise TypeError(f"draw takes a Value, got {type(root).__name__} {root!r}")
    if direction not in DIRECTIONS:
        raise ValueError(f"direction must be 'right' or 'down', got {direction!r}")
    if color not in (None, "grad", "data"):
        raise ValueError(f"color must be 'grad', 'data' or None, got {color!r}")
    if not isinstance(digits, int) or digits < 1:
        raise ValueError(f"digits must be a whole number of 1 or more, got {digits!r}")
    source = Source([root], parameters)
    graph = chosen(source, collapse, depth)
    return Picture(source, graph, style=Style(data, grad, digits), direction=direction, color=color)
