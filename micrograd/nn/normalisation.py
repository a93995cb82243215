"""Batch normalisation: each feature is brought to mean 0 and variance 1 over the batch, then scaled and shifted."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from operator import mul

from micrograd._core.arrays import Array
from micrograd._core.modes import afterwards, fresh
from micrograd.engine import Value
from micrograd.functions import as_data, norm, plain_sum, total
from micrograd.nn.feedforward import Feedforward
from micrograd.nn.nested import Vector, assign, to_lists
from micrograd.nn.state import Tensor, attribute_tensors


class BatchNorm(Feedforward):
    """y = γ x̂ + β with x̂ = (x − mean) / √(variance + eps), feature by feature (Ioffe and Szegedy 2015).

    In training mean and variance (the biased one, over n) are those of the batch, and the running statistics move:
    running ← momentum · running + (1 − momentum) · batch. In evaluation the running statistics are used instead, so
    the result for an example does not depend on others. PyTorch's `momentum` is one minus this one, and its running
    variance is the unbiased one, over n − 1.

    Raises `ValueError` in training for a single example and for a batch of one, whose variance is 0.
    """

    _each_call = frozenset(["running_mean", "running_var", "num_batches_tracked"])  # see `modes.fresh`

    def __init__(self, features: int, momentum: float = 0.9, eps: float = 1e-5):
        if features < 1:
            raise ValueError(f"batch normalisation needs at least one feature, got features={features}")
        if not 0 <= momentum <= 1:
            raise ValueError(f"momentum must lie in [0, 1], got {momentum!r}")
        if not eps >= 0:
            raise ValueError(f"eps must be 0 or more, got {eps!r}")
        self.nin, self.momentum, self.eps = features, momentum, eps
        self.gamma = [Value(1.0) for _ in range(features)]
        self.beta = [Value(0.0) for _ in range(features)]
        self.running_mean, self.running_var = [0.0] * features, [1.0] * features
        self.num_batches_tracked = 0

    @property
    def batchwise(self) -> bool:
        return self.training

    @property
    def weight(self) -> Vector:
        """γ, under PyTorch's name."""
        return Vector(self.gamma)

    @weight.setter
    def weight(self, row: Sequence[float] | Array) -> None:
        assign(self.gamma, to_lists(row))

    @property
    def bias(self) -> Vector:
        """β, under PyTorch's name."""
        return Vector(self.beta)

    @bias.setter
    def bias(self, row: Sequence[float] | Array) -> None:
        assign(self.beta, to_lists(row))

    def tensors(self, path: str = "") -> Iterator[Tensor]:
        names = "weight", "bias", "running_mean", "running_var", "num_batches_tracked"
        yield from attribute_tensors(self, path, *names)
        yield from self.other_tensors(path, "gamma", "beta")

    def forward(self, x: list[Value]) -> list[Value]:
        if self.training:
            raise ValueError(f"{self!r} needs a batch in training, got one example; call eval() to apply it to one")
        means = [fresh(partial(self._running, "running_mean", k)) for k in range(len(x))]
        variances = [fresh(partial(self._running, "running_var", k)) for k in range(len(x))]
        statistics = zip(x, means, variances, self.gamma, self.beta, strict=True)
        return [gamma * ((v - mean) / (var + self.eps) ** 0.5) + beta for v, mean, var, gamma, beta in statistics]

    def _running(self, statistic: str, k: int) -> float:
        return float(getattr(self, statistic)[k])

    def forward_batch(self, rows: list[list[Value]]) -> list[list[Value]]:
        n = len(rows)
        if n < 2:
            raise ValueError(f"{self!r} needs a batch of at least 2 in training, got {n}: the variance of one is 0")
        columns, means, variances = [], [], []
        epsilon, root = math.sqrt(n * self.eps), math.sqrt(n)
        for column, gamma, beta in zip(zip(*rows, strict=True), self.gamma, self.beta, strict=True):
            mean = total(column) / n
            centred = [v - mean for v in column]
            deviation = norm([*centred, epsilon]) / root  # √(variance + eps), also where the squares overflow
            columns.append([gamma * (c / deviation) + beta for c in centred])
            means.append(as_data(mean))
            numbers = [as_data(c) for c in centred]
            variances.append(plain_sum(map(mul, numbers, numbers), 0.0) / n)
        afterwards(self._track, [*means, *variances])
        return [list(row) for row in zip(*columns, strict=True)]

    def _track(self, statistics: list[float]) -> None:
        keep, add = self.momentum, 1 - self.momentum
        before = [*self.running_mean, *self.running_var]
        running = [keep * old + add * new for old, new in zip(before, statistics, strict=True)]
        self.running_mean, self.running_var = running[: self.nin], running[self.nin :]
        self.num_batches_tracked += 1

    def __repr__(self) -> str:
        return f"BatchNorm({self.nin})"
