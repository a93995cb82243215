"""The command `micrograd step`: backpropagation through an expression, step by step in the terminal."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from micrograd.cli.options import UsageError, add_expression, count, example, number, read_expression, whole
from micrograd.cli.streams import keyboard
from micrograd.optim import SGD, Adam, Optimiser
from micrograd.teaching.step import Stepper
from micrograd.teaching.update import Lesson
from micrograd.teaching.views.document import THEMES
from micrograd.teaching.views.slide_files import ENDINGS
from micrograd.teaching.views.terminal import KEYS, Conversation, converse, talk_through
from micrograd.teaching.views.update_terminal import KEYS as UPDATE_KEYS
from micrograd.teaching.views.update_terminal import UpdateConversation
from micrograd.text.notation import count as count_of

EXAMPLES = """\
examples: micrograd step "tanh(w1*x1 + w2*x2 + b)" w1=2 w2=-3 x1=3 x2=4 b=6.693
          micrograd step "(w*x + b - y)**2" w=-0.5 x=2 b=0.25 y=1 --update w b --rate 0.05"""
OPTIONS = ("rate", "updates", "rule", "momentum")
RULES: dict[str, type[Optimiser]] = {"sgd": SGD, "adam": Adam}


def configure(command: argparse.ArgumentParser) -> None:
    command.formatter_class = argparse.RawDescriptionHelpFormatter
    command.description = "Step through the backward pass of an expression, one contribution at a time."
    command.epilog = f"{EXAMPLES}\n\nkeys, each with Enter:\n{KEYS}\n\nkeys with --update:\n{UPDATE_KEYS}"
    add_expression(command)
    command.add_argument("--all", action="store_true", help="print the whole derivation, ask nothing")
    command.add_argument(
        "-o",
        "--output",
        type=Path,
        metavar="FILE",
        help=f"write a file instead, {ENDINGS}: a page for the browser, which opens as slides if it is called "
        "slides.html, or the slides as pictures, as a moving picture, as a film",
    )
    command.add_argument("--width", type=whole, metavar="PIXELS", help="of the pictures (default: 1280)")
    command.add_argument("--seconds", type=number, help="how long a slide stays (default: as long as it takes to read)")
    command.add_argument("--theme", choices=THEMES, default="auto", help="the colours (default: %(default)s)")
    updates = command.add_argument_group("updates: what follows the pass")
    updates.add_argument("--update", nargs="+", metavar="NAME", help="step through updates of these parameters")
    updates.add_argument("--rate", type=number, help="the learning rate (default: 0.1)")
    updates.add_argument("--updates", type=count, metavar="N", help="how many updates (default: 3)")
    updates.add_argument("--rule", choices=RULES, help="the optimiser (default: sgd)")
    updates.add_argument("--momentum", type=number, help="the momentum of sgd (default: 0)")
    command.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    """Raises `ValueError` for an expression or a value that cannot be read."""
    if astray := next((word for word in arguments.update or () if "=" in word), None):
        such_as = f"{example('step')} --update a b"
        raise UsageError(
            f"the numbers stand before --update, and its names at the end, got {astray!r} there, as in\n  {such_as}"
        )
    stepper = Stepper(read_expression(arguments))
    pictures = [f"--{name}" for name in ("width", "seconds") if getattr(arguments, name) is not None]
    if pictures and (arguments.update or not arguments.output):
        raise UsageError(f"{pictures[0]} is for slides as pictures, without --update: -o slides.gif {pictures[0]} …")
    if arguments.update:
        go_through(make_lesson(stepper, arguments), arguments)
        return
    if astray := next((name for name in OPTIONS if getattr(arguments, name) is not None), None):
        raise UsageError(f"--{astray} goes with --update and the names of parameters, as in --update w b --{astray} …")
    if arguments.output:
        path = stepper.save(arguments.output, width=arguments.width, seconds=arguments.seconds, theme=arguments.theme)
        many = "" if path == arguments.output else ", the first of the pictures"
        print(f"{arguments.expression.strip()}: {count_of(len(stepper), 'step')} in {path}{many}")
    elif arguments.all:
        for line in Conversation(stepper).everything():
            print(line)
    else:
        source, prompt = keyboard("step> ")
        converse(stepper, source, sys.stdout, prompt)


def make_lesson(stepper: Stepper, arguments: argparse.Namespace) -> Lesson:
    given = {name: value for name in OPTIONS if (value := getattr(arguments, name)) is not None}
    rule = RULES[given.pop("rule", "sgd")]
    if rule is Adam and "momentum" in given:
        raise UsageError("--momentum goes with --rule sgd")
    return stepper.update(arguments.update, rule=rule, **given)


def go_through(lesson: Lesson, arguments: argparse.Namespace) -> None:
    """Print the lesson, write its page, or talk it through."""
    if arguments.output:
        path = lesson.save(arguments.output, theme=arguments.theme)
        print(f"{arguments.expression.strip()}: {count_of(len(lesson), 'update')} in {path}")
    elif arguments.all:
        for line in lesson:
            print(line)
    else:
        source, prompt = keyboard("step> ")
        talk_through(UpdateConversation(lesson.updates), source, sys.stdout, prompt)
