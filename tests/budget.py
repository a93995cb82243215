"""How much a test does: little in the quick run, all of it in the full test (FULL_TEST=1)."""

import os
from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")
FULL = bool(os.environ.get("FULL_TEST"))


def budget(quick: T, full: T) -> T:
    """One of the two, by the run: a count of seeds, a list of sizes."""
    return full if FULL else quick


def examples(quick: int, full: int) -> settings:
    """So many Hypothesis examples, as a decorator."""
    return settings(max_examples=budget(quick, full))
