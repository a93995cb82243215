"""A prediction of where a parameter goes in an update, judged as the page does: by the table of mistakes."""

from __future__ import annotations

from micrograd.teaching.practice.reading import Typed, read
from micrograd.teaching.record.slips import Slip, find_wrong
from micrograd.teaching.record.updates import Move, Update
from micrograd.text.notation import format_number

ROUNDED = 0.0005  # of a number: what is shown has four digits
RIGHT = "✓ You predicted {typed}: right."
WRONG = "✗ You predicted {typed}; it is {after}."
KNOWN = " That is the answer of a known mistake, {slip}"


def judge_prediction(update: Update, move: Move, predicted: str | float) -> str:
    """Whether the new value is right; otherwise what it is, and the mistake if only one leads there.

    Raises `ValueError` for what is not a number, with a sentence that asks again.
    """
    typed = read(predicted)
    if _fits(typed, move.after):
        return RIGHT.format(typed=_minus(typed))
    found = [slip for slip, x in find_wrong(update, move) if _fits(typed, x)]
    known = KNOWN.format(slip=name_slip(found[0])) if len(found) == 1 else ""
    return WRONG.format(typed=_minus(typed), after=format_number(move.after)) + known


def name_slip(slip: Slip) -> str:
    return f"“{slip.name}”: {slip.advice}."


def _fits(typed: Typed, exact: float) -> bool:
    return typed.near(exact) or (typed.decimals > 0 and abs(typed.number - exact) <= ROUNDED * abs(exact))


def _minus(typed: Typed) -> str:
    return typed.text.replace("-", "−")
