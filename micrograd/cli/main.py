"""The command line: `micrograd` or `python -m micrograd`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from difflib import get_close_matches
from importlib import import_module
from typing import Any, NoReturn

from micrograd import __version__
from micrograd.cli.options import UsageError, example, looks_like_an_expression, protect_minus
from micrograd.cli.streams import complain, let_go
from micrograd.text.terminal import Output

COMMANDS = {  # each has a module here, loaded only when the command is given: drawing need not wait for training
    "demo": "train the moons classifier and draw its decision boundary",
    "draw": "draw the computation graph of an expression",
    "step": "step through the backward pass of an expression",
    "practice": "predict a backward pass; mistakes are recognised",
    "check": "check homework: a Value class, a backward function, a derivative",
    "sheets": "exercises on paper for a class, and the key to them",
    "digits": "train 64-30-10 on real handwritten digits and draw its mistakes",
}


class Parser(argparse.ArgumentParser):
    """A parser whose errors are those of this command line, also when its help cannot be written."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n  {self.prog} --help shows what there is")

    def _print_message(self, message: str, file: Any = None) -> None:
        (file or sys.stderr).write(message)


def parser(given: str = "") -> argparse.ArgumentParser:
    """The parser, complete for the command `given`; for the others it has only the help text."""
    root = Parser(prog="micrograd", description="Backpropagation on single numbers, to see and to run.")
    root.add_argument("--version", action="version", version=f"micrograd-lab {__version__}")
    commands = root.add_subparsers(title="commands", metavar="COMMAND", dest="command")
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

    `micrograd check` has a table of its own.
    """
    if sys.stdout is None:
        complain("micrograd: standard output is closed, so there is nowhere to print")
        return 1
    out, status = Output(sys.stdout), 0
    try:
        with redirect_stdout(out):
            try:
                status = _run(list(sys.argv[1:] if argv is None else argv))
            finally:
                out.flush()
    except BrokenPipeError:
        return 0
    except UsageError as error:
        complain(f"micrograd: {error}")
        sys.exit(2)
    except (ImportError, OSError, ValueError, ArithmeticError) as error:
        complain(f"micrograd: {_describe(error)}")
        return 1
    except KeyboardInterrupt:
        complain("\ninterrupted" if sys.stderr is not None and sys.stderr.isatty() else "interrupted")
        return 130
    finally:
        let_go(out)
    return status


def _run(words: list[str]) -> int:
    if words[:1] == ["help"]:
        words = [*words[1:2], "--help"]
    given = words[0] if words else ""
    if given not in COMMANDS and not given.startswith("-"):
        raise UsageError(_what_instead(given))
    arguments, more = parser(given).parse_known_args(words[:1] + protect_minus(words[1:]))
    if more:
        command = f"micrograd {given}" if given in COMMANDS else "micrograd"
        raise UsageError(f"{' '.join(more)} has no meaning here\n  {command} --help shows what there is")
    if arguments.command is None:
        raise UsageError(_what_instead(""))
    return arguments.run(arguments) or 0


def _what_instead(given: str) -> str:
    *others, last = COMMANDS
    if not given or looks_like_an_expression(given):
        return f"which command: {', '.join(others)} or {last}? For example\n  {example('step')}"
    if near := get_close_matches(given, COMMANDS, n=1):
        return f"no command is called {given!r}: did you mean {near[0]}?"
    return f"no command is called {given!r}: there are {', '.join(others)} and {last}"


def _describe(error: Exception) -> str:
    """The message of an error, without the number of an error of the system."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename}" if error.filename else error.strerror
    return str(error)
