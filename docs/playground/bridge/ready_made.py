"""The calls that a room makes first. The build stores their answers, so that a page shows them while Python loads."""

from __future__ import annotations

from typing import Any

EXPRESSION = "tanh(w1*x1 + w2*x2 + b)"
WORDS = ["w1=-3", "x1=2", "w2=1", "x2=0", "b=6.88"]

NETWORK = {"data": "moons", "n": 100, "noise": 0.1, "hidden": [8, 8], "act": "tanh", "seed": 1337}

CALLS: list[list[Any]] = [
    ["expression.picture", EXPRESSION, WORDS],
    ["expression.step", EXPRESSION, WORDS],
    ["network.start", NETWORK],
]
