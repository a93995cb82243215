"""The peer in SciPy: the Rosenbrock function and its gradient from `scipy.optimize`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.peers import PeerMissing

try:
    from scipy.optimize import rosen, rosen_der
except ImportError:
    raise PeerMissing("SciPy is not installed: `make bench` does it") from None


def rosenbrock(theta: Any) -> Callable[[], tuple[Any, Any]]:
    return lambda: (rosen(theta), rosen_der(theta))
