"""The peer written by hand in NumPy for logistic regression: its value with the gradient, and its Hessian."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.workloads.regression import PENALTY


def value_and_gradient(w: Any, x: Any, y: Any) -> Callable[[], tuple[float, Any]]:
    n, signed = len(y), -y[:, None] * x

    def step() -> tuple[float, Any]:
        s = signed @ w
        e = np.exp(-np.abs(s))
        value = float(np.maximum(s, 0.0).sum() + np.log1p(e).sum()) / n + PENALTY * float(w @ w)
        probability = np.where(s > 0.0, 1.0, e) / (1.0 + e)
        return value, probability @ signed / n + 2.0 * PENALTY * w

    return step


def hessian(w: Any, x: Any, y: Any) -> Callable[[], Any]:
    n, signed, penalty = len(y), -y[:, None] * x, 2.0 * PENALTY * np.eye(len(w))

    def step() -> Any:
        e = np.exp(-np.abs(signed @ w))
        e /= (1.0 + e) ** 2
        return (x.T * e) @ x / n + penalty

    return step
