"""Optimisers over anything with `.data` and `.grad`, or over one flat array; arguments and steps are those of PyTorch.

>>> optimiser = SGD(model.parameters(), lr=0.1)
>>> optimiser.zero_grad(); loss.backward(); optimiser.step()

If the parameters are a flat NumPy array, `step` takes the gradient and changes the array in place, to the same numbers
as with one Value for each entry:

>>> optimiser = SGD(theta, lr=0.1)
>>> value, gradient = compiled.value_and_grad(theta, X, y); optimiser.step(gradient)
"""

from __future__ import annotations

import math
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray


class Parameter(Protocol):
    """A Value, or anything else with `data` and `grad`."""

    data: Any
    grad: Any


Parameters: TypeAlias = "Iterable[Parameter] | NDArray[float64]"


class Optimiser:
    """The parameters and the learning rate `lr`, which may be changed between steps.

    A flat array is one parameter, whose `data` is the array itself: the rules are the same for floats and arrays.
    """

    def __init__(self, params: Parameters, lr: float):
        self.flat = FlatArray(params) if _is_array(params) else None
        self.params: list[Parameter] = list(params) if self.flat is None else [self.flat]
        self.lr = _at_least_zero("lr", lr)
        if not self.params:
            raise ValueError("an optimiser needs at least one parameter, got none")
        for p in self.params:
            if not (hasattr(p, "data") and hasattr(p, "grad")):
                raise TypeError(f"a parameter must have .data and .grad, got {type(p).__name__} {p!r}")

    def zero_grad(self) -> None:
        """Set every `.grad` to 0; it does nothing to a flat array, which gets a new gradient in each step."""
        for p in self.params:
            p.grad = 0.0

    def step(self, gradient: ArrayLike | None = None) -> None:
        """Move the parameters by their `.grad`, or a flat array by its `gradient`."""
        raise NotImplementedError(f"{type(self).__name__} does not define step")

    def gradients(self, gradient: ArrayLike | None) -> list[Any]:
        """The gradient for each parameter: its `.grad`, or for a flat array the argument of `step`."""
        if self.flat is not None:
            return [self.flat.copy_gradient(gradient)]
        if gradient is not None:
            raise TypeError("step() uses the .grad of each parameter: only a flat array takes a gradient here")
        return [p.grad for p in self.params]


class SGD(Optimiser):
    """Gradient descent with momentum, and weight decay:

    g ← grad + weight_decay · p,  b ← momentum · b + (1 − dampening) · g,  p ← p − lr · b,  and b = g in the first step.
    With `nesterov`, p moves by g + momentum · b instead (Sutskever et al. 2013). With `decayed`, only the parameters
    in it decay: L2 regularisation with λ over n examples, of weights but not of biases, is
    `weight_decay=λ/n, decayed=weights`. For a flat array, `decayed` is a list of positions or a mask.
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        decayed: Iterable[Parameter] | Iterable[int] | None = None,
    ):
        super().__init__(params, lr)
        self.momentum = _at_least_zero("momentum", momentum)
        self.weight_decay = _at_least_zero("weight_decay", weight_decay)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum above 0 and no dampening")
        self.dampening, self.nesterov = dampening, nesterov
        if decayed is None:
            self.decays: list[Any] = [1.0] * len(self.params)
        elif self.flat is not None:
            self.decays = [self.flat.ones_at(decayed)]
        else:
            chosen = {id(p) for p in decayed}
            self.decays = [float(id(p) in chosen) for p in self.params]
        self.buffers: list[Any] | None = None

    def step(self, gradient: ArrayLike | None = None) -> None:
        steps = self.gradients(gradient)
        if decay := self.weight_decay:
            steps = [g + decay * on * p.data for g, on, p in zip(steps, self.decays, self.params, strict=True)]
        if self.momentum:
            if self.buffers is None:
                self.buffers = steps
            else:
                keep, add = self.momentum, 1.0 - self.dampening
                self.buffers = [keep * b + add * g for b, g in zip(self.buffers, steps, strict=True)]
            if self.nesterov:
                steps = [g + self.momentum * b for g, b in zip(steps, self.buffers, strict=True)]
            else:
                steps = self.buffers
        for p, step in zip(self.params, steps, strict=True):
            p.data -= self.lr * step


class Adam(Optimiser):
    """Adaptive moments (Kingma and Ba 2015), with g ← grad + weight_decay · p:

    m ← β₁ m + (1 − β₁) g,  v ← β₂ v + (1 − β₂) g²,  p ← p − lr · m̂ / (√v̂ + ε),  m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ).
    """

    def __init__(
        self,
        params: Parameters,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ):
        super().__init__(params, lr)
        if not (0 <= betas[0] < 1 and 0 <= betas[1] < 1):
            raise ValueError(f"betas must lie in [0, 1), got {betas}")
        self.betas = betas
        self.eps = _at_least_zero("eps", eps)
        self.weight_decay = _at_least_zero("weight_decay", weight_decay)
        self.t = 0
        self.moments: list[tuple[Any, Any]] = [(0.0, 0.0)] * len(self.params)

    def step(self, gradient: ArrayLike | None = None) -> None:
        gradients = self.gradients(gradient)
        self.t += 1
        beta1, beta2 = self.betas
        correction1, correction2 = 1 - beta1**self.t, 1 - beta2**self.t
        sqrt = math.sqrt if self.flat is None else _sqrt
        for i, (p, g) in enumerate(zip(self.params, gradients, strict=True)):
            g = g + self.weight_decay * p.data
            m, v = self.moments[i]
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
            self.moments[i] = m, v
            p.data -= self.lr / correction1 * m / (sqrt(v / correction2) + self.eps)


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
        self.data, self.grad = theta, 0.0

    def copy_gradient(self, gradient: Any) -> Any:
        """A copy of `gradient`, which momentum may keep although the caller uses the array again."""
        import numpy

        how = "value, gradient = f.value_and_grad(theta, ...); optimiser.step(gradient)"
        if gradient is None:
            raise TypeError(f"a flat array has no .grad, so a step is given the gradient: {how}")
        try:
            copy = numpy.array(gradient, dtype=float)
        except (TypeError, ValueError):
            raise TypeError(f"a gradient must be an array of numbers, got {type(gradient).__name__}: {how}") from None
        if copy.shape != self.data.shape:
            raise ValueError(f"a gradient must have the shape of theta, {self.data.shape}, got {copy.shape}: {how}")
        return copy

    def ones_at(self, positions: Any) -> Any:
        import numpy

        out = numpy.zeros_like(self.data)
        try:
            out[positions] = 1.0
        except IndexError as error:
            wanted = f"of a flat array, decayed is the positions below {len(out)} or a mask of {len(out)}"
            raise TypeError(f"{wanted}, got {type(positions).__name__}: {error}") from None
        return out


def _sqrt(array: Any) -> Any:
    import numpy

    return numpy.sqrt(array)


def _is_array(params: Any) -> bool:
    """Whether `params` is a NumPy array of numbers; an array of objects counts as a list of Values."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(params, numpy.ndarray) and params.dtype != object


def _at_least_zero(name: str, x: float) -> float:
    if not x >= 0:
        raise ValueError(f"{name} must be 0 or more, got {x!r}")
    return x
