"""The command line on any terminal: its characters, its width, its streams closed, full or interrupted.

Most cases run `main` in this process, on streams with a real encoding; a few run real processes, or a real terminal.
"""

import io
import math
import os
import re
import subprocess
import sys
from functools import cache

import pytest

import micrograd
from micrograd import Value, draw, explain, practice, step
from micrograd.cli.main import main
from micrograd.nn import MLP
from micrograd.ops import PRIMITIVES
from micrograd.text.terminal import cells, spell

ENCODINGS = ["ascii", "latin-1", "cp1252", "cp437"]
NEURON = ["tanh(w*x + b) - relu(x)**2 / 3", "w=2", "x=3", "b=-5"]
COMMANDS = {
    "step --all": (["step", *NEURON, "--all"], ""),
    "step": (["step", *NEURON], "n\nN\n?\nl\nb\nB\n7\n99\nwhat?\n²\ng\nG\n\n"),
    "step, the end of the input": (["step", *NEURON], ""),
    "practice": (["practice", *NEURON], "1\n7\nh\nu 1\ns\nr\n?\nwhat?\n1 - t**2\nλ\n\n½\nq\n"),
    "practice, a level": (["practice", "--level", "4", "--blanks", "4"], "5\nh\n" * 30),
    "practice --bug": (["practice", "--bug", "--level", "3"], "5\nh\n?\n1\n2\n3\na\nb\n"),
    "draw": (["draw", *NEURON, "-o", "graph.svg"], ""),
    "practice --sheet": (["practice", "--sheet", "sheet.md"], ""),
    "an error": (["step", "log(x) − ∂", "x=1"], ""),
    "a domain": (["step", "acosh(x)", "x=-1"], ""),
    **{f"{name} --help": ([name, "--help"], "") for name in ("", "step", "draw", "practice", "demo", "digits")},
}


class Terminal:
    """Streams with an encoding in the place of this process's own; `typed` is what its user types."""

    def __init__(self, monkeypatch, encoding="utf-8", columns=None):
        self.monkeypatch, self.encoding = monkeypatch, encoding
        if columns:
            monkeypatch.setenv("COLUMNS", str(columns))

    def run(self, words, typed=""):
        out, error, source = (io.TextIOWrapper(io.BytesIO(), encoding=self.encoding, newline="") for _ in range(3))
        source.buffer.write(typed.encode(self.encoding, "replace"))
        source.seek(0)
        for name, stream in (("stdout", out), ("stderr", error), ("stdin", source)):
            self.monkeypatch.setattr(sys, name, stream)
        try:
            status = main([word for word in words if word])
        except SystemExit as done:
            status = done.code or 0
        finally:
            self.monkeypatch.undo()
        out.flush()
        error.flush()
        return status, *(stream.buffer.getvalue().decode(self.encoding) for stream in (out, error))


@pytest.fixture
def terminal(monkeypatch, tmp_path):
    def make(*arguments):
        monkeypatch.chdir(tmp_path)
        return Terminal(monkeypatch, *arguments)

    return make


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_every_encoding(terminal, command):
    words, typed = COMMANDS[command]
    shown = {}
    for encoding in ["utf-8", *ENCODINGS]:
        lossy = typed.encode(encoding, "replace").decode(encoding)  # nobody can type ½ in ASCII
        if lossy not in shown:
            shown[lossy] = terminal().run(words, lossy)
        status, out, error = shown[lossy]
        got = terminal(encoding).run(words, lossy)
        assert got == (status, spell(out, encoding), spell(error, encoding))
        assert status in (0, 1) and (error if status else out)
        assert "Traceback" not in got[1] + got[2] and "\\u" not in got[1]


def test_what_ascii_looks_like(terminal):
    out = terminal("ascii").run(["step", *NEURON, "--all"])[1]
    assert "  v6 = v5 / 3 = 9 / 3 = 3\n" in out
    assert re.search(r"Backward: \d+ contributions, from the seed dL/dL = 1\.\n", out)
    assert "-> v2, operand of tanh." in out and "upstream 1 * local (1 - v3^2 = 0.42) = 0.42" in out
    assert out.isascii() and "\\" not in out and "?" not in out


@pytest.mark.parametrize("command", COMMANDS)
def test_forty_columns(terminal, command):
    words, typed = COMMANDS[command]
    wide, narrow = terminal().run(words, typed), terminal("utf-8", 40).run(words, typed)
    if "--help" not in words:
        assert [text.split() for text in wide[1:]] == [text.split() for text in narrow[1:]]  # no number is cut
    for line in (narrow[1] + narrow[2]).split("\n"):
        assert cells(line) <= 40 or " " not in line.strip() or "--help" in words, line


