"""A shortcut for the commonest step: a call on arrays of floats alone.

Most of a call is finding its variant: the key of the arguments, the buffers, checks that cannot fail. When one call of
that form has gone through, the next ones of the same shapes need to know only that nothing has changed around them, and
that all conditions came out as before.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from micrograd.compiler.backends.running import InKernel
from micrograd.compiler.programs import THETA
from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.variants import Case


class Shortcut:
    """The way to one variant: its program, the form of a call on it, and what must not have changed."""

    __slots__ = ("step", "form", "watch")

    def __init__(self, step: Callable[..., Any], form: tuple[Any, ...], watch: Watch):
        self.step, self.form, self.watch = step, form, watch

    def __call__(self, args: tuple[Any, ...], theta: Any) -> tuple[float, Any] | None:
        """The value and the gradient; None if this is another kind of call, or a condition came out otherwise."""
        return self.step(self.form, args, theta) if self.watch.holds() else None


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
    shapes = tuple([x.shape for x in arrays])
    form = (numpy.ndarray, shapes, numpy.empty, end, end if variant.guarded else 0)
    return Shortcut(running.kernel.step, form, case.watch)
