"""The native kernel: a compiled program as a loaded object that runs in C, where the extension has been built.

    >>> kernel = load(blocks)
    >>> kernel.run(out, theta, x)     # float64 buffers: the inputs are those of theta, then those of x

Without a C compiler an installation has no kernel: `available()` says so, and the Python program is used.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

from micrograd.compiler.stages.blocks import LOOP, STEP, Blocks

try:
    from micrograd.compiler.backends import _kernel
except ImportError:
    _kernel = None  # type: ignore[assignment]


def available() -> bool:
    """Whether the native kernel has been built on this machine."""
    return _kernel is not None


def knows(blocks: Blocks) -> bool:
    """Whether the kernel has all functions of a program: one that a user declared on floats runs in Python."""
    if _kernel is None:
        return False
    kinds = {code for form, code in zip(blocks.steps[::STEP], blocks.steps[1::STEP], strict=True) if form != LOOP}
    return all(code < len(_kernel.KINDS) for code in kinds)


def load(blocks: Blocks) -> _kernel.Kernel:
    """The program, checked and ready to run, from any number of threads at once.

    Raises `ValueError` for a program that is broken, `ImportError` where there is no kernel.
    """
    if _kernel is None:
        raise ImportError(
            "the native kernel was not built: install micrograd-lab again where there is a C compiler, "
            "or use the Python program"
        )
    return _kernel.Kernel(*arguments(blocks))


def arguments(blocks: Blocks) -> tuple[Any, ...]:
    """The arguments of `Kernel`."""
    return (
        *(blocks.inputs, blocks.slots, blocks.constants, blocks.steps, blocks.pieces, blocks.tails, blocks.index),
        *(blocks.ends, blocks.left, blocks.right, blocks.left_moves, blocks.right_moves, blocks.outputs),
    )


def shortcut(
    program: _kernel.Kernel,
    holds: Callable[[], bool],
    arrays: tuple[Any, ...],
    empty: Callable[[int], Any],
    end: int,
    flipped: int,
    table: Any = None,
) -> _kernel.Shortcut:
    """A call of the program on arrays like these, theta first: the first output, and those up to `end` as an array.

    It returns None where `holds` says no, the arrays are others, or the output `flipped` is not 0, if it is not 0.
    With NumPy's table of functions for extensions, the array is made without a call of Python.
    """
    assert _kernel is not None  # the program is one of its objects
    return _kernel.Shortcut(program, holds, arrays, empty, end, flipped, table)


def method(function: Callable[..., Any], owner: str, name: str) -> _kernel.Method | None:
    """A function as a method that tries a shortcut first, `object.owner.name`; None where there is no kernel."""
    return None if _kernel is None else _kernel.Method(function, owner, name)


def read(values: list[Any] | tuple[Any, ...], descriptor: Any, out: array[float]) -> None:
    """Copy the real number in a slot of each object into `out`, in one loop in C."""
    _kernel.read(values, descriptor, out)
