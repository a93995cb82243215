"""The kernel against broken programs, built with the sanitizers that end a process at the first wrong access."""

import subprocess
import sys
from pathlib import Path

import pytest
from built_once import built_once
from sanitized import build, needs_sanitizers, surroundings

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "micrograd" / "compiler" / "backends" / "_kernel.c"
PARTS = 2  # side by side
COUNT = 1_000_000 // PARTS

pytestmark = [pytest.mark.no_cover, pytest.mark.once, pytest.mark.slow, needs_sanitizers]


@pytest.fixture(scope="session")
def kernel(tmp_path_factory):
    """It takes as long to build as half a million programs take to run."""
    return built_once(
        tmp_path_factory,
        "sanitized_kernel.so",
        lambda path: build(SOURCE, path, "-std=c11", "-Wno-cast-function-type"),
    )


@pytest.mark.parametrize("part", range(PARTS))
def test_a_broken_program_is_refused_or_harmless(kernel, part):
    script = Path(__file__).with_name("broken_programs.py")
    done = subprocess.run(
        [sys.executable, script, kernel, str(COUNT), str(part)],
        env=surroundings(ROOT),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    refused, ran, held = map(int, done.stdout.split())
    assert refused > COUNT / 2 and ran > COUNT / 20 and held > COUNT / 1000
    assert done.stderr == ""
