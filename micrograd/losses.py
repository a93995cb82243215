"""Losses: one number for how wrong a model's outputs are.

All take floats or Values, for one example or a batch, and a `reduction`: 'mean' over the items that are compared, their
'sum', or 'none' for the list of them. Each loss says what counts as one item. All raise `ValueError` for an empty
batch, for unequal lengths and for impossible targets.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, overload

from micrograd._core.arrays import Array
from micrograd._core.modes import recorded
from micrograd.engine import Value
from micrograd.functions import log, logsumexp, pick, relu, softplus, total

T = TypeVar("T")
Rows: TypeAlias = T | Sequence[T | Sequence[T]]
Targets: TypeAlias = Rows[float | Value] | Array


class Loss(Protocol):
    """A loss of Values is a Value; a loss of floats is a float."""

    @overload
    def __call__(
        self, outputs: Rows[float], targets: Rows[float] | Array, reduction: Literal["mean", "sum"] = "mean"
    ) -> float: ...
    @overload
    def __call__(
        self, outputs: Rows[float], targets: Rows[float] | Array, reduction: Literal["none"]
    ) -> list[float]: ...
    @overload
    def __call__(self, outputs: Rows[Value], targets: Targets, reduction: Literal["mean", "sum"] = "mean") -> Value: ...
    @overload
    def __call__(self, outputs: Rows[Value], targets: Targets, reduction: Literal["none"]) -> list[Value]: ...
    @overload
    def __call__(
        self, outputs: Rows[float | Value] | Array, targets: Targets, reduction: Literal["mean", "sum"] = "mean"
    ) -> float | Value: ...
    @overload
    def __call__(
        self, outputs: Rows[float | Value] | Array, targets: Targets, reduction: Literal["none"]
    ) -> list[float | Value]: ...


def reducible(compare: Callable[[Any, Any], list[Any]]) -> Loss:
    """The loss that reduces the items which `compare` returns."""

    def loss(outputs: Any, targets: Any, reduction: str = "mean") -> Any:
        items = compare(outputs, targets)
        if reduction not in ("mean", "sum", "none"):
            raise ValueError(f"reduction must be 'mean', 'sum' or 'none', got {reduction!r}")
        if reduction == "none":
            return items
        if len(items) == 1:
            return items[0]
        return total(items) / len(items) if reduction == "mean" else total(items)

    loss.__name__ = loss.__qualname__ = compare.__name__
    loss.__doc__ = compare.__doc__
    return loss


# ---- an item is one number


@reducible
def max_margin(scores: Any, labels: Any) -> list[Any]:
    """max(0, 1 − y s) of each score s and its label y of −1 or 1: zero if s is on its side by a margin of 1 or more.

    The hinge loss of support vector machines (Cortes and Vapnik 1995).
    """
    pairs = _pairs(scores, labels)
    if wrong := [y for _, y in pairs if not ((y == -1) | (y == 1))]:
        raise ValueError(f"labels must be -1 or 1, got {wrong[0]!r}")
    return [relu(1 + -y * score) for score, y in pairs]


@reducible
def mse(outputs: Any, targets: Any) -> list[Any]:
    """(out − target)² of each number of an example or a batch: the mean is the mean squared error."""
    return [(out - target) ** 2 for out, target in _pairs(outputs, targets)]


@reducible
def binary_cross_entropy(probabilities: Any, targets: Any) -> list[Any]:
    """−(y ln p + (1 − y) ln(1 − p)) of each probability p and its target y between 0 and 1.

    A term whose factor is 0 is left out, so p may be 0 or 1 where that is right. If you have logits,
    `sigmoid_cross_entropy` is safer.
    """
    return [_binary_surprise(p, _check_fraction(y)) for p, y in _pairs(probabilities, targets)]


# ---- an item is one example


@reducible
def quadratic(outputs: Any, targets: Any) -> list[Any]:
    """½ Σ (out − target)² over the outputs of each example.

    A flat list of numbers is the outputs of one example. A batch is a list of such lists, or of one number for each
    example if the targets are lists of one. A class index as a target stands for its one-hot list.
    """
    return [
        0.5 * total((out - y) ** 2 for out, y in zip(row, ys, strict=True)) for row, ys in _examples(outputs, targets)
    ]


@reducible
def sigmoid_cross_entropy(logits: Any, targets: Any) -> list[Any]:
    """−Σ (y ln a + (1 − y) ln(1 − a)) with a = σ(z), over the logits z of each example; ∂loss/∂z is a − y.

    Computed as Σ softplus(z) − y z, which never overflows. Targets lie between 0 and 1; shapes are those of
    `quadratic`.
    """
    return [_sigmoid_surprise(row, ys) for row, ys in _examples(logits, targets)]


@reducible
def cross_entropy(logits: Any, targets: Any) -> list[Any]:
    """−ln softmax(logits)[target] of each example: its logits, and the index of its class.

    Computed as logsumexp(logits) − logits[target], which never overflows. One example may be given as flat logits and
    one index.
    """
    if not _is_list(targets):
        logits, targets = [logits], [targets]
    _check_lengths(logits, targets)
    return [
        logsumexp(row) - pick(row, _check_class(target, len(row))) for row, target in zip(logits, targets, strict=True)
    ]


# ---- the formulas that need more than a line


def _binary_surprise(p: Any, y: Any) -> Any:
    x = p.data if isinstance(p, Value) else float(p)
    if not 0 <= x <= 1:
        raise ValueError(f"a probability must lie between 0 and 1, got {x!r}")
    if recorded(y):  # where y is 0 or 1, one factor is 0, and its logarithm is replaced by that of 1
        return -(y * log((y == 0).choose(1.0, p)) + (1 - y) * log((y == 1).choose(1.0, 1 - p)))
    if y == 1:
        return -log(p)
    return -log(1 - p) if y == 0 else -(y * log(p) + (1 - y) * log(1 - p))


def _sigmoid_surprise(logits: Sequence[Any], targets: Sequence[Any]) -> Any:
    terms: list[Any] = []
    for z, y in zip(logits, map(_check_fraction, targets), strict=True):
        terms.append(softplus(z))
        if recorded(y):
            terms.append(-y * z)
        elif y:
            terms.append(-z if y == 1 else -y * z)
    return total(terms)


# ---- shapes


def _is_list(x: Any) -> bool:
    """Whether x is a list, a tuple or an array, as opposed to one number of any kind."""
    return hasattr(x, "__len__")


def _as_list(x: Any) -> Any:
    return x if _is_list(x) else [x]


def _pairs(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each number of one example or of a batch, with its target."""
    outputs, targets = _as_list(outputs), _as_list(targets)
    _check_lengths(outputs, targets)
    pairs: list[tuple[Any, Any]] = []
    for output, target in zip(outputs, targets, strict=True):
        if _is_list(output) or _is_list(target):
            row, ys = _as_list(output), _as_list(target)
            _check_lengths(row, ys)
            pairs += zip(row, ys, strict=True)
        else:
            pairs.append((output, target))
    return pairs


