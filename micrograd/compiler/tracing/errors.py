"""`TraceError`: something cannot be recorded; the error points to the user's line."""

from __future__ import annotations

import linecache
import random
import sys
from pathlib import Path
from types import FrameType

from micrograd._core.modes import tracer

NOT_THE_USERS = (str(Path(__file__).parents[2]), random.__file__)


class TraceError(RuntimeError):
    """A compiled function cannot repeat this on other numbers; the message says where, and the way out."""


class InForwardMode(Exception):
    """The function uses a number that carries derivatives along, from its surroundings: no program takes those."""


class RandomNumberDrawn(TraceError):
    """A generator has been drawn from, by the traced function or by another thread."""


def users_frame() -> tuple[FrameType, int]:
    """The innermost frame of the user's code, and its distance from the caller in frames."""
    frame, above = sys._getframe(1), 0
    while frame.f_back is not None and frame.f_code.co_filename.startswith(NOT_THE_USERS):
        frame, above = frame.f_back, above + 1
    return frame, above


def place() -> str:
    """File, line and source of the innermost frame of the user's code."""
    frame, _ = users_frame()
    file, line = frame.f_code.co_filename, frame.f_lineno
    code = linecache.getline(file, line).strip()
    return f"{file}, line {line}" + (f": {code}" if code else "")


def refusal(what: str, way_out: str) -> TraceError:
    """The error to raise; the running trace keeps its message, because user code may catch the error and go on."""
    message = f"{what} ({place()}). {way_out}"
    if (watching := tracer()) is not None:
        watching.refusal = watching.refusal or message
    return TraceError(message)
