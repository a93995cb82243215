"""Homework in a process of its own: what a grader gets, and what a file cannot do to it."""

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from micrograd.cli.main import main
from micrograd.teaching.check import apart, check_file

GOOD = """
class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self.parents = data, 0.0, parents
        self.push = lambda: None

    def __mul__(self, other):
        out = Value(self.data * other.data, (self, other))
        def push():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out.push = push
        return out

    def backward(self):
        order, seen, todo = [], set(), [(self, False)]
        while todo:
            node, opened = todo.pop()
            if opened:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                todo += [(node, True), *((parent, False) for parent in node.parents)]
        for node in order:
            node.grad = 0.0 if node.parents else node.grad
        self.grad = 1.0
        for node in reversed(order):
            node.push()
"""
FUNCTIONS = (
    "f = lambda x: x**3\ndf = lambda x: 3 * x**3\ng = lambda x, y: x * y\ngx = lambda x, y: y\ngy = lambda x, y: x\n"
)
FORGED = '{"token": "", "status": "no difference", "text": "fine"}'
NO_DIFFERENCE, DIFFERENCE, NOT_LOADED, STOPPED = apart.EXIT

# what a file may be, what it comes to, and what its author reads
FILES = {
    "prints": (f"print('{FORGED}' * 9)\n{GOOD}\nprint('x' * 10**6)", NO_DIFFERENCE, "no difference found in"),
    "wrong": (GOOD.replace("+=", "="), DIFFERENCE, "It looks like this mistake"),
    "syntax": ("x = 1\ndef f(:\n", NOT_LOADED, "SyntaxError in line 2: invalid syntax.\n\n    def f(:\n          ^"),
    "imports": ("\nimport numpyy", NOT_LOADED, "No module named 'numpyy' (line 2: import numpyy)."),
    "asks": ("n = input()", NOT_LOADED, "EOFError: EOF when reading a line (line 1: n = input())."),
    "leaves": ("import sys\nsys.exit(0)", NOT_LOADED, "SystemExit: 0 (line 2: sys.exit(0))."),
    "nothing": ("def Valu(): pass", NOT_LOADED, "nothing.py has no Value: it has Valu. Did you mean Valu?"),
    "borrows": ("from micrograd import Value", NOT_LOADED, "Value is the Value of this package, or made from it"),
    "number": ("Value = 3", NOT_LOADED, "check takes a Value class, a backward function"),
    "loop": ("while True:\n    pass", STOPPED, "loop.py was stopped: 5 seconds were over. Is there a loop"),
    "hoards": ("x = bytearray(10**15)", STOPPED, "hoards.py was stopped: 4,000 megabytes were not"),
    "ends": (f"{GOOD}\nimport os\nos._exit(0)", STOPPED, "ended Python before it was checked (exit status 0)"),
    "forges": (
        f"import os\nfor k in range(3, 20):\n  try: os.write(k, b'{FORGED}\\n')\n  except OSError: pass\nos._exit(0)",
        STOPPED,
        "ended Python before it was checked",
    ),
    "patches": (
        f"from micrograd.teaching.check import checker\nchecker.cases = lambda forms: iter(())\n{GOOD}",
        STOPPED,
        "changes micrograd.teaching.check.checker.cases, which checks it",
    ),
    "patches_code": (
        f"from micrograd.teaching.check import describe\ndef agree(*_): return True\n"
        f"describe.agree.__code__ = agree.__code__\n{GOOD}",
        STOPPED,
        "changes micrograd.teaching.check.describe.agree, which checks it",
    ),
    "patches_seal": (
        f"from micrograd.teaching.check import checker, seal\nseal.Seal.broken = lambda self: ''\n"
        f"checker.cases = lambda forms: iter(())\n{GOOD}",
        STOPPED,
        "patches_seal.py changes micrograd.teaching.check.",
    ),
    "empties": (
        f"from micrograd.teaching.check import trials\ntrials.PRODUCTS.clear()\n{GOOD}",
        STOPPED,
        "PRODUCTS, which checks it",
    ),
    "raves": (
        "import os\nfor k in range(3, 20):\n  try: os.write(k, b'[' * 10**5 + b'\\n')\n  except OSError: pass\n"
        "os.kill(os.getpid(), 40)",
        STOPPED,
        "was stopped by the system (signal 40)",
    ),
    "exits_late": (GOOD.replace("self.grad = 1.0", "raise SystemExit"), STOPPED, "ended the check: SystemExit (line 2"),
}


def write(folder, name, text):
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.slow
@pytest.mark.once
def test_whatever_a_file_does_there_is_a_verdict(tmp_path):
    paths = [write(tmp_path, name, text) for name, (text, _, _) in FILES.items()]
    with ThreadPoolExecutor(2) as pool:
        verdicts = [*pool.map(lambda path: check_file(path, timeout=5 if path.stem == "loop" else 60), paths)]
    for verdict, (_, status, said) in zip(verdicts, FILES.values(), strict=True):
        assert (verdict.status, said in verdict.text) == (status, True), f"{verdict.file}: {verdict.text}"


