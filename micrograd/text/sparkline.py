"""Numbers as a line of small bars, for a terminal.

>>> sparkline([8, 4, 2, 1, 0.5, 0.25])
'█▇▅▄▂▁'
>>> sparkline([8, 4, 2, 1, 0.5, 0.25], encoding="ascii")
'@#=:-.'
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from micrograd.text.terminal import spell

BARS, ASCII_BARS = "▁▂▃▄▅▆▇█", ".-~:=+#@"
LOST, ASCII_LOST = "×", "x"  # of a number that is not finite
DECADE = 10.0  # a larger number than so many times the smallest is shown by its logarithm


def sparkline(numbers: Iterable[float], width: int = 16, encoding: str | None = None) -> str:
    """At most `width` bars, each the mean of as many numbers as any other, from the lowest bar to the highest.

    Positive numbers that spread over more than a decade are shown by their logarithms, as a loss is that falls. A bar
    with a number that is not finite is a ×. An `encoding` that lacks the bars gets characters of ASCII.
    """
    heights = [*map(float, numbers)]
    known = [x for x in heights if math.isfinite(x)]
    if known and min(known) > 0 and max(known) > DECADE * min(known):
        heights = [math.log(x) if x > 0 else x for x in heights]
    heights = [*_thinned(heights, width)] if len(heights) > width else heights
    known = [x for x in heights if math.isfinite(x)]
    low, high = min(known, default=0.0), max(known, default=0.0)
    shown = spell(BARS + LOST, encoding) == BARS + LOST
    bars, lost = (BARS, LOST) if shown else (ASCII_BARS, ASCII_LOST)
    return "".join(bars[_level(x, low, high)] if math.isfinite(x) else lost for x in heights)


def _thinned(heights: list[float], width: int) -> Iterable[float]:
    n = len(heights)
    for k in range(width):
        part = heights[k * n // width : (k + 1) * n // width]
        yield math.fsum(part) / len(part) if all(map(math.isfinite, part)) else math.nan


def _level(x: float, low: float, high: float) -> int:
    """The place of the bar: that of what does not change is in the middle."""
    top = len(BARS) - 1
    return top // 2 if low == high else round(top * ((x / 2 - low / 2) / (high / 2 - low / 2)))
