"""The backends: Python, on any machine, or the native kernel where it was built."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from micrograd._core.arrays import empty_array, flat_array
from micrograd._core.lending import copy_floats, data_of, data_slot
from micrograd.compiler.backends import kernel
from micrograd.compiler.backends.python import Run
from micrograd.compiler.stages.blocks import Blocks
from micrograd.engine import Value

PYTHON, NATIVE = "python", "native"
SMALL_PROGRAM = 12  # terms: up to here Python is as fast as the kernel (they break even at 5 on arrays, 25 on Values)

DATA = data_slot(Value)

Buffer = Any  # a list of floats, or an array of them
Flat = Callable[[Sequence[Buffer]], tuple[float, Any, Sequence[float]]]


class Running(Protocol):
    """A program ready to run on buffers that hold its inputs in order."""

    def __call__(self, buffers: Sequence[Buffer]) -> Sequence[float]:
        """The outputs."""

    def flat(self, end: int) -> Flat:
        """A function that returns the first output, the outputs up to `end` as a new `flat_array`, and all outputs.

        That array is a gradient: as a grad, which begins at 0 and is added to, it holds no −0.
        """


def data(values: list[Value]) -> array[float]:
    """The data of Values as they are now."""
    if (out := copy_floats(values)) is not None:
        return out
    if not kernel.available():
        return array("d", [data_of(v) for v in values])
    out = array("d", bytes(8 * len(values)))
    kernel.read(values, DATA, out)
    return out


def backend(name: str | None = None) -> str:
    """The backend that runs compiled functions: the one of that name, or else the fastest one installed.

    Raises `ValueError` for an unknown name, `ImportError` if the kernel is asked for and was not built.
    """
    if name not in (None, PYTHON, NATIVE):
        raise ValueError(f"a backend must be {PYTHON!r} or {NATIVE!r}, got {name!r}")
    if name == NATIVE and not kernel.available():
        raise ImportError(
            "the native kernel was not built: install micrograd-lab again where there is a C compiler, "
            f"or leave out backend={NATIVE!r}"
        )
    return name or (NATIVE if kernel.available() else PYTHON)


class InPython:
    """The program as a Python function, with a quiet one for when floats raise an error."""

    def __init__(self, run: Run, make_quiet: Callable[[], Run]):
        self.run, self.make_quiet = run, make_quiet
        self.quiet: Run | None = None

    def __call__(self, buffers: Sequence[Buffer]) -> list[float]:
        inputs: list[float] = []
        for part in buffers:
            inputs += part if type(part) is list else part.tolist()
        try:
            return self.run(inputs)
        except (ArithmeticError, ValueError):
            if self.quiet is None:
                self.quiet = self.make_quiet()
            return self.quiet(inputs)

    def flat(self, end: int) -> Flat:
        run, make = self.run, flat_array()

        def parts(out: list[float]) -> tuple[float, Any, list[float]]:
            numbers = out[1:end]
            if 0.0 in numbers:
                numbers = [x + 0.0 for x in numbers]
            return out[0], make(numbers), out

        def outputs(buffers: Sequence[Buffer]) -> tuple[float, Any, Sequence[float]]:
            if len(buffers) == 1:  # a shortcut: the program may take less than a microsecond
                try:
                    return parts(run(buffers[0].tolist()))
                except (ArithmeticError, ValueError):
                    pass
            return parts(self(buffers))

        return outputs


class InKernel:
    """The program in the native kernel."""

    def __init__(self, blocks: Blocks):
        self.kernel = kernel.load(blocks)
        self.count = len(blocks.outputs)
        self.empty = array("d", bytes(8 * self.count))

    def __call__(self, buffers: Sequence[Buffer]) -> array[float]:
        out = self.empty[:]
        self.kernel.run(out, *[array("d", part) if type(part) is list else part for part in buffers])
        return out

    def flat(self, end: int) -> Flat:
        run, count = self.kernel.run_with_gradient, self.count
        empty = empty_array()

        def outputs(buffers: Sequence[Buffer]) -> tuple[float, Any, Any]:
            out: Any = empty(count)
            if len(buffers) == 1 and type(buffers[0]) is not list:
                run(end, out, buffers[0])
            else:
                run(end, out, *[array("d", part) if type(part) is list else part for part in buffers])
            return float(out[0]), out[1:end], out

        return outputs
