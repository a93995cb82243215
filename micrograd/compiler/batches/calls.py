"""A batch at work: planned, run, and put together."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from math import isfinite
from operator import add
from typing import Any, Literal, NamedTuple, Protocol, TypeAlias

from micrograd._core.arrays import numpy_or_none
from micrograd._core.modes import paused, tracer
from micrograd._core.nodes import node
from micrograd.calculus.structures import leaves
from micrograd.compiler.batches import results
from micrograd.compiler.batches.columns import Places
from micrograd.compiler.batches.examples import Examples
from micrograd.compiler.batches.groups import Group, naming
from micrograd.compiler.batches.passes import Pass, of_each
from micrograd.compiler.batches.plan import Plan, Planner, Tracing
from micrograd.compiler.batches.totals import Term, by_example, divided, number_of_values, total_value
from micrograd.compiler.eagerly import check_gradient, check_result, check_untraced
from micrograd.compiler.programs import FORWARD, GRADIENT, THETA
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.tape import Itself, Output
from micrograd.compiler.variant import LazyGradient
from micrograd.compiler.variants import Variants
from micrograd.engine import Value

Reduction: TypeAlias = Literal["mean", "sum"] | None


class Compiled(Tracing, Protocol):
    """The part of a compiled function that its batches use."""

    _f: Callable[..., Any]
    _variants: Variants
    _title: str
    _strict: bool
    _check: int
    _calls: int

    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...
    def value_and_grad(self, theta: Any, /, *args: Any, **kwargs: Any) -> Any: ...
    def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any], gradient: bool) -> Any: ...
    def _eagerly(self, args: tuple[Any, ...], kwargs: dict[str, Any], theta: Any) -> Any: ...


class Options:
    """How the results are put together; and what batches have found out before, see `Planner`."""

    def __init__(self, reduce: Reduction, threads: int, known: dict[Any, Arguments]):
        if reduce not in ("mean", "sum", None):
            raise ValueError(f"reduce must be 'mean', 'sum' or None, got {reduce!r}")
        if not isinstance(threads, int) or threads < 1:
            raise ValueError(f"threads must be a whole number of 1 or more, got {threads!r}")
        self.reduce, self.threads, self.known = reduce, threads, known


class Work:
    """What calls of a batch have in common; `theta` holds the numbers of the parameters, if they are given."""

    def __init__(self, compiled: Compiled, examples: Examples, options: Options, theta: Any = None):
        self.compiled, self.examples, self.options, self.theta = compiled, examples, options, theta
        self.count, self.threads = examples.count, options.threads
        self.divisor = self.count if options.reduce == "mean" else 1
        self.gradient = not paused()

    def results(self) -> Any:
        compiled, plan = self.compiled, self.plan()
        done, compiled._calls = compiled._calls, compiled._calls + self.count - len(plan.alone)
        if done < compiled._check and tracer() is None:
            for group in plan.groups:
                self.check(group, compiled._check - done)
        return self.join(plan) if self.options.reduce is None else self.add_up(plan)

    def plan(self) -> Plan:
        if tracer() is not None:
            return Plan([], range(self.count), range(self.count))
        return Planner(
            self.compiled, self.compiled._variants, self.examples, self.options.known, self.theta, self.gradient
        ).plan()

    def check(self, group: Group, most: int) -> None:
        """Compare the results of the first examples with those of the function as it is."""
        rows = [row for row, place in zip(group.rows, group.places, strict=True) if place < most]
        if not rows or group.variant.tape.fresh:
            return
        for some in [group._replace(rows=array("I", [row])) for row in rows]:
            args, kwargs = self.examples[some.places[0]]
            with naming(some.places[0]):
                self.compare(some, args, kwargs)

    def alone(self, plan: Plan) -> Iterator[tuple[int, Any]]:
        """The results of the examples that run one by one, with their places."""
        uncompiled = set(plan.uncompiled)
        for i in plan.alone:
            args, kwargs = self.examples[i]
            with naming(i):
                yield i, self.one(args, kwargs, i not in uncompiled)

    def one(self, args: tuple[Any, ...], kwargs: dict[str, Any], compiled: bool) -> Any:
        """The result of one example."""
        raise NotImplementedError

    def compare(self, group: Group, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        """Raise `TraceError` if the result of the only example of a group is not what the function gives."""
        raise NotImplementedError

    def join(self, plan: Plan) -> Any:
        """The results of each example."""
        raise NotImplementedError

    def add_up(self, plan: Plan) -> Any:
        """The results added up."""
        raise NotImplementedError


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
        return float(total[0]) / self.divisor, divided(total[1:], self.divisor)


def split(found: tuple[Places, Sequence[memoryview]]) -> list[tuple[Places, memoryview]]:
    """Each column, with the places of its examples."""
    places, columns = found
    return [(places, column) for column in columns]
