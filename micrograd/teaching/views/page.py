"""The stepper as a page: one self-contained string of HTML, made of the record.

Every number and every sentence is computed here; the script only shows and hides. Without a script the page is the
expression, line by line, and the full ledger; in print the picture comes with them. Nothing is loaded from anywhere.
"""

from __future__ import annotations

import base64
import html
import json
import os
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd.drawing.theme import DARK, FONT, LIGHT
from micrograd.engine import Value
from micrograd.teaching.record.mistakes import find_visible_mistakes
from micrograd.teaching.record.record import Contribution
from micrograd.teaching.record.rules import rule, sign
from micrograd.teaching.views.scene import Scene, levels, scene
from micrograd.teaching.words.describe import describe, forward
from micrograd.text.names import Names
from micrograd.text.typeset import shown

HERE = Path(__file__).parent
MOST = 8_000  # contributions; more of them no browser shows with comfort, and no reader wants
FEW = 300  # contributions up to which the page brings the mistaken passes along
CHROME = 440  # what stands around the picture, in pixels
LOWEST, HIGHEST = 650, 800
LIT = {"accent": "#b3470b", "soft": "#fdeee0", "panel": "#f5f7f9", "line": "#ccd4dc"}
DIM = {"accent": "#ffab5e", "soft": "#3b2a18", "panel": "#1c232b", "line": "#3c4855"}


