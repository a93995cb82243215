"""Training by mini-batches: `fit` runs the loop, a plain list of epochs is its history, `plot` draws it.

>>> optimiser = SGD(model.parameters(), lr=0.5)
>>> history = list(fit(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10))
>>> for epoch in fit(...):                              # or epoch by epoch; you may stop at any time
...     if epoch["loss"] < 0.1:
...         break
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from micrograd._core.arrays import Array
from micrograd._core.progress import progress as count_with_bar
from micrograd.compiler import compile as compile_function
from micrograd.drawing.figure import make_figure
from micrograd.engine import Value, no_grad
from micrograd.nn import BatchNorm, Feedforward, Module, evaluating
from micrograd.nn.nested import to_lists
from micrograd.optim import Optimiser

if TYPE_CHECKING:
    from matplotlib.figure import Figure

M = TypeVar("M", bound=Callable[[Any], Any])
Epoch: TypeAlias = dict[str, float]


def fit(
    model: M,
    loss: Callable[[Any, Any], Any],
    data: tuple[Sequence[Any] | Array, Sequence[Any] | Array],
    optimiser: Optimiser,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    rng: Any = random,
    evaluate: Callable[[M], Mapping[str, float]] | None = None,
    progress: bool = False,
    steps: int | None = None,
    compile: bool = False,
) -> Iterator[Epoch]:
    """Train, and yield the figures of each epoch: a generator, so nothing runs until you iterate.

    data        the inputs and as many targets
    batch_size  examples in a mini-batch; None for all of them. The last one of an epoch may be smaller
    rng         shuffles the examples before each epoch; None leaves them in their order
    evaluate    a function of the model, run after each epoch in evaluation mode; it returns figures by name
    progress    show a bar over the mini-batches; then Ctrl-C ends the training after the current mini-batch
    steps       stop after this many mini-batches, even if `epochs` asks for more
    compile     run model and loss as a program (`micrograd.compile`): the same figures, sooner

    The figures are the number of the `epoch`, the `steps` so far, the mean `loss` over the epoch's examples (each taken
    before its step), and what `evaluate` returned. The last epoch may be unfinished. Every epoch begins in training
    mode. The same seeds give the same history.

    Raises `ValueError` at once for data that cannot be trained on, and `ArithmeticError` if the loss, a gradient or a
    parameter becomes nan or infinite: the parameters are then those of the step before.
    """
    inputs, targets = _read(data)
    _check_finite("input", inputs)
    _check_finite("target", targets)
    _check_batch_size(model, len(inputs), batch_size)
    if optimiser.flat is not None:
        raise TypeError("fit trains the Values of a model: give the optimiser model.parameters(), not a flat array")
    if epochs < 0 or (steps is not None and steps < 0):
        raise ValueError(f"epochs and steps must be 0 or more, got epochs={epochs}, steps={steps}")
    size = batch_size or len(inputs)
    per_epoch = math.ceil(len(inputs) / size)
    count = epochs * per_epoch if steps is None else min(steps, epochs * per_epoch)

    def objective(xs: list[Any], ys: list[Any]) -> Any:
        return loss(model(xs), ys)

    objective = compile_function(objective) if compile else objective

    def run() -> Iterator[Epoch]:
        order, lost, seen = list(range(len(inputs))), 0.0, 0
        for k, show in count_with_bar(count, "batch") if progress else ((k, None) for k in range(count)):
            epoch, position = divmod(k, per_epoch)
            if position == 0:
                lost, seen = 0.0, 0
                if rng is not None:
                    rng.shuffle(order)
                if isinstance(model, Module):
                    model.train()
            batch = order[size * position : size * (position + 1)]
            value = objective([inputs[i] for i in batch], [targets[i] for i in batch])
            _descend(value, optimiser, f"in mini-batch {position + 1} of epoch {epoch + 1}")
            lost, seen = lost + value.data * len(batch), seen + len(batch)
            if show:
                show(loss=f"{value.data:.4f}")
            if position == per_epoch - 1:
                yield {"epoch": epoch + 1, "steps": k + 1, "loss": lost / seen, **_evaluate(model, evaluate)}
        if 0 < seen < len(inputs):
            yield {"epoch": epoch + 1, "steps": k + 1, "loss": lost / seen, **_evaluate(model, evaluate)}

    return run()


def accuracy(model: Feedforward, inputs: Sequence[Any], targets: Sequence[int]) -> float:
    """The fraction of the inputs for which `model.predict` returns the target."""
    if len(inputs) != len(targets) or not len(inputs):
        raise ValueError(f"as many targets as inputs are needed, got {len(inputs)} inputs and {len(targets)} targets")
    hits = [guess == target for guess, target in zip(model.predict(inputs), targets, strict=True)]
    return hits.count(True) / len(hits)


def plot(history: Iterable[Epoch]) -> Figure:
    """The loss over the epochs, and next to it the figures of `evaluate`: a matplotlib figure that notebooks show."""
    history = list(history)
    names = [name for epoch in history[:1] for name in epoch if name not in ("epoch", "steps")]
    if not names:
        raise ValueError("a plot needs at least one epoch, got an empty history")
    groups = [group for group in (names[:1], names[1:]) if group]
    marker = "." if len(history) <= 50 else None
    figure = make_figure(4.6 * len(groups), 3.4)
    for k, group in enumerate(groups):
        axes = figure.add_subplot(1, len(groups), k + 1)
        for name, style in zip(group, ("-", "--", ":", "-.") * len(group), strict=False):
            axes.plot([e["epoch"] for e in history], [e[name] for e in history], style, marker=marker, label=name)
        axes.set(xlabel="epoch", ylabel=group[0] if len(group) == 1 else "")
        axes.locator_params(axis="x", integer=True)
        axes.grid(alpha=0.3)
        if len(group) > 1:
            axes.legend()
    return figure


def _descend(value: Any, optimiser: Optimiser, where: str) -> None:
    """Backpropagate from the loss and step, unless a number is not finite."""
    if not isinstance(value, Value):
        raise TypeError(f"a loss to train on must be one Value, got {type(value).__name__} {value!r}")
    optimiser.zero_grad()
    value.backward()
    before = [p.data for p in optimiser.params]
    wrong = "the loss" if not math.isfinite(value.data) else "a gradient"
    if math.isfinite(value.data) and all(math.isfinite(p.grad) for p in optimiser.params):
        optimiser.step()
        if all(math.isfinite(p.data) for p in optimiser.params):
            return
        wrong = "a parameter after the step"
        for p, data in zip(optimiser.params, before, strict=True):
            p.data = data
    raise ArithmeticError(f"{wrong} is not finite {where}: the parameters are left as before it; try a smaller rate")


def _evaluate(model: M, evaluate: Callable[[M], Mapping[str, float]] | None) -> Mapping[str, float]:
    if evaluate is None:
        return {}
    with evaluating(model), no_grad():
        figures: Any = evaluate(model)
    if not isinstance(figures, Mapping):
        raise TypeError(f"evaluate must return figures by name, got {type(figures).__name__} {figures!r}")
    return figures


# ---- bad data


def _read(data: Any) -> tuple[list[Any], list[Any]]:
    """The inputs and the targets as plain lists of equal length."""
    if not isinstance(data, tuple) or len(data) != 2:
        raise TypeError(f"data must be a pair (inputs, targets), got {type(data).__name__}")
    inputs, targets = (list(map(to_lists, part)) for part in data)
    if len(inputs) != len(targets):
        raise ValueError(f"as many targets as inputs are needed, got {len(inputs)} inputs and {len(targets)} targets")
    if not inputs:
        raise ValueError("training needs at least one example, got none")
    return inputs, targets


def _check_finite(name: str, examples: list[Any]) -> None:
    for i, example in enumerate(examples):
        if not _is_finite(example):
            raise ValueError(f"the {name} of example {i} is not finite: {example!r}")


def _is_finite(example: Any) -> bool:
    if isinstance(example, list):
        return all(map(_is_finite, example))
    return not isinstance(example, float) or math.isfinite(example)


def _check_batch_size(model: Any, examples: int, batch_size: int | None) -> None:
    """Batch normalisation cannot train on a mini-batch of one, be it the last and smaller one."""
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"a mini-batch must hold at least one example, got batch_size={batch_size}")
    size = batch_size or examples
    normalised = isinstance(model, Module) and any(isinstance(module, BatchNorm) for module in model.modules())
    if normalised and 1 in (size, examples % size):
        raise ValueError(
            f"{model!r} cannot train on a mini-batch of one, which {examples} examples with "
            f"batch_size={batch_size} would give"
        )
