"""Engines that compute the same take turns; the rows tell their times, and how ours compare with the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any, TypeAlias

from benchmarks.fresh import Fresh
from benchmarks.runner import Row
from benchmarks.timing import Step, each, frozen

Engines: TypeAlias = "Mapping[str, Callable[[], Step]]"


def contest(name: str, engines: Engines, bars: Mapping[tuple[str, str], str | None]) -> Iterator[Row]:
    """The time of a step in every installed engine, then the ratios of those that `bars` names, each to its peer.

    An engine is a function that prepares it: it returns a step, after checking its result. A bar "≥" is on how many
    times as fast as the peer it is, "≤" on its time as a fraction of the peer's.
    """
    steps: dict[str, Step] = {}
    with ExitStack() as processes:
        for engine, prepare in engines.items():
            try:
                steps[engine] = step = prepare()
            except ImportError as error:
                yield Row(f"not measured: {error}", None)
            else:
                if isinstance(step, Fresh):
                    processes.enter_context(step)
        with frozen():
            times = each(steps)
    for engine, taken in times.items():
        yield Row(f"{name}, {engine}", 1e6 * taken, "µs")
    for (engine, peer), bar in bars.items():
        if engine in times and peer in times:
            yield compared(f"{name}, {engine}", times[engine], times[peer], peer, bar)


def compared(claim: str, ours: float, theirs: float, peer: str, bar: str | None) -> Row:
    if bar and bar.startswith("≤"):
        return Row(f"{claim}, time", ours / theirs, f"of {peer}", bar)
    return Row(claim, theirs / ours, f"× {peer}", bar)


# ---- results


def agreeing(name: str, engines: Engines, tolerance: float = 1e-9) -> dict[str, Callable[[], Step]]:
    """The engines, each with a check: all numbers that a step returns are those of the first engine installed."""
    first: list[Any] = []

    def prepare(engine: str, make: Callable[[], Step]) -> Step:
        step = make()
        assert callable(step)
        numbers = flat(step())
        if not first:
            first.append(numbers)
        agree(f"{name}, {engine}", numbers, first[0], tolerance)
        return step

    return {engine: partial(prepare, engine, make) for engine, make in engines.items()}


def flat(result: Any) -> Any:
    """All numbers of arrays in tuples and lists, nested, as one flat array."""
    import numpy as np

    if isinstance(result, (tuple, list)):
        return np.concatenate([flat(part) for part in result])
    return np.asarray(result, dtype=float).ravel()


def agree(name: str, got: Any, wanted: Any, tolerance: float = 1e-9) -> None:
    """Raise `ArithmeticError` unless all numbers are those wanted, to that share of the largest."""
    import numpy as np

    if got.shape != wanted.shape:
        raise ArithmeticError(f"{name}: {got.size} numbers came out, not {wanted.size}")
    off = np.abs(got - wanted)
    if not off.max() <= tolerance * np.abs(wanted).max():
        k = int(off.argmax())
        raise ArithmeticError(f"{name}: number {k} is {float(got[k])!r}, not {float(wanted[k])!r}")
