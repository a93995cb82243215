"""What a training trains: all that whoever watches it needs to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple


class Task(NamedTuple):
    """The model and its parameters, the loss, the examples; `records` is how many epochs there are to be, if known.

    `bar` says that there is a progress bar already.
    """

    model: Any = None
    parameters: Sequence[Any] = ()
    loss: Any = None
    inputs: Any = None
    targets: Any = None
    records: int | None = None
    bar: bool = False
