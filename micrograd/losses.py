"""Losses: one number for how wrong a model's outputs are, as a mean over a batch.

All take floats or Values and raise `ValueError` for an empty batch, for unequal lengths and for impossible targets.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from micrograd.functions import logsumexp, relu, total


def max_margin(scores: Sequence[Any], labels: Sequence[int]) -> Any:
    """1/n Σ max(0, 1 − yᵢ sᵢ) for labels yᵢ of −1 or 1: zero once every score is on its side by a margin of 1.

    The hinge loss of support vector machines (Cortes and Vapnik 1995).
    """
    _same_length(scores, labels)
    if wrong := [y for y in labels if y not in (-1, 1)]:
        raise ValueError(f"labels must be -1 or 1, got {wrong[0]!r}")
    return total(relu(1 + -y * score) for score, y in zip(scores, labels, strict=True)) / len(scores)


def mse(outputs: Sequence[Any], targets: Sequence[Any]) -> Any:
    """The mean squared error 1/n Σ (outᵢ − targetᵢ)², over all numbers of a batch: one for each example or a list."""
    _same_length(outputs, targets)
    pairs: list[tuple[Any, Any]] = []
    for output, target in zip(outputs, targets, strict=True):
        if hasattr(output, "__len__") and hasattr(target, "__len__"):
            _same_length(output, target)
            pairs += zip(output, target, strict=True)
        else:
            pairs.append((output, target))
    return total((output - target) ** 2 for output, target in pairs) / len(pairs)


def cross_entropy(logits: Sequence[Any], targets: Any) -> Any:
    """−1/n Σ ln softmax(logitsᵢ)[targetᵢ]: the logits of each example, and the index of its class.

    Computed as logsumexp(logits) − logits[target], which never overflows. One example may be given as flat logits and
    one index.
    """
    if not hasattr(targets, "__len__"):
        logits, targets = [logits], [targets]
    _same_length(logits, targets)
    return total(_surprise(row, operator.index(target)) for row, target in zip(logits, targets, strict=True)) / len(
        logits
    )


def _surprise(row: Sequence[Any], target: int) -> Any:
    if not 0 <= target < len(row):
        raise ValueError(f"a target must be a class from 0 to {len(row) - 1}, got {target}")
    return logsumexp(row) - row[target]


def _same_length(outputs: Sequence[Any], targets: Sequence[Any]) -> None:
    if len(outputs) != len(targets):
        raise ValueError(
            f"as many targets as outputs are needed, got {len(outputs)} outputs and {len(targets)} targets"
        )
    if len(outputs) == 0:
        raise ValueError("a loss needs at least one example, got an empty batch")
