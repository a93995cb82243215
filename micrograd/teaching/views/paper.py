"""Pages of a PDF: lines with formulas, a place to write; footers with page numbers. Tables are in `paper_table`.

A text is HTML with <b>, <i>, <sub> and <sup> alone; ______ is a rule to write on. Everything is placed first and
painted at the end, when it is known how many pages a part has. Nothing in the file tells when or where it was made.

The fonts are those that Matplotlib brings: they look the same everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}  # millimetres
SIDE, TOP, BOTTOM = 19.0, 15.0, 17.0
POINT = 25.4 / 72
SIZE, SMALL = 11.0, 9.0  # of letters, in points
LEADING = 1.32
RULE = 2.4  # the length of one _ in a rule to write on
INK, GREY, LINE = (17, 17, 17), (95, 95, 95), (150, 150, 150)
FONTS = {"": "STIXGeneral", "B": "STIXGeneralBol", "I": "STIXGeneralItalic", "BI": "STIXGeneralBolIta"}
OTHERS = {"": "DejaVuSans", "B": "DejaVuSans-Bold"}  # for what the first ones lack
PIECE = re.compile(r"<(/?)(b|i|sub|sup)>|(_{3,})|(\s+)|([^<_\s]+|[<_])")
NEEDS = 'a PDF of sheets needs {missing}: pip install "micrograd-lab[sheets]" (the format html needs nothing)'


@dataclass(frozen=True)
class Run:
    """Letters of one kind, or a rule to write on; `rise` is how far they stand above the line, in millimetres."""

    text: str
    style: str
    size: float
    rise: float
    width: float
    rule: bool = False


@dataclass
class Page:
    """What is painted on a page, and the bookmarks that lead to it, each with a link that does as well."""

    painted: list[Callable[[], None]] = field(default_factory=list)
    bookmarks: list[tuple[str, int, float]] = field(default_factory=list)


@dataclass
class Part:
    """Pages that are numbered together, and the text of their footers."""

    footer: str
    pages: list[Page] = field(default_factory=list)


class Paper:
    """The pages, and where on the last one the next thing goes: `y` is in millimetres from the top.

    As a context, it closes the files of its fonts, whatever happens inside.
    """

    def __init__(self, title: str, paper: str):
        fpdf, fonts = _packages()
        self.width, self.height = PAPERS[paper]
        self.pdf = pdf = fpdf.FPDF(format=PAPERS[paper])
        pdf.set_auto_page_break(False)
        pdf.c_margin = 0.0
        for family, files in (("body", FONTS), ("others", OTHERS)):
            for style, file in files.items():
                pdf.add_font(family, style, fonts / f"{file}.ttf")
        pdf.set_fallback_fonts(["others"], exact_match=False)
        pdf.set_title(title)
        pdf.set_lang("en")
        pdf.set_producer("micrograd-lab")
        pdf.set_creation_date(datetime(2000, 1, 1, tzinfo=timezone.utc))
        self.parts: list[Part] = []
        self.y = TOP
        self._widths: dict[tuple[str, str, float], float] = {}  # most words come again and again

    def __enter__(self) -> Paper:
        return self

    def __exit__(self, *error: object) -> None:
        for font in self.pdf.fonts.values():
            font.close()

    @property
    def text_width(self) -> float:
        return self.width - 2 * SIDE

    # ---- pages

    def start(self, footer: str) -> None:
        """Begin a part, on a new page."""
        self.parts.append(Part(footer))
        self.turn()

    def turn(self) -> None:
        """Go on at the top of a new page."""
        self.parts[-1].pages.append(Page())
        self.y = TOP

    @property
    def page(self) -> Page:
        """The last one."""
        return self.parts[-1].pages[-1]

    def need(self, height: float) -> None:
        """Go on at the top of a new page if there is no room for this height."""
        if self.y + height > self.height - BOTTOM and self.y > TOP:
            self.turn()

    def keep(self, build: Callable[[], None]) -> None:
        """Put on one page what `build` adds, if it fits on one at all."""
        pages, y = self.parts[-1].pages, self.y
        count, painted, bookmarks = len(pages), len(self.page.painted), len(self.page.bookmarks)
        build()
        if len(pages) > count and y > TOP:
            del pages[count:], self.page.painted[painted:], self.page.bookmarks[bookmarks:]
            self.turn()
            build()

    def paint(self, action: Callable[[], None]) -> None:
        self.page.painted.append(action)

    def bookmark(self, title: str, link: int | None = None) -> None:
        """Lead to this place, from the list of bookmarks and from a `link`."""
        self.page.bookmarks.append((title, self.pdf.add_link() if link is None else link, self.y))

    def output(self) -> bytes:
        """The whole file."""
        pages = [page for part in self.parts for page in part.pages]
        for number, page in enumerate(pages, start=1):
            for _, link, y in page.bookmarks:
                self.pdf.set_link(link, page=number, y=y)
        for part in self.parts:
            for k, page in enumerate(part.pages, start=1):
                self.pdf.add_page()
                for title, _, y in page.bookmarks:
                    self.pdf.set_y(y)
                    self.pdf.start_section(title)
                for action in page.painted:
                    action()
                self._paint_footer(part.footer, f"page {k} of {len(part.pages)}")
        return bytes(self.pdf.output())

    def _paint_footer(self, text: str, number: str) -> None:
        y, right = self.height - BOTTOM + 8, [*self.runs(number, SMALL)]
        self._draw([*self.runs(text, SMALL)], SIDE, y, GREY)
        self._draw(right, self.width - SIDE - width_of(right), y, GREY)

    # ---- text

    def line(self, text: str, size: float = SIZE, x: float = 0.0, colour: tuple[int, int, int] = INK) -> None:
        """One line, or as many as it takes."""
        for runs in self.wrap(text, size, self.text_width - x):
            self.need(size * POINT * LEADING)
            self.y += size * POINT * LEADING
            self.put(runs, SIDE + x, self.y, colour)

    def gap(self, height: float) -> None:
        self.y += height

    def put(self, runs: Sequence[Run], x: float, y: float, colour: tuple[int, int, int] = INK) -> None:
        """Letters at a place; `y` is that of their base line."""
        self.paint(lambda: self._draw(runs, x, y, colour))

    def rule(self, x: float, y: float, width: float, thickness: float = 0.2) -> None:
        self.paint(lambda: self._rule(x, y, width, thickness))

    def runs(self, text: str, size: float) -> Iterator[Run]:
        """The text in pieces, each of one kind; spaces are pieces of their own."""
        styles: list[str] = []
        for end, tag, rule, space, letters in PIECE.findall(text):
            if tag:
                styles.remove(tag) if end else styles.append(tag)
                continue
            raised, lowered = "sup" in styles, "sub" in styles
            points = size * (0.7 if raised or lowered else 1.0)
            rise = size * POINT * (0.36 * raised - 0.16 * lowered)
            style = "B" * ("b" in styles) + "I" * ("i" in styles)
            if rule:
                yield Run("", style, points, 0.0, RULE * len(rule), rule=True)
            else:
                shown = " " if space else unescape(letters)
                yield Run(shown, style, points, rise, self._measure(shown, style, points))

    def wrap(self, text: str, size: float, width: float) -> list[list[Run]]:
        """The text in lines of at most this width."""
        lines: list[list[Run]] = [[]]
        word: list[Run] = []
        for run in (*self.runs(text, size), None):
            if run is not None and run.text != " ":
                word.append(run)
                continue
            if lines[-1] and width_of(lines[-1]) + width_of(word) > width:
                lines.append([])
            lines[-1] += word + ([run] if run else [])
            word = []
        return lines

    def _measure(self, text: str, style: str, size: float) -> float:
        """The width of a text. Raises `ValueError` for a letter that no font has."""
        if (width := self._widths.get((text, style, size))) is not None:
            return width
        known = [self.pdf.fonts[name].cmap for name in ("body", "others")]
        for letter in text:
            if not any(ord(letter) in cmap for cmap in known):
                raise ValueError(
                    f"the fonts of the PDF have no {letter!r}, as in {text!r}: write it in other letters, or take "
                    "the format html alone, which shows what the browser can show"
                )
        self.pdf.set_font("body", style, size)
        width = self._widths[text, style, size] = float(self.pdf.get_string_width(text))
        return width

    def _draw(self, runs: Sequence[Run], x: float, y: float, colour: tuple[int, int, int]) -> None:
        self.pdf.set_text_color(*colour)
        for run in _join(runs):
            if run.rule:
                self._rule(x + 0.4, y + 0.7, run.width - 0.8, 0.2)
            elif run.text.strip():
                self.pdf.set_font("body", run.style, run.size)
                self.pdf.set_xy(x, y - run.rise - 0.3 * self.pdf.font_size)
                self.pdf.cell(run.width, 0, text=run.text)
            x += run.width

    def _rule(self, x: float, y: float, width: float, thickness: float) -> None:
        self.pdf.set_draw_color(*(INK if thickness > 0.2 else LINE))
        self.pdf.set_line_width(thickness)
        self.pdf.line(x, y, x + width, y)


def width_of(runs: Sequence[Run]) -> float:
    return sum(run.width for run in runs)


def _join(runs: Sequence[Run]) -> Iterator[Run]:
    """Neighbours of one kind as one: the PDF then has words, not pieces."""
    joined: Run | None = None
    for run in runs:
        if joined and not (joined.rule or run.rule) and _kind(joined) == _kind(run):
            joined = replace(joined, text=joined.text + run.text, width=joined.width + run.width)
            continue
        if joined:
            yield joined
        joined = run
    if joined:
        yield joined


def _kind(run: Run) -> tuple[str, float, float]:
    return run.style, run.size, run.rise


def _packages() -> tuple[Any, Path]:
    """The module that writes PDF, and the folder of the fonts."""
    matplotlib = find_spec("matplotlib")
    try:
        import fpdf
    except ImportError:
        raise ImportError(NEEDS.format(missing="the package fpdf2")) from None
    if matplotlib is None or matplotlib.origin is None:
        raise ImportError(NEEDS.format(missing="the fonts of the package matplotlib"))
    return fpdf, Path(matplotlib.origin).parent / "mpl-data" / "fonts" / "ttf"
