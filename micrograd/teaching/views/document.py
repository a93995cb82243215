"""A page as one self-contained string of HTML: text, styles, scripts, and the data packed for the scripts.

Nothing is loaded from anywhere. Without a script the page shows its lists; in print the picture comes with them.
"""

from __future__ import annotations

import html
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from micrograd._core.writing import write_file
from micrograd.drawing.page import THEME, ZOOM, ZOOM_STYLE, pack, read_script
from micrograd.drawing.theme import page_variables

HERE = Path(__file__).parent
SCRIPTS = ("elements", "host", "read", "position", "picture", "ledger", "step", "controls", "outline", "numbers")
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True)
class Part:
    """An addition to the page of steps: buttons for its head, keys for its list, scripts, styles.

    A script is a function of `page`, the one object that all scripts share; see elements.js and those after it.
    """

    tools: str
    keys: Sequence[tuple[str, str]]
    scripts: Sequence[Path]
    styles: Sequence[Path] = ()

    @property
    def key_list(self) -> str:
        return "".join(f" · <kbd>{key}</kbd> {what}" for key, what in self.keys)


def build_document(
    title: str,
    lines: Sequence[str],
    rows: Sequence[str],
    data: Mapping[str, Any],
    parts: Sequence[Part],
    attributes: Mapping[str, str] | None = None,
) -> str:
    """A whole page: the expression line by line and the ledger as text, the rest for the scripts."""
    page = (HERE / "page.html").read_text(encoding="utf-8")
    own = [HERE / f"{name}.js" for name in SCRIPTS]
    scripts = [f"(page) => {{ page.zoom = {read_script(ZOOM)}; }}"]
    scripts += [read_script(path) for path in (*own, *(path for part in parts for path in part.scripts))]
    pieces = {
        "attributes": "".join(f' {name}="{html.escape(value)}"' for name, value in (attributes or {}).items()),
        "title": html.escape(title),
        "style": _build_style([path for part in parts for path in part.styles]),
        "lines": "\n".join(lines),
        "ledger": "\n".join(rows),
        "tools": "\n".join(part.tools for part in parts),
        "keys": "".join(part.key_list for part in parts),
        "theme": read_script(THEME),
        "start": read_script(HERE / "start.js"),
        "data": pack({"data": data, "scripts": f"[{','.join(scripts)}]"}),
    }
    for name, piece in pieces.items():
        page = page.replace(f"<!--{name}-->", piece)
    return page


def _build_style(more: Sequence[Path]) -> str:
    """The style sheets, with the colours of the pictures as variables."""
    sheet = "".join(path.read_text(encoding="utf-8") for path in (HERE / "page.css", *more))
    return f"{page_variables()}{ZOOM_STYLE}{sheet}"


def write_page(html: str, path: str | os.PathLike[str], refusal: str) -> Path:
    """Write a page to a file that ends in .html and return its path.

    Raises `ValueError` for another ending; its message is `refusal`, with the file's name for {name}.
    """
    path = Path(path)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(refusal.format(name=repr(path.name)))
    return write_file(path, html)


def choose_attributes(path: Path, slides: bool | None, theme: str) -> dict[str, str]:
    """The attributes of <html> of a page that opens as slides, or in one theme.

    Unless `slides` says it, a page opens as slides if its name has that word in it. Raises `ValueError` for a theme
    that there is not.
    """
    if theme not in THEMES:
        raise ValueError(f"theme must be 'auto', 'light' or 'dark', got {theme!r}")
    attributes = {} if theme == "auto" else {"data-theme": theme}
    if "slides" in path.stem.lower() if slides is None else slides:
        attributes["data-slides"] = ""
    return attributes
