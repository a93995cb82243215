"""What is kept of a training: the records of its epochs, and the numbers of the model at some of them.

However long a training is, its film is of bounded length: where there are too many moments, every other one goes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from micrograd.engine import Value

T = TypeVar("T")
SHOTS, RECORDS = 120, 1_000  # moments that are kept, at most: of the model's numbers, and of the figures
NUMBERS = 4_000_000  # in all the shots of a film


class Thinned(Generic[T]):
    """The items of a sequence of any length at even distances: at most `most` of them, the first one always.

    `wants(k)` says whether item k would be kept; so an item need not be made in vain.
    """

    def __init__(self, most: int):
        self.most, self.stride, self.items = most, 1, dict[int, T]()

    def wants(self, k: int) -> bool:
        return k % self.stride == 0

    def keep(self, k: int, item: T) -> None:
        """Keep item k, the one after those that were kept."""
        self.items[k] = item
        while len(self.items) > self.most:
            self.stride *= 2
            self.items = {k: item for k, item in self.items.items() if k % self.stride == 0}


@dataclass(frozen=True)
class Shot:
    """A moment: the number of its record (0 before the first one), its figures, the numbers of the model.

    `state` is that of a module which keeps other numbers than its parameters, such as running statistics.
    """

    number: int
    figures: Mapping[str, float]
    data: Sequence[float]
    grads: Sequence[float]
    state: Mapping[str, Any] | None = None


@dataclass
class Recording:
    """The records of a training, and shots of its model at even distances; the first and the last one always."""

    parameters: Sequence[Value] = ()
    model: Any = None
    last: Shot | None = None
    count: int = 0
    shots: Thinned[Shot] = field(init=False)
    records: Thinned[Mapping[str, float]] = field(default_factory=lambda: Thinned(RECORDS))

    def __post_init__(self) -> None:
        most = NUMBERS // (2 * len(self.parameters)) if self.parameters else SHOTS
        self.shots = Thinned(max(2, min(SHOTS, most)))
        state = getattr(self.model, "state_dict", None)
        self.has_state = callable(state) and _count(list(state().values())) != len(self.parameters)
        self.latest: Mapping[str, float] = {}
        self.shots.keep(0, self.shoot())

    def add(self, record: Mapping[str, float]) -> None:
        self.count, self.latest = self.count + 1, record
        if self.records.wants(self.count):
            self.records.keep(self.count, record)
        if self.shots.wants(self.count):
            self.shots.keep(self.count, self.shoot())

    def shoot(self) -> Shot:
        """The model as it is now."""
        if self.last is None or self.last.number != self.count:
            kept = self.shots.items.get(self.count)
            self.last = kept or Shot(
                self.count,
                self.latest,
                array("d", [p.data for p in self.parameters]),
                array("d", [p.grad for p in self.parameters]),
                self.model.state_dict() if self.has_state else None,
            )
        return self.last

    def __iter__(self) -> Iterator[Shot]:
        """The shots, and what came last."""
        yield from self.shots.items.values()
        if self.last is not None and self.last.number not in self.shots.items:
            yield self.last

    def series(self) -> dict[str, list[tuple[int, float]]]:
        """Each figure that is a number, by the number of its record."""
        found: dict[str, list[tuple[int, float]]] = {}
        for k, record in {**self.records.items, self.count: self.latest}.items():
            for name, figure in record.items():
                if name not in ("epoch", "steps") and isinstance(figure, (int, float)):
                    found.setdefault(name, []).append((k, float(figure)))
        return found


def read_record(record: Any) -> Mapping[str, float]:
    """A record as figures by name; a number alone is the loss."""
    if isinstance(record, Mapping):
        return {str(name): _figure(x) for name, x in record.items()}
    if isinstance(figure := _figure(record), (int, float)):
        return {"loss": float(figure)}
    raise TypeError(
        f"a record must be a dict of figures, as in {{'loss': 0.5}}, or the loss itself, got {type(record).__name__}"
    )


def _figure(x: Any) -> Any:
    """A figure as a plain number, also that of a Value or of an array with one number, of any library."""
    if isinstance(x, Value):
        return x.data
    if isinstance(x, (int, float)) or not hasattr(x, "item") or getattr(x, "ndim", None):
        return x
    return x.item()


def spread(count: int) -> Iterator[int]:
    """The places of so many things: the first, the last, then those in between, at ever smaller distances."""
    yield from range(0, count, max(1, count - 1))
    step = 1 << max(0, count - 2).bit_length()
    while step > 1:
        step //= 2
        yield from range(step, count - 1, 2 * step)


def _count(nested: Any) -> int:
    return sum(map(_count, nested)) if isinstance(nested, list) else 1
