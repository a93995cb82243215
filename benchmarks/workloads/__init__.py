"""What the engines run, each written once, as plain scalar code; what it must give is checked before it is timed.

engines     what a network needs from an engine
workload    a function, its data and parameters, and what it must give
classifier  W1, a gradient step of the moons classifier
gpt         W2, a training step of a small character GPT
valley      the Rosenbrock function

These import no engine, so that each can be run by all of them. What is written for ours alone imports it:

one_example  the loss of one point and of one document, and many of them
options      the price of an option
sequences    RK4, recurrent networks, a Kalman filter
regression   logistic regression
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from benchmarks.workloads.classifier import MOONS, moons, w1
from benchmarks.workloads.engines import Engine, PlainMLP
from benchmarks.workloads.gpt import DOCUMENT, HEADS, SHAPES, WIDTH, w2
from benchmarks.workloads.valley import START, rosenbrock, rosenbrock_2d, valley
from benchmarks.workloads.workload import Workload, check, compare, step

__all__ = ["DOCUMENT", "HEADS", "MOONS", "SHAPES", "START", "WIDTH", "WORKLOADS", "Engine", "PlainMLP", "Workload"]
__all__ += ["check", "compare", "moons", "rosenbrock", "rosenbrock_2d", "step", "valley", "w1", "w2"]

WORKLOADS: dict[str, Callable[[Engine], Workload]] = {
    "W1": w1,
    "W2": w2,
    "Rosenbrock 2-D": partial(valley, 2),
    "Rosenbrock 100-D": partial(valley, 100),
}
