"""The stages in their order: from a tape to programs that run, each made when it is first needed."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import RLock
from time import perf_counter

from micrograd.calculus.structures import leaves
from micrograd.compiler.backends import NATIVE, SMALL, InKernel, InPython, Running
from micrograd.compiler.differentiate import differentiate
from micrograd.compiler.lower import LEAVES, lower, used
from micrograd.compiler.program import ONE, Program
from micrograd.compiler.simplify import simplify
from micrograd.compiler.source import Run, build, emit
from micrograd.compiler.sums import Sums, summed
from micrograd.compiler.tape import Output, Tape

# What a program computes, beside the decisions that come out otherwise and the numbers to keep.
FORWARD = "forward"  # the results
GRADIENT = "gradient"  # the results, and the gradient of the only Value among them by everything
THETA = "theta"  # the same by the first parameters only
ROWS = "rows"  # for seeds, one for each Value among the results: Σ seed · gradient by everything


class Programs:
    """The programs of one tape; `times` are the seconds that each stage took."""

    def __init__(self, tape: Tape, names: list[str], title: str, backend: str | None, times: dict[str, float]):
        self.tape, self.title, self.backend, self.times = tape, title, backend, times
        outputs = [x for x in leaves(tape.result) if isinstance(x, Output)]
        self.values = [output.position for output in outputs if output.differentiable]
        self.names = names
        self.lock = RLock()
        self._rows: dict[tuple[str, int], tuple[Sums, list[int]]] = {}
        self._running: dict[tuple[str, int], Running] = {}
        with timed(times, "simplify"):
            self.graph, self.where = simplify(tape, len(self.values))
            self.flipped = self._flipped()

    def _flipped(self) -> int:
        """The node that counts the decisions which come out otherwise."""
        graph, guards = self.graph, self.tape.guards.values()
        count = graph.constant(float(sum(guard.outcome for guard in guards)))
        for guard in guards:
            condition = self.where[guard.position]
            count = graph.sub(count, condition) if guard.outcome else graph.add(count, condition)
        return count

    @property
    def guarded(self) -> bool:
        """Whether a decision may come out otherwise; the first output after results and gradient counts those."""
        return self.graph.number(self.flipped) is None

    def by(self, mode: str, theta: int) -> list[int]:
        """The nodes of the inputs that a program differentiates by: parameters, then arguments."""
        parameters = 1 + len(self.tape.arguments)
        if mode == FORWARD:
            return []
        if mode == THETA:
            return list(range(parameters, parameters + theta))
        return [*range(parameters, parameters + len(self.tape.parameters)), *(1 + k for k in self.tape.values)]

    def rows(self, mode: str, theta: int = 0) -> tuple[Sums, list[int]]:
        """The rows of a program, and which of them are its outputs: results, gradient, flipped, kept numbers."""
        with self.lock:
            if (found := self._rows.get((mode, theta))) is not None:
                return found
            where, by = self.where, self.by(mode, theta)
            results = [where[i] for i in self.tape.outputs]
            others = [
                *([self.flipped] if self.guarded else []),
                *(where[i] for effect in self.tape.effects for i in effect.positions),
            ]
            with timed(self.times, "sums of products"):
                sums = summed(self.graph, [*results, *others], by)
            first = 1 + len(self.tape.inputs)
            seeded = [(results[p], first + k if mode == ROWS else ONE) for k, p in enumerate(self.values)]
            gradient = []
            if by:
                with timed(self.times, "differentiate"):
                    gradient = differentiate(sums, seeded, by)
            outputs = gradient if mode == ROWS else [*results, *gradient, *others]
            self._rows[mode, theta] = sums, outputs
            return sums, outputs

    def sizes(self) -> Iterator[tuple[str, int, int]]:
        """For each program that was made: what it computes, how many rows, how many terms."""
        for (mode, _), (sums, outputs) in self._rows.items():
            rows = [i for i in used(sums, outputs) if sums.kinds[i] not in LEAVES]
            yield mode, len(rows), sum(len(sums.terms[i]) for i in rows)

    def inputs(self, mode: str) -> list[str]:
        return [*self.names, *(f"seed_{k}" for k in range(len(self.values)))] if mode == ROWS else self.names

    def running(self, mode: str, theta: int = 0) -> Running:
        found = self._running.get((mode, theta))
        if found is not None:
            return found
        with self.lock:
            if mode == THETA and self.by(THETA, theta) == self.by(GRADIENT, 0):
                found = self.running(GRADIENT)
            else:
                found = self._in_kernel(mode, theta) if self._for_kernel(mode, theta) else self._in_python(mode, theta)
            self._running[mode, theta] = found
            return found

    def _for_kernel(self, mode: str, theta: int) -> bool:
        if self.backend is not None:
            return self.backend == NATIVE
        sums, outputs = self.rows(mode, theta)
        return sum(len(sums.terms[i]) for i in used(sums, outputs)) > SMALL

    def _in_kernel(self, mode: str, theta: int) -> Running:
        program = self.program(mode, theta)
        with timed(self.times, "load"):
            return InKernel(program)

    def _in_python(self, mode: str, theta: int) -> Running:
        def made(quiet: bool = False) -> Run:
            source = self.source(mode, theta, quiet)
            with timed(self.times, "compilation by Python"):
                return build(source, self.title, quiet)

        return InPython(made(), lambda: made(quiet=True))

    def program(self, mode: str, theta: int = 0) -> Program:
        sums, outputs = self.rows(mode, theta)
        with timed(self.times, "lower"):
            return lower(sums, len(self.inputs(mode)), outputs)

    def source(self, mode: str, theta: int = 0, quiet: bool = False) -> str:
        sums, outputs = self.rows(mode, theta)
        with timed(self.times, "emit"):
            return emit(sums, used(sums, outputs), self.inputs(mode), outputs, self.title, quiet)


@contextmanager
def timed(times: dict[str, float], stage: str) -> Iterator[None]:
    """Adds up what a stage takes. The cyclic collector, which would find nothing in all the lists, waits meanwhile."""
    collecting = gc.isenabled()
    gc.disable()
    start = perf_counter()
    try:
        yield
    finally:
        times[stage] = times.get(stage, 0.0) + perf_counter() - start
        if collecting:
            gc.enable()
