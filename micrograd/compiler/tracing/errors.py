"""`TraceError`: something cannot be recorded; the error points to the user's line."""

from __future__ import annotations

import linecache
import os
import sys
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import Any

from micrograd._core.modes import tracer

OURS = str(Path(__file__).parents[2]) + os.sep
STANDARD = (os.path.dirname(os.__file__) + os.sep, "<frozen ")
INSTALLED = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
GENERATED = "<string>"  # the file of code that is made of a text: by dataclasses, for one
END = str(Path(__file__).with_name("trace.py"))  # the frame that calls the traced function


class TraceError(RuntimeError):
    """A compiled function cannot repeat this on other numbers; the message says where, and the way out."""


class Unsteady(Exception):
    """Other threads change what the function reads during each trace: it cannot be traced now."""


class InForwardMode(Exception):
    """The function uses a number that carries derivatives along, from its surroundings: no program takes those."""


class LooksAtIdentity(Exception):
    """The function looks at which Value an argument is: it has to be traced with that in mind."""


class LooksInsideDerivative(Exception):
    """The function uses a Value from inside a derivative that it takes: each of its steps has to be recorded."""


class Changed(Exception):
    """The traced function changes something, on the line `place` if that is known: later calls would not repeat it.

    The `tape` knows the parameters that it has used.
    """

    place = ""

    def __init__(self, what: str, way_out: str, tape: Any):
        super().__init__(what)
        self.what, self.way_out, self.tape = what, way_out, tape

    def refusal(self, title: str) -> TraceError:
        """The error for a function of that title, which has changed it before."""
        return TraceError(f"{title} changes {self.what}{f' ({self.place})' if self.place else ''}. {self.way_out}")


class ChangedArgument(Changed):
    """A list, a dict or an array among the arguments."""

    def __init__(self, thing: Any, was: Any, now: Any, tape: Any):
        length = f", of length {len(was)}, has {len(now)} now" if len(was) != len(now) else " has other items now"
        super().__init__(
            f"its argument: a {type(thing).__name__}{length}",
            "Copy it first, as in xs = list(xs), or return what is to be kept.",
            tape,
        )


class ImportedMeanwhile(TraceError):
    """A module that the table of sources names has been imported: the function is to be traced again."""


class RandomNumberDrawn(TraceError):
    """A generator has been drawn from, by the traced function or by another thread."""


def users_frame() -> tuple[FrameType, int]:
    """The innermost frame of the user's code, and its distance from the caller in frames.

    A frame of an installed package, such as NumPy, or of generated code, only if the traced function has no other.
    """
    frame, above = sys._getframe(1), 0
    installed = None
    while True:
        file = frame.f_code.co_filename
        if is_users(file):
            return frame, above
        if not is_library(file):
            installed = installed or (frame, above)
        if frame.f_back is None or (installed and file == END):
            return installed or (frame, above)
        frame, above = frame.f_back, above + 1


def is_library(file: str) -> bool:
    """Whether a file of code is Python's own, or ours: what it does, it does for the code that calls it."""
    return file.startswith(OURS) or file.startswith(STANDARD) and not is_installed(file)


def is_users(file: str) -> bool:
    """Whether the user wrote the code himself, in a file or a cell."""
    return not is_library(file) and not is_installed(file) and file != GENERATED


def is_installed(file: str) -> bool:
    return any(part in file for part in INSTALLED)


def place() -> str:
    """File, line and source of the innermost frame of the user's code."""
    frame, _ = users_frame()
    return written(frame.f_code.co_filename, frame.f_lineno)


def place_of(error: BaseException) -> str:
    """The same of the frame in which an error was raised; empty if none is the user's."""
    frames = [(frame.f_code.co_filename, line) for frame, line in walk_tb(error.__traceback__)]
    return next((written(*at) for at in reversed(frames) if is_users(at[0])), "")


def written(file: str, line: int) -> str:
    code = linecache.getline(file, line).strip()
    return f"{file}, line {line}" + (f": {code}" if code else "")


def refusal(what: str, way_out: str) -> TraceError:
    """The error to raise; the running trace keeps its message, because user code may catch the error and go on."""
    message = f"{what} ({place()}). {way_out}"
    if (watching := tracer()) is not None:
        watching.refusal = watching.refusal or message
    return TraceError(message)
