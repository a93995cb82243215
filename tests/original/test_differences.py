"""docs/differences.md: every row is a program that says what the row says, on the original and here."""

import copy
import math
import re
import warnings
import weakref
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

PAGE = (Path(__file__).parents[2] / "docs" / "differences.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(.+?)` \| (.+?) \| (.+?) \| .+ \|$", PAGE, flags=re.MULTILINE)


def outcome(program, world):
    """What the last expression of a program is, or the error, as the table writes it."""
    names = {"Value": world.engine.Value, "nn": world.nn, "np": np, "Fraction": Fraction}
    names |= {"copy": copy, "math": math, "weakref": weakref}
    *statements, last = program.split("; ")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            exec("\n".join(statements), names)
            said = repr(eval(last, names))
        except Exception as error:
            said = type(error).__name__
    return ", with a ".join([f"`{said}`", *(f"`{w.category.__name__}` warning" for w in caught)])


@pytest.mark.parametrize(("program", "there"), [(program, there) for program, there, _ in ROWS])
def test_the_original_says_it(program, there, original):
    assert outcome(program, original) == there


@pytest.mark.parametrize(("program", "here"), [(program, here) for program, _, here in ROWS])
def test_it_is_said_here(program, here, ours):
    assert outcome(program, ours) == here


def test_every_line_of_a_table_is_a_row():
    lines = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| program ")]
    assert len(lines) == len(ROWS) > 40
