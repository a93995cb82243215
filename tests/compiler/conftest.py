"""Every program that a test of the compiler makes is made twice: by the stages in C, and by those in Python."""

import pytest
from both_stages import BOTH

from micrograd.compiler import programs
from micrograd.compiler.exports import rows
from micrograd.compiler.stages.choice import IN_C, choose_stages


def choose_both():
    stages = choose_stages()
    return BOTH if stages is IN_C else stages


@pytest.fixture(autouse=True)
def both_stages(request, monkeypatch):
    if not request.node.get_closest_marker("unchecked"):
        monkeypatch.setattr(programs, "choose_stages", choose_both)
        monkeypatch.setattr(rows, "choose_stages", choose_both)
