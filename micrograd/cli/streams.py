"""What the command line says beside its output, and what it reads: any of the three streams may be closed."""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

from micrograd.text.terminal import fit


def complain(text: str) -> None:
    """Write a message to standard error, if there is one and somebody reads it."""
    if sys.stderr is not None:
        try:
            sys.stderr.write(fit(text, sys.stderr) + "\n")
        except OSError:
            pass
        let_go(sys.stderr)


def let_go(stream: Any) -> None:
    """Write what is still buffered; where that is impossible, nowhere: else Python complains about it at its end."""
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def keyboard(prompt: str) -> tuple[TextIO, str]:
    """Standard input, empty where it is closed, and the prompt if somebody sits at it.

    What is no text in its encoding comes as �, and is asked again like any other answer that cannot be read.
    """
    if sys.stdin is None:
        return io.StringIO(), ""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")
    return sys.stdin, prompt if sys.stdin.isatty() else ""
