"""The command `micrograd draw`: an expression on the command line becomes a picture in a file."""

from __future__ import annotations

import argparse
from pathlib import Path

from micrograd.cli.options import add_expression, read_expression, whole
from micrograd.drawing.picture import COLORS, DIRECTIONS, FORMS, draw


def configure(command: argparse.ArgumentParser) -> None:
    command.description = "Draw the computation graph of an expression, with the gradient of every number in it."
    command.epilog = 'example: micrograd draw "tanh(w1*x1 + w2*x2 + b)" w1=-3 w2=1 x1=2 x2=0 b=6.88 -o neuron.svg'
    add_expression(command)
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        default=Path("graph.svg"),
        help=f"the file, with one of the endings {', '.join(FORMS)} (default: %(default)s)",
    )
    command.add_argument("--direction", choices=DIRECTIONS, default="right", help="where the result is")
    command.add_argument("--color", choices=COLORS, help="shade the boxes by the size of this number")
    command.add_argument("--digits", type=whole, default=4, help="significant digits (default: %(default)s)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Raises `ValueError` for an expression or a value that cannot be read."""
    root = read_expression(arguments)
    root.backward()
    picture = draw(root, direction=arguments.direction, color=arguments.color, digits=arguments.digits)
    path = picture.save(arguments.output)
    print(f"{arguments.expression.strip()} = {root.data:.{arguments.digits}g}, drawn in {path}")
