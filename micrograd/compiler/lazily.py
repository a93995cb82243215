"""Derivatives that are computed when the first of them is needed: a result may never be differentiated."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from typing import Any


class Lazily(Sequence[float]):
    """A sequence of numbers whose `compute` gives them all, and keeps them; it is pickled as these."""

    __slots__ = ()

    @abstractmethod
    def compute(self) -> tuple[float, ...]: ...

    def __getitem__(self, k: Any) -> Any:
        return self.compute()[k]

    def __iter__(self) -> Iterator[float]:
        return iter(self.compute())

    def __reduce__(self) -> tuple[Any, ...]:
        return tuple, (self.compute(),)
