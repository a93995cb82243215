"""One specialisation of a compiled function: runs its programs and wraps the results in Values."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from contextlib import nullcontext
from math import isfinite
from typing import Any

from micrograd._core.arrays import numpy_or_none
from micrograd._core.nodes import node
from micrograd.calculus.calls import adjoint_values, fresh_node
from micrograd.calculus.structures import describe, transform
from micrograd.compiler.backends.running import Flat, data
from micrograd.compiler.eagerly import check_length, check_untraced, not_one_value
from micrograd.compiler.lazily import Lazily
from micrograd.compiler.programs import DECISIONS, FORWARD, GRADIENT, ROW, ROWS, THETA, Programs
from micrograd.compiler.results import in_rows, is_row
from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.errors import TraceError
from micrograd.compiler.tracing.replay import replay
from micrograd.compiler.tracing.standins.rewinding import generators_of, mark, rewind
from micrograd.compiler.tracing.tape import Itself, Output
from micrograd.engine import Value, topological


class Variant:
    """The programs of one trace, valid while the function decides as it did then.

    A flat gradient is taken with respect to the first `theta` parameters.
    """

    def __init__(self, programs: Programs, theta: int | None):
        self.programs, self.used = programs, 0
        self.watch: Watch | None = None  # over what its effects may change
        tape = self.tape = programs.tape
        self.parameters = list(tape.parameters)
        self.theta = len(self.parameters) if theta is None else theta
        self.others = self.parameters[self.theta :]
        self.single = isinstance(tape.result, Output) and tape.result.differentiable
        self.result = in_rows(tape.result)
        self.row = type(self.result) is list and set(map(type, self.result)) == {Output}
        self.results = len(tape.outputs)
        inputs = tape.inputs
        given = [*tape.parameters.values(), *(tape.arguments[k] for k in tape.values)]
        self.places = {position: k for k, position in enumerate(given)}  # among the parents
        self.picks = sorted({(pick.position, pick.among) for pick in tape.picks})  # the arguments come first
        self.guarded, self.answers, self.path = programs.guarded, tape.guards.answers, tape.guards.path
        self.unchecked = not (self.guarded or self.answers or tape.effects or self.picks)
        self.constant = not (self.others or tape.fresh or tape.effects)  # but for theta and the arguments
        self.alone = len(inputs) == self.theta  # theta is the only input
        self._flat: Flat | None = None
        self._contiguous: Any = None
        self._checked = False  # that no parameter was computed from those of theta
        # the generators to go back if the decisions are others
        self.generators = generators_of(read for _, read, _ in tape.fresh) if tape.fresh and tape.guards else ()
        self.drawn = [[x for _, _, x in tape.fresh]]  # by the trace, for the first run, whichever thread's it is

    def mode(self, gradient: bool) -> str:
        return GRADIENT if gradient and len(self.programs.values) == 1 else FORWARD

    def prepare(self, flat: bool, gradient: bool) -> None:
        """Make the program that the first call will run."""
        if flat:
            self._prepare()
        else:
            self.programs.running(self.mode(gradient))

    def call(self, arguments: Arguments, gradient: bool) -> tuple[Any, ...] | None:
        """The result, in a tuple; None if a decision changed. With `gradient` its Values have parents."""
        before = mark(self.generators) if self.generators else ()
        buffers = self.buffers(arguments, None)
        mode = self.mode(gradient)
        out = self.programs.running(mode)(buffers)
        by = len(self.parameters) + len(self.tape.values) if mode == GRADIENT else 0
        if not self.settle(arguments, out, self.results + by):
            rewind(before)
            return None
        parents = (*self.parameters, *(v for _, v in arguments.values))
        if not gradient:
            return (self.build(out, None, parents),)
        if mode == GRADIENT:
            partials = out[self.results : self.results + by]
            (position,) = self.programs.values
            kept = copy_arrays(buffers) if arguments.borrowed else buffers
            return (self.build(out, {position: partials}, parents, kept),)
        kept = copy_arrays(buffers)
        gradients = {
            position: LazyGradient(self.programs, kept, k, len(parents))
            for k, position in enumerate(self.programs.values)
        }
        return (self.build(out, gradients, parents, kept),)

    def value_and_grad(self, arguments: Arguments, theta: Any) -> tuple[Any, ...] | None:
        """The value and the gradient with respect to theta, a flat array; None if a decision changed."""
        check_length(theta, self.theta)
        flat = self._flat or self._prepare()
        if arguments.values or not self.constant:
            check_untraced(self.programs.title)
        if arguments.values:
            self.check_arguments([v for _, v in arguments.values])
        if type(theta) is not array:
            theta = self._contiguous(theta, "d")
        before = mark(self.generators) if self.generators else ()
        value, gradient, out = flat((theta,) if self.alone else self.buffers(arguments, theta))
        if self.unchecked or self.settle(arguments, out, 1 + self.theta):
            return value, gradient
        rewind(before)
        return None

    def check_flat(self, theta: Any) -> None:
        """Raises an error unless `theta` has as many numbers as are needed, and the result is one Value."""
        check_length(theta, self.theta)
        if not self.single:
            result = self.tape.result
            if isinstance(result, Output):
                raise not_one_value(f"a {result.kind.__name__}", True)
            raise not_one_value(describe(result), isinstance(result, (float, int)))
        if not self._checked:
            self._check_computed()
            self._checked = True

    def _prepare(self) -> Flat:
        self.check_flat(range(self.theta))
        # An array that is none of Python's own is one of NumPy's, or one like them.
        self._contiguous = getattr(numpy_or_none(), "ascontiguousarray", None)
        self._flat = self.programs.running(THETA, self.theta).flat(1 + self.theta)
        return self._flat

    def check_arguments(self, values: Sequence[Value]) -> None:
        """Raises `TraceError` if an argument is a Value of theta, or was computed from one: it would not follow."""
        wanted = set(self.parameters[: self.theta])
        for v in values:
            if v in wanted or is_computed_from(v, wanted):
                what = "was computed from its parameters" if v.parents else "is one of its parameters"
                raise TraceError(
                    f"{self.programs.title} is given {v!r} as an argument, which {what}: with other numbers in "
                    "theta it would stay as it is. Let the function read it from elsewhere, or compute it inside."
                )

    def _check_computed(self) -> None:
        """Raises `TraceError` if a Value from elsewhere was computed from those of theta: it would not follow."""
        wanted = set(self.parameters[: self.theta])
        for p in self.parameters:
            if is_computed_from(p, wanted):
                raise TraceError(
                    f"{self.programs.title} reads {p!r}, which was computed from its parameters before: "
                    "with other numbers in theta it would stay as it is. Compute it inside the function."
                )

    def first_difference(self, arguments: Arguments, theta: Any) -> tuple[int, Any] | None:
        """`Guards.first_difference` on the numbers of a call."""
        before = mark(self.generators) if self.generators else ()
        numbers = self.programs.running(DECISIONS)(self.buffers(arguments, theta))
        rewind(before)
        return self.tape.guards.first_difference(numbers)

    def buffers(self, arguments: Arguments, theta: Any) -> list[Any]:
        """All inputs, in consecutive buffers."""
        buffers = arguments.parts[:]
        if theta is not None:
            buffers.append(theta)
        if others := self.parameters if theta is None else self.others:
            buffers.append(data(others))
        if self.tape.fresh:
            try:
                buffers.append(self.drawn.pop())
            except IndexError:
                buffers.append([float(read()) for _, read, _ in self.tape.fresh])
        return buffers

    def settle(self, arguments: Arguments, out: Sequence[float], at: int) -> bool:
        """Whether all decisions, reported from `out[at]` on, are as they were; if so, run the effects.

        Raises `IndexError` for an index that picks nothing: only now is it known that the program asks for it.
        """
        if self.guarded:
            if out[at] != 0.0:
                return False
            at += 1
        for guard in self.answers:
            end = at + len(guard.positions)
            if not guard.holds([float(x) for x in out[at:end]]):
                return False
            at = end
        for k, count in self.picks:
            x = arguments.floats()[k]
            if not 0 <= x < count or x != int(x):
                return False  # f says itself what is wrong with it
        if self.tape.effects:
            with nullcontext() if self.watch is None else self.watch.ignoring():
                for effect in self.tape.effects:
                    end = at + len(effect.positions)
                    effect.act(list(out[at:end]))
                    at = end
        return True

    def build(
        self, out: Sequence[float], partials: dict[int, Any] | None, parents: tuple[Any, ...], kept: Any = ()
    ) -> Any:
        """The result in its structure; `kept` are the inputs. Without `partials` its Values have no parents."""

        def leaf(x: Any) -> Any:
            if not isinstance(x, Output):
                if is_row(x):
                    return x.of(out)
                return x.thing if isinstance(x, Itself) else x
            position = x.position
            number = out[position]
            if not x.differentiable:
                return number if x.kind is float else x.kind(number)
            if x.source is not None:
                return parents[self.places[x.source]]
            if not parents or partials is None:
                return node(x.kind, None, number, None, None)
            return self.value(x, number, partials[position], parents, kept)

        result = self.result
        if type(result) is Output:  # one alone needs no search
            return leaf(result)
        return list(map(leaf, result)) if self.row else transform(leaf, result, is_row)

    def value(self, x: Output, number: float, partials: Any, parents: tuple[Any, ...], kept: Any) -> Value:
        """A result that was computed on the inputs `kept`."""

        def push_values(parents: Sequence[Value], upstream: Any) -> list[Any]:
            return self.push_values(kept, x.position, parents, upstream)

        return node(x.kind, self.programs.title, number, parents, partials, push_values, ...)  # type: ignore[arg-type, no-any-return]

    def push_values(self, kept: Sequence[Any], position: int, parents: Sequence[Value], upstream: Any) -> list[Any]:
        """The amounts that a result pushes to its parents, in Values: by its tape, on the inputs of that call."""
        inputs = [x for part in kept for x in part]
        fresh = list(map(fresh_node, parents))
        first, here = len(self.tape.arguments), len(self.parameters)
        inputs[first : first + here] = fresh[:here]
        for place, x in zip(self.tape.values, fresh[here:], strict=True):
            inputs[place] = x
        out = replay(self.tape, inputs)[position]
        adjoint = adjoint_values(out, fresh, False, upstream) if isinstance(out, Value) else {}
        return list(map(adjoint.get, fresh))


def is_computed_from(v: Value, wanted: set[Value]) -> bool:
    return bool(v.parents) and not wanted.isdisjoint(q for w in topological(v) for q in w.parents)


def copy_arrays(buffers: Sequence[Any]) -> list[Any]:
    """The inputs as they are now: an array may be the caller's own, who changes it later."""
    return [part.copy() if hasattr(part, "dtype") else part for part in buffers]


class LazyGradient(Lazily):
    """The gradient of one of several results, computed when it is first needed."""

    __slots__ = ("programs", "buffers", "which", "length", "numbers")

    def __init__(self, programs: Programs, buffers: list[Any], which: int, length: int):
        self.programs, self.buffers, self.which, self.length = programs, buffers, which, length
        self.numbers: tuple[float, ...] | None = None

    def compute(self) -> tuple[float, ...]:
        if self.numbers is None:
            seeds = [float(k == self.which) for k in range(len(self.programs.values))]
            numbers = self.programs.running(ROWS)([*self.buffers, seeds])
            if not all(map(isfinite, numbers)):  # perhaps that of another result, times 0
                numbers = self.programs.running(ROW, self.which)(self.buffers)
            self.numbers = tuple(numbers)
        return self.numbers

    def __len__(self) -> int:
        return self.length
