"""The README: its examples run, each section by itself, and its line counts are right."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
SECTIONS = {
    section.splitlines()[0]: "\n".join(blocks)
    for section in re.split(r"^## |^# ", TEXT, flags=re.MULTILINE)
    if (blocks := re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL))
}
HOLDS_AFTERWARDS = {
    "Train something": "loss.data < 0.5",
    "Run it": "value < 0.1",
}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_examples_run_as_a_reader_copies_them(section, tmp_path):
    """In a process of its own, where nothing of the other sections is there, and a warning is an error."""
    code = f"{SECTIONS[section]}\nassert {HOLDS_AFTERWARDS.get(section, True)}\n"
    command = [sys.executable, "-W", "error", "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(("path", "lines"), re.findall(r"^\| \[`([^`]+)`\].*\| (\d+) \|$", TEXT, flags=re.MULTILINE))
def test_the_line_counts(path, lines):
    place = ROOT / path
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    counted = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    assert int(lines) == pytest.approx(counted, rel=0.1)
