"""Calls: what the function returns, added up over the examples, or one for each."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from typing import Any, NamedTuple

from micrograd._core.nodes import node
from micrograd.calculus.structures import leaves
from micrograd.compiler.batches import results
from micrograd.compiler.batches.groups import Group
from micrograd.compiler.batches.passes import Pass, of_each
from micrograd.compiler.batches.plan import Plan
from micrograd.compiler.batches.totals import Term, by_example, number_of_values, total_value
from micrograd.compiler.batches.work import Work
from micrograd.compiler.eagerly import check_result
from micrograd.compiler.programs import FORWARD, GRADIENT
from micrograd.compiler.tracing.tape import Itself, Output
from micrograd.compiler.variant import LazyGradient
from micrograd.engine import Value


class Call(Work):
    """A call: the results of f."""

    def one(self, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool) -> Any:
        if compiled:
            return self.compiled._run(args, kwargs, self.gradient)
        return self.compiled._f(*args, **kwargs)

    def compare(self, group: Group, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        (result,) = results.by_example([self.each(group)._replace(places=[0])], 1)
        check_result(self.compiled._title, result, lambda: self.compiled._f(*args, **kwargs))

    def join(self, plan: Plan) -> Any:
        found = [self.each(group) for group in plan.groups]
        return results.each([*found, *(results.one(i, x) for i, x in self.alone(plan))], self.count)

    def each(self, group: Group) -> results.Some:
        """What the function returns for each example of a group."""
        variant, wanted = group.variant, leaves(group.variant.tape.result)
        if with_parents := self.gradient and any(isinstance(x, Output) and x.differentiable for x in wanted):
            group = group.kept()
        inputs = group.inputs(None)
        width = variant.results
        forward = Pass(variant.programs, FORWARD, end=width, keep=slice(width))
        numbers = forward.over(inputs, group.rows, self.threads).each
        buffers = list(of_each(inputs, group.rows)) if with_parents else []

        def entries(x: Any) -> Sequence[Any]:
            if not isinstance(x, Output):
                return [x.thing if isinstance(x, Itself) else x] * len(group.rows)
            column = numbers[x.position]
            if not x.differentiable:
                return column if x.kind is float else list(map(x.kind, column))
            if not with_parents:
                return [node(x.kind, None, number, None, None) for number in column]
            return [self.value(group, j, x, number, buffers[j]) for j, number in enumerate(column)]

        return results.Some(group.places, variant.tape.result, list(map(entries, wanted)))

    def value(self, group: Group, j: int, x: Output, number: float, kept: list[Any]) -> Value:
        """A result of the j-th example, as a call would return it."""
        variant = group.variant
        parents: tuple[Value, ...] = (
            *variant.parameters,
            *(group.alike.values[group.rows[j]] if group.alike.values else ()),
        )
        if x.source is not None:
            return parents[variant.places[x.source]]
        k = variant.programs.values.index(x.position)
        return variant.value(x, number, LazyGradient(variant.programs, kept, k, len(parents)), parents, kept)

    # ---- added up

    def add_up(self, plan: Plan) -> Any:
        sums = [self.sums(group) for group in plan.groups]
        sums += [results.Sums(x, leaves(x)) for _, x in self.alone(plan)]
        return results.reduced(sums, self.add)

    def sums(self, group: Group) -> results.Sums:
        """What the function returns for the examples of a group, added up."""
        variant, values = group.variant, number_of_values(group)
        mode = variant.mode(self.gradient)
        first = variant.results + (len(variant.parameters) if mode == GRADIENT else 0)
        end = first + (len(variant.tape.values) if mode == GRADIENT else 0)
        program = Pass(variant.programs, mode, end=end, keep=slice(first, end))
        swept = program.over(group.inputs(None), group.rows, self.threads)
        partials: Any = None
        if mode == GRADIENT:
            partials = swept.sums[variant.results : first]
            partials = [*partials, *by_example(swept.each)] if values else partials
        found: list[Any] = []
        for x in leaves(variant.tape.result):
            if not isinstance(x, Output):
                found.append(results.constant(x.thing if isinstance(x, Itself) else x, len(group.rows)))
            elif x.differentiable:
                term = Term(group, x, partials if x.source is None else None)
                found.append(Sum(x.kind, float(swept.sums[x.position]), term))
            else:
                found.append(float(swept.sums[x.position]))
        return results.Sums(variant.tape.result, found)

    def add(self, parts: Sequence[Any]) -> Any:
        """The sum of the parts at one leaf, or the mean."""
        if not all(isinstance(x, Sum) or results.is_number(x) for x in parts):
            return results.same(parts)
        sums = [x for x in parts if isinstance(x, Sum)]
        numbers = [x for x in parts if isinstance(x, (int, float))]
        others = [x for x in parts if not isinstance(x, (Sum, int, float))]  # Values, or numbers under differentiation
        if not sums:
            return over(reduce(add, [*numbers, *others]), self.divisor)
        divisor = 1 if others else self.divisor
        number = over(reduce(add, [*(x.number for x in sums), *numbers]), divisor)
        total: Any
        if self.gradient:
            terms = [x.term.kept() for x in sums]
            total = total_value(self.compiled._title, number, terms, divisor, self.threads)
        else:
            total = node(sums[0].kind, None, number, None, None)
        return over(reduce(add, others, total), self.divisor) if others else total


class Sum(NamedTuple):
    """A Value of a group of examples, added up."""

    kind: type[Any]
    number: float
    term: Term


def over(x: Any, divisor: int) -> Any:
    return x / divisor if divisor > 1 else x
