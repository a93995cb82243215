"""The flat form of a compiled function: the same rows in the same kernel, as groups of single sums, without blocks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from micrograd.compiler.backends.running import InKernel
from micrograd.compiler.programs import THETA
from micrograd.compiler.stages.roll import LISTED, roll


def flat_step(compiled: Any, theta: Any, *arguments: Any) -> Callable[[], tuple[Any, Any]]:
    """A step of a compiled function that has run: its value and its gradient, by the flat program in the kernel."""
    rows = compiled._latest.programs.rows(THETA, len(theta))
    run = InKernel(roll(rows, least=LISTED)).flat(1 + len(theta))
    buffers = [*(array.ravel() for array in arguments), theta]
    return partial(value_and_gradient, run, buffers)


def value_and_gradient(run: Callable[[Any], Any], buffers: list[Any]) -> tuple[Any, Any]:
    value, gradient, _ = run(buffers)
    return value, gradient
