"""What the outputs of a model say about an example: its class, or a number.

Of several outputs, the largest one's place is the class. A single output has a kind, which the loss it was trained by
tells, or the argument `output`:

    'logit'         0 or 1, by its sign     after `sigmoid_cross_entropy`
    'probability'   0 or 1, by ½            after `binary_cross_entropy`, after `mse` with labels 0 and 1, of a sigmoid
    'margin'        −1 or 1, by its sign    after `max_margin`, after `mse` with labels −1 and 1
    'number'        the number itself       after any other targets
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from micrograd import functions, losses
from micrograd._core.scalars import as_list
from micrograd.nn.module import in_evaluation
from micrograd.nn.nested import to_lists


class Kind(NamedTuple):
    """The classes below and above a border."""

    low: int
    high: int
    border: float


KINDS = {"logit": Kind(0, 1, 0.0), "probability": Kind(0, 1, 0.5), "margin": Kind(-1, 1, 0.0)}
NUMBER = "number"
BY_LOSS: dict[Any, str] = {
    losses.sigmoid_cross_entropy: "logit",
    losses.binary_cross_entropy: "probability",
    losses.max_margin: "margin",
}
NEAREST: tuple[Any, ...] = (losses.mse, losses.quadratic)  # they bring the output close to the label
ASK = (
    "write output='logit' if its sign decides between 0 and 1, 'probability' if 0.5 does, 'margin' if its sign decides "
    "between -1 and 1"
)


def kind_after(loss: Any, targets: Sequence[Any]) -> str | None:
    """The kind of a single output that was trained by this loss on these targets; None if they do not tell it."""
    if loss in BY_LOSS:
        return BY_LOSS[loss]
    labels = set(map(only, targets)) if all(map(is_single, targets)) else set()
    if -1 in labels and labels <= {-1, 1}:
        return "margin"
    if labels <= {0, 1}:
        return "probability" if 0 in labels and loss in NEAREST else None
    return NUMBER


def decide(outs: Any, kind: str | None) -> Any:
    """The class, or the number, that the outputs for one example say."""
    scores = [number.data for number in outs] if isinstance(outs, list) else [outs.data]
    if any(map(math.isnan, scores)):
        raise ValueError(f"outputs of nan have no largest one and so no class, got {scores}")
    if len(scores) > 1:
        return scores.index(max(scores))
    if kind == NUMBER:
        return scores[0]
    if kind is None:
        raise ValueError(f"one output alone does not say which class it means: {ASK}, 'number' for the output itself")
    low, high, border = find_kind(kind)
    return high if scores[0] > border else low


def find_kind(name: str) -> Kind:
    if name not in KINDS:
        raise ValueError(f"output must be one of {', '.join(map(repr, (*KINDS, NUMBER)))}, got {name!r}")
    return KINDS[name]


def known_kind(model: Any, output: str | None) -> str | None:
    """The kind of a model's single output: as the caller says, or its training, or a sigmoid at its end."""
    kind: str | None = output or getattr(model, "output", None)
    last = model
    while layers := getattr(last, "layers", None):
        last = layers[-1]
    if kind is None and getattr(last, "activation", None) in ("sigmoid", functions.sigmoid):
        return "probability"
    return kind


def accuracy(model: Any, inputs: Sequence[Any], targets: Sequence[int], output: str | None = None) -> float:
    """The fraction of the inputs whose class the model finds; `output` says of what kind a single output is.

    Raises `ValueError` if the targets are no classes of the model, or if it cannot be known what its output means.
    """
    inputs, labels = as_list(inputs), list(map(only, to_lists(as_list(targets))))
    if len(inputs) != len(labels) or not labels:
        raise ValueError(f"as many targets as inputs are needed, got {len(labels)} for {len(inputs)}")
    outs: list[Any] = in_evaluation(model, lambda: list(model(inputs)))
    if isinstance(outs[0], list):
        check_classes(labels, set(range(len(outs[0]))))
        hits = {(tuple(decide(out, None) == label for out, label in zip(outs, labels, strict=True)))}
    else:
        kind = known_kind(model, output)
        if kind == NUMBER:
            raise ValueError(
                "the output is a number, not a class: for its error, write losses.mse(model(inputs), targets)"
            )
        fitting = [kind] if kind else [name for name, k in KINDS.items() if {*labels} <= {k.low, k.high}]
        check_classes(labels, {*find_kind(fitting[0])[:2]} if fitting else {0, 1})
        hits = {tuple(decide(out, k) == label for out, label in zip(outs, labels, strict=True)) for k in fitting}
    if len(hits) > 1:
        raise ValueError(f"the labels do not say what one output means: {ASK}")
    found = hits.pop()
    return found.count(True) / len(found)


def check_classes(labels: Sequence[Any], classes: set[int]) -> None:
    for label in labels:
        if isinstance(label, list):
            raise ValueError(
                f"a target must be the index of a class, got {label!r}: for a one-hot list, the place of its 1"
            )
        if label not in classes:
            raise ValueError(
                f"a target must be one of the classes {', '.join(map(str, sorted(classes)))}, got {label!r}"
            )


def is_single(target: Any) -> bool:
    return not isinstance(only(target), list)


def only(target: Any) -> Any:
    """A target, out of its list if it is alone there."""
    return target[0] if isinstance(target, list) and len(target) == 1 else target
