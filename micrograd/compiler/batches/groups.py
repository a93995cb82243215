"""Examples that one program runs: first those that have one key, then among these, those that decide alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from micrograd.compiler.backends.running import data
from micrograd.compiler.batches.columns import Column, Places
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.errors import TraceError
from micrograd.compiler.variant import Variant
from micrograd.engine import Value


class Alike:
    """Examples with one key: their `places` among all, their columns, and the Values among the arguments of each."""

    def __init__(
        self, arguments: Arguments, places: Places, columns: Sequence[Column], values: Sequence[list[Value]] = ()
    ):
        self.arguments, self.places, self.columns, self.values = arguments, places, columns, values

    @property
    def rows(self) -> range:
        return range(len(self.places))

    def input(self, k: int, rows: Places) -> Sequence[float]:
        """The k-th input of each of these examples."""
        for column in self.columns:
            if k < column.width:
                numbers = column.of(rows)
                return [numbers[k]] * len(rows) if column.same else numbers[k :: column.width].tolist()
            k -= column.width
        raise IndexError(k)


class Group(NamedTuple):
    """Examples that decide alike: those in these `rows` of their columns, and the variant that runs them.

    `draws` are the random numbers of each, where the program draws some.
    """

    variant: Variant
    alike: Alike
    rows: Places
    draws: Sequence[Column] = ()

    @property
    def places(self) -> Places:
        """Their places among all examples."""
        places = self.alike.places
        return self.rows if type(places) is range else [places[row] for row in self.rows]

    def kept(self) -> Group:
        """The same with numbers that the caller does not change later."""
        alike = self.alike
        columns = [column.kept() for column in alike.columns]
        return self._replace(alike=Alike(alike.arguments, alike.places, columns, alike.values))

    def inputs(self, theta: Any) -> list[Column]:
        """All inputs of the variant's programs; `theta` holds the numbers of the parameters, if they are given."""
        given = [] if theta is None else [Column(theta, len(theta), True)]
        if others := self.variant.parameters if theta is None else self.variant.others:
            given.append(Column(data(others), len(others), True))
        return [*self.alike.columns, *given, *self.draws]


@contextmanager
def naming(i: int) -> Iterator[None]:
    """An error in here tells which example it is about."""
    try:
        yield
    except (ArithmeticError, LookupError, TypeError, ValueError, TraceError) as error:
        if len(error.args) == 1 and isinstance(error.args[0], str) and not isinstance(error, KeyError):
            error.args = (f"{error.args[0]} (example {i} of the batch)",)
        raise
