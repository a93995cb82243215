"""The training loop, by mini-batches: `fit` runs it epoch by epoch, `train` at once."""

from __future__ import annotations

import math
import random
import warnings
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

from micrograd._core.arrays import Array
from micrograd.nn import Feedforward, Module
from micrograd.nn.examples import check_batch_size, check_roles, read_examples
from micrograd.nn.initialisation import find_rng
from micrograd.nn.prediction import kind_after
from micrograd.optim import Optimiser
from micrograd.text import notation
from micrograd.training.bar import say
from micrograd.training.history import Epoch, History
from micrograd.training.objective import make_objective
from micrograd.training.progress import progress as count_with_bar
from micrograd.training.steps import descend, evaluated
from micrograd.training.task import Task
from micrograd.training.watching import watch as film_of

if TYPE_CHECKING:
    from typing_extensions import Unpack

M = TypeVar("M", bound=Callable[[Any], Any])


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
    batch: bool = False,
) -> Training:
    """Train, and yield the figures of each epoch. Nothing runs until you iterate: `train` runs at once.

    data        the inputs and as many targets
    batch_size  examples in a mini-batch; None for all of them. The last one of an epoch may be smaller
    rng         shuffles the examples before each epoch, an int seeds it; None leaves them in their order
    evaluate    a function of the model, run after each epoch in evaluation mode; it returns figures by name
    progress    show a bar over the mini-batches and a curve of the loss; Ctrl-C then ends the training after the
                current mini-batch
    steps       stop after this many mini-batches, even if `epochs` asks for more
    compile     run model and loss as a program (`micrograd.compile`): the same figures, sooner
    batch       compile them for one example, and run that over each mini-batch (`compiled.batch`): sooner still for
                many examples, and compiled in no time, also where mini-batches differ in size. The loss has to be a
                mean over the examples, and no module may look at them as a whole, as `BatchNorm` does

    The figures are the number of the `epoch`, the `steps` so far, the mean `loss` over the epoch's examples (each taken
    before its step), and what `evaluate` returned. The last epoch may be unfinished. Every epoch begins in training
    mode. The same seeds give the same history.

    From the loss and the targets, the model learns what a single output means (`Feedforward.predict`). Raises
    `ValueError` at once for data that cannot be trained on, and `ArithmeticError` if the loss, a gradient or a
    parameter becomes nan or infinite: parameters and optimiser are then those of the step before, as after Ctrl-C.
    """
    check_roles("fit", model, loss, optimiser)
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

    objective = make_objective(model, loss, compile, batch)

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
            chosen = order[size * position : size * (position + 1)]
            value = objective([inputs[i] for i in chosen], [targets[i] for i in chosen])
            descend(value, optimiser, f"in mini-batch {position + 1} of epoch {epoch + 1}")
            lost, seen = lost + value.data * len(chosen), seen + len(chosen)
            if show:
                show(loss=value.data)
            if position == per_epoch - 1:
                yield {"epoch": epoch + 1, "steps": k + 1, "loss": lost / seen, **evaluated(model, evaluate)}
        if 0 < seen < len(inputs):
            yield {"epoch": epoch + 1, "steps": k + 1, "loss": lost / seen, **evaluated(model, evaluate)}

    records = math.ceil(count / per_epoch)
    return Training(run(), Task(model, optimiser.params, loss, inputs, targets, records, progress))


class Training(Iterator[Epoch]):
    """The epochs of a training, each run when it is asked for; `task` is what it trains."""

    def __init__(self, epochs: Generator[Epoch, None, None], task: Task):
        self._epochs, self._begun, self.task = epochs, False, task

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
    batch: bool


def train(
    model: Callable[[Any], Any],
    loss: Callable[[Any, Any], Any],
    data: tuple[Sequence[Any] | Array, Sequence[Any] | Array],
    optimiser: Optimiser,
    watch: bool = False,
    **options: Unpack[Options],
) -> History:
    """Train at once, and return the figures of each epoch: `list(fit(...))`, with the same arguments.

    The list is a `History`: `train(...).plot()` draws it. With `watch=True` you see it happen, as with
    `micrograd.watch(fit(...))`, and its `film` can be saved; Ctrl-C then ends the training, as it does with a bar.
    """
    epochs = fit(model, loss, data, optimiser, **options)
    if not watch:
        return History(epochs)
    history = History()
    history.film = film_of(epochs)
    try:
        for epoch in history.film:
            history.append(epoch)
    except KeyboardInterrupt:
        say(f"stopped after {notation.count(len(history), 'epoch')}, with what was learned so far")
    return history
