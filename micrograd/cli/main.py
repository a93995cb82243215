"""The command line: `micrograd` or `python -m micrograd`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from difflib import get_close_matches
from importlib import import_module
from typing import NoReturn

from micrograd import __version__
from micrograd.cli.options import EXAMPLE, UsageError, looks_like_an_expression, protect_minus
from micrograd.cli.streams import Output, complain

COMMANDS = {  # each has a module here, loaded only when the command is given: drawing need not wait for training
    "demo": "train the moons classifier and draw its decision boundary",
    "draw": "draw the computation graph of an expression",
    "step": "step through the backward pass of an expression",
    "practice": "predict a backward pass; mistakes are recognised",
    "digits": "train 64-30-10 on real handwritten digits and draw its mistakes",
}


class Parser(argparse.ArgumentParser):
    """A parser whose errors are sentences of this command line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n  {self.prog} --help shows what there is")


def parser(given: str = "") -> argparse.ArgumentParser:
    """The parser, complete for the command `given`; for the others it has only the help text."""
    root = Parser(prog="micrograd", description="Backpropagation on single numbers, to see and to run.")
    root.add_argument("--version", action="version", version=f"micrograd-lab {__version__}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, text in COMMANDS.items():
        command = commands.add_parser(name, help=text, description=f"{text[0].upper()}{text[1:]}.")
        command.color = root.color = False  # type: ignore[attr-defined]  # Python 3.14 has escape sequences in its help
        if name == given:
            import_module(f"micrograd.cli.{name}").configure(command)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status.

    0    done, also where the reader of a pipe has seen enough
    1    something is missing or impossible
    2    the words of the command are wrong: raised as `SystemExit`, as `argparse` does (0 after --help)
    130  after Ctrl-C
    """
    if sys.stdout is None:
        complain("micrograd: standard output is closed, so there is nowhere to print")
        return 1
    out = Output(sys.stdout)
    try:
        with redirect_stdout(out):
            try:
                _run(list(sys.argv[1:] if argv is None else argv))
            finally:
                out.flush()
    except BrokenPipeError:
        return 0
    except UsageError as error:
        complain(f"micrograd: {error}")
        sys.exit(2)
    except UnicodeDecodeError as error:
        complain(f"micrograd: the input is not text in {error.encoding}: {error.reason}")
        return 1
    except (ImportError, OSError, ValueError, ArithmeticError) as error:
        complain(f"micrograd: {_describe(error)}")
        return 1
    except KeyboardInterrupt:
        complain("\ninterrupted" if sys.stderr is not None and sys.stderr.isatty() else "interrupted")
        return 130
    finally:
        out.give_up()
    return 0


def _run(words: list[str]) -> None:
    given = words[0] if words else ""
    if not words:
        raise UsageError(f"which command, {_listed()}? For example\n  {EXAMPLE}")
    if given not in COMMANDS and not given.startswith("-"):
        if looks_like_an_expression(given):
            raise UsageError(f"which command, step, draw or practice? For example\n  {EXAMPLE}")
        near = get_close_matches(given, COMMANDS, n=1)
        raise UsageError(
            f"no command is called {given!r}: " + (f"write {near[0]}" if near else f"there are {_listed()}")
        )
    arguments = parser(given).parse_args(protect_minus(words))
    arguments.run(arguments)


def _listed(word: str = "or") -> str:
    *others, last = COMMANDS
    return f"{', '.join(others)} {word} {last}"


def _describe(error: Exception) -> str:
    """The message of an error, without the number of an error of the system."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)
