"""`draw`: the picture of a computation graph, to look at in a notebook or to keep in a file."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from functools import cached_property
from pathlib import Path

from micrograd._core.writing import write_file
from micrograd.drawing import dot, export, heat, page, svg
from micrograd.drawing.diagram import Diagram
from micrograd.drawing.faces import Style, make_face
from micrograd.drawing.geometry import geometry
from micrograd.drawing.layout.routing import Layout, arrange
from micrograd.drawing.selection import select
from micrograd.drawing.view import ComputationGraph
from micrograd.engine import Value
from micrograd.text.escape import sanitise
from micrograd.text.names import Names
from micrograd.text.output import read_output
from micrograd.text.terminal import fitted
from micrograd.text.whole import write_whole

DIRECTIONS = ("right", "down")
COLORS = ("grad", "data")
SHOWN = ("text/html", "text/plain")  # what a notebook stores, unless it asks for other forms


class Picture:
    """A picture of the computation graph below a Value. Notebooks show it; it keeps the numbers from when it was made.

    svg    the picture as text, for light and dark pages
    html   a page of its own, on which boxes of modules open and close
    dot    the graph in the language of Graphviz
    """

    def __init__(
        self,
        graph: ComputationGraph,
        diagram: Diagram,
        *,
        style: Style,
        direction: str = "right",
        color: str | None = None,
    ):
        self.graph, self.diagram, self.style, self.color = graph, diagram, style, color
        self.down = direction == "down"
        self.faces = [make_face(box, style) for box in diagram.boxes]
        self.classes: dict[int, str] = {}
        self.notes = [diagram.note] if diagram.note else []
        if color == "grad" and not heat.has_grads(graph.order or graph.roots):
            self.notes.append(heat.NO_GRADS)
        elif color:
            amounts = heat.amounts(diagram, color)
            largest = max((x for x in amounts.values() if math.isfinite(x)), default=0.0)
            self.classes = {i: heat.shade(x, largest) for i, x in amounts.items()}
            self.notes.append(heat.legend(color, largest, style.digits))

    @cached_property
    def layout(self) -> Layout:
        return arrange([face.size for face in self.faces], self.diagram.pairs, self.down)

    @property
    def label(self) -> str:
        """A description, for those who do not see the picture."""
        names = [sanitise(root.label) for root in self.graph.roots if root.label]
        of = f" of {', '.join(names)}" if names else ""
        count = len(self.diagram.boxes)
        return f"Computation graph{of}: {count} {'box' if count == 1 else 'boxes'}"

    @property
    def title(self) -> str:
        """The title of a page: the whole expression, where it can be read."""
        whole = write_whole(Names(self.graph.roots[0], self.graph.order))
        return f"Computation graph of {whole}" if " = " in whole else self.label

    def themed(self, theme: str) -> str:
        """The SVG for "light" or "dark" pages alone, or "auto" for both."""
        return svg.document(
            self.diagram,
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
    def fragment(self) -> str:
        """The picture as a part of a page, with its script."""
        opening = geometry(self.graph, self.diagram, self.faces, self.layout, self.style, self.down)
        return page.fragment(self.svg, self.label, opening)

    @property
    def html(self) -> str:
        return page.page(self.fragment, self.title)

    @property
    def dot(self) -> str:
        return dot.source(self.diagram, self.faces, self.down)

    def save(self, path: str | Path, *, theme: str = "light") -> Path:
        """Write the picture to `path`, in the form of its ending, one of `FORMS`. Returns the path.

        `theme` chooses the colours of a PNG or PDF, "light" or "dark"; the other forms adapt to the page by themselves.
        Raises `ValueError` for another ending, `ImportError` if PNG or PDF lack the package they need.
        """
        path = Path(path)
        if theme not in ("light", "dark"):
            raise ValueError(f"theme must be 'light' or 'dark', got {theme!r}")
        if path.suffix.lower() not in FORMS:
            raise ValueError(f"a picture is saved as {', '.join(FORMS)}, got {path.name!r}")
        return write_file(path, FORMS[path.suffix.lower()](self, theme))

    def _repr_mimebundle_(
        self, include: Collection[str] | None = None, exclude: Collection[str] | None = None
    ) -> dict[str, str]:
        """The page's part, which holds the image, and a line of text; the bare image only where it is asked for."""
        forms: dict[str, Callable[[], str]] = {
            "text/html": lambda: self.fragment,
            "image/svg+xml": lambda: self.svg,
            "text/plain": lambda: repr(self),
        }
        wanted = [form for form in include or SHOWN if form in forms and form not in (exclude or ())]
        return {form: forms[form]() for form in wanted}

    def _mime_(self) -> tuple[str, str]:
        """For marimo: a frame of its own, since marimo runs no scripts in a cell's output."""
        height = round(self.layout.height) + 150
        if any(box.call for box in self.diagram.boxes):
            height = max(height, 500)  # room for boxes that open
        return "text/html", page.frame(self.fragment, self.title, height)

    @fitted
    def __repr__(self) -> str:
        return f"<{self.label}>"


IMAGES: dict[str, Callable[[Picture, str], str | bytes]] = {
    ".svg": lambda picture, theme: picture.svg,
    ".png": lambda picture, theme: export.png(picture.themed(theme)),
    ".pdf": lambda picture, theme: export.pdf(picture.themed(theme)),
}
FORMS = IMAGES | {  # every ending of a file that a picture can be saved as
    ".html": lambda picture, theme: picture.html,
    ".dot": lambda picture, theme: picture.dot,
}


def draw(
    root: Value | str,
    /,
    *,
    direction: str = "right",
    data: bool = True,
    grad: bool = True,
    digits: int = 4,
    color: str | None = None,
    collapse: str | None = "auto",
    depth: int | None = None,
    parameters: Iterable[Value] = (),
    **values: float,
) -> Picture:
    """The computation graph that ends in `root`, one box per Value.

    `root` may be a text with a number for each of its names: `draw("a*b + c", a=2, b=3, c=4)`. It is drawn with its
    gradients, as after `backward()`.

    direction   "right" or "down": where the results are
    data, grad  whether to show these numbers, with `digits` significant ones; hovering shows them exactly
    color       "grad" or "data" shades every box by that amount: where the gradient flows, and where it died
    collapse    "neuron" or "layer" draws one box for each, "auto" only above about 150 boxes, None never
    depth       draws only the last `depth` steps
    parameters  leaves to draw as parameters; those of a Module are recognised without

    >>> draw(loss).save("loss.svg")
    """
    output = read_output(draw, root, values)
    if isinstance(root, str):
        output.backward()
    if direction not in DIRECTIONS:
        raise ValueError(f"direction must be 'right' or 'down', got {direction!r}")
    if color not in (None, *COLORS):
        raise ValueError(f"color must be 'grad', 'data' or None, got {color!r}")
    if not isinstance(digits, int) or digits < 1:
        raise ValueError(f"digits must be a whole number of 1 or more, got {digits!r}")
    graph = ComputationGraph([output], parameters)
    diagram = select(graph, collapse, depth)
    return Picture(graph, diagram, style=Style(data, grad, digits), direction=direction, color=color)
