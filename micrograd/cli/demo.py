"""The command `micrograd demo`: train the moons classifier and draw its decision boundary."""

from __future__ import annotations

import argparse

from micrograd.cli.demos import moons
from micrograd.cli.options import add_training, count


def configure(command: argparse.ArgumentParser) -> None:
    add_training(command)
    command.add_argument("--steps", type=count, default=100, help="steps of gradient descent (default: %(default)s)")
    command.add_argument("--compile", action="store_true", help="run a compiled program, and say how much faster it is")
    command.add_argument("--watch", action="store_true", help="film the training: film.html, with a slider")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    moons.run(arguments.steps, arguments.seed, arguments.out, arguments.compile, arguments.watch)
