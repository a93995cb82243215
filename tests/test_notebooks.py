"""Every notebook runs in a real kernel from top to bottom and says what is stored in it."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
QUICK = "5-networks-by-hand"


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name != QUICK)) for name in NOTEBOOKS])
def test_notebook_says_what_is_stored(name):
    command = [sys.executable, "-m", "notebooks.run", name]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
