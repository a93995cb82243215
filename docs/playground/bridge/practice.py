"""The room of practice: exercises as pages, on the eight levels or on an expression of the reader's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import micrograd
from docs.playground.bridge.typed import exercised, telling
from micrograd.teaching.exercise import Exercise
from micrograd.teaching.practice.levels import LEVELS
from micrograd.teaching.views.practice_page import PracticePage

__all__ = ["levels", "own", "page"]


def levels() -> list[dict[str, Any]]:
    """What each level is about."""
    return [{"level": level.number, "about": level.about} for level in LEVELS.values()]


def page(level: int, seed: int | None) -> dict[str, Any]:
    """The exercise of a level, with its own numbers or with those of this seed."""
    return _show(micrograd.practice(level=level, seed=seed))


@telling
def own(text: str, words: Sequence[str]) -> dict[str, Any]:
    """An exercise on this expression; `words` are "name=number", and what cannot be read
    comes back as {"problem": a sentence}. It begins with few blanks, as a level does."""
    return _show(micrograd.practice(exercised(text, words), blanks=1))


def first_calls() -> list[list[Any]]:
    """What the page asks before Python is there."""
    return [["practice.levels"], *(["practice.page", level, None] for level in LEVELS)]


def warm_up() -> None:
    page(1, 1)


def _show(exercise: Exercise) -> dict[str, Any]:
    shown = PracticePage(exercise.round.ladder())
    return {"html": shown.html, "height": shown.height}
