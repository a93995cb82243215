"""Our Values: eager builds each sum from single additions, fused makes it one node.

Which engine runs, the native or the one in Python, is decided by `MICROGRAD_ENGINE` when the package is imported.
"""

from __future__ import annotations

from benchmarks.workloads import Engine
from micrograd import Value, dot, nn, total
from micrograd.optim import SGD

__all__ = ["EAGER", "ENGINES", "FUSED", "SGD"]

EAGER = Engine(Value, nn.MLP)
FUSED = Engine(Value, lambda nin, nouts: nn.MLP(nin, nouts, fused=True), dot, total)
ENGINES = {"eager": EAGER, "fused": FUSED}
