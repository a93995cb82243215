"""Logistic regression on the breast cancer data of scikit-learn, 569 × 30, standardised, as scalar code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from benchmarks.peers import PeerMissing
from micrograd import dot, softplus, total

PENALTY = 1e-3


def cancer() -> tuple[Any, Any]:
    """The features, of mean 0 and variance 1 each, and the labels, +1 or −1."""
    try:
        from sklearn.datasets import load_breast_cancer
    except ImportError:
        raise PeerMissing("scikit-learn, which has the data, is not installed: `make bench` does it") from None
    x, y = load_breast_cancer(return_X_y=True)
    return (x - x.mean(0)) / x.std(0), 2.0 * y - 1.0


def logistic(features: Any, labels: Any) -> Callable[[Sequence[Any]], Any]:
    """The function of the weights w: mean ln(1 + e^(−y w·x)) + 10⁻³ w·w."""
    rows, signs = features.tolist(), labels.tolist()

    def loss(w: Sequence[Any]) -> Any:
        surprises = [softplus(-y * dot(w, x)) for x, y in zip(rows, signs, strict=True)]
        return total(surprises) / len(surprises) + PENALTY * dot(w, w)

    return loss


def weights(n: int = 30) -> Any:
    """A point to differentiate at."""
    import numpy as np

    return np.linspace(-0.3, 0.3, n)
