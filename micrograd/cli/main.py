"""The command line: `micrograd` or `python -m micrograd`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from micrograd import __version__
from micrograd.cli import draw, practice, step


def demo(arguments: argparse.Namespace) -> None:
    from micrograd.cli.demos import moons

    moons.run(arguments.steps, arguments.seed, arguments.out, arguments.compile)


def digits(arguments: argparse.Namespace) -> None:
    from micrograd.cli.demos import digits

    digits.run(arguments.epochs, arguments.steps, arguments.seed, arguments.out)


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="micrograd", description="Backpropagation on single numbers, to see and to run."
    )
    root.add_argument("--version", action="version", version=f"micrograd-lab {__version__}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    training = argparse.ArgumentParser(add_help=False)
    training.add_argument("--seed", type=int, default=1337, help="seed of data and weights (default: %(default)s)")
    training.add_argument(
        "--out", type=Path, default=Path("out"), help="folder for the pictures (default: %(default)s)"
    )

    text = "train the moons classifier and draw its decision boundary"
    moons = commands.add_parser("demo", parents=[training], help=text, description=text)
    moons.add_argument("--steps", type=_count, default=100, help="steps of gradient descent (default: %(default)s)")
    moons.add_argument("--compile", action="store_true", help="as a compiled program, and how much faster that is")
    moons.set_defaults(run=demo)

    draw.add_command(commands)
    step.add_command(commands)
    practice.add_command(commands)

    text = "train 64-30-10 on real handwritten digits and draw its mistakes"
    reading = commands.add_parser("digits", parents=[training], help=text, description=text)
    reading.add_argument("--epochs", type=_count, default=30, help="passes over the data (default: %(default)s)")
    reading.add_argument("--steps", type=_count, help="mini-batches, instead of --epochs")
    reading.set_defaults(run=digits)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 where something is missing or impossible, 130 after Ctrl-C."""
    arguments = parser().parse_args(argv)
    try:
        arguments.run(arguments)
    except (ImportError, OSError, ValueError, ArithmeticError) as error:
        print(f"micrograd: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0


def _count(text: str) -> int:
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a whole number of 0 or more is needed, got {text!r}")
    return int(text)
