"""A flat array of floats as the parameters of an optimiser: NumPy's as one, or each entry of an `array.array`."""

from __future__ import annotations

import math
import sys
from array import array
from typing import Any

HOW = "value, gradient = f.value_and_grad(theta, ...); optimiser.step(gradient)"


def flat_parameters(params: Any) -> FlatArray | FlatNumbers | None:
    """The parameters as a flat array of numbers, if they are one; an array of objects counts as a list of Values."""
    if isinstance(params, array):
        return FlatNumbers(params)
    numpy = sys.modules.get("numpy")
    if numpy is not None and isinstance(params, numpy.ndarray) and params.dtype != object:
        return FlatArray(params)
    return None


class FlatArray:
    """A flat array as one parameter. Its `grad` is not used: each step brings its own gradient."""

    def __init__(self, theta: Any):
        if theta.dtype != float or theta.ndim != 1:
            got = f"{theta.dtype} of shape {theta.shape}"
            raise TypeError(f"parameters must be a flat array of float64, got {got}: use theta.astype(float).ravel()")
        if not theta.size:
            raise ValueError("an optimiser needs at least one parameter, got an empty array")
        if not theta.flags.writeable:
            raise ValueError("a step changes the array in place, got a read-only one: give it theta.copy()")
        self.theta, self.grad = theta, 0.0

    @property
    def params(self) -> list[Any]:
        return [self]

    @property
    def data(self) -> Any:
        """A copy of the numbers; setting it changes the array in place."""
        return self.theta.copy()

    @data.setter
    def data(self, numbers: Any) -> None:
        self.theta[:] = numbers

    def gradients(self, gradient: Any) -> list[Any]:
        """A copy of `gradient`, which momentum may keep although the caller uses the array again."""
        import numpy

        if gradient is None:
            raise no_gradient()
        try:
            copy = numpy.array(gradient, dtype=float)
        except (TypeError, ValueError):
            raise no_numbers(gradient) from None
        if copy.shape != self.theta.shape:
            raise ValueError(f"a gradient must have the shape of theta, {self.theta.shape}, got {copy.shape}: {HOW}")
        return [copy]

    def sqrt(self, numbers: Any) -> Any:
        import numpy

        return numpy.sqrt(numbers)

    def ones_at(self, positions: Any) -> list[Any]:
        import numpy

        out = numpy.zeros_like(self.theta)
        try:
            out[positions] = 1.0
        except IndexError as error:
            raise no_positions(positions, len(out), error) from None
        return [out]


class FlatNumbers:
    """An `array.array` of floats, whose entries are parameters, in plain Python."""

    sqrt = staticmethod(math.sqrt)

    def __init__(self, theta: array[float]):
        if theta.typecode != "d":
            got = f"array({theta.typecode!r})"
            raise TypeError(f"parameters must be a flat array of doubles, got {got}: use array('d', theta)")
        if not theta:
            raise ValueError("an optimiser needs at least one parameter, got an empty array")
        self.params: list[Any] = [Entry(theta, k) for k in range(len(theta))]

    def gradients(self, gradient: Any) -> list[float]:
        if gradient is None:
            raise no_gradient()
        try:
            numbers = array("d", gradient).tolist()
        except (TypeError, ValueError):
            raise no_numbers(gradient) from None
        if len(numbers) != len(self.params):
            wanted = f"as many numbers as theta, {len(self.params)}"
            raise ValueError(f"a gradient must have {wanted}, got {len(numbers)}: {HOW}")
        return numbers

    def ones_at(self, positions: Any) -> list[float]:
        """1 at the positions, or where a mask of them is true; else 0."""
        count = len(self.params)
        out = [0.0] * count
        try:
            chosen = positions.tolist() if hasattr(positions, "tolist") else list(positions)
            if len(chosen) == count and all(isinstance(on, bool) for on in chosen):
                return list(map(float, chosen))
            for k in chosen:
                if isinstance(k, bool):
                    raise IndexError(f"the mask has {len(chosen)} truths")
                out[k] = 1.0
        except (IndexError, TypeError) as error:
            raise no_positions(positions, count, error) from None
        return out


class Entry:
    """One number of an `array.array`. Its `grad` is not used: each step brings its own gradient."""

    __slots__ = ("theta", "k", "grad")

    def __init__(self, theta: array[float], k: int):
        self.theta, self.k, self.grad = theta, k, 0.0

    @property
    def data(self) -> float:
        return self.theta[self.k]

    @data.setter
    def data(self, x: float) -> None:
        self.theta[self.k] = x


def no_gradient() -> TypeError:
    return TypeError(f"a flat array has no .grad, so a step is given the gradient: {HOW}")


def no_numbers(gradient: Any) -> TypeError:
    return TypeError(f"a gradient must be an array of numbers, got {type(gradient).__name__}: {HOW}")


def no_positions(positions: Any, count: int, why: Exception) -> TypeError:
    wanted = f"of a flat array, decayed is the positions below {count} or a mask of {count}"
    return TypeError(f"{wanted}, got {type(positions).__name__}: {why}")
