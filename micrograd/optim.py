"""Optimisers over anything with `.data` and `.grad`, or over one flat array; arguments and steps are those of PyTorch.

>>> optimiser = SGD(model.parameters(), lr=0.1)
>>> optimiser.zero_grad(); loss.backward(); optimiser.step()

If the parameters are a flat array of floats, of NumPy or an `array.array`, `step` takes the gradient and changes the
array in place, to the same numbers as with one Value for each entry:

>>> optimiser = SGD(theta, lr=0.1)
>>> value, gradient = compiled.value_and_grad(theta, X, y); optimiser.step(gradient)
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from micrograd._core.columns import Column, columns, floats_of, is_column, zero_grads
from micrograd._core.flat import flat_parameters
from micrograd._core.lending import is_direct, read_floats, write_floats

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import ArrayLike, NDArray

__all__ = ["SGD", "Adam", "Optimiser", "Parameter"]


class Parameter(Protocol):
    """A Value, or anything else with `data` and `grad`."""

    data: Any
    grad: Any


Parameters: TypeAlias = "Iterable[Parameter] | NDArray[float64] | array[float]"


class Optimiser:
    """The parameters, each once, and the learning rate `lr`, which may be changed between steps.

    A flat array of NumPy's is one parameter, whose `data` is the array itself: the rules are the same for floats and
    arrays. The entries of an `array.array` are parameters.
    """

    def __init__(self, params: Parameters, lr: float):
        self.flat = flat_parameters(params)
        self.params: list[Parameter] = _each_once(params) if self.flat is None else self.flat.params
        self.direct = all(map(is_direct, set(map(type, self.params))))
        self.lr = _at_least_zero("lr", lr)

    def zero_grad(self) -> None:
        """Set every `.grad` to 0; it does nothing to a flat array, which gets a new gradient in each step."""
        zero_grads(self.params)

    def step(self, gradient: ArrayLike | None = None) -> None:
        """Move the parameters by their `.grad`, or a flat array by its `gradient`."""
        raise NotImplementedError(f"{type(self).__name__} does not define step")

    def numbers(self) -> list[Any]:
        """The data of all parameters."""
        params: Any = self.params
        return read_floats(params) if self.direct else [p.data for p in params]

    def move(self, before: list[Any], after: list[Any], **state: Any) -> None:
        """Give the parameters the data `after`, and the optimiser its new `state`: all of it, or nothing at all.

        If anything interrupts it, Ctrl-C too, the parameters get back the data `before`.
        """
        old = {name: getattr(self, name) for name in state}
        new = {name: floats_of(numbers) for name, numbers in state.items()}
        direct = self.direct and set(map(type, after)) in ({float}, {Column})
        try:
            _write(self.params, after, direct)
            vars(self).update(new)
        except BaseException:
            _write(self.params, before, direct)
            vars(self).update(old)
            raise

    def snapshot(self) -> Callable[[], None]:
        """The present state of the parameters and the optimiser, as a function that restores it."""
        data = self.numbers()
        state = {name: x.copy() if isinstance(x, (list, dict)) else x for name, x in vars(self).items()}

        def restore() -> None:
            vars(self).update(state)
            for p, x in zip(self.params, data, strict=True):
                p.data = x

        return restore

    def gradients(self, gradient: ArrayLike | None) -> list[Any]:
        """The gradient for each parameter: its `.grad`, or for a flat array the argument of `step`."""
        if self.flat is not None:
            return self.flat.gradients(gradient)
        if gradient is not None:
            raise TypeError("step() uses the .grad of each parameter: only a flat array takes a gradient here")
        return [p.grad for p in self.params]

    def operands(self, gradient: ArrayLike | None, rates: Sequence[float], *state: list[Any] | None) -> list[Any]:
        """Gradients, data and `state` for formulas with these `rates`: lists with a number for each parameter.

        With the native node they have but one item, a column of all parameters, which computes like a number.
        """
        kind, found = type(self), None
        as_usual = kind.gradients is GRADIENTS and kind.numbers is NUMBERS and kind.move is MOVE
        if self.flat is None and gradient is None and as_usual and PLAIN.issuperset(map(type, rates)):
            found = columns(self.params, *state)
        return [self.gradients(gradient), self.numbers(), *state] if found is None else found


GRADIENTS, NUMBERS, MOVE = Optimiser.gradients, Optimiser.numbers, Optimiser.move
PLAIN = frozenset([float, int])


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
            self.decays = self.flat.ones_at(decayed)
        else:
            chosen = {id(p) for p in decayed}
            self.decays = [float(id(p) in chosen) for p in self.params]
        self.buffers: list[Any] | None = None

    def step(self, gradient: ArrayLike | None = None) -> None:
        rates = self.lr, self.weight_decay, self.momentum, self.dampening
        steps, before, buffers, decays = self.operands(gradient, rates, self.buffers, self.decays)
        if decay := self.weight_decay:
            steps = [g + decay * on * x for g, on, x in zip(steps, decays, before, strict=True)]
        if self.momentum:
            if buffers is None:
                buffers = steps
            else:
                keep, add = self.momentum, 1.0 - self.dampening
                buffers = [keep * b + add * g for b, g in zip(buffers, steps, strict=True)]
            if self.nesterov:
                steps = [g + self.momentum * b for g, b in zip(steps, buffers, strict=True)]
            else:
                steps = buffers
        lr = self.lr
        self.move(before, [x - lr * step for x, step in zip(before, steps, strict=True)], buffers=buffers)


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
        self.means: list[Any] = [0.0] * len(self.params)
        self.squares: list[Any] = [0.0] * len(self.params)

    def step(self, gradient: ArrayLike | None = None) -> None:
        (beta1, beta2), t = self.betas, self.t + 1
        rates = self.lr, beta1, beta2, self.eps, self.weight_decay
        gradients, before, means, squares = self.operands(gradient, rates, self.means, self.squares)
        correction1, correction2 = 1 - beta1**t, 1 - beta2**t
        sqrt: Any = math.sqrt if self.flat is None else self.flat.sqrt
        if is_column(before):
            sqrt = Column.sqrt
        if decay := self.weight_decay:
            gradients = [g + decay * x for g, x in zip(gradients, before, strict=True)]
        add1, add2, rate, eps = 1 - beta1, 1 - beta2, self.lr / correction1, self.eps
        means = [beta1 * m + add1 * g for m, g in zip(means, gradients, strict=True)]
        squares = [beta2 * v + add2 * g * g for v, g in zip(squares, gradients, strict=True)]
        pairs = zip(before, means, squares, strict=True)
        after = [x - rate * m / (sqrt(v / correction2) + eps) for x, m, v in pairs]
        self.move(before, after, means=means, squares=squares, t=t)


def _each_once(params: Any) -> list[Any]:
    """The parameters as a list without repeats. Raises `TypeError`, which says what to write, for anything else."""
    wanted = "an optimiser takes a list of parameters"
    if hasattr(params, "parameters"):
        raise TypeError(f"{wanted}, got the model {params!r}: write model.parameters()")
    if callable(params):
        raise TypeError(f"{wanted}, got a function: call it, as in model.parameters()")
    if isinstance(params, Mapping):
        raise TypeError(f"{wanted}, got a {type(params).__name__}: write list(parameters.values())")
    if _is_parameter(params):
        raise TypeError(f"{wanted}, got a single one: write [p]")
    if not isinstance(params, Iterable):
        raise TypeError(f"{wanted}, such as model.parameters(), got {type(params).__name__} {params!r}")
    found = {id(p): p for p in params}
    if not found:
        raise ValueError("an optimiser needs at least one parameter, got none")
    for p in found.values():
        if not _is_parameter(p):
            hint = ": put them all into one flat list" if isinstance(p, (list, tuple)) else ""
            raise TypeError(f"a parameter must have .data and .grad, got {type(p).__name__} {p!r}{hint}")
        if getattr(p, "parents", ()):
            raise ValueError(f"a parameter must be a leaf, not the result of an operation, got {p!r}")
    return list(found.values())


def _write(params: Any, numbers: list[Any], direct: bool) -> None:
    if direct:
        write_floats(params, numbers)
    else:
        for p, x in zip(params, floats_of(numbers), strict=True):
            p.data = x


def _is_parameter(p: Any) -> bool:
    return hasattr(p, "data") and hasattr(p, "grad")


def _at_least_zero(name: str, x: float) -> float:
    if not isinstance(x, Real):
        raise TypeError(f"{name} must be a number, got {type(x).__name__} {x!r}")
    if not x >= 0:
        raise ValueError(f"{name} must be 0 or more, got {x!r}")
    return x
