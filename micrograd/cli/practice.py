"""The command `micrograd practice`: predict the backward pass, question by question, in the terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from micrograd.cli.options import add_expression, read_expression, whole
from micrograd.cli.streams import keyboard
from micrograd.teaching.exercise import Exercise, practice
from micrograd.teaching.practice.questions import Blanks
from micrograd.teaching.practice.round import Round
from micrograd.teaching.views.practice_terminal import KEYS, converse, converse_about_bug

EXAMPLES = """\
examples: micrograd practice --level 2
          micrograd practice "a*b + c" a=2 b=3 c=4
          micrograd practice --level 3 --seed 7 --sheet sheet.tex --solutions"""


def configure(command: argparse.ArgumentParser) -> None:
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.description = (
        "Predict a backward pass; mistakes are recognised. After a good score, the level goes on with more blanks."
    )
    command.epilog = f"{EXAMPLES}\n\nkeys, each with Enter:\n{KEYS}"
    add_expression(command, optional=True)
    command.add_argument("--level", type=whole, help="an expression to practise on, 1 to 8 (default: 1)")
    command.add_argument("--seed", type=whole, help="fresh numbers for the level")
    command.add_argument("--dead", action="store_true", help="level 8 with a relu that lets nothing through")
    command.add_argument(
        "--blanks", type=int, choices=(1, 2, 3, 4), help="one leaf, all leaves, all contributions, the seed too"
    )
    command.add_argument("--bug", action="store_true", help="find the one mistake in a pass instead")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a page for the browser instead")
    command.add_argument("--sheet", type=Path, metavar="FILE", help="write a sheet instead: .html, .pdf, .md or .tex")
    command.add_argument("--solutions", action="store_true", help="add the solutions to the sheet")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Raises `ValueError` for an expression or a value that cannot be read."""
    exercise = _exercise(arguments)
    bug = exercise.bug() if arguments.bug else None
    if arguments.output:
        print(f"saved {(bug or exercise).save(arguments.output)}")
    if arguments.sheet:
        print(f"saved {exercise.export(arguments.sheet, arguments.solutions, arguments.blanks or Blanks.ALL)}")
    if arguments.output or arguments.sheet:
        return
    source, prompt = keyboard("> ")
    if bug:
        converse_about_bug(bug.hunt, source, sys.stdout, prompt)
    else:
        converse(_follow(exercise.round), source, sys.stdout, prompt)


def _exercise(arguments: argparse.Namespace) -> Exercise:
    if arguments.expression is None:
        return practice(level=arguments.level, seed=arguments.seed, blanks=arguments.blanks, dead=arguments.dead)
    if arguments.level is not None or arguments.seed is not None or arguments.dead:
        raise ValueError("your own expression has no level and no seed: give one or the other")
    return practice(read_expression(arguments), blanks=arguments.blanks)


def _follow(round: Round) -> Iterator[Round]:
    """The round, and those after it; the learner's own expression is asked once."""
    yield round
    while round.task is not None and round.done:
        round = round.next()
        yield round
