"""A shortcut for the commonest step: a call on arrays of floats alone.

Most of a call is finding its variant: the key of the arguments, the buffers, checks that cannot fail. When one call of
that form has gone through, the next ones of the same shapes need to know only that nothing has changed around them, and
that all conditions came out as before.
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

    __slots__ = ("kinds", "shapes", "watch", "run", "flipped")

    def __init__(self, arrays: Sequence[Any], watch: Watch, run: Flat, flipped: int):
        self.kinds, self.shapes = [type(x) for x in arrays], [x.shape for x in arrays]
        self.watch, self.run = watch, run
        self.flipped = flipped  # the output that counts changed conditions; 0 if there are none

    def __call__(self, args: tuple[Any, ...], theta: Any) -> tuple[float, Any] | None:
        """The value and the gradient; None if this is another kind of call."""
        arrays = [*args, theta]
        if [type(x) for x in arrays] != self.kinds or [x.shape for x in arrays] != self.shapes:
            return None
        if not self.watch.holds():
            return None
        try:
            value, gradient, out = self.run(arrays)
        except ValueError:  # the kernel takes contiguous arrays of float64, and looks at all of them before it runs
            return None
        return None if self.flipped and out[self.flipped] != 0.0 else (value, gradient)


def shortcut(arguments: Arguments, args: tuple[Any, ...], theta: Any, case: Case) -> Shortcut | None:
    """The shortcut for calls like this one, which has just found its variant in this case; None if there is none."""
    numpy, arrays, variant = sys.modules.get("numpy"), [*args, theta], case.tree.latest
    if numpy is None or any(type(x) is not numpy.ndarray or x.dtype.char != "d" for x in arrays):
        return None
    if variant is None or arguments.seen is not None or arguments.shared:
        return None
    if not variant.constant or variant.answers or variant.picks or variant.tape.effects:
        return None
    end = 1 + variant.theta
    running = variant.programs.running(THETA, variant.theta)
    if not isinstance(running, InKernel):
        return None
    return Shortcut(arrays, case.watch, running.flat(end), end if variant.guarded else 0)
