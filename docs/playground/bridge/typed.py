"""What is typed: a text with numbers for its names, read into Values, and what is wrong with it as a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from micrograd.engine import Value, topological
from micrograd.text.expression import build, from_words, names
from micrograd.text.names import Names
from micrograd.text.tokens import ExpressionError

STARTS = ("2", "3", "1", "0.5", "1.5", "-1")  # the numbers of names that have none yet, in turn
MOST = 300  # operations


class Problem(ValueError):
    """What is wrong with the text or a number, as a sentence, and where."""

    def __init__(self, sentence: str, **where: Any):
        super().__init__(sentence)
        self.told = {"problem": sentence, **where}


def unreadable(error: ExpressionError) -> Problem:
    """What the grammar says; a long list of what there is comes apart from it."""
    said, _, known = error.problem.partition("; there are ")
    if not error.text.startswith(said.split()[0], error.position):  # the name of a function stays as it is
        said = said[:1].upper() + said[1:]
    return Problem(said, position=error.position, **({"known": known} if known else {}))


def telling(function: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """A problem is an answer too: what one types is unfinished most of the time."""

    @wraps(function)
    def tell(*arguments: Any) -> dict[str, Any]:
        try:
            return function(*arguments)
        except Problem as problem:
            return problem.told

    return tell


def read_numbers(text: str, words: Sequence[str]) -> dict[str, tuple[str, float]]:
    """For each name of the text, what was typed for it, and the number that it means."""
    try:
        known = names(text)
    except ExpressionError as error:
        raise unreadable(error) from None
    given = dict(word.split("=", 1) for word in words)
    typed = {name: given.get(name, STARTS[k % len(STARTS)]).strip() for k, name in enumerate(known)}
    return {name: (said, read_number(name, said)) for name, said in typed.items()}


def read_number(name: str, typed: str) -> float:
    try:
        return from_words(name, [f"{name}={typed}"]).data
    except ValueError:
        what = f"not {typed!r}" if typed else "and has none"
        raise Problem(f"{name} needs a number, such as 2, -0.5 or 1/3, {what}", name=name) from None


def compute(text: str, numbers: Mapping[str, tuple[str, float]]) -> Value:
    """The output; every node below it has its name as label."""
    root = compute_unnamed(text, numbers)
    order = topological(root)
    named = Names(root, order)
    for v in order:
        v.label = v.label or named[v]
    root.label = root.label or "L"
    return root


def compute_unnamed(text: str, numbers: Mapping[str, tuple[str, float]]) -> Value:
    """The output; only what has a name in the text has a label."""
    try:
        root = build(text, {name: number for name, (_, number) in numbers.items()})
    except ExpressionError as error:
        raise unreadable(error) from None
    except (ArithmeticError, ValueError, TypeError) as error:
        raise Problem(str(error)) from None
    many = len(topological(root))
    if many > MOST:
        raise Problem(f"This has {many:,} operations; at most {MOST} are shown here. The package itself takes more")
    return root


def exercised(text: str, words: Sequence[str]) -> Value:
    """What an exercise is about; it names the nodes itself."""
    root = compute_unnamed(text, read_numbers(text, words))
    if not root.parents:
        raise Problem("An exercise needs at least one operation, such as a*b")
    return root


def output(text: str, words: Sequence[str]) -> Value:
    return compute(text, read_numbers(text, words))
