"""`micrograd practice`, as a person or a pipe types it."""

import io
import os
import re
import subprocess
import sys

import pytest

import micrograd
from micrograd.cli.main import main
from micrograd.teaching.practice.reading import is_close
from micrograd.teaching.record.mistakes import MISTAKES
from micrograd.teaching.views.practice_terminal import KEYS, Conversation, converse, converse_about_bug


def talk(exercise, *typed, prompt=""):
    out = io.StringIO()
    converse([exercise.round], io.StringIO("".join(f"{line}\n" for line in typed)), out, prompt)
    return out.getvalue()


def test_worked_lines_come_between_the_questions():
    said = talk(micrograd.practice(level=2, blanks=2, formulas=False), "-7", "2", "6", "-8")
    order = [
        "Seed: ∂L/∂L = 1",
        "L → s: upstream",
        "Question 1 of 4. L → f",
        "s → p: upstream",
        "Question 2 of 4. s → c",
    ]
    places = [said.index(text) for text in order]
    assert places == sorted(places) and said.count("Right: ") == 4 and "Score: 4 of 4" in said
    assert "L → f: upstream" not in said


def test_keys():
    said = talk(micrograd.practice(level=1, formulas=False), "?", "r", "h", "5", "u 1", "u", "1,5", "five", "h", "s")
    assert KEYS in said and "  swap   × hands each operand" in said and "A hint comes after an attempt" in said
    assert "Yes, the upstream is 1." in said and "Is 1,5 meant as 1.5?" in said and "“five” is not a number" in said
    assert "“u” is not a number" in said and "Your 5 stands" in said and "Score: 0 of 1. 1 not right." in said


def test_a_prompt_and_the_end_of_the_input():
    said = talk(micrograd.practice(level=1), prompt="> ")
    assert "Type what you think, h for a hint, ? for the keys, q to quit." in said
    assert said.endswith(
        "> \nScore: 0 of 2. 2 not answered.\nNothing to repeat: leave more blanks, or take the next level.\n"
    )
    assert talk(micrograd.practice(level=1), "q", "5").count("Question") == 1


@pytest.mark.parametrize("level", range(1, 9))
def test_every_mistake_typed_in_gets_its_own_diagnosis(level):
    for mistake in MISTAKES:
        exercise = micrograd.practice(level=level, blanks=4, formulas=False)
        asked = exercise.session.asked
        if all(is_close(q.whole[mistake.name], q.right.value) for q in asked):
            continue
        conversation, said = Conversation(exercise.round), []
        list(conversation.go_on())
        while not exercise.done:
            at = exercise.session.at
            said += conversation.reply(repr(asked[at].whole[mistake.name]))
            if exercise.session.at == at:
                said += conversation.reply("s")
        named = re.findall(r"well-known mistake \((.*)\)\. Remember", "\n".join(said))
        assert set(named) == {mistake.name}, named


def run(*arguments, typed):
    command = [sys.executable, "-m", "micrograd", "practice", *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(command, input=typed, capture_output=True, text=True, encoding="utf-8", env=environment)


def test_through_a_pipe():
    ran = run("a*b", "a=2", "b=3", typed="1\nb\n3\na\n2\n")
    assert ran.returncode == 0 and ran.stderr == "" and "> " not in ran.stdout
    assert "Score: 5 of 5. 5 right at once." in ran.stdout
    ran = run("--level", "1", typed="a\n-3\n")  # then the next round, with other numbers, until the input ends
    assert ran.stdout.count("Level 1: a*b. Forward:") == 2 and ran.stdout.count("Score: ") == 2
    nobody = run("--level", "8", "--dead", typed="")
    assert nobody.returncode == 0 and "Score: 0 of" in nobody.stdout


def test_files_instead(tmp_path, capsys):
    page, sheet = tmp_path / "page.html", tmp_path / "sheet.md"
    assert main(["practice", "--level", "3", "--seed", "7", "-o", str(page), "--sheet", str(sheet), "--solutions"]) == 0
    assert capsys.readouterr().out == f"saved {page}\nsaved {sheet}\n"
    assert page.read_text(encoding="utf-8") == micrograd.practice(level=3, seed=7).html
    assert "## Solutions" in sheet.read_text(encoding="utf-8")
    assert main(["practice", "--level", "3", "--bug", "-o", str(page)]) == 0
    assert page.read_text(encoding="utf-8") == micrograd.practice(level=3).bug().html


def test_the_bug():
    out = io.StringIO()
    bug = micrograd.practice(level=3).bug("minus lost")
    converse_about_bug(bug.hunt, io.StringIO("h\nx\n1\nh\n6\nz\nq\n"), out)
    said = out.getvalue()
    assert "A hint comes after an attempt" in said and "A line is a number from 0 (the seed) to 6, got “x”." in said
    assert "No: line 1 is as it should be" in said and "Right: line 6" in said and "   a  " in said
    assert "A mistake is a letter from a to" in said and said.endswith("2 attempts so far.\n")
    ran = run("--level", "1", "--bug", typed="")
    assert ran.returncode == 0 and "Backward, with one mistake in it:" in ran.stdout


def test_commands_that_cannot_be_read(capsys):
    for line, said in (
        (["a*", "a=1"], "the expression ends where"),
        (["a*b", "a=1"], "no value is given for 'b'"),
        (["a*b", "a=1", "b=2", "--level", "2"], "your own expression has no level and no seed"),
        (["--level", "9"], "level must be a number from 1 to 8, got 9"),
        (["--sheet", "sheet.doc"], "a sheet is written as .html, .pdf, .md or .tex, got 'sheet.doc'"),
    ):
        assert main(["practice", *line]) == 1
        assert said in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["practice", "--blanks", "7"])
