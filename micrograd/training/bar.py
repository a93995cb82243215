"""A bar in the terminal: that of `tqdm` where it is installed, else a plain one."""

from __future__ import annotations

import sys
from time import perf_counter
from typing import Any

from micrograd.text.terminal import columns, spell

FILLED, ROOM, OFTEN = "█", "░", 0.1  # seconds between two lines


def make_bar(count: int, unit: str) -> Any:
    """A bar over so many steps: a context with `update()`, and `set_postfix_str(text)` for what stands next to it."""
    try:
        from tqdm import tqdm
    except ImportError:
        return Bar(count, unit)
    return tqdm(total=count, unit=unit, dynamic_ncols=True, disable=sys.stderr is None)


def say(line: str) -> None:
    """Print a line without breaking the bar."""
    try:
        from tqdm import tqdm
    except ImportError:
        if sys.stderr is not None and (width := columns(sys.stderr)):
            print(end=f"\r{' ' * (width - 1)}\r", file=sys.stderr, flush=True)
        print(line, flush=True)
    else:
        tqdm.write(line)


class Bar:
    """A line that is written over itself in a terminal, and written once at the end elsewhere."""

    def __init__(self, count: int, unit: str):
        self.count, self.unit, self.done, self.text = count, unit, 0, ""
        self.start = self.latest = perf_counter()

    def set_postfix_str(self, text: str, refresh: bool = False) -> None:
        self.text = text

    def update(self) -> None:
        self.done += 1
        if sys.stderr is not None and columns(sys.stderr) and perf_counter() - self.latest >= OFTEN:
            self.latest = perf_counter()
            self.write("\r", "")

    def write(self, begin: str, end: str) -> None:
        if sys.stderr is not None:
            print(end=f"{begin}{self.line(columns(sys.stderr))}{end}", file=sys.stderr, flush=True)

    def line(self, width: int | None) -> str:
        """The steps done, a bar, the seconds, and the text: no wider than the terminal."""
        filled = 12 * self.done // max(1, self.count)
        shown = spell(FILLED + ROOM, getattr(sys.stderr, "encoding", None)) == FILLED + ROOM
        full, room = (FILLED, ROOM) if shown else ("#", ".")
        seconds = perf_counter() - self.start
        bar = full * filled + room * (12 - filled)
        line = f"{bar} {self.done}/{self.count} {self.unit} {seconds:.1f} s {self.text}".rstrip()
        return line if width is None else line[: width - 1].ljust(width - 1)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        self.write("\r" if sys.stderr is not None and columns(sys.stderr) else "", "\n")
