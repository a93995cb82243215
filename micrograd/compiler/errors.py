"""What cannot be recorded, and where the user wrote it."""

from __future__ import annotations

import linecache
import random
import sys
from pathlib import Path

NOT_THE_USERS = (str(Path(__file__).parent.parent), random.__file__)


class TraceError(RuntimeError):
    """Something that a compiled function cannot repeat on other numbers; the message says where, and the way out."""


def place() -> str:
    """File, line and source of the innermost frame that the user wrote."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(NOT_THE_USERS):
        frame = frame.f_back
    file, line = frame.f_code.co_filename, frame.f_lineno
    code = linecache.getline(file, line).strip()
    return f"{file}, line {line}" + (f": {code}" if code else "")


def refused(what: str, way_out: str) -> TraceError:
    return TraceError(f"{what} ({place()}). {way_out}")