def _examples(outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """The outputs and the targets of each example, as two lists of equal length.

    One number with one target is an example with a single output; flat outputs with flat targets, or with the index
    of a class, are one example; anything else is a batch.
    """
    if not _is_list(outputs):
        outputs, targets = [outputs], _as_list(targets)
    if not _is_list(targets) or not any(map(_is_list, (*outputs, *targets))):
        outputs, targets = [outputs], [targets]
    _check_lengths(outputs, targets)
    examples = []
    for row, target in zip(map(_as_list, outputs), targets, strict=True):
        ys = target if _is_list(target) else _one_hot(target, len(row))
        _check_lengths(row, ys)
        examples.append((row, ys))
    return examples


def _one_hot(target: Any, classes: int) -> list[Any]:
    right = _check_class(target, classes)
    return [right == k if recorded(right) else float(right == k) for k in range(classes)]


# ---- bad input


def _check_lengths(outputs: Sequence[Any], targets: Sequence[Any]) -> None:
    if len(outputs) != len(targets):
        raise ValueError(
            f"as many targets as outputs are needed, got {len(outputs)} outputs and {len(targets)} targets"
        )
    if len(outputs) == 0:
        raise ValueError("a loss needs at least one example, got an empty batch")


def _check_class(target: Any, classes: int) -> Any:
    """The index of a class; in a compiled function `pick` checks the index of each call."""
    if recorded(target):
        return target
    try:
        target = operator.index(target)
    except TypeError:
        raise TypeError(f"a target must be the index of a class, a whole number, got {target!r}") from None
    if not 0 <= target < classes:
        raise ValueError(f"a target must be a class from 0 to {classes - 1}, got {target}")
    return target


def _check_fraction(target: Any) -> Any:
    if not 0 <= target <= 1:
        raise ValueError(f"a target must lie between 0 and 1, got {target!r}")
    return target
