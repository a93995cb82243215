"""A notebook with blanks that checks itself: what each answer earns, and notebook 4's homework in a real kernel."""

import json
import os
import re
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from micrograd import Value
from micrograd.teaching.check import check_file
from micrograd.teaching.homework import Homework
from tools import homework as written

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def homework():
    made = Homework("Practice", points={"1": 4, "2": 2, "3": 1}, seed=3)
    made.exercise("1", level=2)
    return made


def right(homework):
    record = homework._rounds["1"].record
    return {record[0].names[c.parent]: c.after for c in record if not c.parent.parents}


def test_each_right_gradient_gives_its_share(homework):
    grads = right(homework)
    assert str(homework.answer("1", **grads)).endswith("Task 1: 4 of 4 points.")
    said = homework.answer("1", **{**grads, "a": None, "b": "10/3"})
    assert "b.grad = 10/3: not yet." in said and "not yet: a is to be filled in.\nTask 1: 2 of 4 points." in said
    assert "not yet: b, c, f are to be filled in.\nTask 1: 1 of 4 points." in homework.answer("1", a=grads["a"])
    assert (
        homework.answer("1")
        == homework.answer("1", **dict.fromkeys("abcf"))
        == ("not yet: a, b, c, f are to be filled in.\nTask 1: 0 of 4 points.")
    )


def test_a_mistake_is_named(homework):
    given = homework._rounds["1"].session.values
    said = homework.answer("1", a=given["b"], b=given["a"], c=1, f=given["s"])
    assert "This answer comes from a well-known mistake (upstream forgotten)." in said
    assert "Task 1: 1 of 4 points." in said or "Task 1: 2 of 4" in said  # the seed is 1, and so are some upstreams


def test_what_cannot_be_read_is_an_answer_too(homework):
    assert "not yet: “x” is not a number" in homework.answer("1", a="x")
    assert "not yet: no contribution goes to z" in homework.answer("1", z=2)
    with pytest.raises(ValueError, match="no task is called '4'; there are 1, 2, 3"):
        homework.answer("4", a=2)
    with pytest.raises(ValueError, match=r"run the cell with exercise\('2', …\) first"):
        homework.answer("2", a=2)


def test_one_answer_that_cannot_be_read_leaves_the_others(homework):
    said = homework.answer("1", **{**right(homework), "a": "x"})
    assert "not yet: “x” is not a number" in said and said.endswith("Task 1: 3 of 4 points.")


@pytest.mark.parametrize("points", [{}, {1: 4}, {"1": -4}, {"1": "4"}, [3]])
def test_tasks_without_a_name_or_points(points):
    with pytest.raises(ValueError, match="points has the name and the points of each task, as in"):
        Homework("Practice", points=points)


def test_a_seed_is_a_whole_number():
    with pytest.raises(TypeError, match="seed must be a whole number, such as 7, got None"):
        Homework("Practice", points={"1": 4}, seed=None)


def test_code_and_tests_of_the_notebook(homework):
    class Mine:
        def __init__(self, data):
            self.data = data

        def __add__(self, other):
            return Mine(self.data + other.data)

    assert "not yet: this is the package's own Value." in homework.check("2", Value)
    assert "not yet: there is no a * b to be checked." in homework.check("2", Mine, needs=["a + b", "a * b"])
    assert "not yet: check takes a Value class" in homework.check("2", 3)
    assert homework.check("2", lambda x: x**3, lambda x: 3 * x**2).endswith("Task 2: 2 of 2 points.")
    assert homework.test("3", False, "look again") == "not yet: look again\nTask 3: 0 of 1 point."
    assert homework.test("3", True, "look again") == "right\nTask 3: 1 of 1 point."
    assert homework.score.splitlines() == [
        "Practice, numbers 3", "", "1  – of 4, not checked", "2  2 of 2", "3  1 of 1", "", "Score: 3 of 7.",
    ]  # fmt: skip


def test_an_exercise_shows_what_is_given(homework):
    shown = homework.exercise("1", level=2)
    assert repr(shown).startswith("Level 2: (a*b + c)*f. Forward:\n  p = a·b = ")
    assert '<img src="data:image/svg+xml;base64,' in shown._repr_html_()


# ---- the one to notebook 4


def run(text):
    notebook = nbformat.reads(text, as_version=4)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    NotebookClient(notebook, timeout=300, kernel_name="python3").execute(env=environment)
    return ["\n".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs) for cell in code(notebook)]


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_no_solution_stands_in_it():
    blank, filled = ({line.strip() for line in text.splitlines()} for text in (written.notebook(), written.filled()))
    solutions = filled - blank
    assert len(solutions) > 25 and any("k * self.data ** (k - 1)" in line for line in solutions)
    blank_cells = code(nbformat.reads(written.notebook(), as_version=4))
    assert sum(re.search("your turn|=None", cell.source) is not None for cell in blank_cells) == 1 + len(written.POINTS)
    assert all(not cell.outputs for cell in blank_cells)


@pytest.mark.slow
@pytest.mark.once
def test_the_blank_one_earns_nothing_and_the_filled_one_everything():
    blank = run((ROOT / written.PLACE).read_text(encoding="utf-8"))
    assert blank[-1].endswith("Score: 0 of 30.") and "Traceback" not in "".join(blank)
    assert sum("not yet" in said for said in blank) == len(written.POINTS)
    filled = run(written.filled())
    assert filled[-1].endswith("Score: 30 of 30.") and sum("right" in said for said in filled) == len(written.POINTS)


@pytest.mark.slow
@pytest.mark.once
def test_a_teacher_reads_the_score(tmp_path):
    start = "from micrograd.teaching.homework import Homework\nhomework = Homework('One', points={'1': 2, '2': 3})"
    path = tmp_path / "ada.ipynb"
    cells = [{"cell_type": "code", "source": start}]
    cells += [{"cell_type": "code", "source": f"homework.test('{task}', {task} == 2, 'no')"} for task in (1, 2)]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    verdict = check_file(path)
    assert (verdict.status, verdict.data["points"], verdict.data["most"]) == ("difference", 3, 5)
    assert verdict.text == "One, numbers 1\n\n1  0 of 2\n2  3 of 3\n\nScore: 3 of 5."
    assert json.loads(verdict.json)["tasks"]["1"] == {"points": 0, "most": 2}
    path.write_text(json.dumps({"cells": []}), encoding="utf-8")
    assert "is no homework: say what to check" in check_file(path).text
