"""Types: in a learner's script, mypy and Pyright know the type of every derivative."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typed_calculus_script

ROOT = Path(__file__).parent.parent.parent
SCRIPT = "tests/typed_calculus_script.py"


def check(*command):
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-m", *command, SCRIPT], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_mypy_knows_every_type():
    check("mypy", "--strict", "--follow-imports=silent")


@pytest.mark.skipif(importlib.util.find_spec("pyright") is None, reason="pip install pyright")
def test_pyright_knows_every_type():
    check("pyright", "--pythonpath", sys.executable)


@pytest.mark.parametrize("section", typed_calculus_script.SECTIONS, ids=lambda section: section.__name__)
def test_the_script_runs(section):
    section()
