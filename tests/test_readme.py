"""The README: its examples run, and its line counts are right."""

import re
from pathlib import Path

import pytest

from micrograd import Value

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_examples_run(tmp_path, monkeypatch, declare):
    monkeypatch.chdir(tmp_path)
    names = {"a": Value(2.0)}
    for block in re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL):
        exec(block, names)
    assert names["loss"].data < 0.5 and names["value"] < 0.1


@pytest.mark.parametrize(("path", "lines"), re.findall(r"^\| \[`([^`]+)`\].*\| (\d+) \|$", TEXT, flags=re.MULTILINE))
def test_the_line_counts(path, lines):
    place = ROOT / path
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    counted = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    assert int(lines) == pytest.approx(counted, rel=0.1)
