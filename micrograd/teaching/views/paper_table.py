"""Tables on paper, over the width of the text."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.teaching.views.paper import BOTTOM, LEADING, POINT, SIDE, SIZE, SMALL, Paper, width_of

BETWEEN = 3.0  # millimetres, between columns


def draw_table(
    paper: Paper, head: Sequence[str], rows: Sequence[Sequence[str]], size: float = SIZE, air: float = 1.0,
    links: Sequence[int] = (),
) -> None:  # fmt: skip
    """A table; `air` is the space in a row above and below its text.

    A head is repeated on a new page. The first cell of row k leads to `links[k]`.
    """
    widths = _share(paper, [head, *rows], size)
    titles = [f"<b>{cell}</b>" for cell in head]
    _row(paper, titles, widths, SMALL, 0.6, 0.35)
    for k, row in enumerate(rows):
        cells = [paper.wrap(cell, size, width - BETWEEN) for cell, width in zip(row, widths, strict=True)]
        height = max(map(len, cells)) * size * POINT * LEADING + 2 * air
        if paper.y + height > paper.height - BOTTOM:
            paper.turn()
            _row(paper, titles, widths, SMALL, 0.6, 0.35)
        if links:
            _link(paper, links[k], paper.y, widths[0], height)
        _row(paper, row, widths, size, air, 0.2)


def _row(paper: Paper, row: Sequence[str], widths: Sequence[float], size: float, air: float, thickness: float) -> None:
    leading, x, most = size * POINT * LEADING, SIDE, 1
    for cell, width in zip(row, widths, strict=True):
        lines = paper.wrap(cell, size, width - BETWEEN)
        most = max(most, len(lines))
        for k, runs in enumerate(lines):
            paper.put(runs, x, paper.y + air + (k + 1) * leading - 0.25 * size * POINT)
        x += width
    paper.y += most * leading + 2 * air
    paper.rule(SIDE, paper.y, paper.text_width, thickness)


def _link(paper: Paper, link: int, y: float, width: float, height: float) -> None:
    paper.paint(lambda: paper.pdf.link(SIDE, y, width, height, link))


def _share(paper: Paper, rows: Sequence[Sequence[str]], size: float) -> list[float]:
    """The widths of the columns: what each needs and an equal share of the rest; the widest gives way."""
    columns = zip(*rows, strict=True)
    needed = [max(width_of([*paper.runs(cell, size)]) for cell in column) + BETWEEN for column in columns]
    rest = paper.text_width - sum(needed)
    if rest < 0:
        widest = needed.index(max(needed))
        needed[widest] += rest
        return needed
    return [needed[0], *(width + rest / max(1, len(needed) - 1) for width in needed[1:])]
