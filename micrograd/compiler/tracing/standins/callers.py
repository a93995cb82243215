"""Who asks: the user's code, or a library for itself, as an import does that reads a file, and a log with its time."""

from __future__ import annotations

import gc
import sys
from types import CodeType

from micrograd.compiler.tracing.errors import END, OURS, is_installed, is_library
from micrograd.compiler.tracing.numbers.honest import home

IMPORTING = frozenset("importlib zipimport pkgutil pkg_resources".split())
SHOWING = frozenset("logging warnings traceback linecache tokenize inspect pdb bdb cmd code tqdm rich".split())
FOLLOWING = frozenset(  # the lines that run: debuggers, profilers, what measures coverage
    "coverage debugpy pydevd _pydevd_bundle _pydev_bundle _pydevd_frame_eval ipdb pudb line_profiler memory_profiler "
    "pyinstrument viztracer hunter snoop pysnooper".split()
)
ALWAYS = IMPORTING | SHOWING | FOLLOWING
WAITING = frozenset("threading queue asyncio selectors concurrent multiprocessing subprocess socket ssl".split())


def for_itself(others: frozenset[str] = frozenset()) -> bool:
    """Whether what the caller asks for stays inside a library.

    So it is while a module is imported, whose code runs but once, while something is shown, and for a tool that follows
    the lines that run; for a callback of the garbage collector, which runs in the midst of anything; and where one of
    the `others`, packages of the standard library, asks without the user's code in between.
    """
    frame, beside = sys._getframe(1), True
    collecting = {getattr(callback, "__code__", None) for callback in gc.callbacks}
    while (above := frame.f_back) is not None and above.f_code.co_filename != END:
        frame = above
        if frame.f_code in collecting:
            return True
        package = home(frame).partition(".")[0]
        library = is_library(frame.f_code.co_filename)
        if package in ALWAYS and (library or is_installed(frame.f_code.co_filename)):
            return True
        beside = beside and library
        if beside and package in others:
            return True
    return False


def callers_code() -> CodeType:
    """The innermost code that is not ours: a built-in function that it calls has none."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith(OURS):
        frame = frame.f_back
    return frame.f_code
