"""What is given to a training: model, loss and optimiser in their places, the examples read into plain lists."""

from __future__ import annotations

import math
from numbers import Integral
from typing import Any

from micrograd import losses
from micrograd._core.scalars import as_list
from micrograd.nn.module import Module
from micrograd.nn.nested import to_lists
from micrograd.nn.normalisation import BatchNorm
from micrograd.optim import Optimiser


def read_examples(data: Any) -> tuple[list[Any], list[Any]]:
    """The inputs and the targets as plain lists of equal length."""
    if not isinstance(data, tuple) or len(data) != 2:
        hint = ": write (inputs, targets)" if isinstance(data, list) and len(data) == 2 else ""
        raise TypeError(f"data must be a pair (inputs, targets), got {type(data).__name__}{hint}")
    inputs, targets = (list(map(to_lists, as_list(part))) for part in data)
    if len(inputs) != len(targets):
        raise ValueError(f"as many targets as inputs are needed, got {len(targets)} for {len(inputs)}")
    if not inputs:
        raise ValueError("training needs at least one example, got none")
    _check_finite("input", inputs)
    _check_finite("target", targets)
    return inputs, targets


def _check_finite(name: str, examples: list[Any]) -> None:
    for i, example in enumerate(examples):
        if not _is_finite(example):
            raise ValueError(f"the {name} of example {i} is not finite: {example!r}")


def _is_finite(example: Any) -> bool:
    if isinstance(example, list):
        return all(map(_is_finite, example))
    return not isinstance(example, float) or math.isfinite(example)


def check_batch_size(model: Any, examples: int, batch_size: int | None) -> None:
    """Batch normalisation cannot train on a mini-batch of one, be it the last and smaller one."""
    if batch_size is not None and not isinstance(batch_size, Integral):
        raise TypeError(f"batch_size must be a whole number, or None for all examples, got {batch_size!r}")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"a mini-batch must hold at least one example, got batch_size={batch_size}")
    size = batch_size or examples
    normalised = isinstance(model, Module) and any(isinstance(module, BatchNorm) for module in model.modules())
    if normalised and 1 in (size, examples % size):
        raise ValueError(
            f"{model!r} cannot train on a mini-batch of one, which {examples} examples with "
            f"batch_size={batch_size} would give"
        )


def check_roles(caller: str, model: Any, loss: Any, optimiser: Any) -> None:
    """Raise `TypeError`, which says what to write, if an argument cannot be what its place says."""
    write = f"write {caller}(model, loss, (inputs, targets), optimiser)"
    if not callable(model):
        raise TypeError(f"a model must be a module or a function of a batch, got {type(model).__name__}: {write}")
    if not callable(loss):
        hint = f"such as losses.{loss}" if isinstance(loss, str) and loss in vars(losses) else "such as losses.mse"
        raise TypeError(f"a loss must be a function of outputs and targets, {hint}, got {loss!r}: {write}")
    if isinstance(loss, Module) and not isinstance(model, Module):
        raise TypeError(f"the model comes first, then the loss, got the loss {type(loss).__name__}: {write}")
    if not isinstance(optimiser, Optimiser):
        raise TypeError(f"an optimiser must be made first, as in SGD(model.parameters(), lr=0.1), got {optimiser!r}")
    if optimiser.flat is not None:
        raise TypeError(
            f"{caller} trains the Values of a model: give the optimiser model.parameters(), not a flat array"
        )
