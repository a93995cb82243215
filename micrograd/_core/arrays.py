"""The type of an array, for annotations, without importing NumPy or PyTorch; a flat one, without NumPy if need be."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Protocol


class Array(Protocol):
    """Numbers in any number of dimensions."""

    def __len__(self) -> int: ...
    def tolist(self) -> Any: ...


def flat_array() -> Callable[[Sequence[float]], Any]:
    """The function that makes a flat array of floats: NumPy's, or `array.array` where there is no NumPy."""
    numpy = numpy_or_none()
    return partial(array, "d") if numpy is None else numpy.array


def empty_array() -> Callable[[int], Any]:
    """The same for one of n floats, whatever they are."""
    numpy = numpy_or_none()
    return (lambda n: array("d", bytes(8 * n))) if numpy is None else numpy.empty


def numpy_or_none() -> Any:
    try:
        import numpy
    except ImportError:
        return None
    return numpy
