"""What the command line says beside its output, and what it reads: any of the three streams may be closed."""

from __future__ import annotations

import io
import sys
from typing import TextIO

from micrograd.text.terminal import fit


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