@pytest.mark.parametrize("words, status, said", [
    ([], 2, "check, sheets or digits? For example\n  micrograd step \"a*b + c\" a=2 b=3"),
    (["dmeo"], 2, "no command is called 'dmeo': did you mean demo?"),
    (["nonsense"], 2, "no command is called 'nonsense': there are demo, draw, step, practice, check"),
    (["a*b", "a=1"], 2, "which command: demo, draw, step, practice, check, sheets or digits? For example"),
    (["--nonsense"], 2, "--nonsense has no meaning here\n  micrograd --help shows what there is"),
    (["step"], 2, "an expression is needed, and a number for each of its names, as in\n  micrograd step \"a*b + c\""),
    (["draw"], 2, "an expression is needed, and a number for each of its names, as in\n  micrograd draw \"a*b + c\""),
    (["step", "a", "a=1", "--nope"], 2, "--nope has no meaning here\n  micrograd step --help shows what there is"),
    (["step", "a", "a=1", "-o"], 2, "argument -o/--output: expected one argument\n  micrograd step --help"),
    (["step", "w", "*", "x", "w=1"], 1, "got '*': write the expression in quotes, and no spaces around =, as in"),
    (["step", "w", "w", "=", "1"], 1, "a value is given as name=number, got 'w': write the expression in quotes"),
    (["step", "w", "-w=1"], 1, "a value is given as name=number, got '-w=1'"),
    (["step", "w*x", "x=1"], 1, "no value is given for 'w'"),
    (["step", "w", "w=abc"], 1, "a value is given as name=number, got 'w=abc'"),
    (["step", "w*", "w=1"], 1, "the expression ends where a number, a name or a parenthesis is needed\n  w*\n    ^"),
    (["step", "foo(w)", "w=1"], 1, "no function is called 'foo'"),
    (["step", "log(w)", "w=-1"], 1, "log(w = -1.0) is not defined: it needs an operand above 0"),
    (["draw", "w", "w=1", "--digits", "x"], 2, "argument --digits: a whole number is needed, got 'x'"),
    (["draw", "w", "w=1", "--color", "red"], 2, "argument --color: invalid choice: 'red'"),
    (["draw", "w", "w=1", "-o", "a.gif"], 1, "a picture is saved as .svg, .png, .pdf, .html, .dot, got 'a.gif'"),
    (["draw", "w", "w=1", "-o", "not there/a.svg"], 1, "not there"),
    (["step", "w*w", "w=1", "-o", "not there/a.html"], 1, "not there"),
    (["practice", "--sheet", "not there/a.md"], 1, "not there"),
    (["practice", "--sheet", "a.doc"], 1, "a sheet is written as .html, .pdf, .md or .tex, got 'a.doc'"),
    (["practice", "--level", "x"], 2, "argument --level: a whole number is needed, got 'x'"),
    (["practice", "--level", "9"], 1, "level must be a number from 1 to 8, got 9"),
    (["practice", "--level", "-1"], 1, "level must be a number from 1 to 8, got -1"),
    (["practice", "a*b", "a=1", "b=2", "--level", "2"], 1, "your own expression has no level and no seed"),
    (["demo", "--steps", "-1"], 2, "argument --steps: a whole number of 0 or more is needed, got '-1'"),
    (["demo", "--steps", "²"], 2, "argument --steps: a whole number of 0 or more is needed, got '²'"),
    (["\x1b[2J"], 2, r"no command is called '\x1b[2J'"),
    (["step", "a", "\u202e=1"], 1, r"got '\u202e=1'"),
    (["step", "a", "a=1", "--\x1b[2J"], 2, r"--\x1b[2J has no meaning here"),
    (["step", "a*\x9b", "a=1"], 1, r"'\x9b' has no meaning here"),
    (["step", "a*\udcff", "a=1"], 1, r"'\udcff' has no meaning here"),
], ids=str)  # fmt: skip
def test_a_mistake_gets_a_sentence(terminal, words, status, said):
    got, out, error = terminal().run(words)
    assert (got, out) == (status, "") and error.startswith("micrograd: ") and said in error
    assert "Traceback" not in error and error.count("\n") <= 3 and "Errno" not in error


def test_a_minus_sign_starts_an_expression_or_a_number(terminal):
    for words in (["-x"], ["-3*x"], ["-(x + 1)"], ["-.5*x"]):
        status, out, error = terminal().run(["step", *words, "x=-2", "--all"])
        assert (status, error) == (0, "") and "x.grad" in out
    assert terminal().run(["draw", "-x", "x=2", "-o", "a.svg"])[1] == "-x = -2, drawn in a.svg\n"
    assert terminal().run(["practice", "--seed", "-1"], "q\n")[0] == 0


def test_help_is_a_command_too(terminal):
    assert terminal().run(["help"]) == terminal().run(["--help"])
    assert terminal().run(["help", "step"]) == terminal().run(["step", "--help"])


