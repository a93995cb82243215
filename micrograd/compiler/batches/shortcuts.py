"""Shortcuts for the commonest batches: arrays of floats alone, all examples by one program, as the batch before.

Most of what a batch costs beside its program is finding that program: reading the examples, the keys, the decisions.
When one batch has gone through, the next of its form need to know only that nothing has changed around them.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from typing import Any

from micrograd._core.modes import paused, tracer
from micrograd.calculus.structures import leaves, like
from micrograd.compiler.backends.lanes import InLanes
from micrograd.compiler.backends.running import data
from micrograd.compiler.batches.calls import Call
from micrograd.compiler.batches.columns import Column
from micrograd.compiler.batches.gradients import Gradients, mean_gradient
from micrograd.compiler.batches.groups import Alike, Group
from micrograd.compiler.batches.passes import FEW, Pass
from micrograd.compiler.batches.totals import Term, total_value
from micrograd.compiler.batches.work import Work
from micrograd.compiler.programs import FORWARD, GRADIENT, THETA
from micrograd.compiler.tracing.tape import Output

CHUNK = 1 << 16  # examples between two looks at Ctrl-C


class Shortcut(ABC):
    """The way to one program over many examples."""

    with_parents = False

    def __init__(self, work: Work, group: Group, swept: Pass, lanes: InLanes):
        self.variant, self.lanes, self.with_theta = group.variant, lanes, work.theta is not None
        self.arguments = group.alike.arguments
        self.title, self.reduce = work.compiled._title, work.options.reduce
        assert self.variant.watch is not None  # a variant has one as soon as it is the latest
        self.variants, self.traces, self.holds = work.compiled._variants, work.traces, self.variant.watch.holds
        self.others = self.variant.others if self.with_theta else self.variant.parameters
        self.shapes = [column.numbers.shape[1:] for column in group.alike.columns]
        numpy = sys.modules["numpy"]
        self.array, self.float = numpy.ndarray, numpy.dtype(float)
        self.summed = swept.keep != slice(swept.end)

    def __call__(self, args: tuple[Any, ...], reduce: Any, theta: Any = None) -> tuple[Any, int] | None:
        """The result, and the number of examples; None if this is another kind of batch."""
        if reduce != self.reduce or len(args) != len(self.shapes) or self.traces != self.variants.count:
            return None
        for x, inner in zip(args, self.shapes, strict=True):
            if not self.is_like(x) or x.shape[1:] != inner:
                return None
        count = len(args[0])
        if count < FEW or any(len(x) != count for x in args):
            return None
        if tracer() is not None or self.with_parents and paused() or not self.holds():
            return None
        inputs = bytearray()
        if self.with_theta:
            if not self.is_like(theta) or len(theta) != self.variant.theta or theta.ndim != 1:
                return None
            inputs += theta.tobytes()
        if self.others:
            inputs += memoryview(data(self.others)).cast("B")
        sums, each, given = self.lanes.begin(), self.lanes.room(count), self.lanes.given(inputs)
        for first in range(0, count, CHUNK):
            parts = [(x[first : first + CHUNK] if count > CHUNK else x, 1) for x in args]
            self.lanes.run(first, len(parts[0][0]), sums, each, given, parts)
        return self.result(self.lanes.in_order(sums) if self.summed else None, each, args), count

    def is_like(self, x: Any) -> bool:
        return type(x) is self.array and x.dtype is self.float and x.flags.c_contiguous and x.shape != ()

    def divisor(self, args: tuple[Any, ...]) -> int:
        return len(args[0]) if self.reduce == "mean" else 1

    @abstractmethod
    def result(self, sums: Any, each: Any, args: tuple[Any, ...]) -> Any:
        """What the batch gives: `sums` of the outputs, and `each` output of all examples one behind the other."""


class ToGradient(Shortcut):
    """The value and the gradient, added up."""

    def result(self, sums: Any, each: Any, args: tuple[Any, ...]) -> tuple[float, Any]:
        return mean_gradient(sums, self.divisor(args))


class ToTotal(Shortcut):
    """The Value that f returns, added up."""

    with_parents = True

    def result(self, sums: Any, each: Any, args: tuple[Any, ...]) -> Any:
        variant, divisor = self.variant, self.divisor(args)
        rows = range(len(args[0]))
        group = Group(variant, Alike(self.arguments, rows, [Column(x, x.size // len(x)) for x in args]), rows)
        output, first = variant.tape.result, variant.results
        term = Term(group, output, sums[first : first + len(variant.parameters)])
        number = float(sums[output.position]) / divisor
        return total_value(self.title, number, [term.kept()], divisor, 1)


class ToNumbers(Shortcut):
    """The numbers that f returns for each example."""

    def result(self, sums: Any, each: Any, args: tuple[Any, ...]) -> Any:
        return filled(self.variant.tape.result, each.reshape(-1, len(args[0])))


def filled(structure: Any, rows: Any) -> Any:
    """The structure with the numbers of all examples at its leaves."""
    if isinstance(structure, Output):
        return rows[structure.position]
    if isinstance(structure, dict):
        return {key: filled(part, rows) for key, part in structure.items()}
    return like(structure, [filled(part, rows) for part in structure])


def is_fillable(x: Any) -> bool:
    """Whether that makes the result: lists get a first axis of the examples, and Values are another matter."""
    if isinstance(x, (tuple, dict)):
        return all(map(is_fillable, x.values() if isinstance(x, dict) else x))
    return isinstance(x, Output) and x.kind is float and not x.differentiable


def shortcut(work: Call | Gradients) -> Shortcut | None:
    """The shortcut for batches like this one, which has just been computed; None if there is none."""
    compiled, plan = work.compiled, work.planned
    if compiled._strict or work.threads > 1 or work.examples.shapes is None or compiled._calls <= compiled._check:
        return None
    if plan is None or len(plan.groups) != 1 or plan.alone or work.traces != compiled._variants.count:
        return None
    (group,) = plan.groups
    variant, columns = group.variant, group.alike.columns
    if len(variant.path) > 1 or variant.picks or variant.tape.fresh or variant.tape.effects or group.alike.values:
        return None
    if len(columns) != len(work.examples.args) or "numpy" not in sys.modules:
        return None
    kind, swept = form(work, group)
    lanes = swept and swept.lanes(group.inputs(work.theta))
    return None if kind is None or swept is None or lanes is None else kind(work, group, swept, lanes)


def form(work: Call | Gradients, group: Group) -> tuple[type[Shortcut] | None, Pass | None]:
    """What a batch gives, and the program for it."""
    variant, reduce = group.variant, work.options.reduce
    result, by = variant.tape.result, len(variant.parameters)
    if isinstance(work, Gradients):
        end = 1 + variant.theta
        return (None, None) if reduce is None else (ToGradient, Pass(variant.programs, THETA, variant.theta, end))
    if reduce is None and is_fillable(result) and leaves(result):
        return ToNumbers, Pass(variant.programs, FORWARD, end=variant.results, keep=slice(variant.results))
    computed = isinstance(result, Output) and result.differentiable and result.source is None
    if reduce is not None and computed and not paused() and variant.mode(True) == GRADIENT:
        end = variant.results + by
        return ToTotal, Pass(variant.programs, GRADIENT, end=end, keep=slice(end, end))
    return None, None
