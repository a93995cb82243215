"""The graph on a slide: the numbers that are known so far, and the contribution that is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from micrograd.drawing import svg
from micrograd.drawing.faces import LABEL_LINE, RING, ROW, ROW_LINE, Face, margin_of
from micrograd.drawing.layout.routing import Point
from micrograd.drawing.theme import Palette
from micrograd.teaching.views.scene import Scene
from micrograd.teaching.views.slides import Slide
from micrograd.text.escape import escape_xml
from micrograd.text.measure import text_width

X, Y, WIDTH, HEIGHT = 24.0, 40.0, 1232.0, 418.0  # where the graph is seen
SMALLEST, LARGEST = 0.9, 3.0  # scales of the graph; a larger graph than fits is shown around its step
AMOUNT = 13.0  # size of type
CHECK = "\u00a0" * 5  # the room of a check mark, which is drawn: not every font has one


def style_graph(palette: Palette) -> str:
    """The rules for what a step adds to the picture of a graph."""
    return (
        f".micrograd .faint{{opacity:0.38}}\n"
        f".micrograd .mg-box .focus rect{{stroke:{palette.accent};stroke-width:2.6}}\n"
        f".micrograd .mg-box .goal rect{{fill:{palette.soft}}}\n"
        ".micrograd .mg-box .goal .mg-ring{fill:none}\n"
        f".micrograd path.pushed{{stroke:{palette.accent};stroke-opacity:0.55;stroke-dasharray:5 4}}\n"
        f".micrograd path.lit{{stroke:{palette.accent};stroke-width:2.6}}\n"
        f".micrograd path.flow{{stroke:{palette.accent};stroke-width:2.8;stroke-dasharray:7 5}}\n"
        f".micrograd path.head{{stroke:{palette.accent};stroke-width:2.8}}\n"
        f".micrograd path.check{{stroke:{palette.grad};stroke-width:1.4}}\n"
        f".micrograd text.amount{{fill:{palette.accent};stroke:{palette.page};stroke-width:5px;paint-order:stroke;"
        f"font-size:{AMOUNT:g}px;font-weight:700;text-anchor:middle}}\n"
    )


def draw_graph(scene: Scene, slide: Slide) -> list[str]:
    """The graph as it is on this slide, in a window of its own, as lines of SVG."""
    diagram, layout = scene.diagram, scene.layout
    faces = [_fill(i, face, slide) for i, face in enumerate(scene.faces)]
    lines = svg.parts(diagram, layout, faces, classes=_classes(slide, len(faces)))
    for k, e in enumerate(diagram.edges, start=1):
        key = e.source, e.target, e.slot
        state = "pushed" if key in slide.pushed else "lit" if key in slide.lit else ""
        if state:
            lines[k] = lines[k].replace('class="mg-edge', f'class="{state} mg-edge', 1)
    overlay = [_check(scene, i, face) for i, face in enumerate(faces) if face.rows and face.rows[-1][1].endswith(CHECK)]
    if slide.flow is not None:
        k = next(k for k, e in enumerate(diagram.edges) if (e.source, e.target, e.slot) == slide.flow)
        overlay += _flow(scene, layout.routes[k], slide.amount)
    return [
        f'<svg x="{X:g}" y="{Y:g}" width="{WIDTH:g}" height="{HEIGHT:g}" viewBox="{_window(scene, slide)}">',
        *lines[:-1],
        *overlay,
        lines[-1],
        "</svg>",
    ]


def _fill(i: int, face: Face, slide: Slide) -> Face:
    """The face with the numbers that are known by now."""
    grad = (slide.grads or {}).get(i, "—").replace(" ✓", CHECK)
    (name, value), *_ = face.rows
    return replace(face, rows=[(name, "—" if i in slide.unknown else value), ("grad", grad)])


def _classes(slide: Slide, count: int) -> dict[int, str]:
    classes = {}
    for i in range(count):
        focus = "focus" if i in slide.sources | slide.goals else ""
        goal = "goal" if i in slide.goals and slide.sources | slide.lit else ""
        classes[i] = " ".join(filter(None, [focus, goal, "faint" if i in slide.unknown else ""]))
    return classes


def _check(scene: Scene, i: int, face: Face) -> str:
    """A check mark behind the grad of a box."""
    box = scene.diagram.boxes[i]
    x, y = scene.layout.centers[i]
    ring = RING if box.output else 0.0
    high = (LABEL_LINE if face.label else 0.0) + ROW_LINE * len(face.rows)
    right = x + face.width / 2 - ring - margin_of(box)
    return f'<path class="check" d="M{right - 9:.1f} {y + high / 2 - ROW_LINE + ROW - 4:.1f}l3 4l6 -9"/>'


def _flow(scene: Scene, route: Sequence[Point], amount: str) -> list[str]:
    """The gradient flows against the edge: a dashed line over it, with its head at the other end."""
    course = svg.curve(route, down=False)
    (x, y), middle = route[0], _middle(route)
    at_x, at_y = _free(scene, middle, text_width(amount, AMOUNT, bold=True))
    return [
        f'<path class="flow" d="{course[: course.rindex("m")]}"/>',
        f'<path class="head" d="M{x:.1f} {y:.1f}m8 -5l-8 5l8 5"/>',
        f'<text class="amount" x="{at_x:.1f}" y="{at_y:.1f}">{escape_xml(amount)}</text>',
    ]


def _middle(route: Sequence[Point]) -> Point:
    k = (len(route) - 1) // 2
    (x0, y0), (x1, y1) = route[k], route[min(k + 1, len(route) - 1)]
    return (x0 + x1) / 2, (y0 + y1) / 2


def _free(scene: Scene, middle: Point, width: float) -> Point:
    """The place for a label that is nearest to `middle`, and covers no box."""
    x, y = middle

    def is_free(base: float) -> bool:
        return not any(
            abs(cx - x) < (face.width + width) / 2 and cy - face.height / 2 - 2 < base < cy + face.height / 2 + 12
            for (cx, cy), face in zip(scene.layout.centers, scene.faces, strict=True)
        )

    tries = sorted(range(-100, 101, 4), key=lambda shift: (abs(shift), shift))
    return x, next((y - 6 + shift for shift in tries if is_free(y - 6 + shift)), y - 6)


def _window(scene: Scene, slide: Slide) -> str:
    """The part of the graph that is seen, as a viewBox: all of it, or what fits around this step."""
    scale = min(LARGEST, WIDTH / scene.width, HEIGHT / scene.height)
    focus = slide.sources | slide.goals
    if scale < SMALLEST and focus:
        scale = SMALLEST
    wide, high = WIDTH / scale, HEIGHT / scale
    centers = [scene.layout.centers[i] for i in focus] or [(scene.width / 2, scene.height / 2)]
    x, y = (sum(values) / len(centers) + svg.BORDER for values in zip(*centers, strict=True))
    return f"{_begin(x, wide, scene.width):.1f} {_begin(y, high, scene.height):.1f} {wide:.1f} {high:.1f}"


def _begin(middle: float, room: float, size: float) -> float:
    """Where the window begins: around `middle`, but not beyond the edges; in the middle of what is smaller."""
    return (size - room) / 2 if room >= size else min(max(middle - room / 2, 0.0), size - room)
