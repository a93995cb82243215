"""The flat form of a compiled function: the same rows in the same kernel, as groups of single sums, without blocks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from micrograd.compiler.backends.running import InKernel
from micrograd.compiler.programs import THETA
from micrograd.compiler.stages.roll import LISTED, roll


def flat_step(compiled: Any, theta: Any, *arguments: Any) -> Callable[[], tuple[Any, Any]]:
    """The call of a compiled function that has run, with the flat program in the place of its own.

    All around the program is as in any other call: what the function reads is compared, and the gradient is new.
    """
    latest, variants = compiled._latest, compiled._variants
    rows = latest.programs.rows(THETA, len(theta))
    latest.programs._running[THETA, len(theta)] = InKernel(roll(rows, least=LISTED))
    latest._prepare()
    variants.shortcut = variants.searched = None
    step = partial(compiled.value_and_grad, theta, *arguments)
    for _ in range(2):  # finds the shortcut, and takes it
        step()
    if variants.shortcut is None:
        raise LookupError(f"{compiled!r} takes no shortcut with its flat program")
    return step
