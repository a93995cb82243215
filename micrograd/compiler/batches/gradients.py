"""Calls of `value_and_grad`: values and flat gradients, added up over the examples, or one for each."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from math import isfinite
from operator import add
from typing import Any

from micrograd._core.arrays import numpy_or_none
from micrograd.compiler.batches import results
from micrograd.compiler.batches.columns import Places
from micrograd.compiler.batches.groups import Group
from micrograd.compiler.batches.passes import Pass
from micrograd.compiler.batches.plan import Plan
from micrograd.compiler.batches.totals import divided
from micrograd.compiler.batches.work import Work
from micrograd.compiler.eagerly import check_gradient, check_untraced
from micrograd.compiler.programs import THETA


class Gradients(Work):
    """A call of `value_and_grad`."""

    def plan(self) -> Plan:
        check_untraced(self.compiled._title)
        plan = super().plan()
        for group in plan.groups:
            group.variant.check_flat(self.theta)
            for values in group.alike.values:
                group.variant.check_arguments(values)
        return plan

    def one(self, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool) -> Any:
        if compiled:
            return self.compiled.value_and_grad(self.theta, *args, **kwargs)
        return self.compiled._eagerly(args, kwargs, self.theta)

    def compare(self, group: Group, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        value, *gradient = [column[0] for column in self.each(group)]
        try:
            wanted = self.compiled._eagerly(args, kwargs, self.theta)
        except ArithmeticError:
            if all(map(isfinite, (value, *gradient))):
                raise
            return  # where eager mode raises, a program goes on with inf or nan
        check_gradient(self.compiled._title, (value, gradient), wanted)

    def each(self, group: Group) -> Sequence[memoryview]:
        """The values of all examples of a group, then each partial of them."""
        end = 1 + group.variant.theta
        gradient = Pass(group.variant.programs, THETA, group.variant.theta, end, slice(end))
        return gradient.over(group.inputs(self.theta), group.rows, self.threads).each

    def join(self, plan: Plan) -> tuple[Any, Any]:
        found = [(group.places, self.each(group)) for group in plan.groups]
        for i, (value, gradient) in self.alone(plan):
            found.append(([i], [memoryview(array("d", [x])) for x in (value, *gradient)]))
        columns = [results.merged(parts, self.count) for parts in zip(*map(split, found), strict=True)]
        if (numpy := numpy_or_none()) is None:
            return array("d", columns[0]), [array("d", row) for row in zip(*columns[1:], strict=True)]
        matrix = numpy.array(columns[1:]).reshape(len(columns) - 1, self.count)
        return numpy.array(columns[0]), matrix.T + 0.0

    def add_up(self, plan: Plan) -> tuple[float, Any]:
        total: Any = ()
        for group in plan.groups:
            theta = group.variant.theta
            gradient = Pass(group.variant.programs, THETA, theta, 1 + theta)
            sums = gradient.over(group.inputs(self.theta), group.rows, self.threads).sums
            total = list(map(add, total, sums)) if len(total) else sums
        for _, (value, gradient) in self.alone(plan):
            total = list(map(add, total, [value, *gradient])) if len(total) else [value, *gradient]
        return mean_gradient(total, self.divisor)


def mean_gradient(total: Any, divisor: int) -> tuple[float, Any]:
    """A value and a gradient that were added up, divided."""
    return float(total[0]) / divisor, divided(total[1:], divisor)


def split(found: tuple[Places, Sequence[memoryview]]) -> list[tuple[Places, memoryview]]:
    """Each column, with the places of its examples."""
    places, columns = found
    return [(places, column) for column in columns]
