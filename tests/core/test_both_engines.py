"""The two engines are the same: whatever is done with Values shows the same numbers, nodes, errors and warnings.

This process has one of them, `other` is a process with the other one. Both do the same work; what can be seen of it, as
text, must be the same: `sessions/` are written by hand, each statement a case; programs are drawn by Hypothesis.
"""

from importlib.util import find_spec

import crossing
import pytest
from budget import examples
from crossing import MADE
from differences import DIFFERENCES, answers
from hypothesis import given
from other_engine import Other
from programs import PROGRAMS, run
from transcripts import NAMES, transcript

import micrograd


@pytest.fixture(scope="module")
def other():
    if find_spec("micrograd._core.native._node") is None:
        pytest.skip("the native node is not built")
    with Other() as engine:
        yield engine


def test_the_other_engine_is_another(other):
    other.ask(micrograd.engine.backend)
    assert {other.answer(), micrograd.engine.backend()} == {"native", "python"}


@pytest.mark.unchecked
@pytest.mark.parametrize("name", NAMES)
def test_a_session_reads_the_same(other, name):
    other.ask(transcript, name)
    assert transcript(name) == other.answer()


@pytest.mark.unchecked
@examples(60, 750)
@given(program=PROGRAMS)
def test_random_programs_show_the_same(other, program):
    other.ask(run, program)
    assert run(program) == other.answer()


@pytest.mark.parametrize("name", MADE)
def test_pickles_of_one_engine_are_read_by_the_other(other, name):
    other.ask(crossing.pickled, name)
    here, there = crossing.pickled(name), other.answer()
    expected = crossing.read(here)
    assert crossing.read(there) == expected
    for text in (here, there):
        other.ask(crossing.read, text)
        assert other.answer() == expected


def test_they_differ_where_they_should(other):
    other.ask(answers)
    both = {micrograd.engine.backend(): answers(), "other": other.answer()}
    mine = micrograd.engine.backend()
    python, native = (both["python"], both["other"]) if mine == "python" else (both["other"], both["native"])
    assert dict(zip(DIFFERENCES, zip(python, native, strict=True), strict=True)) == DIFFERENCES
