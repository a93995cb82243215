"""One thread at a time traces and builds programs, and what it changes meanwhile for the whole process is undone.

A trace replaces members of classes and lets the collector wait. Each such `Change` is undone when its work ends: also
after an interrupt (Ctrl-C), wherever it strikes, and also in a process that is forked while another thread traces.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from gc import isenabled  # by name: a function that is traced may not ask, and a trace inside it has to
from threading import RLock
from typing import Protocol, TypeVar

R = TypeVar("R")


class Change(Protocol):
    def make(self) -> None:
        """Make the change."""

    def undo(self) -> None:
        """Undo what `make` has done so far, be it nothing; after that, do nothing."""


lock = RLock()
changes: list[Change] = []  # those made by the thread that has the lock


def exclusively(change: Change, run: Callable[[], R]) -> R:
    """The result of `run`, while the change is made and no other thread is in here."""
    with lock:
        try:
            changes.append(change)
            change.make()
            return run()
        finally:
            try:
                take_back(change)
            finally:  # an interrupt may have cut that short
                take_back(change)


def take_back(change: Change) -> None:
    change.undo()
    if change in changes:
        changes.remove(change)


def after_fork() -> None:
    """In the child, no thread but the one that forked is left to undo its changes and to give the lock back."""
    global lock
    if lock.acquire(blocking=False):
        lock.release()
        return
    for change in reversed(changes):
        change.undo()
    changes.clear()
    lock = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=after_fork)


class CollectorWaits:
    """The cyclic garbage collector waits: it would search all the lists of a trace in vain."""

    def __init__(self) -> None:
        self.collecting = False

    def make(self) -> None:
        self.collecting = isenabled()  # asked here, where no other thread has it wait
        gc.disable()

    def undo(self) -> None:
        if self.collecting:
            gc.enable()
            self.collecting = False