def write_page(html: str, path: str | os.PathLike[str], refusal: str) -> Path:
    """Write a page to a file that ends in .html and return its path.

    Raises `ValueError` for another ending; its message is `refusal`, with the file's name for {name}.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(refusal.format(name=repr(path.name)))
    path.write_text(html, encoding="utf-8")
    return path


@dataclass(frozen=True)
class Part:
    """What a page can do beyond showing the steps: buttons for its head, keys for its list, styles, scripts.

    A script is a function; it gets `page`, which page.js describes, when the page starts.
    """

    tools: str
    keys: Sequence[tuple[str, str]]
    scripts: Sequence[Path]
    styles: Sequence[Path] = ()

    @property
    def listed(self) -> str:
        return "".join(f" · <kbd>{key}</kbd> {said}" for key, said in self.keys)


PREDICT = Part(
    '<button id="predict" aria-pressed="true" title="Predict before you see: sign first, then number (P)">'
    "Predict</button>",
    [("P", "predict"), ("Enter", "submit")],
    [HERE / "predict.js"],
)
BREAK = Part(
    '<label id="breaking">break it: <select id="broken" title="Run one mistake beside the correct pass (B)">'
    '<option value="">no mistake</option></select></label>',
    [("B", "break it")],
    [HERE / "broken.js"],
)


def document(title: str, lines: Sequence[str], rows: Sequence[str], data: dict[str, Any], parts: Sequence[Part]) -> str:
    """A whole page: the expression line by line and the ledger as text, the rest for the script."""
    page = (HERE / "page.html").read_text(encoding="utf-8")
    scripts = [_script(path) for part in parts for path in part.scripts]
    pieces = {
        "title": html.escape(title),
        "style": style([path for part in parts for path in part.styles]),
        "lines": "\n".join(lines),
        "ledger": "\n".join(rows),
        "tools": "\n".join(part.tools for part in parts),
        "keys": "".join(part.listed for part in parts),
        "script": _script(HERE / "page.js"),
        "parts": ",\n".join(scripts),
        "data": packed(data),
    }
    for name, piece in pieces.items():
        page = page.replace(f"<!--{name}-->", piece)
    return page


def _script(path: Path) -> str:
    """A function, without the line end that no list of functions can hold."""
    return path.read_text(encoding="utf-8").strip()


class Page:
    """The page for one record, opened at `position`; `html` is all of it."""

    def __init__(
        self,
        root: Value,
        record: Sequence[Contribution],
        position: int = 0,
        parts: Sequence[Part] = (PREDICT, BREAK),
    ):
        if len(record) > MOST:
            raise ValueError(
                f"a page shows at most {MOST:,} contributions, this pass makes {len(record):,}: "
                "step through one example, or print the steps"
            )
        self.root, self.record, self.position, self.parts = root, record, position, parts
        self.told = describe(record)
        if record:
            self.names = record[0].names
        else:
            self.names = Names(root, [])
        self.scene: Scene = scene(root, self.names, self._grads())

    def _grads(self) -> dict[int, list[str]]:
        texts: dict[int, list[str]] = {}
        for c, told in zip(self.record, self.told, strict=True):
            texts.setdefault(id(c.parent), []).append(standing(told.after, told.arrived))
        return texts

    @property
    def title(self) -> str:
        return f"Backpropagation of {self.names[self.root]}, step by step"

    @property
    def height(self) -> int:
        """How high a frame should be to show the page without scrolling, within reason."""
        return round(min(HIGHEST, max(LOWEST, self.scene.height + CHROME)))

    @property
    def frame(self) -> str:
        """The page for a notebook."""
        return frame(self.html, self.title, self.height, self.scene.svg)

    @property
    def html(self) -> str:
        return document(self.title, self.lines, self.rows, self.data, self.parts)

    @property
    def lines(self) -> list[str]:
        """The expression, an item for each node."""
        lines = []
        for v in self.names.order:
            formula, _, value = forward(v, self.names)
            lines.append(
                f"<li><button><span>{html.escape(self.names[v])} = {html.escape(formula)}</span> "
                f"<b>{html.escape(value)}</b><i></i></button></li>"
            )
        return lines

    @property
    def rows(self) -> list[str]:
        """The ledger, an item for each contribution."""
        return [
            f"<li><button><i>{k}</i> <b>{html.escape(told.edge)}</b> <span>{html.escape(told.upstream[1])} × "
            f"{html.escape(told.factor)} = <em>{html.escape(signed(told.amount))}</em></span> "
            f"<small>{html.escape(told.sum[:-1])}</small></button></li>"
            for k, told in enumerate(self.told, start=1)
        ]

    def _broken(self) -> list[list[Any]]:
        """For each mistake that shows on this graph: its name, and by step every amount and grad that differs."""
        if len(self.record) > FEW:
            return []
        broken: list[list[Any]] = []
        for mistake, run in find_visible_mistakes(self.record):
            wrong = {
                k: [shown(amount), shown(after)]
                for k, (c, (amount, after)) in enumerate(zip(self.record, run, strict=True))
                if (amount, after) != (c.amount, c.after)
            }
            broken.append([mistake.name, wrong])
        return broken

    @property
    def data(self) -> dict[str, Any]:
        """What the script needs to know, as short as it goes; the fields are named where page.js unpacks them."""
        box, names = self.scene.box, self.names
        whys: dict[str, int] = {}
        steps = []
        for c, told, level, ask in zip(
            self.record, self.told, levels(self.root, self.record), asked(self.record), strict=True
        ):
            symbolic, numeric, value = told.local
            steps.append(
                [
                    box(c.node),
                    box(c.parent),
                    c.slot,
                    level,
                    ask,
                    told.place,
                    told.upstream[1],
                    symbolic,
                    "" if numeric == value else numeric,
                    "" if symbolic == value else value,
                    told.amount,
                    told.before,
                    told.after,
                    *told.arrived,
                    whys.setdefault(told.why, len(whys)),
                    told.check,
                ]
            )
        nodes: list[list[Any]] = []
        starts = {id(c.parent): shown(c.before) for c in reversed(self.record) if c.before}
        first = {id(c.parent) for c in self.record if c.before == 0}
        for b in self.scene.graph.boxes:
            v = b.value
            assert v is not None
            said = forward(v, names)[:2] if v.parents else ("", "")
            start = "" if id(v) in first else starts.get(id(v), "")
            operands = [box(p) for p in v.parents]
            nodes.append([names[v], *said, shown(v.data), operands, start, int(names.named(v))])
        return {
            "svg": self.scene.svg,
            "root": box(self.root),
            "nodes": nodes,
            "order": [box(v) for v in names.order],
            "steps": steps,
            "whys": list(whys),
            "broken": self._broken() if BREAK in self.parts else [],
            "at": self.position,
        }


def packed(data: dict[str, Any]) -> str:
    """The picture and the steps, compressed to a fourth: what browsers know how to unpack."""
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def standing(after: str, arrived: tuple[int, int]) -> str:
    """A grad as it stands: 6 (1 of 2) while contributions are missing, 10 ✓ when it is final."""
    return f"{after} ✓" if arrived[0] == arrived[1] else f"{after} ({arrived[0]} of {arrived[1]})"


def signed(amount: str) -> str:
    return amount if amount == "0" or amount[0] in "−n" else f"+{amount}"


def asked(record: Sequence[Contribution]) -> list[int]:
    """Which steps are worth a prediction: each rule's first use, and every further contribution to the same grad."""
    seen: set[tuple[str, str]] = set()
    reached: set[int] = set()
    found = []
    kinds: tuple[str, ...] = ()
    for k, c in enumerate(record):
        if k == 0 or record[k - 1].node is not c.node:
            kinds = rule(c.node, c.names).kinds
        use = (getattr(c.node.primitive, "name", sign(c.node)), kinds[c.slot])
        found.append(int(c.names.named(c.parent) and (use not in seen or id(c.parent) in reached)))
        seen.add(use)
        reached.add(id(c.parent))
    return found


def style(more: Sequence[Path] = ()) -> str:
    """The style sheets, with the colours of the pictures as variables."""

    def variables(palette: dict, more: dict) -> str:
        known = {key: palette[key] for key in ("page", "ink", "muted", "edge", "grad")} | more
        return "".join(f"--{key}:{value};" for key, value in known.items())

    light = variables(LIGHT, LIT)
    dark = variables(DARK, DIM)
    sheet = "".join(path.read_text(encoding="utf-8") for path in (HERE / "page.css", *more))
    return f":root{{{light}--font:{FONT}}}\n@media (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{sheet}"


def frame(page: str, title: str, height: int, svg: str) -> str:
    """A page in a sandboxed frame, and in it a picture for hosts that take frames away."""
    content = html.escape(page, quote=False).replace('"', "&quot;")
    image = base64.b64encode(svg.encode()).decode()
    return (
        f'<iframe srcdoc="{content}" sandbox="allow-scripts" width="100%" height="{height}" '
        f'style="border:0;color-scheme:light dark" title="{html.escape(title)}">'
        f'<img src="data:image/svg+xml;base64,{image}" alt="{html.escape(title)}"></iframe>'
    )
