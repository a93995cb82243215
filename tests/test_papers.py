"""The papers of the house: links lead somewhere, examples run, every decision is listed."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.manual.public import PAGES

ROOT = Path(__file__).parent.parent
PAPERS = sorted(
    path
    for folder in ("*", "docs/**/*", "benchmarks/*", ".github/**/*")
    for path in ROOT.glob(f"{folder}.md")
    if "node_modules" not in path.parts
)
# From docstrings, where the site is built: its own tests follow all links and anchors.
MADE = {(ROOT / "docs" / "reference" / f"{name}.md").resolve() for name in [*PAGES, "command-line"]}
LINK = re.compile(r'\]\(([^)\s]+)\)|(?:src|srcset)="([^"]+)"')


def title(path):
    return str(path.relative_to(ROOT))


def anchors(path):
    """What a code host calls the headings of a page or a notebook; the site leaves out a dash at the end."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        text = "\n".join(
            "".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"
        )
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), flags=re.MULTILINE)
    names = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
    return names | {name.rstrip("-") for name in names}


@pytest.mark.parametrize("path", PAPERS, ids=title)
def test_links_lead_somewhere(path):
    for link, source in LINK.findall(path.read_text(encoding="utf-8")):
        target, _, anchor = (link or source).partition("#")
        if target.startswith("https://"):
            continue
        place = path.parent / target if target else path
        if place.resolve() in MADE:
            continue
        assert place.exists(), f"{target} is not there"
        assert not anchor or anchor in anchors(place), f"{place} has no heading #{anchor}"


@pytest.mark.parametrize("path", PAPERS, ids=title)
def test_places_are_there(path):
    """`record/mistakes` in a paper is a file or a folder of that name, with or without its ending, in some room.

    What stands in out/ is made by a command; NAME stands for any name.
    """
    if path.name == "CHANGELOG.md":
        return
    for place in re.findall(r"`(\w+(?:/\w+)+(?:\.\w+)?)/?`", path.read_text(encoding="utf-8")):
        *folders, name = place.replace("NAME", "*").split("/")
        if folders[0] == "out":
            continue
        tops = [ROOT, path.parent, *(ROOT / "micrograd").glob("**/")]
        assert any(list(top.joinpath(*folders).glob(f"{name}*")) for top in tops), f"{place} is not there"


@pytest.mark.parametrize("path", [ROOT / "CONTRIBUTING.md", ROOT / "docs" / "architecture.md"], ids=title)
def test_the_examples_run(path):
    blocks = re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    assert blocks
    ran = subprocess.run([sys.executable, "-c", "\n".join(blocks)], cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr


def test_every_decision_is_listed():
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\]\(([\w-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8"))
    assert sorted(listed) == sorted(path.name for path in folder.glob("*.md") if path.name != "README.md")
    for name in listed:
        sections = re.findall(r"^## (.+)$", (folder / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
        assert sections == ["Context", "Decision", "Consequences"], name
