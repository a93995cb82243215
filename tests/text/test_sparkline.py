"""A loss as a line of bars: its width, its scale, and numbers that are none."""

import math

import pytest

from micrograd.text.sparkline import ASCII_BARS, BARS, sparkline


def test_every_height_has_a_bar():
    assert sparkline(range(8)) == BARS
    assert sparkline(range(8), encoding="ascii") == ASCII_BARS
    assert sparkline(range(8), encoding="utf-8") == BARS
    assert sparkline([]) == "" and sparkline([3.0]) == sparkline([0.0]) == "▄" and sparkline([2, 2, 2]) == "▄▄▄"


@pytest.mark.parametrize("count", [1, 7, 16, 17, 1000])
def test_it_is_no_wider_than_it_may_be(count):
    line = sparkline([math.cos(k) for k in range(count)], width=16)
    assert len(line) == min(count, 16)


def test_what_falls_by_decades_is_shown_by_its_logarithm():
    assert sparkline([10.0**-k for k in range(8)]) == BARS[::-1]
    assert sparkline([10.0**k for k in range(8)]) == BARS
    assert sparkline([0.0, 1.0, 100.0]) == "▁▁█"  # 0 has none


def test_numbers_that_are_not_finite():
    assert sparkline([1.0, math.nan, 8.0]) == "▁×█" and sparkline([math.inf, -math.inf]) == "××"
    assert sparkline([1.0, math.nan], encoding="ascii").endswith("x")
    line = sparkline([float(k) if k != 50 else math.inf for k in range(100)], width=10)
    assert line.count("×") == 1 and line[5] == "×"
    assert sparkline([-1e308, 1e308]) == "▁█"
    assert sparkline([1e-320, 1.0, 1e308])[0] == "▁"
