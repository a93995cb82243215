"""The command `micrograd draw`: an expression on the command line becomes a picture in a file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from micrograd.drawing.picture import draw
from micrograd.text.expression import from_words


def add_command(commands: Any) -> None:
    """Add `draw` to the subcommands of a parser."""
    text = "draw the computation graph of an expression"
    command = commands.add_parser(
        "draw",
        help=text,
        description=f"{text}, with the gradient of every number in it.",
        epilog='example: micrograd draw "tanh(w1*x1 + w2*x2 + b)" w1=-3 w2=1 x1=2 x2=0 b=6.88 -o neuron.svg',
    )
    command.add_argument("expression", help="numbers, names, + - * / **, parentheses, functions such as tanh")
    command.add_argument("values", nargs="*", metavar="NAME=NUMBER", help="what the names stand for")
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        default=Path("graph.svg"),
        help="the file: .svg, .png, .pdf, .html or .dot (default: %(default)s)",
    )
    command.add_argument("--direction", choices=["right", "down"], default="right", help="where the result lies")
    command.add_argument("--color", choices=["grad", "data"], help="shade the boxes by the size of this number")
    command.add_argument("--digits", type=int, default=4, help="significant digits (default: %(default)s)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Raises `ValueError` for an expression or a value that cannot be read."""
    text = arguments.expression
    root = from_words(text, arguments.values)
    root.backward()
    picture = draw(root, direction=arguments.direction, color=arguments.color, digits=arguments.digits)
    path = picture.save(arguments.output)
    print(f"{text} = {root.data:.{arguments.digits}g}, drawn in {path}")
