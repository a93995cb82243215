"""The comparison of rows: in C where the extension has been built, else in Python."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from micrograd.compiler.surroundings.rows import Row
from micrograd.compiler.surroundings.same import ABSENT, ANY_FLOAT, ANYTHING
from micrograd.compiler.surroundings.sweep import Sweep

try:
    from micrograd.compiler.surroundings import _watch
except ImportError:
    _watch = None  # type: ignore[assignment]

ORDER = {"list": 0, "attributes": 1, "python": 3}  # quick ones first; the others are 2


def available() -> bool:
    """Whether the extension has been built for this interpreter."""
    return _watch is not None


def comparison(rows: Sequence[Row]) -> Callable[[], bool]:
    """The function that says whether all rows are as they were."""
    if _watch is None:
        return in_python(rows)
    parts = [row.native() for row in rows]
    parts.sort(key=lambda part: ORDER.get(part[0], 2))
    return _watch.Rows(tuple(parts), ABSENT, ANY_FLOAT, ANYTHING).holds


def in_python(rows: Sequence[Row]) -> Callable[[], bool]:
    sweep = Sweep(rows)
    quickly, swept = sweep.comparison(), set(map(id, sweep.rows))
    others = [row for row in rows if id(row) not in swept]

    def holds() -> bool:
        try:
            for row in others if quickly() else rows:
                if not row.same():
                    return False
        except (RuntimeError, ValueError, AttributeError, TypeError, KeyError):  # another thread is changing it now
            return False
        return True

    return holds
