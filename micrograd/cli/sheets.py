"""The command `micrograd sheets`: exercises on paper for a class, and the key to them."""

from __future__ import annotations

import argparse
from pathlib import Path

from micrograd.cli.options import UsageError, whole
from micrograd.teaching.classroom import FORMATS, sheets
from micrograd.teaching.practice.class_list import read_names
from micrograd.teaching.practice.questions import Blanks
from micrograd.teaching.views.paper import PAPERS
from micrograd.text.notation import count

EXAMPLES = """\
examples: micrograd sheets --class 30 --level 4 --seed 7 -o sheets/
          micrograd sheets --names class.csv --level 2 6 --format pdf --paper letter -o sheets/"""
ABOUT = """\
Exercises on paper for a class: other numbers for each student, one key to mark by. The same seed makes the same
sheets on any machine. As HTML each student has a page, and key.html all solutions; as PDF, sheets.pdf is for the
printer, and key.pdf has the solutions."""


def configure(command: argparse.ArgumentParser) -> None:
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.description = ABOUT
    command.epilog = EXAMPLES
    command.add_argument("--class", type=whole, dest="students", metavar="N", help="how many students")
    command.add_argument("--names", type=Path, metavar="FILE", help="their names: one in each line, or .csv")
    command.add_argument("--level", type=whole, nargs="+", default=[1], metavar="N", help="1 to 8, also several")
    command.add_argument("--seed", type=whole, default=1, help="of the numbers (default: %(default)s)")
    command.add_argument(
        "--blanks", type=int, choices=(1, 2, 3, 4), default=int(Blanks.ALL),
        help="one leaf, all leaves, all contributions (the default), the seed too",
    )  # fmt: skip
    command.add_argument("--format", nargs="+", choices=FORMATS, default=[*FORMATS], help="html, pdf (default: both)")
    command.add_argument("--paper", choices=[*PAPERS], default="a4", help="of the PDF (default: %(default)s)")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="where the files go")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Raises `ValueError` for a class that cannot be served, `ImportError` where a package is missing for PDF."""
    names = read_names(arguments.names) if arguments.names else []
    if arguments.students is None and not names:
        raise UsageError("how many students? --class 30, or --names class.txt with a name in each line")
    students = len(names) if arguments.students is None else arguments.students
    made = sheets(students, names=names, level=arguments.level, seed=arguments.seed, blanks=arguments.blanks)
    folder = arguments.output
    written = made.save(folder, arguments.format, arguments.paper)
    others = sorted({*folder.glob("sheet-*.html"), *folder.glob("*.pdf"), *folder.glob("key.html")} - {*written})
    print(f"saved {count(len(written), 'file')} in {folder}: {made.title}")
    if others:
        print(f"also there, from before: {', '.join(path.name for path in others[:5])}{', …' * (len(others) > 5)}")
