"""Hypothesis writes functions and changes what they read between the calls: compiled, they do as they do eagerly."""

import re

import pytest
from budget import examples
from hypothesis import given
from random_worlds import programs
from strangers.collection import Case, judge, observe

from micrograd import Value
from micrograd.compiler.backends import kernel

BACKENDS = ["python", "native"] if kernel.available() else ["python"]

EXPECTED = "f changes what it reads|changes its argument|cannot convert a traced number to a plain one"


def world(program):
    """A fresh world: the function, what lists the Values, and the calls."""
    space = {"__name__": "a_world"}
    exec(compile(program.source(), "<world>", "exec"), space)
    f, everything, steps = space["made"]
    return f, lambda: [*{id(v): v for v in everything() if isinstance(v, Value)}.values()], steps


@pytest.mark.no_cover
@pytest.mark.unchecked  # it runs both ways by itself
@pytest.mark.parametrize("closure", [False, True], ids=["globals", "cells"])
def test_random_surroundings(closure):
    """Five thousand runs in the full test: every program on every backend, beside one eager run."""
    tried = refused = 0

    @examples(12, 1_250)
    @given(programs(closure))
    def check(program):
        nonlocal tried, refused
        case = Case(lambda: world(program), "", "", None)
        eager = observe(*case.make())
        for backend in BACKENDS:
            judgement = judge(case, backend, eager, strict=True)
            words = [*judgement.words, "refused"]
            until = words.index("refused")
            tried, refused = tried + 1, refused + (until < len(judgement.words))
            assert set(words[:until]) <= {"same"}, f"\n{program.source()}\n{judgement}"
            for error in judgement.compiled[until : until + 1]:
                assert re.search(EXPECTED, str(error)), f"\n{program.source()}\n{judgement}"

    check()
    assert refused <= 0.25 * tried, f"{refused} of {tried} programs were refused"
