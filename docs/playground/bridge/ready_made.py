"""The calls that a room makes first. The build stores their answers, so that a page shows them while Python loads."""

from __future__ import annotations

from typing import Any

from docs.playground.bridge import bug, examples, practice

NETWORK = {"data": "moons", "n": 100, "noise": 0.1, "hidden": [8, 8], "act": "tanh", "seed": 1337}

CALLS: list[list[Any]] = [
    *examples.first_calls(),
    ["network.start", NETWORK],
    *practice.first_calls(),
    *bug.first_calls(),
]
