"""Training by mini-batches: `fit` runs the loop, a plain list of records is its history, `plot` draws it.

>>> optimiser = SGD(model.parameters(), lr=0.5)
>>> history = list(fit(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10))
>>> for record in fit(...):                             # or epoch by epoch; it may be left at any time
...     if record["loss"] < 0.1:
...         break
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from micrograd._core.progress import progress as steps_behind_a_bar
from micrograd.compiler import compile as compiled
from micrograd.engine import Value, no_grad
from micrograd.nn import BatchNorm, Feedforward, Module, evaluating
from micrograd.nn.nested import to_lists
from micrograd.optim import Optimiser

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Record = dict[str, float]


def fit(
    model: Callable[[Any], Any],
    loss: Callable[[Any, Any], Any],
    data: tuple[Sequence[Any], Sequence[Any]],
    optimiser: Optimiser,
    *,
    epochs: int = 1,
    batch_size: int | None = None,
    rng: Any = random,
    evaluate: Callable[[Any], Mapping[str, float]] | None = None,
    progress: bool = False,
    steps: int | None = None,
    compile: bool = False,
) -> Iterator[Record]:
    """Train, and yield a record after each epoch: a generator, which does nothing until it is asked for records.

    data        the inputs and as many targets
    batch_size  examples in a mini-batch; None for all of them. The last one of an epoch may be smaller
    rng         shuffles the examples before each epoch; None leaves them in their order
    evaluate    a function of the model, run after each epoch in evaluation mode; it returns figures by name
    progress    show a bar over the mini-batches; then Ctrl-C ends the training after the mini-batch under way
    steps       end after that many mini-batches, however many epochs there are to be
    compile     run model and loss as a program (`micrograd.compile`): the same records, sooner

    A record holds the `epoch`, the number of `steps` so far, the mean `loss` over the epoch's examples (each taken
    before its step), and what `evaluate` returned. The last record may be that of an unfinished epoch. Every epoch
    begins in training mode. The same seeds give the same history.

    Raises `ValueError` at once for data that cannot be trained on, and `ArithmeticError` where the loss or a gradient
    becomes nan or infinite, or a parameter would: the parameters are then those of the step before.
    """
    inputs, targets = _checked(model, data, batch_size)
    if optimiser.flat:
        raise TypeError("fit trains the Values of a model: give the optimiser model.parameters(), not a flat array")
    if epochs < 0 or (steps is not None and steps < 0):
        raise ValueError(f"epochs and steps are 0 or more, got epochs={epochs}, steps={steps}")
    size = batch_size or len(inputs)
    per_epoch = math.ceil(len(inputs) / size)
    count = epochs * per_epoch if steps is None else min(steps, epochs * per_epoch)

    def objective(xs: list[Any], ys: list[Any]) -> Any:
        return loss(model(xs), ys)

    objective = compiled(objective) if compile else objective

    def run() -> Iterator[Record]:
        order, spent, seen = list(range(len(inputs))), 0.0, 0
        for k, show in steps_behind_a_bar(count, "batch") if progress else ((k, None) for k in range(count)):
            epoch, position = divmod(k, per_epoch)
            if position == 0:
                spent, seen = 0.0, 0
                if rng is not None:
                    rng.shuffle(order)
                if isinstance(model, Module):
                    model.train()
            chosen = order[size * position : size * (position + 1)]
            value = objective([inputs[i] for i in chosen], [targets[i] for i in chosen])
            _descend(value, optimiser, f"in mini-batch {position + 1} of epoch {epoch + 1}")
            spent, seen = spent + value.data * len(chosen), seen + len(chosen)
            if show:
                show(loss=f"{value.data:.4f}")
            if position == per_epoch - 1:
                yield {"epoch": epoch + 1, "steps": k + 1, "loss": spent / seen, **_figures(model, evaluate)}
        if 0 < seen < len(inputs):
            yield {"epoch": epoch + 1, "steps": k + 1, "loss": spent / seen, **_figures(model, evaluate)}

    return run()


def accuracy(model: Feedforward, inputs: Sequence[Any], targets: Sequence[int]) -> float:
    """The fraction of the inputs for which `model.predict` finds the target."""
    if len(inputs) != len(targets) or not len(inputs):
        raise ValueError(f"as many targets as inputs are needed, got {len(inputs)} inputs and {len(targets)} targets")
    return sum(guess == target for guess, target in zip(model.predict(inputs), targets, strict=True)) / len(targets)


def plot(history: Iterable[Record]) -> Figure:
    """The loss over the epochs, and beside it what else the records hold, as a matplotlib figure."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("a plot needs matplotlib: pip install 'micrograd-lab[demo]'") from error
    history = list(history)
    names = [name for record in history[:1] for name in record if name not in ("epoch", "steps")]
    if not names:
        raise ValueError("a plot needs at least one record, got an empty history")
    groups = [group for group in (names[:1], names[1:]) if group]
    marker = "." if len(history) <= 50 else None
    figure = Figure(figsize=(4.6 * len(groups), 3.4), layout="constrained")
    for k, group in enumerate(groups):
        axes = figure.add_subplot(1, len(groups), k + 1)
        for name, style in zip(group, ("-", "--", ":", "-.") * len(group), strict=False):
            axes.plot([r["epoch"] for r in history], [r[name] for r in history], style, marker=marker, label=name)
        axes.set(xlabel="epoch", ylabel=group[0] if len(group) == 1 else "")
        axes.locator_params(axis="x", integer=True)
        axes.grid(alpha=0.3)
        if len(group) > 1:
            axes.legend()
    return figure


def _descend(value: Any, optimiser: Optimiser, where: str) -> None:
    """Backpropagate from the loss and step, unless a number is not finite."""
    if not isinstance(value, Value):
        raise TypeError(f"a loss to train on is one Value, got {type(value).__name__} {value!r}")
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


def _figures(model: Any, evaluate: Callable[[Any], Mapping[str, float]] | None) -> Mapping[str, float]:
    if evaluate is None:
        return {}
    with evaluating(model), no_grad():
        figures = evaluate(model)
    if not isinstance(figures, Mapping):
        raise TypeError(f"evaluate returns figures by name, got {type(figures).__name__} {figures!r}")
    return figures


def _checked(model: Any, data: Any, batch_size: int | None) -> tuple[list[Any], list[Any]]:
    """The inputs and the targets as plain lists, if a model can be trained on them."""
    if not isinstance(data, tuple) or len(data) != 2:
        raise TypeError(f"data is a pair (inputs, targets), got {type(data).__name__}")
    inputs, targets = (list(map(to_lists, part)) for part in data)
    if len(inputs) != len(targets):
        raise ValueError(f"as many targets as inputs are needed, got {len(inputs)} inputs and {len(targets)} targets")
    if not inputs:
        raise ValueError("training needs at least one example, got none")
    for name, part in ("input", inputs), ("target", targets):
        for i, example in enumerate(part):
            if not _finite(example):
                raise ValueError(f"the {name} of example {i} is not finite: {example!r}")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"a mini-batch holds at least one example, got batch_size={batch_size}")
    size = batch_size or len(inputs)
    normalised = isinstance(model, Module) and any(isinstance(module, BatchNorm) for module in model.modules())
    if normalised and 1 in (size, len(inputs) % size):
        raise ValueError(
            f"{model!r} cannot train on a mini-batch of one, as there would be with {len(inputs)} examples and "
            f"batch_size={batch_size}"
        )
    return inputs, targets


def _finite(example: Any) -> bool:
    if isinstance(example, list):
        return all(map(_finite, example))
    return not isinstance(example, float) or math.isfinite(example)
