"""Sheets for a class: what stands on them, in every form."""

import re
import shutil
import subprocess
from html.parser import HTMLParser

import pytest

import micrograd
from micrograd import Value

BLANK = "______"


def text(tmp_path, name, exercise=None, **arguments):
    exercise = exercise or micrograd.practice(level=6, seed=3)
    path = exercise.export(tmp_path / name, **arguments)
    assert path == tmp_path / name
    return path.read_text(encoding="utf-8")


def strange():
    w, x = Value(2.0, label="w_1 & <b> $x^2$ |#%~\\{"), Value(0.5, label="µ")
    return micrograd.practice((w * x).sigmoid() + (w**2).exp() / w - w.relu())


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("name", ["sheet.html", "sheet.md", "sheet.tex"])
def test_solutions_only_on_request(tmp_path, name):
    exercise = micrograd.practice(level=6)
    sheet = text(tmp_path, name, exercise)
    assert "Solutions" not in sheet and "116" not in sheet and "87" not in sheet
    solved = text(tmp_path, name, exercise, solutions=True)
    assert "Solutions" in solved and "116" in solved and "87" in solved
    assert "What some mistakes would give" in solved and "only the first path" in solved
    assert solved[: len(sheet) // 2] == sheet[: len(sheet) // 2]


@pytest.mark.parametrize("name", ["sheet.html", "sheet.md", "sheet.tex"])
def test_the_same_seed_is_the_same_sheet(tmp_path, name):
    def again():
        return text(tmp_path, name, micrograd.practice(level=7, seed=5), solutions=True)

    assert again() == again()


def test_html_to_print(tmp_path):
    sheet = text(tmp_path, "sheet.html", micrograd.practice(level=6), solutions=True)
    parser = Balanced()
    parser.feed(sheet)
    assert parser.open == [] and "<svg" in sheet and "break-before:page" in sheet
    assert not re.search(r"(src|href)\s*=|@import|url\(", sheet)
    assert "L → e, left operand of ×" in parser.text and "Gradients: a.grad = ______" in parser.text
    assert "Gradients: a.grad = 116, b.grad = 87, c.grad = 12" in parser.text
    assert sheet.count(f"{BLANK} × {BLANK} = {BLANK}") == 6 and "Seed: ∂L/∂L = 1" in parser.text
    Balanced().feed(text(tmp_path, "strange.html", strange(), solutions=True))


def test_blanks_on_a_sheet(tmp_path):
    exercise = micrograd.practice(level=6)
    for blanks, count in ((1, 1), (2, 3), (3, 6), (4, 6)):
        sheet = text(tmp_path, "sheet.md", exercise, blanks=blanks)
        assert sheet.count(r"\_ = \_".replace(" ", " ")) == count
    assert r"Seed: ∂L/∂L = \_\_\_\_\_\_" in sheet
    with pytest.raises(ValueError, match="blanks must be a number from 1 to 4, got 0"):
        exercise.export(tmp_path / "sheet.md", blanks=0)


def test_markdown_has_its_picture_beside_it(tmp_path):
    sheet = text(tmp_path, "my sheet.md", micrograd.practice(level=8), solutions=True)
    assert "![graph](my%20sheet.svg)" in sheet and (tmp_path / "my sheet.svg").read_text().startswith("<svg")
    rows = [line for line in sheet.splitlines() if line.startswith("|")]
    assert all(re.sub(r"\\\|", "", row).count("|") in (5, 4) for row in rows)
    assert "A constant" not in sheet and len(rows) == 2 * (14 + 2) + len(rows[-1:]) + 12 + 1


def test_latex_draws_the_graph(tmp_path):
    sheet = text(tmp_path, "sheet.tex", micrograd.practice(level=6), solutions=True)
    assert sheet.count(r"\node[draw") == 6 and sheet.count(r"\draw[->") == 6 and r"\begin{tikzpicture}" in sheet
    assert sheet.count("{") == sheet.count("}") and sheet.count(r"\begin{") == sheet.count(r"\end{")
    assert r"$L \to e$, left operand of $\times$" in sheet and r"$29 \times (b = 4) = 116$" in sheet


@pytest.mark.once
@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="no pdflatex is installed")
@pytest.mark.parametrize("level", [1, 3, 4, 7, 8, None])
def test_latex_compiles(tmp_path, level):
    exercise = strange_names() if level is None else micrograd.practice(level=level)
    exercise.export(tmp_path / "sheet.tex", solutions=True)
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, errors="replace")
    assert ran.returncode == 0, ran.stdout[-2000:]
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")


def strange_names():
    w, x = Value(2.0, label="w_1 & <b> $x^2$ |#%~\\{"), Value(0.5, label="λ₁Ωé☃")
    return micrograd.practice((w * x).sigmoid() + (w**2).exp() / w - w.relu())


def test_other_endings_are_refused(tmp_path):
    with pytest.raises(ValueError, match="a sheet is written as .html, .pdf, .md or .tex, got 'sheet.doc'"):
        micrograd.practice().export(tmp_path / "sheet.doc")


@pytest.mark.slow
@pytest.mark.once
def test_a_sheet_as_pdf_has_strange_names_too(tmp_path):
    pytest.importorskip("fpdf")
    reader = pytest.importorskip("pypdf").PdfReader(strange_names().export(tmp_path / "sheet.pdf", solutions=True))
    pages = [page.extract_text() for page in reader.pages]
    assert pages[0].lstrip().startswith("Name:") and "w_1 & <b> $x^2$ |#%~\\{.grad" in pages[0]
    assert any("Solutions" in page for page in pages) and "λ₁Ωé☃" in "".join(pages).replace("\n", "")
