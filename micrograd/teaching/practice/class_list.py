"""The names of a class, from a file: one in each line, or a table with a column for them."""

from __future__ import annotations

import csv
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from micrograd.text.escape import sanitise

WHOLE = ("name", "full name", "student", "student name")
FIRST = ("first name", "firstname", "given name", "forename")
LAST = ("last name", "lastname", "surname", "family name")
DELIMITERS = ",;\t"
TABLES = (".csv", ".tsv")


def read_names(path: str | os.PathLike[str]) -> list[str]:
    """The names in a file, in its order: a text with a name in each line, or a .csv or .tsv file.

    A table has a column `name`, or `first name` and `last name`; or it has one column, with or without a heading.
    Raises `ValueError` where there are no names, or the file is not text in UTF-8.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{path.name} is not text in UTF-8: save it as UTF-8, as a text or as CSV") from None
    lines = [line for line in text.splitlines() if line.strip()]
    found = _read_table(path.name, lines) if path.suffix.lower() in TABLES else lines
    if names := [name for name in (" ".join(sanitise(line).split()) for line in found) if name]:
        return names
    raise ValueError(f"{path.name} has no names in it: write one in each line")


def _read_table(file: str, lines: Sequence[str]) -> list[str]:
    if not lines:
        return []
    delimiter = max(DELIMITERS, key=lines[0].count)
    head, *rows = csv.reader(lines, delimiter=delimiter)
    places = {heading.strip().casefold(): k for k, heading in reversed([*enumerate(head)])}
    whole, first, last = (_place(places, known) for known in (WHOLE, FIRST, LAST))
    if whole is not None:
        return [_cell(row, whole) for row in rows]
    if first is not None or last is not None:
        return [f"{_cell(row, first)} {_cell(row, last)}" for row in rows]
    if len(head) == 1:
        return [_cell(row, 0) for row in (head, *rows)]
    raise ValueError(
        f"{file} has the columns {', '.join(head)}: name the one with the names `name`, "
        "or two of them `first name` and `last name`"
    )


def _place(places: Mapping[str, int], known: Sequence[str]) -> int | None:
    return next((places[heading] for heading in known if heading in places), None)


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""
