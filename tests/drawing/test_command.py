"""`micrograd draw`, as a person types it."""

import base64
import re
import zlib
from pathlib import Path

import pytest

from micrograd.cli.main import main
from micrograd.drawing.picture import FORMS

NEURON = ["draw", "tanh(w1*x1 + w2*x2 + b)", "w1=-3", "w2=1", "x1=2", "x2=0", "b=6.88"]


@pytest.mark.parametrize("ending, begin", [("svg", b"<svg"), ("png", b"\x89PNG"), ("html", b"<!DOCTYPE")])
def test_draw(tmp_path, capsys, ending, begin):
    path = tmp_path / f"neuron.{ending}"
    assert main([*NEURON, "-o", str(path)]) == 0
    assert path.read_bytes().startswith(begin)
    assert capsys.readouterr().out == f"tanh(w1*x1 + w2*x2 + b) = 0.7064, drawn in {path}\n"


def test_options_and_the_default_name(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert main([*NEURON, "--direction", "down", "--color", "grad", "--digits", "2"]) == 0
    text = (tmp_path / "graph.svg").read_text(encoding="utf-8")
    assert "mg-shade8" in text and ">0.71<" in text and ">w1<" in text


def test_help_and_readme_name_every_form(capsys):
    with pytest.raises(SystemExit):
        main(["draw", "--help"])
    said = capsys.readouterr().out
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert all(ending in said and ending in readme for ending in FORMS)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["x +* 2", "x=1"], "a number, a name or a parenthesis is needed here, not '*'\n  x +* 2\n     ^"),
        (["x + y", "x=1"], "no value is given for 'y': add y=…\n  x + y\n      ^"),
        (["x", "x=1", "y=2"], "the expression has no y"),
        (["x", "x=one"], "a value is given as name=number, got 'x=one'"),
        (["x", "x"], "a value is given as name=number, got 'x'"),
        (["1/x", "x=0"], "divides by zero"),
        (["x", "x=1", "-o", "x.gif"], "a picture is saved as"),
        (["x", "x=1", "--digits", "0"], "digits must be a whole number of 1 or more, got 0"),
    ],
)
def test_errors_are_clear(tmp_path, capsys, monkeypatch, arguments, message):
    monkeypatch.chdir(tmp_path)
    assert main(["draw", *arguments]) == 1
    said = capsys.readouterr()
    assert message in said.err and said.err.startswith("micrograd: ") and said.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_the_demo_adds_its_pictures(tmp_path, capsys):
    assert main(["demo", "--steps", "0", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    for name, text in {"neuron.svg": "w·x", "network.svg": "Layer 1", "network.html": "Computation graph"}.items():
        assert f"saved {tmp_path / name}" in said
        assert text in (tmp_path / name).read_text(encoding="utf-8")
    packed = re.search(r'currentScript,"([^"]*)"', (tmp_path / "network.html").read_text(encoding="utf-8"))[1]
    assert "Neuron 15" in zlib.decompress(base64.b64decode(packed)).decode()
