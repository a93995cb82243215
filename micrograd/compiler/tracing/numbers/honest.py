"""Traced numbers look like what they stand for: whoever asks for their class or their text gets that of the number.

The code of this package must tell them from plain numbers all the same; so the answer depends on whose code asks.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

ABSTRACT = ("abc", "_py_abc")  # they ask on behalf of isinstance(x, numbers.Real)


def home(frame: FrameType) -> str:
    name = frame.f_globals.get("__name__")
    return name if isinstance(name, str) else ""


def asked_by_user(above: int = 1) -> bool:
    """Whether code outside of this package called the function that asks this; `above` counts frames in between."""
    frame: FrameType | None = sys._getframe(above + 1)
    while frame is not None and home(frame) in ABSTRACT:
        frame = frame.f_back
    return frame is not None and home(frame).partition(".")[0] != "micrograd"


@dataclass(frozen=True)
class Answer:
    """The `how` of a guard: `ask(x, *args)` of a number as the `kind` that user code sees, or of a tuple of several."""

    ask: Callable[..., Any]
    kind: type[Any] = float
    args: tuple[Any, ...] = ()

    def __call__(self, *numbers: float) -> Any:
        return self.ask(numbers if self.kind is tuple else self.kind(*numbers), *self.args)


def itself(x: Any) -> Any:
    """The answer that is the number."""
    return x
