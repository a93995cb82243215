"""`sum` since Python 3.12: it compensates for rounding where it adds floats (Neumaier 1974), traced ones too."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any

from micrograd.compiler.tracing.numbers.number import Number
from micrograd.functions import where

COMPENSATES = sys.version_info >= (3, 12)
usual = sum


def honest_sum(iterable: Iterable[Any], /, start: Any = 0) -> Any:
    """Stands in for `sum`: what Python does in C for floats, on traced numbers."""
    items = list(iterable)
    if not any(isinstance(x, Number) for x in items) or isinstance(start, (str, bytes, bytearray)):
        return usual(items, start)
    total, lost = start, None  # what rounding has lost so far; None where it is not kept
    for x in items:
        if lost is None and kind(total) is float:
            lost = 0.0
        if lost is None or kind(x) not in (float, int, bool):
            total = (total if lost is None else finish(total, lost)) + x
            lost = None
        elif kind(x) is float:
            after = total + x
            part = after - total
            total, lost = after, lost + ((total - (after - part)) + (x - part))
        else:
            total = total + x
    return total if lost is None else finish(total, lost)


def kind(x: Any) -> type[Any]:
    return type(x.true) if isinstance(x, Number) else type(x)


def finish(total: Any, lost: Any) -> Any:
    if not isinstance(lost, Number):
        return total + lost if lost and abs(lost) < float("inf") else total
    return where(abs(lost) < float("inf"), total + lost, total)
