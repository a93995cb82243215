"""The bar over a training: a curve of the loss where there is room, and a plain one where `tqdm` is missing."""

import math
import sys

import pytest

from micrograd.training.bar import Bar, make_bar, say
from micrograd.training.progress import MANY, Curve, progress, written


@pytest.fixture(params=["tqdm", "plain"])
def bars(request, monkeypatch):
    """Both kinds of bars."""
    if request.param == "plain":
        monkeypatch.setitem(sys.modules, "tqdm", None)
    else:
        pytest.importorskip("tqdm")
    return request.param


def test_it_shows_figures_and_a_curve(bars, capsys, monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    for k, show in progress(9, "step"):
        show(loss=2.0**-k, accuracy="90%")
        if k == 4:
            say("half of it")
    said = capsys.readouterr()
    assert said.out == "half of it\n"
    assert "9/9" in said.err and "loss=0.0039 accuracy=90% █" in said.err and "▁" in said.err


def test_a_bar_without_tqdm_is_one_line_in_a_file_and_fits_a_terminal(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    monkeypatch.delenv("COLUMNS", raising=False)
    with make_bar(3, "step") as bar:
        assert isinstance(bar, Bar)
        for _ in range(3):
            bar.update()
    assert capsys.readouterr().err.startswith("████████████ 3/3 step ")
    bar.set_postfix_str("loss=1.0000 " + 30 * "▁")
    assert all(len(bar.line(width)) == width - 1 for width in (20, 40, 80))


def test_nothing_is_shown_without_a_stream(bars, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)
    for k, show in progress(2, "step"):  # noqa: B007
        show(loss=0.5)
    assert k == 1


@pytest.mark.parametrize(("width", "curve"), [("40", 0), ("79", 12), ("200", 16)])
def test_the_curve_takes_what_room_there_is(width, curve, monkeypatch):
    monkeypatch.setenv("COLUMNS", width)
    losses = Curve()
    for k in range(100):
        losses.add(1 / (k + 1))
    text = written({"loss": 0.5, "name": "x"}, losses)
    assert text.startswith("loss=0.5000 name=x") and len(text.partition("x")[2].strip()) == curve


def test_a_long_curve_stays_short():
    curve = Curve()
    for k in range(10_000):
        curve.add(float(k))
    assert len(curve.numbers) < MANY and curve.numbers == sorted(curve.numbers)
    assert curve.numbers[0] == (curve.each - 1) / 2
    curve.add(math.nan)
    curve.add("none")
