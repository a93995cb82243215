"""What a model says about many examples: compiled for one, and run over all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from micrograd._core.arrays import Array
from micrograd.compiler import compile as compile_function
from micrograd.nn.module import in_evaluation
from micrograd.nn.prediction import decide, known_kind


def predict(
    model: Callable[[Any], Any], inputs: Sequence[Any] | Array, output: str | None = None, threads: int = 1
) -> list[Any]:
    """The classes of all examples: `model.predict(inputs)`, by a compiled batch, for thousands of them.

    `output` says what a single output means, see `Feedforward.predict`; `threads` is that of `compiled.batch`.
    """
    fast: Any = compile_function(model)
    rows = list(inputs) if isinstance(inputs, tuple) else inputs  # to a batch, a tuple is one example's
    outs = in_evaluation(model, lambda: fast.batch(rows, reduce=None, threads=threads))
    kind = known_kind(model, output)
    return [decide(out, kind) for out in outs]
