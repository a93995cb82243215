"""Arguments that several commands have."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_expression(command: argparse.ArgumentParser, optional: bool = False) -> None:
    text = "numbers, names, + - * / **, parentheses, functions such as tanh"
    if optional:
        command.add_argument("expression", nargs="?", help=f"{text}; without one, a level")
    else:
        command.add_argument("expression", help=text)
    command.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="the value of each name")


def add_training(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=1337, help="seed of data and weights (default: %(default)s)")
    command.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures (default: %(default)s)")


def count(text: str) -> int:
    """The type of an argument that is a whole number of 0 or more."""
    if not text.isdigit():
        raise argparse.ArgumentTypeError(f"a whole number of 0 or more is needed, got {text!r}")
    return int(text)
