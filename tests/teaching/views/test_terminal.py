"""The conversation in the terminal, and the command line around it."""

import io
import os
import subprocess
import sys

import pytest
from graphs import named, shared

from micrograd import Value
from micrograd.cli.main import main
from micrograd.teaching.step import Stepper
from micrograd.teaching.views.terminal import KEYS, Conversation, converse

EXPRESSION = ["step", "e*(e + c)", "e=12", "c=5"]
ALL = """\
Forward:
  v1 = e + c = 12 + 5 = 17
  L = e·v1 = 12·17 = 204
Backward: 4 contributions, from the seed ∂L/∂L = 1.
Step 1 of 4.
  L → e, left operand of ×.  upstream 1 × local (v1 = 17) = 17
  e.grad: — + 17 = 17, 1 of 2.
  Why: × hands each operand the other's value.
Step 2 of 4.
  L → v1, right operand of ×.  upstream 1 × local (e = 12) = 12
  v1.grad: — + 12 = 12, final.
  Why: × hands each operand the other's value.
  Check: nudge v1 by 0.01 and L moves by about 0.12 (measured: 0.12).
Step 3 of 4.
  v1 → e, left operand of +.  upstream 12 × local 1 = 12
  e.grad: 17 + 12 = 29, final.
  Why: + passes the upstream on unchanged.
  Check: nudge e by 0.01 and L moves by about 0.29 (measured: 0.2901).
Step 4 of 4.
  v1 → c, right operand of +.  upstream 12 × local 1 = 12
  c.grad: — + 12 = 12, final.
  Why: + passes the upstream on unchanged.
  Check: nudge c by 0.01 and L moves by about 0.12 (measured: 0.12).
Gradients: e.grad = 29, c.grad = 12
"""


def talk(typed, root=None, prompt=""):
    out = io.StringIO()
    converse(Stepper(root or shared()), io.StringIO(typed), out, prompt)
    return out.getvalue()


def test_the_whole_derivation(capsys):
    assert main([*EXPRESSION, "--all"]) == 0
    assert capsys.readouterr().out == ALL


def where(typed):
    """The position after each line of input."""
    stepper = Stepper(shared())
    conversation = Conversation(stepper)
    found = []
    for line in typed.split():
        list(conversation.answer("" if line == "." else line))
        found.append(stepper.position)
    return found


def test_keys_move():
    assert where(". n b p n N N B P G g 3 0 7 9 G n .") == [1, 2, 1, 0, 1, 2, 4, 2, 0, 6, 0, 3, 0, 0, 0, 6, 6, 6]


def test_what_is_said():
    assert "'²' is not a key here" in talk("²\n")
    said = talk("n\nx\n?\n9\nG\nn\nl\nq\nn\n")
    assert said.count("Step ") == 2 and "Step 6 of 6." in said
    assert "'x' is not a key here; ? lists the keys." in said and KEYS in said and "There are only 6 steps." in said
    assert "That was the last step.\nGradients: c.grad = 12, a.grad = 116, b.grad = 87\n" in said
    assert "e = a·b   ∂L/∂a += ∂L/∂e · ∂e/∂a = 29.0·(b = 4.0) = 116.0     a.grad: 0 → 116.0" in said
    assert "At the start: nothing pushed yet." in talk("g\n")


def test_a_prompt_and_the_end_of_the_input():
    said = talk("\n", prompt="step> ")
    assert "Enter for the next step, ? for the keys, q to quit.\nstep> Step 1 of 6." in said and said.endswith(
        "step> \n"
    )


def test_one_of_a_kind_is_counted_as_one():
    (x,) = named(x=3.0)
    said = talk("9\nG\n", x.relu())
    assert "Backward: 1 contribution, from the seed" in said and "There is only 1 step." in said


def test_names_and_formulas_as_they_are_printed(capsys):
    assert main(["step", "θ·x² ÷ 2 − |x|", "θ=3", "x=−2", "--all"]) == 0
    assert "Gradients: x.grad = −5, θ.grad = 2" in capsys.readouterr().out


def test_nothing_but_a_number():
    (x,) = named(x=3.0)
    assert talk("n\n", x) == "3 is a number: no operation, and nothing to go back through.\n"
    assert "Gradients" not in talk("G\n", Value(2.0) * Value(3.0))


def test_through_a_pipe():
    command = [sys.executable, "-m", "micrograd", *EXPRESSION]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    ran = subprocess.run(command, input="n\n3\nq\n", capture_output=True, text=True, encoding="utf-8", env=environment)
    assert ran.returncode == 0 and ran.stderr == "" and "Step 3 of 4." in ran.stdout and "step>" not in ran.stdout
    nobody = subprocess.run(command, input="", capture_output=True, text=True, encoding="utf-8", env=environment)
    assert nobody.returncode == 0 and "Backward: 4" in nobody.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipe that breaks like this")
def test_a_reader_who_has_seen_enough():
    command = [sys.executable, "-m", "micrograd", "step", "+".join(["x*x"] * 2000), "x=1", "--all"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"Forward:\n"
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == 0 and said == b""


def test_a_page_instead(tmp_path, capsys):
    path = tmp_path / "lesson.html"
    assert main([*EXPRESSION, "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"e*(e + c): 4 steps in {path}\n"
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_what_cannot_be_read(capsys):
    for line, said in (
        (["step", "a*", "a=1"], "the expression ends where"),
        (["step", "a*b", "a=1"], "no value is given for 'b'"),
        (["step", "a", "a=1", "z=2"], "the expression has no z"),
        (["step", "a", "a"], "a value is given as name=number, got 'a'"),
        (
            [*EXPRESSION, "-o", "lesson.pdf"],
            "a stepper is saved as .html, .png, .gif or .mp4; for 'lesson.pdf', save slides.html",
        ),
        (["step", "log(a)", "a=-1"], "log(a = -1.0) is not defined"),
    ):
        assert main(line) == 1
        assert said in capsys.readouterr().err
