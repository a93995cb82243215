"""The command `micrograd digits`: train a network on handwritten digits and draw its mistakes."""

from __future__ import annotations

import argparse

from micrograd.cli.demos import digits
from micrograd.cli.options import add_training, count


def configure(command: argparse.ArgumentParser) -> None:
    add_training(command)
    command.add_argument("--epochs", type=count, default=30, help="passes over the data (default: %(default)s)")
    command.add_argument("--steps", type=count, help="mini-batches, instead of --epochs")
    ways = command.add_mutually_exclusive_group()
    ways.add_argument("--compile", action="store_true", help="run a compiled program, as without this option")
    ways.add_argument("--eager", action="store_true", help="build each graph node by node: nothing is compiled")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    digits.run(arguments.epochs, arguments.steps, arguments.seed, arguments.out, not arguments.eager)
