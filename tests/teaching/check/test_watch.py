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
