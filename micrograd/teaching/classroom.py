"""`sheets`: exercises on paper for a class, other numbers for each student, and one key.

    made = micrograd.sheets(30, level=4, seed=7)
    made.save("sheets")                    # sheet-01.html …, key.html; sheets.pdf for the printer, and key.pdf
    micrograd.sheets(["Ada", "Alan"], level=[2, 6]).save("sheets", formats=["html"])

The same seed makes the same sheets on any machine.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from micrograd._core.writing import write_file
from micrograd.teaching.practice.class_tasks import Handout, draw_class
from micrograd.teaching.practice.questions import Blanks, read_blanks
from micrograd.teaching.record.record import record
from micrograd.teaching.views.class_pdf import write_key_pdf, write_sheets_pdf
from micrograd.teaching.views.paper import PAPERS
from micrograd.teaching.views.sheet import make_sheet
from micrograd.teaching.views.sheet_html import write_key_html, write_student_html
from micrograd.text.notation import count

FORMATS = ("html", "pdf")


class Sheets:
    """The sheets of a class; see `micrograd.sheets`."""

    def __init__(self, handouts: Sequence[Handout], seed: int, blanks: Blanks):
        self.handouts, self.seed = handouts, seed
        self._sheets = [
            [make_sheet(task.title, record(task.level.build(task.numbers)), blanks) for task in handout.tasks]
            for handout in handouts
        ]

    def __len__(self) -> int:
        return len(self.handouts)

    def __repr__(self) -> str:
        return f"<Sheets: {self.title}>"

    @property
    def title(self) -> str:
        """What they are: 30 sheets, level 4, seed 7."""
        levels = [str(task.level.number) for task in self.handouts[0].tasks]
        return f"{count(len(self), 'sheet')}, level{'s' * (len(levels) > 1)} {', '.join(levels)}, seed {self.seed}"

    def save(
        self, folder: str | os.PathLike[str], formats: str | Iterable[str] = FORMATS, paper: str = "a4"
    ) -> list[Path]:
        """Write the files into a folder, which is made if it is missing; returns their paths.

        html   a page for each student, sheet-01.html and so on, and key.html with all solutions
        pdf    sheets.pdf, all sheets for the printer, and key.pdf; `paper` is "a4" or "letter"

        A PDF needs two more packages: pip install "micrograd-lab[sheets]". Raises `ImportError` without them, and
        `ValueError` for another format or paper.
        """
        wanted = [formats] if isinstance(formats, str) else [*formats]
        for given, known, what in (*((f, FORMATS, "a format") for f in wanted), (paper, tuple(PAPERS), "the paper")):
            if given not in known:
                raise ValueError(f"{what} is {' or '.join(known)}, got {given!r}")
        # all of it first: if something is missing, nothing is written
        files = {name: write() for form in FORMATS if form in wanted for name, write in self._files(form, paper)}
        place = Path(folder)
        try:
            place.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise NotADirectoryError(f"no sheets can be saved in {str(place)!r}: a file is in the way") from None
        return [write_file(place / name, content) for name, content in files.items()]

    def _files(self, form: str, paper: str) -> list[tuple[str, Callable[[], str | bytes]]]:
        key = f"Key: {self.title}"
        if form == "pdf":
            return [
                ("sheets.pdf", lambda: write_sheets_pdf(self.title, self.handouts, self._sheets, paper)),
                ("key.pdf", lambda: write_key_pdf(key, self.handouts, self._sheets, paper)),
            ]
        digits = max(2, len(str(len(self))))
        pages: list[tuple[str, Callable[[], str | bytes]]] = [
            (f"sheet-{handout.number:0{digits}}.html", lambda h=handout, s=mine: write_student_html(h, s))  # type: ignore[misc]
            for handout, mine in zip(self.handouts, self._sheets, strict=True)
        ]
        return [*pages, ("key.html", lambda: write_key_html(key, self.handouts, self._sheets))]


def sheets(
    students: int | Iterable[str],
    /,
    *,
    level: int | Iterable[int] = 1,
    seed: int = 1,
    blanks: int = Blanks.ALL,
    names: Iterable[str] = (),
) -> Sheets:
    """Exercises on paper for a class: the same `level`, or several, for everybody, and other numbers for each.

    students   how many, or their names
    names      the names of the first ones, where `students` is a number; the others have a line to write on
    seed       of the numbers: the same seed makes the same sheets, on any machine
    blanks     how much is left blank, 1 to 4; see `micrograd.practice`

    `save(folder)` writes them. Sheet k has the numbers of `practice(level=…, seed=…)` that the key names.

    Raises `ValueError` where a level does not exist, or has not as many different exercises.
    """
    if isinstance(students, (bool, str)) or not isinstance(students, (int, Iterable)):
        raise TypeError(f"students must be a number, or a list of names, got {students!r}")
    if not isinstance(seed, int):
        raise TypeError(f"seed must be a whole number, got {seed!r}")
    listed = [*names] if isinstance(students, int) else [*students]
    if odd := [name for name in listed if not isinstance(name, str)]:
        raise TypeError(f"a name must be a text, got {odd[0]!r}")
    many = students if isinstance(students, int) else len(listed)
    if len(listed) > many > 0:
        raise ValueError(
            f"there are {len(listed)} names for {count(many, 'student')}: take more, or leave the number out"
        )
    levels = [level] if isinstance(level, int) else [*level]
    return Sheets(draw_class(many, listed, levels, seed), seed, read_blanks(blanks))
