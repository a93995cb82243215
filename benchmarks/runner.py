"""Build a table from the `rows()` of each file: every measurement next to the bar that it has to reach."""

from __future__ import annotations

import ast
import operator
from collections.abc import Iterable, Iterator
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent
SIGNS = {"≥": operator.ge, "≤": operator.le, "=": operator.eq}


class Row(NamedTuple):
    """One line of the table, such as `Row("W1, eager", 8.4, "× the original", "≥ 8")`.

    `measured` is None if it could not be measured; `bar` is None if the number is only reported.
    """

    claim: str
    measured: float | None
    unit: str = ""
    bar: str | None = None

    def reached(self) -> bool | None:
        """Whether the bar is reached; None if there is nothing to compare."""
        if self.measured is None or self.bar is None:
            return None
        sign, _, limit = self.bar.partition(" ")
        if sign not in SIGNS:
            raise ValueError(f"a bar is ≥, ≤ or =, a space and a number, got {self.bar!r} for {self.claim!r}")
        return SIGNS[sign](self.measured, float(limit.replace(",", "")))

    def __str__(self) -> str:
        measured = "–" if self.measured is None else f"{digits(self.measured)} {self.unit}".strip()
        return line(self.claim, measured, self.bar or "", {None: "", True: "✓", False: "✗"}[self.reached()])


def digits(number: float) -> str:
    """`number` to three digits, or to the nearest integer from 100 on."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


def line(claim: str, measured: str, bar: str, mark: str) -> str:
    return f"| {claim:<58} | {measured:<20} | {bar:<5} | {mark:<1} |"


def names() -> list[str]:
    """The files here that define `rows`, found without importing them: only measured files are imported."""

    def defines_rows(path: Path) -> bool:
        statements = ast.parse(path.read_text(encoding="utf-8")).body
        return any(isinstance(s, ast.FunctionDef) and s.name == "rows" for s in statements)

    return sorted(path.stem for path in FOLDER.glob("*.py") if defines_rows(path))


def measure(name: str) -> Iterator[Row]:
    """The rows of one file. If a peer is not installed, the last row says so."""
    try:
        for row in import_module(f"benchmarks.{name}").rows():
            yield Row(*row)
    except ImportError as error:
        yield Row(f"not measured: {error}", None)


def table(chosen: Iterable[str]) -> Iterator[str]:
    """The Markdown lines for the files `chosen`, each as soon as it is measured."""
    for name in chosen:
        yield from ("", f"## {name}", "", line("claim", "measured", "bar", ""), "|---|---|---|---|")
        yield from map(str, measure(name))


def apart(chosen: Iterable[str]) -> Iterator[str]:
    """The same lines, with each file measured in a separate process: none inherits the heap of another."""
    with get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for lines in pool.imap(whole, chosen):
            yield from lines


def whole(name: str) -> list[str]:
    return list(table([name]))
