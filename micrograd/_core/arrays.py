"""The type of an array, for annotations: NumPy's and PyTorch's, without importing either."""

from __future__ import annotations

from typing import Any, Protocol


class Array(Protocol):
    """Numbers in any number of dimensions."""

    def __len__(self) -> int: ...
    def tolist(self) -> Any: ...
