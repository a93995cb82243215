"""The cost of a picture, from Values to positions: by size, and for shapes that are hard to lay out."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Iterator

from benchmarks.runner import Row
from micrograd import Value, draw, total
from micrograd.nn import MLP

NETWORKS = {"2,000": (2, 24, 24, 1), "10,000": (2, 56, 56, 1)}


def seconds(root: Value) -> tuple[float, int]:
    """The best time of three layouts of everything below `root`, and the number of boxes."""
    times = []
    for _ in range(3):
        gc.collect()
        start = time.perf_counter()
        picture = draw(root, collapse=None)
        boxes = len(picture.layout.centers)
        times.append(time.perf_counter() - start)
    return min(times), boxes


def network(*widths: int) -> Value:
    rng = random.Random(0)
    model = MLP(widths[0], widths[1:], rng=rng)
    return (model([rng.uniform(-1, 1) for _ in range(widths[0])]) - 1.0) ** 2


def reused(times: int) -> Value:
    """x ** times by multiplication: one leaf with `times` uses, each in a different column."""
    x = Value(1.0, label="x")
    y = x
    for _ in range(times):
        y = y * x
    return y


def tangled(n: int) -> Value:
    """The sum of `n` values, each the sum of two random ones of the last thirty: long edges everywhere."""
    rng = random.Random(0)
    values = [Value(1.0) for _ in range(5)]
    for _ in range(n):
        values.append(rng.choice(values[-30:]) + rng.choice(values[-30:]))
    return total(values)


def rows() -> Iterator[Row]:
    bars = {"2,000": "≤ 0.5", "10,000": "≤ 5"}
    each = {}
    for size, widths in NETWORKS.items():
        taken, boxes = seconds(network(*widths))
        each[size] = taken / boxes
        yield Row(f"a network of {boxes:,} Values laid out", taken, "s", bars[size])
    yield Row("a Value among 10,000 against one among 2,000", each["10,000"] / each["2,000"], "×")
    yield Row("a leaf used 1,000 times", seconds(reused(1000))[0], "s", "≤ 1")
    for size, bar in bars.items():
        n = int(size.replace(",", ""))
        yield Row(f"a tangle of {size} random sums", seconds(tangled(n))[0], "s", bar)
