"""The command `micrograd step`: backpropagation through an expression, step by step in the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from micrograd.cli.options import add_expression, read_expression
from micrograd.cli.streams import keyboard
from micrograd.teaching.step import Stepper
from micrograd.teaching.views.terminal import KEYS, Conversation, converse
from micrograd.text.notation import count

EXAMPLE = 'example: micrograd step "tanh(w1*x1 + w2*x2 + b)" w1=2 w2=-3 x1=3 x2=4 b=6.693'


def configure(command: argparse.ArgumentParser) -> None:
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.description = "Step through the backward pass of an expression, one contribution at a time."
    command.epilog = f"{EXAMPLE}\n\nkeys, each with Enter:\n{KEYS}"
    add_expression(command)
    command.add_argument("--all", action="store_true", help="print the whole derivation, ask nothing")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help="write a page for the browser instead")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Raises `ValueError` for an expression or a value that cannot be read."""
    stepper = Stepper(read_expression(arguments))
    if arguments.output:
        print(f"{arguments.expression.strip()}: {count(len(stepper), 'step')} in {stepper.save(arguments.output)}")
    elif arguments.all:
        for line in Conversation(stepper).everything():
            print(line)
    else:
        source, prompt = keyboard("step> ")
        converse(stepper, source, sys.stdout, prompt)
