"""Losses: one number for how wrong a model's outputs are.

All take floats or Values, for one example or a batch, and a `reduction`: 'mean' over what was compared, its 'sum', or
'none' for all of it as a list. What one thing to compare is, each loss says. They raise `ValueError` for an empty
batch, for unequal lengths and for impossible targets.
"""

from __future__ import annotations

import numbers
import operator
from collections.abc import Callable, Sequence
from typing import Any

from micrograd._core.modes import recorded
from micrograd.engine import Value
from micrograd.functions import log, logsumexp, pick, relu, softplus, total


def max_margin(scores: Any, labels: Any, reduction: str = "mean") -> Any:
    """max(0, 1 − y s) of each score s and its label y of −1 or 1: zero once it is on its side by a margin of 1.

    The hinge loss of support vector machines (Cortes and Vapnik 1995).
    """
    pairs = _numbers(scores, labels)
    if wrong := [y for _, y in pairs if not ((y == -1) | (y == 1))]:
        raise ValueError(f"labels must be -1 or 1, got {wrong[0]!r}")
    return _reduced([relu(1 + -y * score) for score, y in pairs], reduction)


def mse(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """(out − target)² of each number of a batch, one for each example or a list: the mean is the mean squared error."""
    return _reduced([(out - target) ** 2 for out, target in _numbers(outputs, targets)], reduction)


def binary_cross_entropy(probabilities: Any, targets: Any, reduction: str = "mean") -> Any:
    """−(y ln p + (1 − y) ln(1 − p)) of each probability p and its target y between 0 and 1.

    A term whose factor is 0 is left out, so that p may be 0 or 1 where that is right. From logits,
    `sigmoid_cross_entropy` is the safer way.
    """
    return _reduced([_disbelief(p, _fraction(y)) for p, y in _numbers(probabilities, targets)], reduction)


def quadratic(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
    """½ Σ (out − target)² over the outputs of each example.

    A flat list of numbers is the outputs of one example; the outputs of a batch are a list of such lists, or one number
    each where the targets are lists of one. A class index as a target stands for its one-hot list.
    """
    return _each(outputs, targets, reduction, _half_square)


def sigmoid_cross_entropy(logits: Any, targets: Any, reduction: str = "mean") -> Any:
    """−Σ (y ln a + (1 − y) ln(1 − a)) with a = σ(z), over the logits z of each example; ∂loss/∂z is a − y.

    Computed as Σ softplus(z) − y z, which never overflows. Targets lie between 0 and 1; shapes are those of
    `quadratic`.
    """
    return _each(logits, targets, reduction, _sigmoid_surprise)


def cross_entropy(logits: Sequence[Any], targets: Any, reduction: str = "mean") -> Any:
    """−ln softmax(logits)[target] of each example: its logits, and the index of its class.

    Computed as logsumexp(logits) − logits[target], which never overflows. One example may be given as flat logits and
    one index.
    """
    if not hasattr(targets, "__len__"):
        return _reduced([_surprise(logits, targets)], reduction)
    _same_length(logits, targets)
    return _reduced([_surprise(row, target) for row, target in zip(logits, targets, strict=True)], reduction)


# ---- one example


def _surprise(row: Sequence[Any], target: Any) -> Any:
    return logsumexp(row) - pick(row, _class(target, len(row)))


def _half_square(outputs: Sequence[Any], targets: Sequence[float]) -> Any:
    return 0.5 * total((out - target) ** 2 for out, target in zip(outputs, targets, strict=True))


def _sigmoid_surprise(logits: Sequence[Any], targets: Sequence[float]) -> Any:
    terms: list[Any] = []
    for z, y in zip(logits, map(_fraction, targets), strict=True):
        terms.append(softplus(z))
        if recorded(y):
            terms.append(-y * z)
        elif y:
            terms.append(-z if y == 1 else -y * z)
    return total(terms)


def _disbelief(p: Any, y: Any) -> Any:
    x = p.data if isinstance(p, Value) else float(p)
    if not 0 <= x <= 1:
        raise ValueError(f"a probability lies between 0 and 1, got {x!r}")
    if recorded(y):  # the factor of a logarithm is 0 where that of 1 is taken
        return -(y * log((y == 0).choose(1.0, p)) + (1 - y) * log((y == 1).choose(1.0, 1 - p)))
    if y == 1:
        return -log(p)
    return -log(1 - p) if y == 0 else -(y * log(p) + (1 - y) * log(1 - p))


# ---- targets and shapes


def _class(target: Any, classes: int) -> Any:
    """The index of a class; in a compiled function `pick` looks at the number of each call."""
    if recorded(target):
        return target
    try:
        target = operator.index(target)
    except TypeError:
        raise TypeError(f"a target must be the index of a class, a whole number, got {target!r}") from None
    if not 0 <= target < classes:
        raise ValueError(f"a target must be a class from 0 to {classes - 1}, got {target}")
    return target


def _fraction(target: Any) -> Any:
    if not 0 <= target <= 1:
        raise ValueError(f"a target lies between 0 and 1, got {target!r}")
    return target


def _numbers(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """The numbers of one example or a batch with their targets, in pairs."""
    if isinstance(outputs, (Value, numbers.Real)):
        outputs, targets = [outputs], [targets]
    _same_length(outputs, targets)
    pairs: list[tuple[Any, Any]] = []
    for output, target in zip(outputs, targets, strict=True):
        if hasattr(output, "__len__") != hasattr(target, "__len__"):
            output, target = ([part] if not hasattr(part, "__len__") else part for part in (output, target))
        if hasattr(output, "__len__"):
            _same_length(output, target)
            pairs += zip(output, target, strict=True)
        else:
            pairs.append((output, target))
    return pairs


def _each(outputs: Any, targets: Any, reduction: str, loss: Callable[[Sequence[Any], Sequence[float]], Any]) -> Any:
    """`loss` of the outputs and targets of each example, reduced; of the only one where a single example is given."""
    if isinstance(outputs, (Value, numbers.Real)):
        outputs, targets = [outputs], targets if hasattr(targets, "__len__") else [targets]
    if not hasattr(targets, "__len__"):
        outputs, targets = [outputs], [targets]
    elif not any(hasattr(part, "__len__") for part in (*outputs, *targets)):
        outputs, targets = [outputs], [targets]
    _same_length(outputs, targets)
    losses = []
    for row, target in zip(outputs, targets, strict=True):
        row = row if hasattr(row, "__len__") else [row]
        if not hasattr(target, "__len__"):
            right = _class(target, len(row))
            target = [right == k if recorded(right) else float(right == k) for k in range(len(row))]
        _same_length(row, target)
        losses.append(loss(row, target))
    return _reduced(losses, reduction)


def _same_length(outputs: Sequence[Any], targets: Sequence[Any]) -> None:
    if len(outputs) != len(targets):
        raise ValueError(
            f"as many targets as outputs are needed, got {len(outputs)} outputs and {len(targets)} targets"
        )
    if len(outputs) == 0:
        raise ValueError("a loss needs at least one example, got an empty batch")


def _reduced(losses: list[Any], reduction: str) -> Any:
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction is 'mean', 'sum' or 'none', got {reduction!r}")
    if reduction == "none":
        return losses
    if len(losses) == 1:
        return losses[0]
    return total(losses) / len(losses) if reduction == "mean" else total(losses)
