"""The command `micrograd step`: backpropagation through an expression, step by step in the terminal."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from micrograd.teaching.step import Stepper
from micrograd.teaching.views.terminal import KEYS, Conversation, converse
from micrograd.text.expression import from_words

EXAMPLE = 'example: micrograd step "tanh(w1*x1 + w2*x2 + b)" w1=2 w2=-3 x1=3 x2=4 b=6.693'


def add_command(commands: Any) -> None:
    """Add `step` to the subcommands of a parser."""
    text = "step through the backward pass of an expression"
    command = commands.add_parser(
        "step",
        help=text,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=f"{text}, one contribution at a time.",
        epilog=f"{EXAMPLE}\n\nkeys, each with Enter:\n{KEYS}",
    )
    command.add_argument("expression", help="numbers, names, + - * / **, parentheses, functions such as tanh")
    command.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="what the names stand for")
    command.add_argument("--all", action="store_true", help="print the whole derivation, ask nothing")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the page for a browser instead")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Raises `ValueError` for an expression or a value that cannot be read."""
    text = arguments.expression
    stepper = Stepper(from_words(text, arguments.values))
    try:
        if arguments.output:
            print(f"{text}: {len(stepper)} steps in {stepper.save(arguments.output)}")
        elif arguments.all:
            for line in Conversation(stepper).everything():
                print(line)
        else:
            converse(stepper, sys.stdin, sys.stdout, "step> " if sys.stdin.isatty() else "")
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the text has seen enough; what is still buffered goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
