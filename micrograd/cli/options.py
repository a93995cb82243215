"""Arguments that several commands have."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from micrograd.engine import Value
from micrograd.text.expression import from_words

EXAMPLE = 'micrograd step "a*b + c" a=2 b=3 c=4'


class UsageError(ValueError):
    """The words of a command are wrong; the message says what to write."""


def add_expression(command: argparse.ArgumentParser, optional: bool = False) -> None:
    text = "numbers, names, + - * / **, parentheses, functions such as tanh"
    command.add_argument("expression", nargs="?", help=f"{text}; without one, a level" if optional else text)
    command.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="the value of each name")


def read_expression(arguments: argparse.Namespace) -> Value:
    """The Value of the expression. Raises `ValueError` for an expression or a value that cannot be read."""
    text, words = arguments.expression, [word.strip() for word in arguments.values]
    if text is None:
        raise UsageError(f"an expression is needed, and a number for each of its names, as in\n  {EXAMPLE}")
    if astray := next((word for word in words if "=" not in word), None):
        hint = "write the expression in quotes, and no spaces around =, as in"
        raise ValueError(f"a value is given as name=number, got {astray!r}: {hint}\n  {EXAMPLE}")
    return from_words(text, words)


def looks_like_an_expression(word: str) -> bool:
    return bool(re.search(r"[-+*/(=]", word))


def protect_minus(words: list[str]) -> list[str]:
    """The words, with a space before an expression that starts with a minus sign: `argparse` takes it for an option."""
    starts = re.compile(r"-(?![-oh])\S*[+*/(=.\d]")
    return [f" {word}" if starts.match(word) else word for word in words]


def add_training(command: argparse.ArgumentParser) -> None:
    command.add_argument("--seed", type=int, default=1337, help="seed of data and weights (default: %(default)s)")
    command.add_argument("--out", type=Path, default=Path("out"), help="folder for the pictures (default: %(default)s)")


def count(text: str) -> int:
    """The type of an argument that is a whole number of 0 or more."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"a whole number of 0 or more is needed, got {text!r}")
    return int(text)
