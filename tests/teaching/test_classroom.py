"""The sheets of a class: other numbers for each, the same bytes for a seed, a key, names, and both kinds of file."""

import io
import re
import sys

import pytest

import micrograd
from micrograd.cli.main import main
from micrograd.teaching import classroom
from micrograd.teaching.practice.class_list import read_names

NAMES = ["Ada Lovelace", "Łukasz <Ødegård>", "Ελένη", "Дмитрий"]


def pdf_texts(path):
    reader = pytest.importorskip("pypdf").PdfReader(io.BytesIO(path.read_bytes()))
    return [page.extract_text() for page in reader.pages], reader


@pytest.mark.parametrize("level", [1, 4, 7])
def test_no_two_have_the_same_numbers(level):
    handouts = micrograd.sheets(40, level=level, seed=7).handouts
    assert len({tuple(handout.tasks[0].numbers.values()) for handout in handouts}) == 40


def test_a_sheet_has_the_numbers_that_its_command_asks_for():
    task = micrograd.sheets(3, level=[2, 6], seed=7).handouts[2].tasks[1]
    level, seed = re.fullmatch(r"micrograd practice --level (\d) --seed (\d+)", task.command).groups()
    assert micrograd.practice(level=int(level), seed=int(seed)).round.task.numbers == task.numbers


def test_a_level_has_no_end_of_numbers():
    with pytest.raises(ValueError, match="level 1 has only about 2[12]. different exercises, and 300 students"):
        micrograd.sheets(300)


@pytest.mark.parametrize(
    "students, options, said",
    [
        ("Ada", {}, "students must be a number, or a list of names, got 'Ada'"),
        (2.5, {}, "students must be a number, or a list of names, got 2.5"),
        (2, {"seed": "x"}, "seed must be a whole number, got 'x'"),
        (2, {"names": [1]}, "a name must be a text, got 1"),
    ],
)
def test_what_is_no_class(students, options, said):
    with pytest.raises(TypeError, match=said):
        micrograd.sheets(students, **options)


def test_a_file_where_the_folder_would_be(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError, match="no sheets can be saved in '.*file': a file is in the way"):
        micrograd.sheets(2).save(tmp_path / "file", "html")


def test_a_seed_is_these_bytes(tmp_path):
    """On any machine: the numbers and the text, which no library writes."""
    written = micrograd.sheets(2, level=4, seed=7).save(tmp_path, "html")
    assert [path.name for path in written] == ["sheet-01.html", "sheet-02.html", "key.html"]
    before = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in micrograd.sheets(2, level=4, seed=7).save(tmp_path, "html")] == before
    assert [handout.tasks[0].numbers for handout in micrograd.sheets(2, level=4, seed=7).handouts] == [
        {"a": -3.0, "b": 4.0, "c": 7.0},
        {"a": -2.0, "b": -8.0, "c": -14.0},
    ]


def test_pages_of_students_and_the_key(tmp_path):
    micrograd.sheets(5, names=NAMES, level=[4, 6], seed=7).save(tmp_path, ["html"])
    first, second, last = ((tmp_path / f"sheet-0{k}.html").read_text(encoding="utf-8") for k in (1, 2, 5))
    assert "Sheet 1" in first and "Name: Ada Lovelace" in first and "Łukasz &lt;Ødegård&gt;" in second
    assert "Name: ______" in last and "<h1>Level 4: (<i>a</i>·<i>b</i> + <i>c</i>)<sup>3</sup></h1>" in last
    key = (tmp_path / "key.html").read_text(encoding="utf-8")
    assert key.count("What some mistakes would give") == 10 and 'href="#sheet-5"' in key and 'id="sheet-5"' in key
    assert "<i>a</i>.grad = 300" in key and "300" not in first.partition("<h1>")[2]


