"""Types: in a learner's scripts, mypy and Pyright know the type of every expression."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest
import typed_calculus_script
import typed_compiled_script
import typed_front_door_script
import typed_script

ROOT = Path(__file__).parent.parent
MODULES = [typed_front_door_script, typed_script, typed_compiled_script, typed_calculus_script]
SECTIONS = [section for module in MODULES for section in module.SECTIONS]
SCRIPTS = [f"tests/{module.__name__}.py" for module in MODULES]


def check(*command):
    environment = {**os.environ, "MYPYPATH": str(ROOT)}
    result = subprocess.run(
        [sys.executable, "-m", *command, *SCRIPTS], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.once
def test_mypy_knows_every_type():
    check("mypy", "--strict")  # as `make lint` does, whose cache is read


@pytest.mark.once
@pytest.mark.skipif(importlib.util.find_spec("pyright") is None, reason="pip install pyright")
def test_pyright_knows_every_type():
    check("pyright", "--pythonpath", sys.executable)


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: f"{section.__module__}-{section.__name__}")
def test_the_scripts_run(section):
    section()
