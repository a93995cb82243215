"""The film as a page: the drawings at their last moment, and for a script all that changes in them.

Nothing is loaded from anywhere. Where no script runs, and in print, the last moment stands there, and the figures of
all of them.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd.drawing.page import THEME, ZOOM, ZOOM_STYLE, pack, read_script
from micrograd.drawing.theme import page_variables
from micrograd.text.notation import format_number
from micrograd.training.watching.scenes.sheet import Scene, Values, fill, n
from micrograd.training.watching.style import film_style

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Moment:
    """One moment of a film: its name, its figures, and everything in the drawings that changes."""

    label: str
    figures: Mapping[str, Any]
    values: Values


def build_page(title: str, scenes: Sequence[Scene], moments: Sequence[Moment]) -> str:
    keys = sorted({key for moment in moments for key in moment.values})
    data = {
        "keys": keys,
        "labels": [moment.label for moment in moments],
        "moments": [[moment.values.get(key, "") for key in keys] for moment in moments],
    }
    pieces = {
        "title": html.escape(title),
        "style": _style(),
        "theme": read_script(THEME),
        "when": html.escape(moments[-1].label),
        "scenes": "\n".join(_section(scene, moments[-1]) for scene in scenes),
        "table": _table(moments),
        "script": read_script(HERE / "film.js"),
        "zoom": read_script(ZOOM),
        "data": pack(data),
    }
    page = (HERE / "film.html").read_text(encoding="utf-8")
    for name, piece in pieces.items():
        page = page.replace(f"<!--{name}-->", piece)
    return page


def _section(scene: Scene, moment: Moment) -> str:
    label = html.escape(f"{scene.title}, at the moment chosen")
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="film" role="img" aria-label="{label}" '
        f'viewBox="0 0 {n(scene.width)} {n(scene.height)}" width="{n(scene.width)}" height="{n(scene.height)}">'
        f"{fill(scene.body, moment.values, keep=True)}</svg>"
    )
    wide = scene.name == "network"
    if wide:
        drawing = f'<div class="scroll network" tabindex="0" role="group" aria-label="Picture, scrolls">{drawing}</div>'
    note = f"<p>{html.escape(scene.note)}</p>" if scene.note else ""
    return f"<section{' class=wide' if wide else ''}><h2>{html.escape(scene.title)}</h2>{drawing}{note}</section>"


def _table(moments: Sequence[Moment]) -> str:
    names = list(dict.fromkeys(name for moment in moments for name in moment.figures))
    head = "".join(f'<th scope="col">{html.escape(name)}</th>' for name in ["moment", *names])
    rows = [
        f'<tr><th scope="row">{html.escape(moment.label)}</th>'
        + "".join(f"<td>{_figure(moment.figures.get(name))}</td>" for name in names)
        + "</tr>"
        for moment in moments
    ]
    return f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"


def _figure(figure: Any) -> str:
    if isinstance(figure, (int, float)):
        return format_number(figure)
    return "—" if figure is None else html.escape(str(figure)[:80])


def _style() -> str:
    sheet = (HERE / "film.css").read_text(encoding="utf-8")
    return "\n".join([page_variables(), ZOOM_STYLE, sheet, film_style()])
