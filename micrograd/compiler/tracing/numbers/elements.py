"""What is in arrays and lists of traced numbers, and what user code has in place of it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator
from typing import Any

from micrograd._core.floats import leave_graph
from micrograd._core.lending import data_of
from micrograd._core.modes import tracer
from micrograd._core.scalars import of_our_own
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.engine import Value


def is_traced(x: Any) -> bool:
    """Whether x is an array of traced numbers."""
    return hasattr(type(x), "stands_for")


def objects(x: Any) -> Any:
    """An array of traced numbers as NumPy keeps it."""
    if not is_traced(x):
        return x
    import numpy as np

    return np.ndarray.view(x, np.ndarray)


def both(change: Callable[[Any], Any], x: Any) -> Any:
    """x with everything changed that is in its lists, tuples and dicts."""
    if isinstance(x, dict):
        return {key: both(change, part) for key, part in x.items()}
    if type(x) in (list, tuple):
        return type(x)([both(change, part) for part in x])
    return change(x)


def parts(x: Any) -> Iterator[Any]:
    if isinstance(x, dict):
        x = list(x.values())
    if not isinstance(x, (list, tuple)):
        yield x
        return
    for part in x:
        yield from parts(part)


def is_objects(x: Any) -> bool:
    return getattr(getattr(x, "dtype", None), "kind", "") == "O" and hasattr(x, "ravel")


def elements(x: Any) -> Any:
    return objects(x).ravel().tolist() if is_objects(x) or is_traced(x) else (x,)


def holds_objects_of_ours(x: Any) -> bool:
    """Whether there is something of ours in x that is no number of the trace: NumPy keeps that as an object anyway."""
    return any(
        of_our_own(y) and not isinstance(y, Number) for part in parts(x) if not is_traced(part) for y in elements(part)
    )


def numbers_in(x: Any) -> list[Any]:
    return [y for part in parts(x) for y in elements(part) if isinstance(y, Number)]


def plain(x: Any) -> Any:
    """What user code has in place of a number of the trace, or of an array of them."""
    if isinstance(x, Number):
        return x.true
    if isinstance(x, Value):
        return data_of(x)
    if not is_traced(x) and not is_objects(x):
        return x
    import numpy as np

    trues = [y.true if isinstance(y, Number) else y for y in elements(x)]
    return np.array(trues, dtype=x.seen if is_traced(x) else None).reshape(x.shape)


def as_number(x: Any) -> Any:
    """A Value as an array of floats takes it: its number, which leaves the graph."""
    if not isinstance(x, Value):
        return x
    leave_graph(x)
    return tracer().read(x)


def as_python(x: Any) -> Any:
    """A number as Python has it, in place of one of NumPy's."""
    if isinstance(x, Number):
        return Number(x.of, x.position, getattr(x.true, "item", lambda: x.true)(), x.size)
    return x.item() if hasattr(x, "item") else x


def as_key(key: Any) -> Any:
    """An index whose whole numbers are plain ones: another one is another decision."""
    if type(key) is tuple:
        return tuple(map(as_key, key))
    if type(key) is list and numbers_in(key):
        return [as_key(part) for part in key]
    if is_traced(key) and key.seen.kind in "iu":
        import numpy as np

        return np.array([operator.index(x) for x in elements(key)], dtype=key.seen).reshape(key.shape)
    return key


def as_kind(x: Number, kind: Any) -> Number:
    return Number(x.of, x.position, kind(x.true), x.size)
