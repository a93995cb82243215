"""Losses: one number for how wrong a model's outputs are.

All take numbers of any kind, for one example or a batch, and a `reduction`: 'mean' over the items that are compared,
their 'sum', or 'none' for the list of them. Each loss says what counts as one item. All raise `ValueError` for an empty
batch, for unequal lengths and for impossible targets, `TypeError` for what is not a number; the message says which loss
fits.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any, Literal, Protocol, TypeAlias, TypeVar, overload

from micrograd import ops
from micrograd._core.arrays import Array
from micrograd._core.elementary import apply
from micrograd._core.floats import plain
from micrograd._core.modes import recorded
from micrograd._core.nodes import number
from micrograd._core.scalars import as_list, is_several, of_our_own
from micrograd.engine import Value
from micrograd.functions import either, log, log1p, pick, relu, softplus, total

__all__ = ["binary_cross_entropy", "cross_entropy", "max_margin", "mse", "quadratic", "sigmoid_cross_entropy"]

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
    pairs = _pairs("max_margin", scores, labels)
    if wrong := [y for _, y in pairs if not ((y == -1.0) | (y == 1.0))]:
        zero_or_one = f": {OF_SIGNS}" if plain(wrong[0]) == 0.0 else ""
        hint = exchanged("max_margin", wrong[0]) or zero_or_one
        raise ValueError(f"max_margin: labels must be -1 or 1, got {wrong[0]!r}{hint}")
    return [relu(1.0 + -y * score) for score, y in pairs]


@reducible
def mse(outputs: Any, targets: Any) -> list[Any]:
    """(out − target)² of each number of an example or a batch: the mean is the mean squared error."""
    return [(out - target) ** 2 for out, target in _pairs("mse", outputs, targets)]


@reducible
def binary_cross_entropy(probabilities: Any, targets: Any) -> list[Any]:
    """−(y ln p + (1 − y) ln(1 − p)) of each probability p and its target y between 0 and 1.

    A term whose factor is 0 is left out, so p may be 0 or 1 where that is right. If you have logits,
    `sigmoid_cross_entropy` is safer.
    """
    pairs = _pairs("binary_cross_entropy", probabilities, targets)
    return [_binary_surprise(p, y) for p, y in pairs]


# ---- an item is one example


@reducible
def quadratic(outputs: Any, targets: Any) -> list[Any]:
    """½ Σ (out − target)² over the outputs of each example.

    A flat list of numbers is the outputs of one example. A batch is a list of such lists, or of one number for each
    example if the targets are lists of one. One number as the target of several outputs is the index of a class, and
    stands for its one-hot list.
    """
    examples = _examples("quadratic", outputs, targets)
    return [0.5 * total((out - y) ** 2 for out, y in zip(row, ys, strict=True)) for row, ys in examples]


@reducible
def sigmoid_cross_entropy(logits: Any, targets: Any) -> list[Any]:
    """−Σ (y ln a + (1 − y) ln(1 − a)) with a = σ(z), over the logits z of each example; ∂loss/∂z is a − y.

    Computed as Σ softplus(z) − y z, or, for y above ½, softplus(−z) + (1 − y) z: neither overflows or cancels. Targets
    lie between 0 and 1; shapes are those of `quadratic`.
    """
    return [_sigmoid_surprise(row, ys) for row, ys in _examples("sigmoid_cross_entropy", logits, targets)]


@reducible
def cross_entropy(logits: Any, targets: Any) -> list[Any]:
    """−ln softmax(logits)[target] of each example: its logits, and the index of its class.

    Computed as `log_softmax` is, which never overflows. One example may be given as flat logits and one index.
    """
    if not _is_list(targets):
        logits, targets = [logits], [targets]
    logits, targets = _as_list(logits), _as_list(targets)
    _check_lengths("cross_entropy", logits, targets, exchanged("cross_entropy", next(iter(targets), None)))
    examples = [(_check_logits(row, target), target) for row, target in zip(logits, targets, strict=True)]
    return [apply(ops.cross_entropy, (_check_class("cross_entropy", y, row), *row)) for row, y in examples]


# ---- the formulas that need more than a line


def _binary_surprise(p: Any, y: Any) -> Any:
    if not 0.0 <= (p.data if isinstance(p, Value) else p) <= 1.0:
        raise ValueError(f"binary_cross_entropy: a probability must lie between 0 and 1, got {p!r}: {LINEAR}")
    if not 0.0 <= y <= 1.0:
        raise no_fraction("binary_cross_entropy", y)
    try:
        if type(y) is not Value and type(y) in PLAIN and (y == 0.0 or y == 1.0):
            return -log(p) if y else -log1p(-p)
        if recorded(y):  # where y is 0 or 1, one factor is 0, and its logarithm is replaced by that of 1
            return -(y * log(either(y <= 0.0, 1.0, p)) + (1.0 - y) * log1p(either(y >= 1.0, 0.0, -p)))
        return -(y * log(p) + (1.0 - y) * log1p(-p))
    except ValueError:  # p is 0 or 1
        raise ValueError(
            f"binary_cross_entropy of probability {p!r} and target {y!r} is infinite, it takes the log of 0"
            f"{exchanged('binary_cross_entropy', y) or f': {LINEAR}'}"
        ) from None


def _sigmoid_surprise(logits: Sequence[Any], targets: Sequence[Any]) -> Any:
    terms: list[Any] = []
    for z, y in zip(logits, targets, strict=True):
        if not 0.0 <= y <= 1.0:
            raise no_fraction("sigmoid_cross_entropy", y)
        likely = y > 0.5
        if likely is True:
            away, slope = -z, 1.0 - y
        elif likely is False:
            away, slope = z, 0.0 - y
        else:
            away, slope = either(likely, -z, z), either(likely, 1.0 - y, -y)
        terms.append(softplus(away))
        if type(slope) is float:
            if slope:
                terms.append(slope * z)
        else:
            terms.append(either(abs(slope) > 0.0, slope * z, 0.0) if recorded(slope) else slope * z)
    return total(terms)


# ---- shapes

PLAIN = frozenset([Value, float, int, bool])  # the kinds of nearly all numbers, which need no closer look


def _is_list(x: Any) -> bool:
    """Whether x is a list, an array or another sequence, as opposed to one number of any kind."""
    kind = type(x)
    if kind is list or kind is tuple:
        return True
    return kind not in PLAIN and not isinstance(x, (dict, set)) and not callable(x) and is_several(x)


def _as_list(x: Any) -> list[Any]:
    """The items of a sequence; a number as the only item."""
    if type(x) is list:
        return x
    return as_list(x) if _is_list(x) else [x]


def _are_plain(items: Sequence[Any]) -> bool:
    return all([type(x) in PLAIN for x in items])


def _are_numbers(items: Sequence[Any]) -> bool:
    return _are_plain(items) or not any(map(_is_list, items))


def _numbers(loss: str, what: str, x: Any) -> list[Any]:
    """The numbers of a sequence, or the only one: those that can be differentiated as they are, others as floats."""
    items = _as_list(x)
    return items if _are_plain(items) else [_number(loss, what, item) for item in items]


def _number(loss: str, what: str, x: Any) -> Any:
    if type(x) in PLAIN or of_our_own(x):
        return x
    if _is_list(x):
        raise TypeError(f"{loss}: the {what} of an example must be a list of numbers, got a list in it, {x!r}")
    if isinstance(x, str):
        raise TypeError(f"{loss}: the {what} must be numbers, got {x!r}: {NAMED}")
    if callable(x):
        raise TypeError(f"{loss}: the {what} must be numbers, got {x!r}: call it first, {loss}(model(x), y)")
    return number(x, loss)


def _pairs(loss: str, outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Each number of one example or of a batch, with its target."""
    if type(outputs) in PLAIN and type(targets) in PLAIN:
        return [(outputs, targets)]
    outputs, targets = _as_list(outputs), _as_list(targets)
    _check_lengths(loss, outputs, targets)
    if _are_plain(outputs) and _are_plain(targets):
        return list(zip(outputs, targets, strict=True))
    pairs: list[tuple[Any, Any]] = []
    for output, target in zip(outputs, targets, strict=True):
        row = output if type(output) is list and _are_plain(output) else _numbers(loss, "outputs", output)
        ys = [target] if type(target) in PLAIN else _numbers(loss, "targets", target)
        if len(row) != len(ys) or not row:
            _check_lengths(loss, row, ys, "" if _is_list(target) else f"; {OF_CLASSES}")
        pairs += zip(row, ys, strict=True)
    return pairs


