"""micrograd 0.1.0 itself: its `Value` and its `nn`."""

from __future__ import annotations

from benchmarks import peers
from benchmarks.workloads import Engine

original = peers.original()
ENGINES = {"eager": Engine(original.engine.Value, original.nn.MLP)}
