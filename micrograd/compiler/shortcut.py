"""A shortcut for the commonest step: a call on arrays of floats alone, to a variant without decisions.

Most of a call is finding its variant: the key of the arguments, the buffers, checks that cannot fail. When one call of
that form has gone through, the next ones of the same shapes need to know only that nothing has changed around them.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from micrograd.compiler.backends.running import Flat, InKernel
from micrograd.compiler.programs import THETA
from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.variants import Case


class Shortcut:
    """The way to one variant: the shapes of the arguments and of theta, what must not have changed, and its program."""

    __slots__ = ("kinds", "shapes", "watch", "run")

    def __init__(self, arrays: Sequence[Any], watch: Watch, run: Flat):
        self.kinds, self.shapes = [type(x) for x in arrays], [x.shape for x in arrays]
        self.watch, self.run = watch, run

    def __call__(self, args: tuple[Any, ...], theta: Any) -> tuple[float, Any] | None:
        """The value and the gradient; None if this is another kind of call."""
        arrays = [*args, theta]
        if [type(x) for x in arrays] != self.kinds or [x.shape for x in arrays] != self.shapes:
            return None
        if not self.watch.holds():
            return None
        try:
            value, gradient, _ = self.run(arrays)
        except ValueError:  # the kernel takes contiguous arrays of float64, and looks at all of them before it runs
            return None
        return value, gradient


def shortcut(arguments: Arguments, args: tuple[Any, ...], theta: Any, case: Case) -> Shortcut | None:
    """The shortcut for calls like this one, which has just found its variant in this case; None if there is none."""
    numpy, arrays = sys.modules.get("numpy"), [*args, theta]
    if numpy is None or any(type(x) is not numpy.ndarray or x.dtype.char != "d" for x in arrays):
        return None
    variant = case.tree.latest
    if variant is None or not (variant.unchecked and variant.constant and arguments.seen is None):
        return None
    running = variant.programs.running(THETA, variant.theta)
    if arguments.shared or not isinstance(running, InKernel):
        return None
    return Shortcut(arrays, case.watch, running.flat(1 + variant.theta))
