"""A progress bar over the steps of a training; Ctrl-C ends it early and keeps what was learned."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from micrograd.text.sparkline import sparkline
from micrograd.text.terminal import columns
from micrograd.training.bar import make_bar, say

MANY = 256  # numbers of a curve that are kept
WIDE, LEAST = 16, 5  # characters of a curve
REST = 48  # columns that bar, count and time take


def progress(count: int, unit: str) -> Iterator[tuple[int, Callable[..., None]]]:
    """0, 1, … `count` − 1 behind a progress bar, each with a function that shows figures next to it, by name.

    The `loss` among them is shown as a curve too. After Ctrl-C the step under way is finished and no other begun; a
    second Ctrl-C interrupts as usual. Only a program's main thread receives Ctrl-C.
    """
    stopped = False

    def stop(signum: int, frame: Any) -> None:
        nonlocal stopped
        stopped = True
        signal.signal(signal.SIGINT, before)

    curve = Curve()

    def show(**figures: float | str) -> None:
        curve.add(figures.get("loss"))
        bar.set_postfix_str(written(figures, curve), refresh=False)

    listening = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGINT, stop) if listening else None
    try:
        with make_bar(count, unit) as bar:
            for k in range(count):
                yield k, show
                bar.update()
                if stopped:
                    units = f"{unit}es" if unit.endswith("ch") else f"{unit}s"
                    say(f"stopped after {k + 1} of {count} {units}, with what was learned so far")
                    break
    finally:
        if listening:
            signal.signal(signal.SIGINT, before)


class Curve:
    """Numbers over the steps, few of them: where there are too many, each is the mean of two."""

    def __init__(self) -> None:
        self.numbers: list[float] = []
        self.sum, self.added, self.each = 0.0, 0, 1

    def add(self, number: Any) -> None:
        if isinstance(number, (int, float)):
            self.sum, self.added = self.sum + number, self.added + 1
            if self.added == self.each:
                self.numbers.append(self.sum / self.each)
                self.sum, self.added = 0.0, 0
        if len(self.numbers) == MANY:
            self.numbers = [(a + b) / 2 for a, b in zip(self.numbers[::2], self.numbers[1::2], strict=True)]
            self.each *= 2


def written(figures: dict[str, float | str], curve: Curve) -> str:
    """The figures next to the bar, and the curve where the line has room for it."""
    texts = [f"{name}={figure if isinstance(figure, str) else f'{figure:.4f}'}" for name, figure in figures.items()]
    width = columns(sys.stderr)
    room = WIDE if width is None else min(WIDE, width - REST - sum(map(len, texts)) - len(texts))
    if curve.numbers and room >= LEAST:
        texts.append(sparkline(curve.numbers, room, getattr(sys.stderr, "encoding", None)))
    return " ".join(texts)
