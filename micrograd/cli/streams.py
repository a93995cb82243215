"""What the command line reads and writes: output as the terminal can show it, input if there is any."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

from micrograd.text.terminal import fit


class Output(io.TextIOBase):
    """Standard output, for text of any characters and of any width. Write whole lines."""

    def __init__(self, stream: TextIO):
        self.stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.stream.encoding

    def isatty(self) -> bool:
        return self.stream.isatty()

    def fileno(self) -> int:
        return self.stream.fileno()

    def write(self, text: str) -> int:
        self.stream.write(fit(text, self.stream))
        return len(text)

    def flush(self) -> None:
        self.stream.flush()

    def give_up(self) -> None:
        """After an error in writing: let what is still buffered go nowhere, or Python complains about it at its end."""
        try:
            self.stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


def complain(text: str) -> None:
    """Write a message to standard error, if there is one and somebody reads it."""
    if sys.stderr is not None:
        try:
            sys.stderr.write(fit(text, sys.stderr) + "\n")
            sys.stderr.flush()
        except OSError:
            pass


def keyboard(prompt: str) -> tuple[TextIO, str]:
    """Standard input, empty where it is closed, and the prompt if somebody sits at it."""
    if sys.stdin is None:
        return io.StringIO(), ""
    return sys.stdin, prompt if sys.stdin.isatty() else ""