@pytest.mark.slow
@pytest.mark.once
def test_the_pdf_can_be_read_back(tmp_path):
    pytest.importorskip("fpdf")
    made = micrograd.sheets(3, names=NAMES[:2], level=[4, 5], seed=7)
    written = made.save(tmp_path, "pdf")
    assert [path.name for path in written] == ["sheets.pdf", "key.pdf"]
    pages, reader = pdf_texts(written[0])
    assert len(pages) == 6 and [mark.title for mark in reader.outline][2] == "Sheet 3"
    assert "Ada Lovelace" in pages[0] and "page 2 of 2" in pages[1] and "Łukasz <Ødegård>" in pages[2]
    for sign in "∂L/∂L × − · → ²".split():
        assert sign in "".join(pages)
    pages, reader = pdf_texts(written[1])
    text = "".join(pages)
    assert "What some mistakes would give" in text and "75 × (b = 4) = 300" in text
    assert [mark.title for mark in reader.outline] == [handout.title for handout in made.handouts]
    before = [path.read_bytes() for path in written]
    assert [path.read_bytes() for path in made.save(tmp_path, ["pdf"])] == before
    micrograd.sheets(1).save(tmp_path, "pdf", "letter")
    assert [round(float(side)) for side in pdf_texts(written[0])[1].pages[0].mediabox[2:]] == [612, 792]


def test_a_letter_that_the_pdf_cannot_show_is_named(tmp_path):
    pytest.importorskip("fpdf")
    with pytest.raises(ValueError, match="the fonts of the PDF have no '李'"):
        micrograd.sheets(["李伟"]).save(tmp_path / "new")
    assert not (tmp_path / "new").exists()  # nothing is written by halves


def test_without_the_package_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fpdf", None)
    with pytest.raises(ImportError, match=r'the package fpdf2: pip install "micrograd-lab\[sheets\]"'):
        micrograd.sheets(2).save(tmp_path)


@pytest.mark.parametrize(
    "name, text",
    [
        ("class.txt", "Ada Lovelace\n\n  Alan   Turing \n"),
        ("class.csv", "name,mark\nAda Lovelace,1\nAlan Turing,2\n"),
        ("class.csv", "\ufeffID;First name;Surname\r\n1;Ada;Lovelace\r\n2;Alan;Turing\r\n"),
        ("class.csv", '"Ada Lovelace"\n"Alan Turing"\n'),
        ("class.tsv", "Student\tMail\nAda Lovelace\ta@x\nAlan Turing\tb@x\n"),
    ],
)
def test_names_from_a_file(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_names(tmp_path / name) == ["Ada Lovelace", "Alan Turing"]


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("class.csv", b"who,mark\nAda,1\n", "has the columns who, mark: name the one with the names `name`"),
        ("class.txt", b"\n", "has no names in it"),
        ("class.txt", b"\xd8\xe9", "is not text in UTF-8"),
    ],
)
def test_a_file_without_names(tmp_path, name, content, said):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=said):
        read_names(tmp_path / name)


@pytest.mark.parametrize(
    "arguments, said",
    [
        ({"level": 9}, "level must be a number from 1 to 8, got 9"),
        ({"level": []}, "which level?"),
        ({"level": [2, 2]}, "each level once, got 2, 2"),
        ({"names": ["a", "b", "c"]}, "there are 3 names for 2 students"),
        ({"blanks": 5}, "blanks must be a number from 1 to 4"),
    ],
)
def test_what_cannot_be_is_refused(arguments, said):
    with pytest.raises(ValueError, match=said):
        micrograd.sheets(2, **arguments)
    with pytest.raises(ValueError, match="a class has 1 to 999 students, got 0"):
        micrograd.sheets(0)


def test_formats_and_papers_have_names(tmp_path):
    with pytest.raises(ValueError, match="a format is html or pdf, got 'docx'"):
        micrograd.sheets(1).save(tmp_path, "docx")
    with pytest.raises(ValueError, match="the paper is a4 or letter, got 'a3'"):
        micrograd.sheets(1).save(tmp_path, paper="a3")


def test_the_command(tmp_path, capsys):
    words = ["sheets", "--class", "2", "--level", "2", "3", "--seed", "7", "--format", "html", "-o", str(tmp_path)]
    assert main(words) == 0
    assert capsys.readouterr().out == f"saved 3 files in {tmp_path}: 2 sheets, levels 2, 3, seed 7\n"
    assert main(["sheets", "--class", "1", "--format", "html", "-o", str(tmp_path)]) == 0
    assert "also there, from before: sheet-02.html" in capsys.readouterr().out
    with pytest.raises(SystemExit, match="2"):
        main(["sheets", "-o", str(tmp_path)])
    assert "how many students? --class 30, or --names class.txt" in capsys.readouterr().err


def test_it_says_what_it_is():
    assert repr(micrograd.sheets(["Ada"], level=2)) == "<Sheets: 1 sheet, level 2, seed 1>"
    assert len(micrograd.sheets(["Ada", "Alan"])) == 2 and classroom.FORMATS == ("html", "pdf")