def _examples(loss: str, outputs: Any, targets: Any) -> list[tuple[Any, Any]]:
    """The outputs and the targets of each example, as two lists of equal length.

    One number with one target is an example with a single output; flat outputs with flat targets, or with the index
    of a class, are one example; anything else is a batch.
    """
    if not _is_list(outputs):
        outputs, targets = [outputs], _as_list(targets)
    if not _is_list(targets) or (_are_numbers(outputs := _as_list(outputs)) and _are_numbers(_as_list(targets))):
        outputs, targets = [outputs], [targets]
    outputs, targets = _as_list(outputs), _as_list(targets)
    _check_lengths(loss, outputs, targets)
    examples = []
    for row, target in zip(outputs, targets, strict=True):
        row = _numbers(loss, "outputs", row)
        is_class = len(row) > 1 and not _is_list(target)
        ys = _one_hot(loss, target, len(row)) if is_class else _numbers(loss, "targets", target)
        _check_lengths(loss, row, ys)
        examples.append((row, ys))
    return examples


def _one_hot(loss: str, target: Any, classes: int) -> list[Any]:
    right = _check_class(loss, target, range(classes))
    return [right == k if recorded(right) else float(right == k) for k in range(classes)]


# ---- bad input

LINEAR = "sigmoid_cross_entropy takes the outputs of a linear layer as they are"
ONE_OUTPUT = "for one output of each example there is sigmoid_cross_entropy (labels 0 and 1), or max_margin (-1 and 1)"
OF_CLASSES = "for the index of a class there are cross_entropy and quadratic"
NAMED = "number the classes, for example by names.index(name)"
OF_SIGNS = "for labels 0 and 1 write 2 * y - 1, or take sigmoid_cross_entropy"


