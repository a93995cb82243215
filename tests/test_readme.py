"""The README and the other pages: their examples and commands run, each section by itself; the README is short."""

import json
import os
import re
import shlex
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tools import generate

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
DOCS = [path for path in sorted(ROOT.glob("docs/**/*.md")) if "node_modules" not in path.parts]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *DOCS]
SECTIONS = {
    f"{page.relative_to(ROOT).as_posix()}: {section.splitlines()[0]}": "\n".join(blocks)
    for page in PAGES
    for section in re.split(r"^##? ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    if (blocks := re.findall(r"```python\n(.*?)```", section, flags=re.DOTALL))
}
OPTIONAL = ("joblib", "dask", "jax", "torch")  # the examples that import one of them need it
HOLDS_AFTERWARDS = {
    "docs/beyond.md: Many models, a process for each core": "min(losses) < 0.4",
    "docs/beyond.md: The same on a cluster": "min(losses) < 0.4",
    "docs/beyond.md: One model, many devices": "history[-1] < 0.3 and value < 0.3",
    "README.md: Train": "history[-1]['loss'] < 0.5",
    "docs/training.md: The loop by hand": "loss.data < 0.5",
    "docs/running.md: Running it fast": "value < 0.1",
}
LATER = [pytest.mark.slow, pytest.mark.once]
COMMAND = re.compile(r"^    micrograd (.+?)(?: +#.*)?$", flags=re.MULTILINE)
COMMANDS = {page.relative_to(ROOT).as_posix(): COMMAND.findall(page.read_text(encoding="utf-8")) for page in PAGES}
LINES = sorted({line for lines in COMMANDS.values() for line in lines})
LONG = ("demo", "digits")
SHORTER = {  # what adds nothing to what is tried here: thirty epochs, thirty sheets, and a PDF
    "digits": "digits --steps 3",
    "sheets --class 30 --level 2 5 --seed 7 -o sheets/": "sheets --class 2 --level 2 5 -o sheets/ --format html",
    "sheets --class 30 --level 4 --seed 7 -o sheets/": "sheets --class 2 --level 4 --seed 7 -o sheets/ --format html",
}

MODULE = "from math import cos as df, sin as f\n\nclass Value:\n    def __init__(self, data): self.data = data\n"
MARKED = "from micrograd.teaching.homework import Homework\nhomework = Homework('One', points={'1': 0})"
HANDED_IN = {
    "homework.py": MODULE,
    "submissions/ada.py": MODULE,
    "handed-in/ada.ipynb": json.dumps({"cells": [{"cell_type": "code", "source": MARKED}]}),
}


def run(arguments, folder, **options):
    return subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        **options,
    )


@pytest.mark.parametrize(
    "section", [pytest.param(name, marks=LATER if name.startswith("docs/beyond.md") else []) for name in SECTIONS]
)
def test_the_examples_run_as_a_reader_copies_them(section, tmp_path):
    """In a process of its own, where nothing of the other sections is there, and a warning is an error."""
    for package in re.findall(r"^(?:import|from) (\w+)", SECTIONS[section], flags=re.MULTILINE):
        if package in OPTIONAL and find_spec(package) is None:
            pytest.skip(f"{package} is what this section is about: pip install '.[test,bench,torch]'")
    ran = run(["-c", f"{SECTIONS[section]}\nassert {HOLDS_AFTERWARDS.get(section, True)}"], tmp_path)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "line", [pytest.param(line, marks=[pytest.mark.slow] * line.startswith(LONG)) for line in LINES]
)
def test_the_commands_run(line, tmp_path):
    for name, text in HANDED_IN.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    ran = run(["-m", "micrograd", *shlex.split(SHORTER.get(line, line))], tmp_path, input="q\n")
    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stdout + ran.stderr and len(COMMANDS["README.md"]) == 8 and len(LINES) == 18


ROOMS = re.findall(
    r"^\| \[`[^`]+`\]\(([^)]+)\).*\| (\d+) \|$",
    (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)


@pytest.mark.parametrize(("path", "lines"), ROOMS)
def test_the_line_counts(path, lines):
    place = ROOT / "docs" / path
    files = [place] if place.is_file() else sorted(place.rglob("*.py"))
    counted = sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files)
    assert int(lines) == pytest.approx(counted, rel=0.1) and len(ROOMS) == 18


def test_the_readme_is_short_and_its_tables_are_full():
    """Minutes and measurements come from the notebooks and the benchmarks: `python -m tools.generate`."""
    assert len(TEXT.splitlines()) <= 200
    assert len(re.findall(r"^\| \[\d+ · .*\]\(notebooks/.*\.ipynb\) \| .* \| \d+ \|$", TEXT, flags=re.MULTILINE)) == 11
    assert len(re.findall(r"^\| .* \| [\d.,]+ × the original \|$", TEXT, flags=re.MULTILINE)) == len(generate.SPEED)


def test_no_loop_keeps_its_graphs():
    """A list of losses keeps `loss.data`: a Value would keep all that it was computed from."""
    for path in [*PAGES, *ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("examples/*.py")]:
        assert not re.search(r"\.append\((?:loss|total|cost)\)", path.read_text(encoding="utf-8")), path.name