def test_control_characters_of_a_file_name(terminal):
    name = "a\x1b[2J\u202e.svg" if os.name != "nt" else "a\u202e.svg"
    status, out, _ = terminal().run(["draw", "x", "x=2", "-o", name])
    assert status == 0 and out == f"x = 2, drawn in {name}\n".replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")


def test_digits_that_are_no_number(terminal):
    """² is a digit for `isdigit` and no number for `int`; `int` refuses 5000 digits."""
    out = terminal().run(["step", "a*b", "a=1", "b=2"], f"²\n{'9' * 5000}\n١\nq\n")[1]
    assert "'²' is not a key here" in out and "There are only 2 steps." in out and "Step 1 of 2." in out


def test_streams_that_are_not_there(terminal, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["practice"]) == 0 and main(["step", "a*b", "a=1", "b=2"]) == 0
    assert "Score: 0 of 2. 2 not answered." in capsys.readouterr().out
    monkeypatch.setattr(sys, "stdout", None)
    assert main(["step", "a*b", "a=1", "b=2"]) == 1
    assert capsys.readouterr().err == "micrograd: standard output is closed, so there is nowhere to print\n"
    monkeypatch.setattr(sys, "stderr", None)
    assert main(["step", "a*b", "a=1", "b=2"]) == 1


def test_input_in_another_encoding(monkeypatch, capsys):
    typed = "a\n½\n".encode("latin-1")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed), encoding="ascii"))
    assert main(["practice"]) == 0
    out = capsys.readouterr().out
    assert "�" in out and "Score: 1 of 2. 1 right at once, 1 not answered." in out


# ---- what Python prints itself


def printed():
    """Everything that a learner may print, on the standard output of the moment."""
    w, x, b = Value(2.0, label="w"), Value(3.0, label="x"), Value(-5.0, label="λ")
    out = (w * x + b).tanh() ** 2 - w
    exercise, stepper = practice(out), step(out)
    stepper.next()
    compiled = micrograd.compile(lambda x: (x * w).tanh())
    bug = exercise.bug()
    compiled(2.0)
    yield from (explain(out), explain(out, w), stepper, repr(stepper), stepper.next(), exercise, repr(exercise))
    yield from (exercise.answer("7"), exercise.hint(), repr(exercise.hint()), draw(out))
    yield from (bug, repr(bug), bug.answer("1"), MLP(2, [3, 1]).summary(), repr(compiled))
    yield micrograd.gradcheck(lambda x: x.tanh(), 0.5)
    yield checked()


@cache
def checked():
    return micrograd.check(Overwriting)


class Overwriting(Value):
    def tanh(self):
        out = Overwriting(math.tanh(self.data), (self,), "tanh")

        def push():
            self.grad = (1 - out.data**2) * out.grad

        out._backward = push
        return out


def test_printing_in_python(monkeypatch):
    in_full = "\n".join(map(str, printed()))
    assert "∂L/∂w" in in_full and "→" in in_full and "To see it again" in in_full
    for encoding in ENCODINGS:
        out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            for thing in printed():
                print(thing)
        out.flush()
        got = out.buffer.getvalue().decode(encoding)
        times = re.compile(r"[\d.]+ ms|native|python")
        assert times.sub("", got) == times.sub("", spell(in_full, encoding) + "\n") and "\\u" not in got


def test_printing_in_python_at_forty_columns(monkeypatch):
    texts = list(map(str, printed()))
    monkeypatch.setenv("COLUMNS", "40")
    for wide, thing in zip(texts, printed(), strict=True):
        narrow = str(thing)
        if "ms" not in narrow and "-----" not in narrow:
            assert narrow.split() == wide.split()
        code = narrow.partition("To see it again:\n")[2].partition("\n")[0]
        assert all(cells(line) <= 40 or line == code for line in narrow.split("\n")), narrow
        assert code in wide  # and can be copied


def test_files_do_not_depend_on_the_terminal(monkeypatch, tmp_path):
    w = Value(2.0, label="w")
    out = (w * 3.0 - 5.0).tanh()

    def written(folder):
        folder.mkdir()
        for name in ("a.html", "a.tex", "a.md"):
            practice(out).export(folder / name, solutions=True)
        step(out).save(folder / "step.html")
        practice(out).save(folder / "practice.html")
        practice(out).bug().save(folder / "bug.html")
        draw(out).save(folder / "draw.svg")
        texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
        return {**texts, "Markdown": explain(out, w).markdown, "LaTeX": explain(out, w).latex}

    before = written(tmp_path / "wide")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    assert written(tmp_path / "narrow") == before


def test_errors_of_the_domain_are_in_ascii():
    """A program that prints an error's message needs no more than that."""
    assert all(op.domain.isascii() for op in PRIMITIVES.values())


