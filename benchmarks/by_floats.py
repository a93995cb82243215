"""Python's own floats, forward only: no graph and no gradient, the floor for everything that runs in Python."""

from __future__ import annotations

import math
from functools import partial

from benchmarks.workloads import Engine, PlainMLP


def relu(x: float) -> float:
    return x if x > 0.0 else 0.0


FLOATS = Engine(float, partial(PlainMLP, float, relu), largest=max, relu=relu, exp=math.exp, log=math.log)
ENGINES = {"forward": FLOATS}
