"""Write a sheet to a file, in the form that the file's name asks for."""

from __future__ import annotations

from pathlib import Path

from micrograd._core.writing import write_file
from micrograd.teaching.practice.questions import Blanks
from micrograd.teaching.practice.round import Round
from micrograd.teaching.views.class_pdf import write_sheet_pdf
from micrograd.teaching.views.sheet import make_sheet
from micrograd.teaching.views.sheet_html import write_html
from micrograd.teaching.views.sheet_latex import write_latex
from micrograd.teaching.views.sheet_markdown import write_markdown


def write_sheet(round: Round, path: Path, solutions: bool, blanks: Blanks) -> Path:
    """Write the sheet of a round and return the path. Raises `ValueError` for an unknown ending."""
    sheet = make_sheet(round.title, round.record, blanks)
    suffix = path.suffix.lower()
    if suffix in (".html", ".htm"):
        text = write_html(sheet, solutions)
    elif suffix == ".md":
        picture = path.with_suffix(".svg")
        write_file(picture, sheet.scene.svg)
        text = write_markdown(sheet, solutions, picture.name)
    elif suffix == ".tex":
        text = write_latex(sheet, solutions)
    elif suffix == ".pdf":
        return write_file(path, write_sheet_pdf(sheet, solutions))
    else:
        raise ValueError(f"a sheet is written as .html, .pdf, .md or .tex, got {path.name!r}")
    return write_file(path, text)
