"""`watch`: see a training while it runs, and afterwards go back through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from micrograd.engine import Value
from micrograd.nn.prediction import NUMBER, find_kind
from micrograd.training.task import Task
from micrograd.training.watching.film import Film
from micrograd.training.watching.subject import read_points


def watch(
    records: Iterable[Any],
    points: Any = None,
    labels: Any = None,
    *,
    model: Any = None,
    loss: Any = None,
    output: str | None = None,
) -> Film:
    """Show a training while it runs: iterate over the result as over `records`.

        for record in micrograd.watch(fit(model, loss, data, optimiser, epochs=50)):
            ...

    records         `fit(...)`, or a loop of your own that yields the loss, or a dict of figures, after each step
    points, labels  the examples to look at; by default those that `fit` trains on
    model, loss     those of `fit`; for a loop of your own, the model is needed to show more than its figures
    output          what a single output means, see `Feedforward.predict`; `fit` knows it

    A notebook shows one output that changes in place: the figures over the epochs, what the model says about the
    points, and its graph with numbers and gradients; at the end the whole film, with a slider. A terminal shows a line.
    The film can be saved: `film = micrograd.watch(...)`, and after the loop `film.save("film.html")`.

    Watching changes nothing: the pictures are taken of a copy of the model, and the training draws the same random
    numbers. It shows itself as often as it can afford: in all, watching takes less than a fifth of the training's time,
    or some two seconds of a short one. The film has at most 120 moments, at even distances. However the loop ends, by
    `break`, Ctrl-C or an error, the film so far is there.
    """
    if not isinstance(records, Iterable) or isinstance(records, (str, Mapping)) or callable(records):
        write = "write watch(fit(model, loss, data, optimiser), points, labels)"
        raise TypeError(f"watch needs what yields the records of a training, got {type(records).__name__}: {write}")
    if (points is None) != (labels is None):
        raise TypeError("points and labels go together: write watch(fit(...), points, labels)")
    task: Task = getattr(records, "task", Task())
    model = task.model if model is None else model
    if model is None and points is not None:
        raise TypeError("to show what a model says about points, watch needs it: write watch(..., model=model)")
    if model is not None and not callable(model) and not hasattr(model, "parameters"):
        raise TypeError(f"a model must be a module or a function of a batch, got {type(model).__name__}")
    if output is not None and output != NUMBER:
        find_kind(output)
    if model is not task.model:
        task = task._replace(model=model, parameters=parameters_of(model))
    if points is not None:
        inputs, targets = read_points(points, labels)
        task = task._replace(inputs=inputs, targets=targets)
    return Film(records, task._replace(loss=loss or task.loss), output)


def parameters_of(model: Any) -> Sequence[Value]:
    """Those of a module, or of whatever else has `parameters()`."""
    return model.parameters() if callable(getattr(model, "parameters", None)) else ()
