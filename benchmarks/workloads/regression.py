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


def loss_of(w: Sequence[Any], features: Any, labels: Any) -> Any:
    """mean ln(1 + e^(−y w·x)) + 10⁻³ w·w"""
    surprises = [softplus(-y * dot(w, x)) for x, y in zip(features, labels, strict=True)]
    return total(surprises) / len(surprises) + PENALTY * dot(w, w)


def logistic(features: Any, labels: Any) -> Callable[[Sequence[Any]], Any]:
    """The same as a function of the weights, for which the data are known numbers."""
    rows, signs = features.tolist(), labels.tolist()

    def loss(w: Sequence[Any]) -> Any:
        return loss_of(w, rows, signs)

    return loss


def weights(n: int = 30) -> Any:
    """A point to differentiate at."""
    import numpy as np

    return np.linspace(-0.3, 0.3, n)
