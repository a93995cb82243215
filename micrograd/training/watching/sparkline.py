"""A curve in one line of text."""

from __future__ import annotations

import math
from collections.abc import Sequence

BARS = "▁▂▃▄▅▆▇█"


def sparkline(numbers: Sequence[float], width: int = 24) -> str:
    """The numbers as bars, at most `width` of them; an infinite one or nan is a cross."""
    if len(numbers) > width:
        numbers = [numbers[round(k * (len(numbers) - 1) / (width - 1))] for k in range(width)]
    finite = [x for x in numbers if math.isfinite(x)]
    low, span = min(finite, default=0.0), (max(finite, default=0.0) - min(finite, default=0.0)) or 1.0
    return "".join(BARS[round((x - low) / span * (len(BARS) - 1))] if math.isfinite(x) else "×" for x in numbers)