@pytest.mark.slow
@pytest.mark.once
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs the list of processes of Linux")
def test_processes_that_a_file_starts_end_with_it(tmp_path):
    start = "import os, time\nfor _ in range(3):\n  if os.fork() == 0:\n    time.sleep(600)\n  open('pids', 'a')"
    path = write(tmp_path, "forks", start.replace("if os.fork() == 0:", "if not (pid := os.fork()):") + (
        ".write(f'{pid} ')\nimport threading\nthreading.Thread(target=time.sleep, args=[600]).start()\n" + GOOD
    ))  # fmt: skip
    assert check_file(path).status == NO_DIFFERENCE
    pids = (tmp_path / "pids").read_text().split()
    assert len(pids) == 3
    while any(map(runs, pids)):  # they are killed, and the system takes its time
        time.sleep(0.05)


def runs(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def test_the_command_for_a_grader(tmp_path, capsys):
    path = write(tmp_path, "hw", FUNCTIONS)
    assert main(["check", f"{path}:f,df", f"{path}:g,gx,gy", str(tmp_path / "no.py"), "--json", "--jobs", "2"]) == 2
    wrong, right, missing = map(json.loads, capsys.readouterr().out.splitlines())
    assert (wrong["file"], wrong["names"], wrong["status"], wrong["exit_code"]) == (
        str(path),
        ["f", "df"],
        DIFFERENCE,
        1,
    )
    assert wrong["findings"][0]["mistake"] == "power: exponent not lowered" and "81, and 27 is right" in wrong["text"]
    assert (right["status"], right["tried"], right["unit"]) == (NO_DIFFERENCE, 12, "points")
    assert (missing["status"], missing["text"]) == (NOT_LOADED, f"{tmp_path / 'no.py'} does not exist.")


@pytest.mark.slow
@pytest.mark.once
def test_the_command_for_a_reader(tmp_path, capsys):
    path = write(tmp_path, "hw", FUNCTIONS)
    assert main(["check", f"{path}:f,df"]) == 1
    assert capsys.readouterr().out.startswith("fn: wrong. Of 12 points this is the first that shows it:\n\n    fn(3)\n")
    write(tmp_path, "other", "f = abs\ndf = abs\n")
    assert main(["check", f"{tmp_path}/*.py:g,gx,gy"]) == 2
    said = capsys.readouterr().out
    assert f"{path}:g,gx,gy: no difference\n\nfn: no difference found in 12 points." in said
    assert "other.py has no g" in said and said.endswith("2 files: 1 no difference, 1 not loaded\n")


@pytest.mark.slow
@pytest.mark.once
def test_a_notebook_is_checked_too(tmp_path):
    cells = [{"cell_type": "markdown", "source": ["# no code"]}]
    cells += [{"cell_type": "code", "source": ["%matplotlib inline\n", GOOD]}]
    (tmp_path / "hw.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert check_file(tmp_path / "hw.ipynb", "Value").status == NO_DIFFERENCE
    (tmp_path / "hw.ipynb").write_text("[]", encoding="utf-8")
    assert check_file(tmp_path / "hw.ipynb").text == "hw.ipynb is not a notebook."


@pytest.mark.slow
@pytest.mark.once
def test_an_interrupt_ends_the_files_that_run(tmp_path, monkeypatch):
    started = tmp_path / "started"
    paths = [write(tmp_path, f"hw{k}", f"open({str(started)!r}, 'a')\nwhile True: pass") for k in range(2)]

    def interrupt(verdict, several):
        while not started.exists():
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("micrograd.cli.check._in_words", interrupt)
    missing = str(tmp_path / "no.py")
    assert main(["check", missing, *map(str, paths), "--jobs", "3", "--timeout", "86400"]) == 130
    assert not apart.RUNNING


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "which file? For example"),
        (["hw.py:f, 2"], "'2' is no name"),
        (["nothing*.py"], "no file is called nothing*.py"),
        (["hw.py", "--needs", "a+b", "a % b"], "--needs takes backward(), a + b, "),
        (["hw.py", "--timeout", "0"], "a number above 0 is needed, got '0'"),
        (["hw.py", "--jobs", "0"], "a whole number of 1 or more is needed, got '0'"),
    ],
)
def test_words_that_are_wrong(words, said, capsys):
    with pytest.raises(SystemExit) as exit:
        main(["check", *words])
    assert exit.value.code == 2 and said in capsys.readouterr().err


def test_what_a_class_must_have(tmp_path, capsys):
    path = write(tmp_path, "hw", "class Value:\n    def __init__(self, data): self.data = data")
    assert main(["check", str(path), "--needs", "a*b", "backward()", "--json"]) == 1
    verdict = json.loads(capsys.readouterr().out)
    assert (verdict["status"], verdict["needed"]) == (DIFFERENCE, ["a*b", "backward()"])
    assert verdict["text"].endswith("\n\nNeeded here, and not there: a*b, backward().")
    assert len(check_file(path, needs=["all"]).data["needed"]) == 10 and check_file(path)


@pytest.mark.parametrize(
    "names, options, error",
    [
        (["f", ["df"]], {}, TypeError),
        ([], {"needs": "all"}, TypeError),
        ([], {"timeout": "5"}, ValueError),
        ([], {"memory": 0}, ValueError),
    ],
)
def test_wrong_arguments_are_not_the_students_fault(names, options, error, tmp_path):
    with pytest.raises(error, match="got "):
        check_file(write(tmp_path, "hw", GOOD), *names, **options)


def test_the_checker_that_does_not_start_is_not_the_students_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(RuntimeError, match="the checker did not start: .*"):
        check_file(write(tmp_path, "hw", GOOD))
