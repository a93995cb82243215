"""Training by mini-batches: `train` runs the loop, a plain list of epochs is its history, `plot` draws it.

>>> optimiser = SGD(model.parameters(), lr=0.5)
>>> history = train(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10)

The same, epoch by epoch, so that you may stop at any time:

>>> for epoch in fit(model, cross_entropy, (images, digits), optimiser, epochs=30, batch_size=10):
...     if epoch["loss"] < 0.1:
...         break
"""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypeAlias, TypedDict, TypeVar

from micrograd import losses
from micrograd._core.arrays import Array
from micrograd._core.columns import finite_data, finite_grads
from micrograd._core.progress import progress as count_with_bar
from micrograd.compiler import compile as compile_function
from micrograd.drawing.figure import make_figure
from micrograd.engine import Value
from micrograd.nn import Feedforward, Module
from micrograd.nn.examples import check_batch_size, read_examples
from micrograd.nn.initialisation import find_rng
from micrograd.nn.module import in_evaluation
from micrograd.nn.prediction import accuracy, kind_after
from micrograd.optim import Optimiser

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from typing_extensions import Unpack

__all__ = ["Epoch", "Training", "accuracy", "fit", "plot", "train"]

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
) -> Training:
    """Train, and yield the figures of each epoch. Nothing runs until you iterate: `train` runs at once.

    data        the inputs and as many targets
    batch_size  examples in a mini-batch; None for all of them. The last one of an epoch may be smaller
    rng         shuffles the examples before each epoch, an int seeds it; None leaves them in their order
    evaluate    a function of the model, run after each epoch in evaluation mode; it returns figures by name
    progress    show a bar over the mini-batches; then Ctrl-C ends the training after the current mini-batch
    steps       stop after this many mini-batches, even if `epochs` asks for more
    compile     run model and loss as a program (`micrograd.compile`): the same figures, sooner

    The figures are the number of the `epoch`, the `steps` so far, the mean `loss` over the epoch's examples (each taken
    before its step), and what `evaluate` returned. The last epoch may be unfinished. Every epoch begins in training
    mode. The same seeds give the same history.

    From the loss and the targets, the model learns what a single output means (`Feedforward.predict`). Raises
    `ValueError` at once for data that cannot be trained on, and `ArithmeticError` if the loss, a gradient or a
    parameter becomes nan or infinite: parameters and optimiser are then those of the step before, as after Ctrl-C.
    """
    _check_roles(model, loss, optimiser)
    inputs, targets = read_examples(data)
    check_batch_size(model, len(inputs), batch_size)
    for name, n in (("epochs", epochs), ("steps", steps)):
        if n is not None and not (isinstance(n, Integral) and n >= 0):
            raise (ValueError if isinstance(n, Integral) else TypeError)(
                f"epochs and steps must be 0 or more, and whole numbers, got {name}={n!r}"
            )
    rng = None if rng is None else find_rng(rng)
    kind = kind_after(loss, targets)
    size = batch_size or len(inputs)
    per_epoch = math.ceil(len(inputs) / size)
    count = epochs * per_epoch if steps is None else min(steps, epochs * per_epoch)

    def objective(xs: list[Any], ys: list[Any]) -> Any:
        return loss(model(xs), ys)

    objective = compile_function(objective) if compile else objective

    def run() -> Generator[Epoch, None, None]:
        order, lost, seen = list(range(len(inputs))), 0.0, 0
        if isinstance(model, Feedforward):
            model.output = kind
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

    return Training(run())


class Training(Iterator[Epoch]):
    """The epochs of a training, each run when it is asked for."""

    def __init__(self, epochs: Generator[Epoch, None, None]):
        self._epochs, self._begun = epochs, False

    def __next__(self) -> Epoch:
        self._begun = True
        return next(self._epochs)

    def close(self) -> None:
        """End the training here."""
        self._begun = True
        self._epochs.close()

    def __del__(self) -> None:
        if not self._begun:
            warnings.warn(f"nothing was trained: {UNREAD}", RuntimeWarning, stacklevel=2)

    def __repr__(self) -> str:
        return "<a training under way>" if self._begun else f"<a training that has not begun: {UNREAD}>"


UNREAD = "iterate over fit(...), as in `for epoch in fit(...)`, or write train(...), which runs at once"


class Options(TypedDict, total=False):
    """The keyword arguments of `fit`."""

    epochs: int
    batch_size: int | None
    rng: Any
    evaluate: Callable[[Any], Mapping[str, float]] | None
    progress: bool
    steps: int | None
    compile: bool


def train(
    model: Callable[[Any], Any],
    loss: Callable[[Any, Any], Any],
    data: tuple[Sequence[Any] | Array, Sequence[Any] | Array],
    optimiser: Optimiser,
    **options: Unpack[Options],
) -> list[Epoch]:
    """Train at once, and return the figures of each epoch: `list(fit(...))`, with the same arguments."""
    return list(fit(model, loss, data, optimiser, **options))


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
    wrong = "the loss" if not math.isfinite(value.data) else "a gradient"
    if math.isfinite(value.data) and finite_grads(optimiser.params):
        restore = optimiser.snapshot()
        try:
            optimiser.step()
            finite = finite_data(optimiser.params)
        except BaseException:
            restore()
            raise
        if finite:
            return
        restore()
        wrong = "a parameter after the step"
    raise ArithmeticError(
        f"{wrong} is not finite {where}: parameters and optimiser are left as before it; try a smaller rate"
    )


def _evaluate(model: M, evaluate: Callable[[M], Mapping[str, float]] | None) -> Mapping[str, float]:
    if evaluate is None:
        return {}
    figures: Any = in_evaluation(model, lambda: evaluate(model))
    if not isinstance(figures, Mapping):
        raise TypeError(f"evaluate must return figures by name, got {type(figures).__name__} {figures!r}")
    return {name: _plain(figure) for name, figure in figures.items()}


def _plain(figure: Any) -> Any:
    """A figure without Values, which would keep their graphs alive."""
    if isinstance(figure, Value):
        return figure.data
    if isinstance(figure, dict):
        return {name: _plain(part) for name, part in figure.items()}
    return [_plain(part) for part in figure] if isinstance(figure, (list, tuple)) else figure


# ---- bad arguments


def _check_roles(model: Any, loss: Any, optimiser: Any) -> None:
    """Raise `TypeError`, which says what to write, if an argument cannot be what its place says."""
    write = "write fit(model, loss, (inputs, targets), optimiser)"
    if not callable(model):
        raise TypeError(f"a model must be a module or a function of a batch, got {type(model).__name__}: {write}")
    if not callable(loss):
        hint = f"such as losses.{loss}" if isinstance(loss, str) and loss in vars(losses) else "such as losses.mse"
        raise TypeError(f"a loss must be a function of outputs and targets, {hint}, got {loss!r}: {write}")
    if not isinstance(optimiser, Optimiser):
        raise TypeError(f"an optimiser must be made first, as in SGD(model.parameters(), lr=0.1), got {optimiser!r}")
    if optimiser.flat is not None:
        raise TypeError("fit trains the Values of a model: give the optimiser model.parameters(), not a flat array")
