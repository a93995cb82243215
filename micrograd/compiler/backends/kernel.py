"""The native kernel: a compiled program as a loaded object that runs in C, where the extension has been built.

    >>> kernel = load(program)
    >>> kernel.run(out, theta, x)     # float64 buffers: the inputs are those of theta, then those of x

Without a C compiler an installation has no kernel: `available()` says so, and the Python program is used.
"""

from __future__ import annotations

from array import array
from typing import Any

from micrograd.compiler.stages.program import Program

try:
    from micrograd.compiler.backends import _kernel
except ImportError:
    _kernel = None  # type: ignore[assignment]


def available() -> bool:
    """Whether the native kernel has been built on this machine."""
    return _kernel is not None


def knows(program: Program) -> bool:
    """Whether the kernel has all functions of a program: one that a user declared on floats runs in Python."""
    return _kernel is not None and all(kind in _kernel.KINDS for kind, _ in program.groups)


def load(program: Program) -> _kernel.Kernel:
    """The program, checked and ready to run, from any number of threads at once.

    Raises `ValueError` for a program that is broken, `ImportError` where there is no kernel.
    """
    if _kernel is None:
        raise ImportError(
            "the native kernel was not built: install micrograd-lab again where there is a C compiler, "
            "or use the Python program"
        )
    return _kernel.Kernel(
        program.inputs,
        array("d", program.constants),
        bytes(_kernel.KINDS.index(kind) for kind, _ in program.groups),
        array("I", [count for _, count in program.groups]),
        array("I", program.ends),
        array("I", program.left),
        array("I", program.right),
        array("I", program.outputs),
    )


def read(values: list[Any] | tuple[Any, ...], descriptor: Any, out: array[float]) -> None:
    """Copy the real number in a slot of each object into `out`, in one loop in C."""
    _kernel.read(values, descriptor, out)
