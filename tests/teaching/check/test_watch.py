"""Code that never ends is stopped by the number of its lines, whatever it catches."""

import sys

import pytest

from micrograd.teaching.check.watch import Endless, Watch


def loop(times):
    total = 0
    while total < times:
        total += 1
    return total


def test_a_result_comes_through():
    assert Watch(100)(loop, 10) == 10
    assert Watch(100)(loop, times=10) == 10


def test_too_many_lines():
    with pytest.raises(Endless):
        Watch(100)(loop, 1000)


def test_the_lines_of_several_calls_count_together():
    watch = Watch(100)
    watch(loop, 30)
    with pytest.raises(Endless):
        watch(loop, 30)


def test_an_exception_that_is_caught_does_not_help():
    def stubborn():
        while True:
            try:
                loop(1000)
            except Exception:
                pass

    with pytest.raises(Endless):
        Watch(100)(stubborn)


def test_the_trace_function_comes_back():
    before = sys.gettrace()
    for act in (loop, lambda times: 1 / 0):
        try:
            Watch(100)(act, 1000)
        except (Endless, ZeroDivisionError):
            pass
        assert sys.gettrace() is before


def test_an_import_is_not_stopped_halfway(tmp_path, monkeypatch):
    """The lines of a module that is loaded meanwhile do not count, the lines after it do."""
    names = ("watched_outer", "watched_inner")
    (tmp_path / "watched_outer.py").write_text("import watched_inner\n" + "x = 1\n" * 500)
    (tmp_path / "watched_inner.py").write_text("def f():\n    return sum(k for k in range(500))\nx = f()\n")
    monkeypatch.syspath_prepend(tmp_path)

    def load(times):
        import watched_outer

        return loop(times) + watched_outer.x

    try:
        assert Watch(100)(load, 10) == 11
        for name in names:
            del sys.modules[name]
        with pytest.raises(Endless):
            Watch(100)(load, 1000)
        assert all(hasattr(sys.modules[name], "x") for name in names)
    finally:
        for name in names:
            sys.modules.pop(name, None)


def test_in_a_browser_calls_inside_each_other_end_early(monkeypatch):
    """There, operators that call themselves a few hundred times end Python itself."""

    def down(k):
        return k and down(k - 1)

    limit = sys.getrecursionlimit()
    assert Watch(10_000)(down, 300) == 0
    monkeypatch.setattr("micrograd.teaching.check.watch.DEEPEST", 120)
    assert Watch(10_000)(down, 100) == 0
    with pytest.raises(RecursionError):
        Watch(10_000)(down, 300)
    assert sys.getrecursionlimit() == limit
