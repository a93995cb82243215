"""The room of expressions: a text with numbers for its names, as a picture and as a lesson."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import micrograd
from micrograd.text.expression import from_words, names

__all__ = ["picture", "step"]


def picture(text: str, words: Sequence[str]) -> dict[str, Any]:
    """The graph as SVG, the result, and the names that want a number; `words` are "name=number"."""
    root = from_words(text, words)
    root.backward()
    return {"svg": micrograd.draw(root).svg, "data": root.data, "names": names(text)}


def step(text: str, words: Sequence[str]) -> dict[str, Any]:
    """The stepper's page."""
    return {"html": micrograd.step(from_words(text, words)).html, "height": 720}


def warm_up() -> None:
    picture("a*b", ["a=2", "b=3"])
    step("a*b", ["a=2", "b=3"])