# ---- real processes

MICROGRAD = [sys.executable, "-m", "micrograd"]
STEP = [*MICROGRAD, "step", "+".join(["x*y"] * 200), "x=1", "y=2", "--all"]
POSIX = pytest.mark.skipif(os.name != "posix", reason="pipes, terminals and closed streams as on Unix")


def shell(command, **environment):
    words = [f"'{word}'" for word in MICROGRAD]
    script = command.replace("MICROGRAD", " ".join(words))
    return subprocess.run(
        ["bash", "-c", script], capture_output=True, env={**os.environ, **environment}, timeout=120, check=False
    )


def test_a_real_process_in_ascii():
    """Its first lines, through a pipe that closes: no error, and nothing about it from Python."""
    environment = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}
    with subprocess.Popen(
        STEP, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, **environment}
    ) as it:
        assert it.stdout.readline() == b"Forward:\n" and it.stdout.readline() == b"  v1 = x*y = 1*2 = 2\n"
        it.stdout.close()
        assert it.stderr.read() == b"" and it.wait(timeout=120) == 0


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("command, status, out, error", [
    ("MICROGRAD step 'a*b' a=1 b=2 --all >&-", 1, "", "standard output is closed"),
    ("MICROGRAD step 'a*b' a=1 b=2 <&-", 0, "Forward:", ""),
    ("MICROGRAD practice <&-", 0, "Score: 0 of 2. 2 not answered.", ""),
    ("MICROGRAD step 2>&-", 2, "", ""),
    ("MICROGRAD --version <&- >&- 2>&-", 1, "", ""),
    ("MICROGRAD --help | true; exit ${PIPESTATUS[0]}", 0, "", ""),
    ("MICROGRAD step --help | true; exit ${PIPESTATUS[0]}", 0, "", ""),
    ("MICROGRAD practice </dev/null | head -1; exit ${PIPESTATUS[0]}", 0, "Level 1: a*b. Forward:\n", ""),
    ("MICROGRAD step 2>&1 >/dev/null | true; exit ${PIPESTATUS[0]}", 2, "", ""),
    ("printf 'a\\n\\xff\\n' | PYTHONIOENCODING=utf-8 MICROGRAD practice", 0, "Score: 1 of 2.", ""),
    ("MICROGRAD step $'a*\\xff' a=1", 1, "", "has no meaning here"),
], ids=str)  # fmt: skip
@pytest.mark.parametrize("buffered", ["", "1"])
def test_streams_of_a_real_process(command, status, out, error, buffered):
    done = shell(command, PYTHONUNBUFFERED=buffered)
    assert (done.returncode, b"Traceback" in done.stderr, b"Exception" in done.stderr) == (status, False, False)
    assert out.encode() in done.stdout and error.encode() in done.stderr and (error or not done.stderr)


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full, which is always full")
@pytest.mark.parametrize("words", ["--version", "--help", "step --help", "step a*b a=1 b=2 --all", "practice"])
@pytest.mark.parametrize("buffered", ["", "1"])
def test_a_full_disk(words, buffered):
    done = shell(f"MICROGRAD {words} </dev/null >/dev/full", PYTHONUNBUFFERED=buffered)
    assert (done.returncode, done.stderr) == (1, b"micrograd: No space left on device\n")


@pytest.mark.slow
@POSIX
@pytest.mark.parametrize("encoding, dot", [("utf-8", "·"), ("ascii", "*"), ("cp437", "·")])
def test_on_a_real_terminal_of_forty_columns(encoding, dot):
    """Typed to, and interrupted at the prompt."""
    import fcntl
    import pty
    import struct
    import termios

    here, there = pty.openpty()
    fcntl.ioctl(there, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 40, 0, 0))
    environment = {**os.environ, "PYTHONIOENCODING": encoding, "TERM": "dumb", "NO_COLOR": "1"}
    command = [*MICROGRAD, "step", "tanh(w*x + b)", "w=2", "x=3", "b=-5"]
    with subprocess.Popen(
        command, stdin=there, stdout=there, stderr=there, env=environment, start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
    ) as process:  # fmt: skip
        os.close(there)
        said = b""
        for answer in (b"n\n", b"\x03", b""):
            while not said.endswith(b"step> "):
                try:
                    if not (piece := os.read(here, 4096)):
                        break
                except OSError:  # the other end is closed
                    break
                said += piece
            if answer:
                os.write(here, answer)
                said += b"|"
        status = process.wait(timeout=60)
    os.close(here)
    text = said.decode(encoding)
    assert status == 130 and text.rstrip().endswith("interrupted") and "Traceback" not in text
    assert f"v1 = w{dot}x = 2{dot}3 = 6" in text and "Step 1 of 5." in text
    assert all(cells(line) <= 41 for line in text.split("\r\n"))
