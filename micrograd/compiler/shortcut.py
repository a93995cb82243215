"""A shortcut for the commonest step: a call on arrays of floats alone.

Most of a call is finding its variant: the key of the arguments, the buffers, checks that cannot fail. When one call of
that form has gone through, the next ones of the same shapes need to know only that nothing has changed around them, and
that all conditions came out as before. Where the kernel has been built, that is one function in C, which a method tries
before it becomes a call of Python's.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, TypeVar, cast

from micrograd.compiler.backends import kernel
from micrograd.compiler.backends.running import InKernel
from micrograd.compiler.programs import THETA
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.variants import Case

if TYPE_CHECKING:
    from micrograd.compiler.backends import _kernel

F = TypeVar("F", bound=Callable[..., Any])


def with_shortcut(owner: str, name: str) -> Callable[[F], F]:
    """A decorator for a method: it takes the shortcut that its object has as `owner.name`, if that returns a result."""

    def decorate(method: F) -> F:
        short = kernel.method(method, owner, name)
        return method if short is None else cast(F, update_wrapper(short, method))

    return decorate


def shortcut(arguments: Arguments, args: tuple[Any, ...], theta: Any, case: Case) -> _kernel.Shortcut | None:
    """The shortcut for calls like this one, which has just found its variant in this case; None if there is none."""
    numpy, arrays, variant = sys.modules.get("numpy"), (theta, *args), case.tree.latest
    if numpy is None or any(type(x) is not numpy.ndarray or x.dtype.char != "d" for x in arrays):
        return None
    if variant is None or arguments.seen is not None or arguments.shared:
        return None
    if not variant.constant or variant.answers or variant.picks or variant.tape.effects:
        return None
    running = variant.programs.running(THETA, variant.theta)
    if not isinstance(running, InKernel):
        return None
    end = 1 + variant.theta
    alike = tuple([numpy.empty(x.shape) for x in arrays])  # but in rows, and in the bytes of this processor
    flipped = end if variant.guarded else 0
    return kernel.shortcut(running.kernel, case.watch.holds, alike, numpy.empty, end, flipped, table_of_functions())


def table_of_functions() -> Any:
    """NumPy's own functions, as it gives them to extensions; None if they are not where they were."""
    found = [
        sys.modules.get(f"numpy.{core}._multiarray_umath") for core in ("_core", "core")
    ]  # from 2.0 on, and before
    return next((getattr(module, "_ARRAY_API", None) for module in found if module is not None), None)
