"""The notebooks: what holds for all of them, and that each runs in a real kernel and says what is stored in it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from notebooks.run import CODE, SOLUTION, execute, shown, solutions
from tools.generate import FILES

ROOT = Path(__file__).parent.parent
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"), key=lambda path: int(path.stem.partition("-")[0]))
NAMES = [path.stem for path in PATHS]
QUICK = "5-networks-by-hand"
LARGEST = 600_000  # bytes
every_notebook = pytest.mark.parametrize("path", PATHS, ids=NAMES)


def read(path):
    return nbformat.read(path, as_version=4)


def markdown(path):
    return [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]


def title(path):
    return markdown(path)[0].partition("\n")[0].removeprefix("# ")


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.slow] * (name != QUICK)) for name in NAMES])
def test_notebook_says_what_is_stored(name):
    command = [sys.executable, "-m", "notebooks.run", name]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr


@every_notebook
def test_a_notebook_is_small(path):
    assert path.stat().st_size <= LARGEST


@every_notebook
def test_a_title_has_its_number(path):
    number, _, name = title(path).partition(" · ")
    assert path.stem == f"{number}-{name.lower().replace(' ', '-')}"


@every_notebook
def test_first_and_last_cell_lead_on(path):
    at = PATHS.index(path)
    links = [f"[←\N{NO-BREAK SPACE}{title(before)}]({before.name})" for before in PATHS[max(at - 1, 0) : at]]
    links += ["[The course](README.md)"]
    links += [f"[{title(after)}\N{NO-BREAK SPACE}→]({after.name})" for after in PATHS[at + 1 : at + 2]]
    cells = markdown(path)
    assert " | ".join(links) == cells[0].split("\n\n")[1] == cells[-1].removeprefix("---\n\n")


@every_notebook
def test_it_says_how_long_it_takes_and_what_comes_before_it(path):
    said = markdown(path)[0].split("\n\n")[2]
    assert re.match(r"\*\*Time needed: about \d+ minutes\*\*, with the exercises\. \S", said)


@every_notebook
def test_links_resolve(path):
    targets = re.findall(r"\]\((?!#)([^)]+)\)", "\n".join(markdown(path)))
    assert [target for target in targets if not (path.parent / target.partition("#")[0]).exists()] == []


@pytest.mark.parametrize("page", ["README.md", "docs/course/index.md", "notebooks/README.md"])
def test_a_list_of_the_course_has_every_notebook_with_its_minutes(page):
    rows = re.findall(
        r"^\| \[([^]]+)\]\([^)]*?([^/)]+\.ipynb)\)", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE
    )
    assert rows == [(title(path), path.name) for path in PATHS]
    assert (ROOT / page).read_text(encoding="utf-8") == FILES[page](), "run python -m tools.generate"


@every_notebook
def test_exercises_have_solutions_and_checks(path):
    """A question, a cell to answer in, a cell that checks it and says "not yet", and the folded solution."""
    cells = read(path).cells
    start = next(k for k, cell in enumerate(cells) if cell.source.startswith("## Exercises"))
    questions = [k for k, cell in enumerate(cells) if k > start and re.match(r"\*\*\d\. ", cell.source)]
    assert 2 <= len(questions) <= 4
    for number, k in enumerate(questions, start=1):
        question, answer, check, solution = cells[k : k + 4]
        assert question.source.startswith(f"**{number}. ") and "your turn" in answer.source
        assert any("not yet" in line for line in shown(check)) and "your turn" not in check.source
        assert (found := SOLUTION.fullmatch(solution.source)) and CODE.search(found[1])
    assert len(solutions(read(path))) == 2 * len(questions)


@every_notebook
def test_every_picture_is_there_without_scripts_and_frames(path):
    """What a viewer is left with that drops scripts, styles and frames: the image in each output of HTML."""
    for cell in read(path).cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/html" in data:
                left = re.sub(r"<(script|style|iframe)\b.*?</\1>", "", data["text/html"], flags=re.DOTALL)
                assert re.search(r'<img src="data:image/svg\+xml;base64,[^"]{1000,}" alt="[^"]+"', left)
            assert len({"text/html", "image/svg+xml", "image/png"} & data.keys()) <= 1  # one picture, one form


@every_notebook
def test_nothing_tells_when_or_where_it_ran(path):
    text = path.read_text(encoding="utf-8")
    assert json.loads(text)["metadata"].keys() == {"kernelspec"}
    assert "%matplotlib" not in text and "/home/" not in text and "/tmp/" not in text


def test_a_solution_that_fails_its_check_is_found(tmp_path):
    cells = [
        nbformat.v4.new_code_cell("number = 0  # your turn"),
        nbformat.v4.new_code_cell("print('right' if number == 2 else 'not yet')"),
        nbformat.v4.new_markdown_cell(
            "<details>\n<summary>Solution</summary>\n\nThree.\n\n```python\nnumber = 3\n```\n\n</details>"
        ),
    ]
    path = tmp_path / "wrong.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    with pytest.raises(ValueError, match="wrong.ipynb: this solution does not satisfy its check:\n\nnumber = 3"):
        execute(path)
