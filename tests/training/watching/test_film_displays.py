"""Where a training shows itself: a terminal, a pipe, nowhere, and marimo, by a stand-in for it."""

import io
import sys
from types import SimpleNamespace

import pytest

from micrograd import watch
from micrograd.training.watching.displays import Line, find_display


class Stream(io.StringIO):
    def __init__(self, terminal, encoding="utf-8"):
        super().__init__()
        self.terminal, self.name_of_encoding = terminal, encoding

    encoding = property(lambda self: self.name_of_encoding)

    def isatty(self):
        return self.terminal


def losses():
    yield from ({"epoch": k, "loss": 1 / k} for k in range(1, 4))


@pytest.fixture
def hurried(monkeypatch):
    """Every moment is shown."""
    monkeypatch.setattr("micrograd.training.watching.pace.Pace.may_draw", lambda self: True)


def test_a_terminal_has_one_line_that_is_written_over(monkeypatch, hurried):
    stream = Stream(True)
    monkeypatch.setattr(sys, "stderr", stream)
    assert len(list(watch(losses()))) == 3
    lines = [line.rstrip() for line in stream.getvalue().split("\r")]
    assert lines[:3] == ["", "before the training", "epoch 1  loss 1  ▄"]
    assert lines[-1] == "epoch 3  loss 0.3333  █▃▁" and stream.getvalue().endswith("\n")


def test_a_long_line_is_cut_and_a_short_one_after_it_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr("shutil.get_terminal_size", lambda: SimpleNamespace(columns=11))
    stream = Stream(True)
    line = Line(stream)
    line.show({"text/plain": "a longer line"})
    line.show({"text/plain": "short"})
    assert stream.getvalue() == "\ra longer l\rshort     "


def test_a_pipe_has_the_last_line_alone(monkeypatch, hurried):
    stream = Stream(False, "ascii")
    monkeypatch.setattr(sys, "stderr", stream)
    list(watch(losses()))
    assert stream.getvalue() == "epoch 3  loss 0.3333  @~.\n"


def test_without_a_stream_nothing_is_said(monkeypatch, hurried):
    monkeypatch.setattr(sys, "stderr", None)
    assert len(list(watch(losses()))) == 3
    find_display(quiet=True).end()


def test_marimo_replaces_the_output_of_the_cell(monkeypatch, hurried):
    shown = []
    marimo = SimpleNamespace(running_in_notebook=lambda: True, Html=str, output=SimpleNamespace(replace=shown.append))
    monkeypatch.setitem(sys.modules, "marimo", marimo)
    film = watch(losses())
    list(film)
    *pictures, page = shown
    assert len(pictures) == 4 and all(picture.startswith("<img ") for picture in pictures)
    assert "srcdoc" in page and film._mime_()[0] == "text/html" and "srcdoc" in film._mime_()[1]


def test_forms_are_made_when_they_are_asked_for():
    film = watch(losses())
    list(film)
    assert {*film._repr_mimebundle_()} >= {"text/html", "text/plain"}
    assert film._repr_mimebundle_(["text/plain"]) == {"text/plain": film.line}
    assert "text/html" not in film._repr_mimebundle_(exclude=["text/html"])
