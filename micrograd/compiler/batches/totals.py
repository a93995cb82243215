"""A result added up over the examples: a Value whose parents are the parameters and the Values among the arguments."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any, NamedTuple

from micrograd._core.arrays import flat_array
from micrograd._core.nodes import node
from micrograd.calculus.calls import adjoint_values, fresh_node
from micrograd.compiler.batches.groups import Group
from micrograd.compiler.batches.passes import Pass
from micrograd.compiler.lazily import Lazily
from micrograd.compiler.programs import ROW
from micrograd.compiler.tracing.replay import replay
from micrograd.compiler.tracing.tape import Output
from micrograd.engine import Value


class Term(NamedTuple):
    """What the examples of one group add to a result; the derivatives of the sum by all parents, if they are known."""

    group: Group
    output: Output
    partials: Sequence[float] | None

    def kept(self) -> Term:
        return self._replace(group=self.group.kept())


def total_value(title: str, number: float, terms: Sequence[Term], divisor: int, threads: int) -> Value:
    """The Value of that number, the sum of these terms divided by `divisor`."""
    first = terms[0]
    partials: Any
    if len(terms) == 1 and first.partials is not None and not first.group.alike.values:
        parents = tuple(first.group.variant.parameters)
        partials = array("d")
        partials.frombytes(memoryview(divided(first.partials, divisor)).cast("B"))
    else:
        parents = tuple(dict.fromkeys(parent for term in terms for parent in parents_of(term.group)))
        partials = Partials(terms, parents, divisor, threads)

    def push_values(parents: Sequence[Value], upstream: Any) -> list[Any]:
        return pushed(terms, parents, divisor, upstream)

    return node(first.output.kind, title, number, parents, partials, push_values, ...)  # type: ignore[arg-type, no-any-return]


def divided(numbers: Any, divisor: int) -> Any:
    """The numbers divided by `divisor`, in a flat array; none of them is −0."""
    if hasattr(found := flat_array()(numbers), "dtype"):
        found += 0.0
        found /= divisor
        return found
    return array("d", [(x + 0.0) / divisor for x in numbers])


def parents_of(group: Group) -> Iterator[Value]:
    """The parameters, then the Values among the arguments of each example."""
    yield from group.variant.parameters
    if group.alike.values:
        yield from chain.from_iterable(group.alike.values[row] for row in group.rows)


def by_example(columns: Sequence[memoryview]) -> Iterator[float]:
    """The numbers of the first example, then those of the next."""
    return chain.from_iterable(zip(*columns, strict=True))


def number_of_values(group: Group) -> int:
    return len(group.variant.tape.values) if group.alike.values else 0


class Partials(Lazily):
    """The derivatives of a result by its parents, computed when they are first needed."""

    __slots__ = ("terms", "parents", "divisor", "threads", "numbers")

    def __init__(self, terms: Sequence[Term], parents: Sequence[Value], divisor: int, threads: int):
        self.terms, self.parents, self.divisor, self.threads = terms, parents, divisor, threads
        self.numbers: tuple[float, ...] | None = None

    def compute(self) -> tuple[float, ...]:
        if self.numbers is None:
            adjoint = dict.fromkeys(self.parents, 0.0)
            for term in self.terms:
                for parent, x in zip(parents_of(term.group), self.of(term), strict=True):
                    adjoint[parent] += x
            self.numbers = tuple([x / self.divisor for x in adjoint.values()])
        return self.numbers

    def of(self, term: Term) -> Sequence[float]:
        """The derivatives of a term by the parents of its group."""
        group, output, known = term
        if known is not None:
            return known
        variant, values = group.variant, number_of_values(group)
        if output.source is not None:
            return self.passed(group, output.source)
        by = len(variant.parameters)
        which = variant.programs.values.index(output.position)
        gradient = Pass(variant.programs, ROW, which, by + values or None, slice(by, by + values))
        swept = gradient.over(group.inputs(None), group.rows, self.threads)
        return [*swept.sums[:by], *by_example(swept.each)]

    @staticmethod
    def passed(group: Group, source: int) -> Sequence[float]:
        """Those of a parent itself."""
        by, values, place = len(group.variant.parameters), number_of_values(group), group.variant.places[source]
        of_parameters = [float(len(group.rows)) if k == place else 0.0 for k in range(by)]
        return [*of_parameters, *[float(by + k == place) for k in range(values)] * len(group.rows)]

    def __len__(self) -> int:
        return len(self.parents)


def pushed(terms: Sequence[Term], parents: Sequence[Value], divisor: int, upstream: Any) -> list[Any]:
    """The amounts that a result pushes to its parents, in Values: by the tapes, on the inputs of all examples."""
    fresh = dict(zip(parents, map(fresh_node, parents), strict=True))
    total: Any = 0.0
    for group, output, _ in terms:
        tape, variant = group.variant.tape, group.variant
        parameters = [fresh[p] for p in variant.parameters]
        for row in group.rows:
            inputs: list[Any] = [x for column in group.alike.columns for x in numbers_of(column, row)]
            values = group.alike.values[row] if group.alike.values else []
            for place, v in zip(tape.values, values, strict=True):
                inputs[place] = fresh[v]
            draws = [x for column in group.draws for x in numbers_of(column, row)]
            total = total + replay(tape, [*inputs, *parameters, *draws])[output.position]
    adjoint = adjoint_values(total / divisor, fresh.values(), False, upstream) if isinstance(total, Value) else {}
    return [adjoint.get(fresh[p]) for p in parents]


def numbers_of(column: Any, row: int) -> list[float]:
    found: list[float] = column.of(range(row, row + 1)).tolist()
    return found