def _check_lengths(loss: str, outputs: Sequence[Any], targets: Sequence[Any], hint: str = "") -> None:
    if len(outputs) != len(targets):
        raise ValueError(f"{loss} needs as many targets as outputs, got {len(targets)} for {len(outputs)}{hint}")
    if len(outputs) == 0:
        raise ValueError(f"{loss} needs at least one example, got an empty batch")


def _check_logits(row: Any, target: Any) -> list[Any]:
    """The logits of one example, which are at least two."""
    if _is_list(target):
        one_hot = ": for a one-hot list write target.index(1), for other shares take sigmoid_cross_entropy or quadratic"
        hint = exchanged("cross_entropy", next(iter(target), None)) or one_hot
        raise TypeError(f"cross_entropy: a target must be the index of a class, got the list {target!r}{hint}")
    if not _is_list(row) or len(logits := _numbers("cross_entropy", "logits", row)) < 2:
        raise ValueError(
            f"cross_entropy needs a list of two or more logits for each example, got {row!r}: {ONE_OUTPUT}"
        )
    return logits


def _check_class(loss: str, target: Any, outputs: Sequence[Any]) -> Any:
    """The index of a class, one for each output."""
    if recorded(target):
        pick(outputs, target)  # checks the index of each call
        return target
    try:
        index = operator.index(target)
    except TypeError:
        hint = f": {NAMED}" if isinstance(target, str) else ""
        if isinstance(target, Value):
            hint = ": write int(target.data)"
        elif hasattr(target, "__float__"):
            hint = f": write int({target!r})" if float(target).is_integer() else ": round it, or take mse"
        raise TypeError(
            f"{loss}: a target must be the index of a class, a whole number, got {target!r}{hint}"
        ) from None
    if not 0 <= index < len(outputs):
        hint = "; for labels -1 and 1 write (y + 1) // 2" if index == -1 else "; classes count from 0"
        raise ValueError(f"{loss}: a target must be a class from 0 to {len(outputs) - 1}, got {index}{hint}")
    return index


def no_fraction(loss: str, target: Any) -> ValueError:
    hint = ""
    if target > 1.0:
        hint = ": for the index of a class take cross_entropy"
    elif plain(target) == -1.0:
        hint = ": for labels -1 and 1 write (y + 1) / 2, or take max_margin"
    hint = exchanged(loss, target) or hint
    return ValueError(f"{loss}: a target must lie between 0 and 1, got {target!r}{hint}")


def exchanged(loss: str, target: Any) -> str:
    """The hint for a target that is a Value, as outputs are."""
    return f": the outputs come first, {loss}(outputs, targets)" if isinstance(target, Value) else ""
