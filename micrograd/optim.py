"""Optimisers over anything with `.data` and `.grad`; arguments and steps are those of PyTorch.

>>> optimiser = SGD(model.parameters(), lr=0.1)
>>> optimiser.zero_grad(); loss.backward(); optimiser.step()
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any


class Optimiser:
    """The parameters and the learning rate `lr`, which may be changed between steps."""

    def __init__(self, params: Iterable[Any], lr: float):
        self.params = list(params)
        self.lr = _at_least_zero("lr", lr)
        if not self.params:
            raise ValueError("an optimiser needs at least one parameter, got none")
        for p in self.params:
            if not (hasattr(p, "data") and hasattr(p, "grad")):
                raise TypeError(f"a parameter has .data and .grad, got {type(p).__name__} {p!r}")

    def zero_grad(self) -> None:
        for p in self.params:
            p.grad = 0.0

    def step(self) -> None:
        raise NotImplementedError(f"{type(self).__name__} does not define step")


class SGD(Optimiser):
    """Gradient descent with momentum, and weight decay:

    g ← grad + weight_decay · p,  b ← momentum · b + (1 − dampening) · g,  p ← p − lr · b,  and b = g in the first step.
    With `nesterov`, p moves by g + momentum · b instead (Sutskever et al. 2013). With `decayed`, only the parameters
    among those decay: L2 regularisation with λ over n examples, of weights but not of biases, is
    `weight_decay=λ/n, decayed=weights`.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        decayed: Iterable[Any] | None = None,
    ):
        super().__init__(params, lr)
        self.momentum = _at_least_zero("momentum", momentum)
        self.weight_decay = _at_least_zero("weight_decay", weight_decay)
        if nesterov and (momentum == 0 or dampening != 0):
            raise ValueError("nesterov needs a momentum above 0 and no dampening")
        self.dampening, self.nesterov = dampening, nesterov
        chosen = None if decayed is None else {id(p) for p in decayed}
        self.decays = [float(chosen is None or id(p) in chosen) for p in self.params]
        self.buffers: list[float] | None = None

    def step(self) -> None:
        steps = [p.grad for p in self.params]
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
        params: Iterable[Any],
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
        self.moments = [(0.0, 0.0)] * len(self.params)

    def step(self) -> None:
        self.t += 1
        beta1, beta2 = self.betas
        correction1, correction2 = 1 - beta1**self.t, 1 - beta2**self.t
        for i, p in enumerate(self.params):
            g = p.grad + self.weight_decay * p.data
            m, v = self.moments[i]
            m, v = beta1 * m + (1 - beta1) * g, beta2 * v + (1 - beta2) * g * g
            self.moments[i] = m, v
            p.data -= self.lr / correction1 * m / (math.sqrt(v / correction2) + self.eps)


def _at_least_zero(name: str, x: float) -> float:
    if not x >= 0:
        raise ValueError(f"{name} must be 0 or more, got {x!r}")
    return x
