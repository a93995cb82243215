"""What a training leaves behind: a list of its epochs that can draw itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, SupportsIndex, TypeAlias, overload

from micrograd.training.plotting import plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from micrograd.training.watching import Film

Epoch: TypeAlias = dict[str, float]


class History(list[Epoch]):
    """The figures of each epoch, in order: a list, and equal to one. Its slices are histories too.

    `film` is the film of a training with `watch=True`: `train(..., watch=True).film.save("film.html")`.
    """

    film: Film | None = None

    def plot(self) -> Figure:
        """The loss over the epochs, and next to it the other figures: a matplotlib figure that notebooks show."""
        return plot(self)

    @overload
    def __getitem__(self, place: SupportsIndex) -> Epoch: ...
    @overload
    def __getitem__(self, place: slice) -> History: ...
    def __getitem__(self, place: Any) -> Any:
        found = super().__getitem__(place)
        return History(found) if isinstance(place, slice) else found

    def __add__(self, more: Iterable[Epoch]) -> History:  # type: ignore[override]
        return History([*self, *more])

    def copy(self) -> History:
        """The same epochs in a history of their own."""
        return History(self)
