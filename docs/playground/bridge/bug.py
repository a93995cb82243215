"""The room of hunts: backward passes with one mistake in them, as pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import micrograd
from docs.playground.bridge.typed import exercised, telling
from micrograd.teaching.exercise import Exercise
from micrograd.teaching.practice.levels import LEVELS
from micrograd.teaching.views.bug_page import BugPage

__all__ = ["own", "page"]


def page(level: int, seed: int | None) -> dict[str, Any]:
    """A hunt on a level, with its own numbers or with those of this seed, which chooses the mistake too."""
    return _show(micrograd.practice(level=level, seed=seed))


@telling
def own(text: str, words: Sequence[str]) -> dict[str, Any]:
    """A hunt in this expression; `words` are "name=number", and what cannot be read comes back as
    {"problem": a sentence}."""
    return _show(micrograd.practice(exercised(text, words)))


def first_calls() -> list[list[Any]]:
    """What the page asks before Python is there."""
    return [["bug.page", level, None] for level in LEVELS]


def warm_up() -> None:
    page(1, 1)


def _show(exercise: Exercise) -> dict[str, Any]:
    shown = BugPage(exercise.bug().hunt)
    return {"html": shown.html, "height": shown.page.height}
