"""Draw the floors of the house from its imports: `python -m docs.floors` writes floors.svg and floors-dark.svg.

A room is a file or a folder of `micrograd/`. It stands above all rooms that it imports; an arrow leads to each of them
that it does not reach through another one as well.
"""

from __future__ import annotations

import ast
from pathlib import Path

from micrograd._core.writing import write_file
from micrograd.drawing.diagram import Box, Diagram, Edge
from micrograd.drawing.faces import LABEL, LABEL_LINE, MARGIN, PAD, ROW, ROW_LINE, Face
from micrograd.drawing.layout.routing import Layout, arrange
from micrograd.drawing.svg import BORDER, document
from micrograd.drawing.theme import DARK, LIGHT, Palette
from micrograd.text.measure import text_width

DOCS = Path(__file__).parent
PACKAGE = DOCS.parent / "micrograd"
PICTURES = [("floors.svg", "light"), ("floors-dark.svg", "dark")]
HEIGHT = LABEL_LINE + ROW_LINE + 2 * PAD  # of a room
NUMBERS = 28.0  # for the column of floor numbers
PURPOSE = {
    "ops": "every primitive, declared once",
    "optim": "optimisers",
    "datasets": "small data sets",
    "_core": "operators, modes, copying",
    "engine": "Value and backward",
    "functions": "elementary functions",
    "calculus": "derivatives of any order",
    "text": "formulas, names, a grammar",
    "losses": "loss functions",
    "compiler": "Python → program → C kernel",
    "nn": "neurons, layers, networks",
    "drawing": "graph → picture",
    "interop": "to other engines and back",
    "training": "fit, train, watch",
    "teaching": "step, explain, practise, check",
    "__init__": "import micrograd",
    "cli": "micrograd …",
    "__main__": "python -m micrograd",
}


def imports() -> dict[str, set[str]]:
    """For each room the other rooms that its files import, the top floor first."""
    found: dict[str, set[str]] = {room: set() for room in reversed(PURPOSE)}
    for path in PACKAGE.rglob("*.py"):
        room = path.relative_to(PACKAGE).with_suffix("").parts[0]
        for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(statement, ast.ImportFrom) and (statement.module or "").split(".")[0] == "micrograd":
                found[room] |= {_room(f"{statement.module}.{name.name}") for name in statement.names} - {room}
    return found


def _room(module: str) -> str:
    name = module.split(".")[1]
    return name if (PACKAGE / name).is_dir() or (PACKAGE / f"{name}.py").is_file() else "__init__"


def direct(imported: dict[str, set[str]]) -> list[tuple[str, str]]:
    """Pairs of a room and a room that it imports, except those that it also reaches through another one."""

    def reached(room: str) -> set[str]:
        return imported[room].union(*(reached(other) for other in imported[room]))

    return [
        (room, other)
        for room in imported
        for other in imported
        if other in imported[room] and not any(other in reached(between) for between in imported[room])
    ]


def picture(theme: str) -> str:
    imported = imports()
    rooms = list(imported)
    pairs = [(rooms.index(room), rooms.index(other)) for room, other in direct(imported)]
    boxes = [Box("call" if (PACKAGE / room).is_dir() else "leaf") for room in rooms]
    faces = [_face(room) for room in rooms]
    layout = arrange([face.size for face in faces], pairs, down=True)
    diagram = Diagram(boxes, [Edge(source, target, 0) for source, target in pairs])
    layout.width += NUMBERS
    label = "The rooms of the package on their floors: every room imports only rooms below it"
    drawing = document(diagram, layout, faces, label=label, theme=theme, down=True)
    head, level, rest = drawing.partition('<g class="mg-level"')
    return head + _floors(layout, DARK if theme == "dark" else LIGHT) + level + rest


def _floors(layout: Layout, palette: Palette) -> str:
    """A band behind the rooms of each floor, with its number."""
    heights = sorted({y for _, y in layout.centers}, reverse=True)
    band = f'width="{layout.width + 2 * BORDER:g}" height="{HEIGHT}" fill="{palette.ink}" fill-opacity="0.05"'
    return "".join(
        f'<rect y="{y + BORDER - HEIGHT / 2:g}" {band}/>\n'
        f'<text class="mg-name" x="{layout.width + 2:g}" y="{y + BORDER + 4:g}">{floor}</text>\n'
        for floor, y in enumerate(heights)
    )


def _face(room: str) -> Face:
    name, purpose = "micrograd" if room == "__init__" else room, PURPOSE[room]
    width = max(text_width(name, LABEL, bold=True), text_width(purpose, ROW)) + 2 * MARGIN + 8
    return Face(width, HEIGHT, 0.0, "", name, [("", purpose)], f"micrograd/{room}")


def main() -> None:
    for name, theme in PICTURES:
        write_file(DOCS / name, picture(theme))


if __name__ == "__main__":
    main()
