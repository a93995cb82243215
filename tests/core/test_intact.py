"""What is said where the original, which is imported under the same name, was installed into the same folder."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import micrograd
from micrograd._core.intact import check_intact

REPAIR = "to set it right: pip uninstall micrograd, then pip install --force-reinstall micrograd-lab"


def package(folder, **names):
    made = ModuleType("micrograd")
    made.__path__ = [str(folder)]
    vars(made).update(names)
    return made


def test_what_is_looked_at(tmp_path):
    check_intact(package(tmp_path, __version__="1"))
    check_intact(micrograd)
    with pytest.raises(ImportError, match=f"files of micrograd-lab are missing or overwritten: .*; {REPAIR}"):
        check_intact(package(tmp_path))
    (tmp_path / "nn.py").touch()
    with pytest.warns(UserWarning, match=f"installed in the same folder, and uninstalling it .*; {REPAIR}"):
        check_intact(package(tmp_path, __version__="1"))


@pytest.fixture
def installed(tmp_path):
    """A copy of the package in a folder of its own."""
    leave_out = shutil.ignore_patterns("__pycache__", "*.c")
    shutil.copytree(Path(micrograd.__file__).parent, tmp_path / "micrograd", ignore=leave_out)
    return tmp_path / "micrograd"


def said(installed, code):
    """What Python writes to standard error for this code, beside the copy."""
    (installed.parent / "mine.py").write_text(code)
    alone = os.environ | {"PYTHONPATH": ""}
    ran = subprocess.run([sys.executable, "mine.py"], cwd=installed.parent, env=alone, capture_output=True, text=True)
    return ran.stderr


@pytest.mark.slow
def test_the_original_first_then_ours(installed):
    assert said(installed, "\nimport micrograd\nprint(micrograd.Value(1.0))") == ""
    (installed / "nn.py").write_text("class Neuron: ...")
    for line in ("import micrograd", "from micrograd import Value", "from micrograd.nn import MLP"):
        warning = said(installed, f"\n{line}\nimport micrograd.engine")
        assert re.search(r"mine\.py:2: UserWarning: the original micrograd is installed", warning), warning
        assert warning.count("UserWarning") == 1


ROOMS = "nn drawing teaching.step losses functions calculus compiler training interop cli.main".split()


@pytest.mark.slow
@pytest.mark.parametrize("uninstalled", [False, True])
def test_ours_first_then_the_original(installed, uninstalled):
    for name in ("__init__.py", "engine.py", "nn.py"):
        (installed / name).write_text("" if name == "__init__.py" else "class Value: ...")
        if uninstalled:  # the original's own three files
            (installed / name).unlink()
    for room in ROOMS:
        last = said(installed, f"import micrograd.{room}").splitlines()[-1]
        assert last.startswith("ImportError: files of micrograd-lab are missing or overwritten: "), (room, last)
        assert last.endswith(REPAIR)
