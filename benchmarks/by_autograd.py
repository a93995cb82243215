"""The peer in HIPS autograd: NumPy with a tape, in Python."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import PeerMissing
from benchmarks.workloads import START, rosenbrock_2d

try:
    import autograd
    import autograd.numpy as anp
except ImportError:
    raise PeerMissing("HIPS autograd is not installed: `make bench` does it") from None


def valley() -> Callable[[], list[float]]:
    """A step that takes the gradient of the Rosenbrock function at the start."""
    gradient: Callable[[Any], Any] = autograd.grad(rosenbrock_2d)
    start = anp.array(START)
    return lambda: gradient(start)
