"""A batch at work: planned, run, and put together."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator
from typing import Any, Literal, Protocol, TypeAlias

from micrograd._core.modes import paused, tracer
from micrograd.compiler.batches.examples import Examples
from micrograd.compiler.batches.groups import Group, naming
from micrograd.compiler.batches.plan import Plan, Planner, Tracing
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.variants import Variants

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
        self.planned: Plan | None = None
        self.traces = 0  # so many were there when it was planned

    def results(self) -> Any:
        compiled, plan = self.compiled, self.plan()
        self.planned, self.traces = plan, compiled._variants.count
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
