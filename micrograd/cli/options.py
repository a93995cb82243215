"""Arguments that several commands have."""

from __future__ import annotations

import argparse
import math
import re
from pathlib import Path

from micrograd.engine import Value
from micrograd.text.expression import from_words


class UsageError(ValueError):
    """The words of a command are wrong; the message says what to write."""


def example(command: str) -> str:
    return f'micrograd {command} "a*b + c" a=2 b=3 c=4'


def add_expression(command: argparse.ArgumentParser, optional: bool = False) -> None:
    text = "numbers, names, + - * / **, parentheses, functions such as tanh"
    command.add_argument("expression", nargs="?", help=f"{text}; without one, a level" if optional else text)
    command.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="the value of each name")


def read_expression(arguments: argparse.Namespace) -> Value:
    """The Value of the expression. Raises `ValueError` for an expression or a value that cannot be read."""
    text, words, such_as = arguments.expression, [word.strip() for word in arguments.values], example(arguments.command)
    if text is None:
        raise UsageError(f"an expression is needed, and a number for each of its names, as in\n  {such_as}")
    if astray := next((word for word in words if "=" not in word), None):
        hint = "write the expression in quotes, and no spaces around =, as in"
        raise ValueError(f"a value is given as name=number, got {astray!r}: {hint}\n  {such_as}")
    return from_words(text, words)


def looks_like_an_expression(word: str) -> bool:
    return bool(re.search(r"[-+*/(=]", word))


def protect_minus(words: list[str]) -> list[str]:
    """The words, with a space before an expression that starts with a minus sign: `argparse` takes it for an option.

    The only short options are -h and -o, and negative numbers are none.
    """
    return [f" {word}" if re.match(r"-(?![-oh]|[\d.]+$)\S", word) else word for word in words]


def add_training(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=whole, default=1337, help="seed of data and weights (default: %(default)s)")
    command.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures (default: %(default)s)")


def count(text: str) -> int:
    """The type of an argument that is a whole number of 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number of 0 or more is needed, got {text!r}")
    return int(text)


def natural(text: str) -> int:
    """The type of an argument that is a whole number of 1 or more."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"a whole number of 1 or more is needed, got {text!r}")
    return int(text)


def number(text: str) -> float:
    """The type of an argument that is a number."""
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a number is needed, got {text!r}") from None


def positive(text: str) -> float:
    """The type of an argument that is a number above 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"a number above 0 is needed, got {text!r}")
    return number


def whole(text: str) -> int:
    """The type of an argument that is a whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"a whole number is needed, got {text!r}") from None
