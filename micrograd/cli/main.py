"""The command line: `micrograd` or `python -m micrograd`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module

from micrograd import __version__

COMMANDS = {  # each has a module here, loaded only when the command is given: drawing need not wait for training
    "demo": "train the moons classifier and draw its decision boundary",
    "draw": "draw the computation graph of an expression",
    "step": "step through the backward pass of an expression",
    "practice": "predict a backward pass; mistakes are recognised",
    "digits": "train 64-30-10 on real handwritten digits and draw its mistakes",
}


def parser(given: str = "") -> argparse.ArgumentParser:
    """The parser, complete for the command `given`; for the others it has only the help text."""
    root = argparse.ArgumentParser(
        prog="micrograd", description="Backpropagation on single numbers, to see and to run."
    )
    root.add_argument("--version", action="version", version=f"micrograd-lab {__version__}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        if name == given:
            import_module(f"micrograd.cli.{name}").configure(command)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 where something is missing or impossible, 130 after Ctrl-C."""
    words = sys.argv[1:] if argv is None else argv
    arguments = parser(words[0] if words else "").parse_args(words)
    try:
        arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough: whatever is still buffered goes nowhere
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (ImportError, OSError, ValueError, ArithmeticError) as error:
        print(f"micrograd: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    return 0
