"""The command line, as a user types it."""

import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

import micrograd
from micrograd.cli.demos import moons
from micrograd.cli.main import COMMANDS, main
from micrograd.training.progress import progress

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.mark.slow
def test_the_compiled_demo_says_what_it_saved(tmp_path, capsys):
    assert main(["demo", "--compile", "--steps", "12", "--out", str(tmp_path)]) == 0
    compiled = capsys.readouterr().out
    assert main(["demo", "--steps", "12", "--out", str(tmp_path)]) == 0
    assert compiled.splitlines()[0] == capsys.readouterr().out.splitlines()[0]
    assert re.search(r"eager +[\d.]+ ms a step, [\d.]+ s for 12 steps\n", compiled)
    assert re.search(r"compiled +[\d.]+ ms a step, [\d.]+ s, of which [\d.]+ s to compile\n", compiled)
    assert "times as fast a step" in compiled


@pytest.mark.slow
def test_the_demo_is_filmed(tmp_path, capsys):
    assert main(["demo", "--watch", "--steps", "3", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr()
    assert said.out.endswith(f"saved {tmp_path / 'film.html'}\n") and "before the training" not in said.err
    assert "step 3 of 3" in (tmp_path / "film.html").read_text(encoding="utf-8")


@pytest.mark.slow
def test_demo_trains_and_saves(tmp_path, capsys):
    out = tmp_path / "pictures"
    assert main(["demo", "--steps", "30", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert re.search(r"30 steps: loss 0\.\d+, accuracy 9\d\.\d% on 100 points", said.out)
    for name in ("boundary.png", "boundary.svg", "loss.png"):
        assert f"saved {out / name}" in said.out
    assert (out / "boundary.png").read_bytes().startswith(PNG) and (out / "loss.png").read_bytes().startswith(PNG)
    assert ElementTree.parse(out / "boundary.svg").getroot().tag.endswith("svg")
    assert "30/30" in said.err


@pytest.mark.slow
def test_the_same_seed_draws_the_same_picture(tmp_path):
    for folder in ("a", "b"):
        assert main(["demo", "--steps", "2", "--seed", "5", "--out", str(tmp_path / folder)]) == 0
    assert (tmp_path / "a" / "boundary.svg").read_bytes() == (tmp_path / "b" / "boundary.svg").read_bytes()


def test_no_steps_at_all(tmp_path, capsys):
    assert main(["demo", "--steps", "0", "--out", str(tmp_path)]) == 0
    assert "0 steps: loss" in capsys.readouterr().out


@pytest.mark.slow
def test_digits_trains_and_shows_its_mistakes(tmp_path, capsys):
    assert main(["digits", "--epochs", "1", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert re.search(r"epoch 1: accuracy \d\d\.\d% on the training part, \d\d\.\d% on the held-out part", said)
    assert re.search(r"1 epoch in [\d.]+ s \(compiled, backend (native|python)\)", said)
    assert float(re.search(r"accuracy (.*)% on 360 images it has not seen", said)[1]) > 80
    assert (tmp_path / "mistakes.png").read_bytes().startswith(PNG)


@pytest.mark.slow
def test_digits_compiled_and_eager_say_the_same(tmp_path, capsys):
    assert main(["digits", "--steps", "3", "--compile", "--out", str(tmp_path)]) == 0
    compiled = capsys.readouterr().out
    assert main(["digits", "--steps", "3", "--eager", "--out", str(tmp_path)]) == 0
    eager = capsys.readouterr().out
    assert "(eager, node by node)" in eager

    def figures(said):
        return [line for line in said.splitlines() if "accuracy" in line]

    assert figures(compiled) == figures(eager) and len(figures(eager)) == 2


@pytest.mark.slow
def test_make_demo_names_what_it_has_saved(tmp_path):
    for command in ("demo", "digits"):
        assert main([command, "--steps", "0", "--out", str(tmp_path)]) == 0
    makefile = Path(__file__).parents[1] / "Makefile"
    named = re.findall(r"^  out/(\S+)", makefile.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert len(named) == 3 and {*named} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send to another process")
def test_interrupt_keeps_what_was_learned(tmp_path):
    command = [sys.executable, "-m", "micrograd", "demo", "--steps", "100000", "--out", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        seen = b""
        while not re.search(rb"[1-9]\d*/100000", seen) and (piece := os.read(process.stderr.fileno(), 4096)):
            seen += piece
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=120)[0].decode()
    assert process.returncode == 0
    assert re.search(r"stopped after \d+ of 100000 steps, with what was learned so far", said)
    assert (tmp_path / "boundary.png").exists()


def test_a_second_interrupt_stops_at_once(monkeypatch, capsys):
    def impatient(*arguments):
        raise KeyboardInterrupt

    monkeypatch.setattr(moons, "run", impatient)
    assert main(["demo"]) == 130
    assert "interrupted" in capsys.readouterr().err


def test_progress_restores_the_interrupt_handler():
    before = signal.getsignal(signal.SIGINT)
    for k, show in progress(5, "step"):
        show(k=k)
        if k == 1:
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)
    assert k == 1 and signal.getsignal(signal.SIGINT) is before


def test_impossible_requests_are_reported(tmp_path, capsys, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    assert main(["demo", "--steps", "0", "--out", str(tmp_path / "file")]) == 1
    assert "micrograd: " in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["demo", "--steps", "0"]) == 1
    assert "pip install 'micrograd-lab[demo]'" in capsys.readouterr().err


def test_wrong_arguments(capsys):
    for line in ([], ["dmeo"], ["demo", "--steps", "-1"], ["demo", "--steps", "x"]):
        with pytest.raises(SystemExit) as exit:
            main(line)
        assert exit.value.code == 2
    assert "a whole number of 0 or more is needed, got 'x'" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as exit:
        main([command, "--help"])
    said = capsys.readouterr().out
    assert exit.value.code == 0 and said.startswith(f"usage: micrograd {command} ") and "micrograd.cli" not in said
    with pytest.raises(SystemExit):
        main(["--help"])
    assert COMMANDS[command] in capsys.readouterr().out


def test_drawing_does_not_wait_for_training():
    code = "import sys; from micrograd.cli.main import parser; parser('draw'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    heavy = {"micrograd.training", "micrograd.compiler", "micrograd.teaching", "matplotlib", "graphviz", "numpy"}
    assert "micrograd.drawing" in loaded and not heavy & set(loaded)


def test_version():
    for command in ([sys.executable, "-m", "micrograd"], ["micrograd"]):
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
        said = subprocess.run([*command, "--version"], capture_output=True, text=True, env={**os.environ, "PATH": path})
        assert said.stdout == f"micrograd-lab {micrograd.__version__}\n"
