"""The result of a gradient check, as data and as a table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from micrograd.text.terminal import fitted

MEANING = {
    "ok": "the two agree",
    "wrong": "the two differ",
    "kink": "a kink lies here: there is no derivative to compare with, and beside it the two agree",
    "singular": "the derivative is infinite here, and the differences grow without end",
    "edge": "the function ends here: compared on one side, and only roughly",
}
WORDING = {"wrong": "wrong", "kink": "on a kink", "singular": "infinite", "edge": "at an edge"}


@dataclass(frozen=True)
class Row:
    """One input: the derivative by backpropagation, the one by differences, and how they compare.

    `difference` is |analytic − numeric| relative to the larger of the two, or to rounding ÷ tolerance if that is
    larger; `step` is how far the input was moved. `verdict` is one of the words explained in `MEANING`.
    """

    name: str
    analytic: float
    numeric: float
    difference: float
    step: float
    verdict: str


@dataclass(frozen=True)
class Report:
    """The rows of a gradient check. It is true if none of them is wrong; printed, it is a table."""

    title: str
    rows: tuple[Row, ...]
    tolerance: float
    shown: int = 20

    @property
    def ok(self) -> bool:
        """Whether no row is wrong."""
        return not self.wrong

    @property
    def wrong(self) -> tuple[Row, ...]:
        """The rows that are wrong."""
        return tuple(row for row in self.rows if row.verdict == "wrong")

    @property
    def worst(self) -> Row | None:
        """The row with the largest difference, a wrong one if there is any."""
        return max(self.wrong or self.rows, key=lambda row: row.difference, default=None)

    def __bool__(self) -> bool:
        return self.ok

    @fitted
    def __str__(self) -> str:
        """The table: all rows, or where there are too many the wrong and the special ones first."""
        chosen = self.rows
        if len(chosen) > self.shown:
            order = {"wrong": 0, "ok": 2}
            chosen = tuple(sorted(chosen, key=lambda row: (order.get(row.verdict, 1), -row.difference))[: self.shown])
        if not self.rows:
            return self.summary()
        lines = [self.summary(), *table([HEAD, *map(cells, chosen)])]
        if left_out := len(self.rows) - len(chosen):
            lines.append(f"… and {left_out} more, with smaller differences")
        seen = {row.verdict for row in self.rows}
        lines += [f"{verdict}: {meaning}" for verdict, meaning in MEANING.items() if verdict in seen - {"ok"}]
        return "\n".join(lines)

    __repr__ = __str__

    def summary(self) -> str:
        """The first line: how many agree, how many are wrong, how many are neither."""
        n = len(self.rows)
        if not n:
            return f"{self.title}: nothing to check, no number among the inputs"
        counts = {verdict: sum(row.verdict == verdict for row in self.rows) for verdict in MEANING}
        parts = [f"{counts.pop('ok')} of {n} agree"]
        parts += [f"{count} {WORDING[verdict]}" for verdict, count in counts.items() if count]
        return f"{self.title}: {', '.join(parts)} (tolerance {self.tolerance:g})"


class GradcheckError(ValueError):
    """A gradient that is wrong; `report` holds the whole check."""

    def __init__(self, report: Report):
        super().__init__(str(report))
        self.report = report

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.report,)


HEAD = ("input", "backpropagation", "differences", "relative", "step", "")


def cells(row: Row) -> tuple[str, ...]:
    numbers = (f"{row.analytic:.10g}", f"{row.numeric:.10g}", f"{row.difference:.1e}", f"{row.step:.1e}")
    return (row.name, *numbers, row.verdict)


def table(rows: list[tuple[str, ...]]) -> list[str]:
    """Rows of cells as lines: the first and the last column flush left, numbers flush right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *numbers, last in rows:
        middle = [cell.rjust(width) for cell, width in zip(numbers, widths[1:-1], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *middle, last]).rstrip())
    return lines
