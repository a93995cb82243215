"""The original micrograd 0.1.0, installed apart, and ours: the same programs run on both.

A program is a function of `Value` and `nn` that returns a list of numbers.
"""

from types import SimpleNamespace

import pytest

import micrograd.engine
import micrograd.nn
from benchmarks import peers


@pytest.fixture(scope="session")
def original():
    try:
        return peers.original()
    except ImportError:
        pytest.skip("micrograd 0.1.0 is the reference: make .venv/peers/original")


@pytest.fixture(scope="session")
def ours():
    return SimpleNamespace(engine=micrograd.engine, nn=micrograd.nn)


@pytest.fixture
def same(ours, request):
    """Check that a program says the same on both; without the original, that it runs."""

    def check(program):
        got = program(ours.engine.Value, ours.nn)
        original = request.getfixturevalue("original")
        expected = program(original.engine.Value, original.nn)
        assert len(got) > 0 and got == pytest.approx(expected, rel=1e-12, abs=1e-300)

    return check
