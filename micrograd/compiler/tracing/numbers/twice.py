"""Functions of NumPy's on traced numbers: each runs twice, and is refused where it is something else for objects."""

from __future__ import annotations

import math
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from micrograd._core.modes import tracer
from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.numbers.elements import (
    as_kind,
    both,
    elements,
    holds_objects_of_ours,
    is_objects,
    is_traced,
    numbers_in,
    objects,
    parts,
    plain,
)
from micrograd.compiler.tracing.numbers.number import Number

ORDERED = frozenset(
    """amax amin argmax argmin argpartition argsort clip digitize fmax fmin histogram in1d interp intersect1d isin
    lexsort max maximum median min minimum partition percentile ptp quantile searchsorted setdiff1d setxor1d sort unique
    union1d""".split()
)
SHARING = ("may_share_memory", "shares_memory")
IN_LISTS = "Write it with arithmetic and comparisons of the numbers, or do it before the call."

NEW_ARRAY = "Write a = a + x, which makes a new array, instead of a += x, or np.array of a list."


@dataclass(frozen=True)
class OfAll:
    """The `how` of a guard: `ask` of an array with these numbers, the traced ones among them in place of None."""

    ask: Callable[[Any], Any]
    dtype: Any
    shape: tuple[int, ...]
    constants: tuple[Any, ...]

    def __call__(self, *numbers: float) -> Any:
        import numpy as np

        given = iter(numbers)
        flat = [next(given) if x is None else x for x in self.constants]
        return self.ask(np.array(flat, dtype=self.dtype).reshape(self.shape))


def without_nan(x: Any) -> bool:
    return not (x != x).any()


def nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    """NumPy's own leaves an array of objects as it is."""
    import numpy as np

    largest = float(np.finfo(float).max)

    def one(x: Any) -> Any:
        if x != x:
            return nan
        if abs(x) < math.inf:
            return x
        return (largest if posinf is None else posinf) if x > 0 else (-largest if neginf is None else neginf)

    return np.frompyfunc(one, 1, 1)(x)


INSTEAD: dict[str, Callable[..., Any]] = {"nan_to_num": nan_to_num}


def twice(kind: Any, name: str, usual: Callable[..., Any], run: Callable[..., Any], args: Any, options: Any) -> Any:
    """The result of `run` on traced numbers, in arrays of this kind, if it is that of `usual` on plain ones."""
    given = [args, options]
    calls_back = any(callable(x) and not isinstance(x, type) for x in parts(given))
    if calls_back or tracer() is None or holds_objects_of_ours(given):
        return run(*both(objects, args), **both(objects, options))
    if name in SHARING:
        raise refusal("a traced function asked whether arrays share memory", IN_LISTS)
    if name in ORDERED:
        ensure_no_nan(given, f"np.{name}")
    arrays = [x for x in parts(given) if is_traced(x)]
    copies = {id(x): plain(x) for x in arrays}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain_args, plain_options = both(lambda x: copies[id(x)] if id(x) in copies else plain(x), given)
        expected = usual(*plain_args, **plain_options)
    before = [elements(x) for x in arrays]
    try:
        with sys.modules["numpy"].errstate(all="ignore"):  # of comparisons with nan, NumPy's own code does not warn
            result = INSTEAD.get(name, run)(*both(objects, args), **both(objects, options))
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        if "Cannot cast" in str(error) and "output" in str(error):
            raise refusal("an array of floats that was there before cannot hold traced numbers", NEW_ARRAY) from error
        raise refusal(f"np.{name} takes no traced numbers: {error}", IN_LISTS) from error
    for x, old in zip(arrays, before, strict=True):
        if any(a is not b for a, b in zip(old, elements(x), strict=True)):
            objects(x)[...] = objects(adopted(kind, x, copies[id(x)], name))
    written = [x for x in parts(options.get("out")) if is_traced(x)]
    return written[0] if written else adopted(kind, result, expected, name)


def ensure_no_nan(given: Any, name: str) -> None:
    """There is no nan among these numbers, at any call."""
    import numpy as np

    found = numbers_in(given)
    if not without_nan(np.array([float(x.true) for x in found])):
        raise refusal(f"{name} is given a nan, which has another place among traced numbers", IN_LISTS)
    if found:
        how = OfAll(without_nan, np.dtype(float), (len(found),), (None,) * len(found))
        found[0].of.decide(True, how, *[x.position for x in found])


def adopted(kind: Any, result: Any, expected: Any, name: str) -> Any:
    """A result of traced numbers, as user code expects it."""
    import numpy as np

    if isinstance(expected, (list, tuple)) and isinstance(result, (list, tuple)) and len(expected) == len(result):
        made = [adopted(kind, x, y, name) for x, y in zip(result, expected, strict=True)]
        return type(result)(*made) if hasattr(result, "_fields") else type(result)(made)
    if isinstance(result, Number) and isinstance(expected, np.bool_):
        return np.bool_(bool(result))
    if isinstance(result, Number):
        ensure_same(result.true, expected, name)
        known = type(result.true) is type(expected) or not isinstance(expected, np.generic)
        return result if known else as_kind(result, type(expected))
    if (is_objects(result) or is_traced(result)) and getattr(expected, "dtype", np.dtype("O")).kind in "biuf":
        return adopted_array(kind, result, expected, name)
    if isinstance(expected, np.dtype):
        return expected
    if isinstance(expected, (np.ndarray, np.generic, int, float, str, bytes)):
        ensure_same(result, expected, name)
    return result


def adopted_array(kind: Any, result: Any, expected: Any, name: str) -> Any:
    """An array of objects as one of traced numbers, of which user code sees the dtype that it expects."""
    import numpy as np

    if result.shape != expected.shape:
        raise something_else(name)
    dtype, flat = expected.dtype, elements(result)
    if dtype.kind == "b":
        return np.array([bool(x) for x in flat], dtype=bool).reshape(result.shape)
    trues = [x.true if isinstance(x, Number) else dtype.type(x) for x in flat]
    ensure_same(np.array(trues, dtype=float).reshape(result.shape), expected, name)
    made = np.empty(len(flat), dtype=object)
    for k, (x, y) in enumerate(zip(flat, expected.ravel(), strict=True)):
        made[k] = y if not isinstance(x, Number) else x if type(x.true) is dtype.type else as_kind(x, dtype.type)
    return traced(kind, made.reshape(result.shape), dtype)


def traced(kind: Any, made: Any, seen: Any) -> Any:
    """An array of objects as one of traced numbers."""
    import numpy as np

    out = np.ndarray.view(made, kind)
    out.seen = np.dtype(seen)
    return out


def ensure_same(found: Any, expected: Any, name: str) -> None:
    """Refuses a result that is not the expected one, up to rounding."""
    import numpy as np

    try:
        a, b = np.asarray(found, dtype=float), np.asarray(expected, dtype=float)
    except (TypeError, ValueError):
        if type(found) is not type(expected) or found != expected:
            raise something_else(name) from None
        return
    size = max((abs(x) for x in b.ravel() if abs(x) < math.inf), default=0.0)
    if a.shape != b.shape or not np.allclose(a, b, rtol=1e-6, atol=1e-6 * size, equal_nan=True):
        raise something_else(name)


def something_else(name: str) -> Exception:
    return refusal(f"np.{name} is something else for traced numbers than for an array of floats", IN_LISTS)
