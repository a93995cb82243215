"""All stages in order: from a tape to programs that run, each made when it is first needed."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from micrograd.calculus.structures import leaves
from micrograd.compiler.backends import kernel
from micrograd.compiler.backends.lanes import InLanes
from micrograd.compiler.backends.python import Run, Source, build, emit
from micrograd.compiler.backends.running import NATIVE, PYTHON, SMALL_PROGRAM, InKernel, InPython, Running
from micrograd.compiler.stages.beginnings import begin_alike
from micrograd.compiler.stages.blocks import Blocks
from micrograd.compiler.stages.choice import choose_stages
from micrograd.compiler.stages.expressions import Expressions
from micrograd.compiler.stages.loops import roll_loops
from micrograd.compiler.stages.native import extension
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.roll import LISTED, roll
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.stages.tables import copy_constants
from micrograd.compiler.tracing.exclusive import CollectorWaits, exclusively
from micrograd.compiler.tracing.tape import Output, Tape
from micrograd.text.notation import count

# The purposes of a program. Those with results also report changed decisions, and the numbers to answer by and to keep.
FORWARD = "forward"  # the results
GRADIENT = "gradient"  # the results, and the gradient of the only Value among them with respect to everything
THETA = "theta"  # the same, with respect to the first parameters only
DECISIONS = "decisions"  # the numbers by which Python decides, and nothing else
ROW = "row"  # the gradient of one of several Values among the results with respect to everything
BOTH = "both"  # the results, and the same as ROWS: to be read, not to be run
ROWS = "rows"  # for seeds, one for each Value among the results: Σ seed · gradient with respect to everything


class Programs:
    """The programs of one tape.

    Intermediate results of the stages are dropped once a program is made, and made again for another one: they would be
    larger than all the rest, and the cyclic collector would go through them again and again.

    values   the outputs that are differentiated: Values that the function returns as it got them need no program
    times    the seconds that each stage took
    nodes    the number of different nodes of the tape
    sizes    for each program made so far, the numbers of its rows and of its terms
    guarded  whether a condition may change; the first output after results and gradient counts those that did
    """

    def __init__(self, tape: Tape, names: list[str], title: str, backend: str | None, times: dict[str, float]):
        self.tape, self.names, self.title, self.backend, self.times = tape, names, title, backend, times
        outputs = [x for x in leaves(tape.result) if isinstance(x, Output)]
        values = [output for output in outputs if output.differentiable]
        self.values = [v.position for v in values if v.source is None] or [v.position for v in values]
        self.sizes: dict[str, tuple[int, int]] = {}
        self._running: dict[tuple[str, int], Running] = {}
        self._lanes: dict[Any, InLanes | None] = {}
        self.stages = choose_stages()
        self._first: tuple[Expressions, Sequence[int], int] | None = self._simplify()
        e, _, flipped = self._first
        self.nodes, self.guarded = len(e.nodes), e.number(flipped) is None

    def running(self, mode: str, n: int = 0) -> Running:
        """The program for that purpose, for n parameters (THETA) or for the n-th result (ROW), ready to be run."""
        found = self._running.get((mode, n))
        if found is not None:
            return found
        if mode == THETA and self._variables(THETA, n) == self._variables(GRADIENT, 0):
            found = self.running(GRADIENT)
        else:
            found = exclusively(CollectorWaits(), lambda: self._build(mode, n))
        self._running[mode, n] = found
        return found

    def lanes(
        self, mode: str, n: int, end: int | None, keep: slice, inputs: tuple[tuple[int, bool], ...]
    ) -> InLanes | None:
        """The same for many examples; None where they have to run one after the other.

        `inputs` tells of so many consecutive ones whether they are the same for all examples. With `end`, there are
        only the outputs up to that one; those that are to `keep` are not added up.
        """
        if self.backend == PYTHON or not kernel.available():
            return None
        key = mode, n, end, keep.start, keep.stop, inputs
        if key not in self._lanes:
            self._lanes[key] = exclusively(CollectorWaits(), lambda: self._build_lanes(*key))
        return self._lanes[key]

    def _build_lanes(
        self,
        mode: str,
        n: int,
        end: int | None,
        start: int | None,
        stop: int | None,
        inputs: tuple[tuple[int, bool], ...],
    ) -> InLanes | None:
        same = [same for width, same in inputs for _ in range(width)]
        varying = [k for k, x in enumerate(same) if not x]
        blocks = roll(self.rows(mode, n, end), varying, 0)
        kept = range(len(blocks.outputs))[start:stop]
        return InLanes(blocks, varying, kept) if kernel.knows(blocks) else None

    def _build(self, mode: str, n: int) -> Running:
        rows = self.rows(mode, n)
        self.sizes[mode] = len(rows), len(rows.left)
        if self.backend == NATIVE or (self.backend is None and len(rows.left) > SMALL_PROGRAM):
            blocks = self.roll(rows)
            if kernel.knows(blocks):
                with add_time(self.times, "load"):
                    return InKernel(blocks)

        here = weakref.ref(self)  # no reference back, and none to the rows

        def quietly() -> Run:
            programs = here()
            assert programs is not None  # whoever runs a program keeps it
            return exclusively(CollectorWaits(), lambda: programs._build_python(programs.rows(mode, n), True))

        return InPython(self._build_python(rows), quietly)

    def _build_python(self, rows: Rows, quiet: bool = False) -> Run:
        source = self._emit(rows, quiet)
        with add_time(self.times, "compilation by Python"):
            return build(source)

    # ---- the stages

    def _simplify(self) -> tuple[Expressions, Sequence[int], int]:
        """The expressions, the node of each operation of the tape, and the one that counts decisions that changed."""
        conditions = self.tape.guards.conditions
        with add_time(self.times, "simplify"):
            e, where = self.stages.simplify(self.tape, len(self.values))
            flipped = e.constant(float(sum(guard.outcome for guard in conditions)) or -0.0)
            for guard in conditions:
                condition = where[guard.positions[0]]
                flipped = e.sub(flipped, condition) if guard.outcome else e.add(flipped, condition)
        return e, where, flipped

    def _variables(self, mode: str, n: int) -> list[int]:
        """The nodes of the inputs to differentiate with respect to: parameters, then arguments."""
        parameters = 1 + len(self.tape.arguments)
        if mode in (FORWARD, DECISIONS):
            return []
        if mode == THETA:
            return list(range(parameters, parameters + n))
        return [*range(parameters, parameters + len(self.tape.parameters)), *(1 + k for k in self.tape.values)]

    def rows(self, mode: str, n: int = 0, end: int | None = None) -> Rows:
        """The rows of a program: results, gradient, flipped conditions, numbers to answer by, numbers to keep.

        With `end`, of the outputs up to that one only.
        """
        (e, where, flipped), self._first = self._first or self._simplify(), None
        by, inputs = self._variables(mode, n), self.names
        if mode == DECISIONS:
            outputs = [where[i] for i in self.tape.guards.positions]
            sums = self.stages.collect_sums(e, outputs, by)
            return self.stages.flatten(sums, inputs, outputs)
        results = [where[i] for i in self.tape.outputs]
        others = [flipped] if self.guarded else []
        others += [where[i] for guard in self.tape.guards.answers for i in guard.positions]
        others += [where[i] for effect in self.tape.effects for i in effect.positions]
        with add_time(self.times, "sums of products"):
            sums = self.stages.collect_sums(e, [*results, *others], by)
        first, gradient = 1 + len(inputs), []
        seeded = [(results[p], first + k if mode in (ROWS, BOTH) else ONE) for k, p in enumerate(self.values)]
        if mode == ROW:
            seeded = [seeded[n]]
        if by:
            with add_time(self.times, "differentiate"):
                gradient = self.stages.differentiate(sums, seeded, by)
        outputs = [*results, *gradient, *others]
        if mode in (ROWS, BOTH):
            inputs = [*inputs, *(f"seed_{k}" for k in range(len(self.values)))]
        if mode in (ROW, ROWS):
            outputs = gradient
        with add_time(self.times, "order"):
            return self.stages.flatten(sums, inputs, outputs[:end])

    def roll(self, rows: Rows) -> Blocks:
        """The rows as the kernel runs them: listed where rolling would be in Python, and take longer than it saves."""
        with add_time(self.times, "roll"):
            return roll(rows, least=LISTED) if extension is None else copy_constants(roll_loops(begin_alike(rows)))

    def emit(self, rows: Rows) -> str:
        """The program as Python."""
        return self._emit(rows).text

    def _emit(self, rows: Rows, quiet: bool = False) -> Source:
        with add_time(self.times, "emit"):
            return emit(rows, self.title, quiet)


@contextmanager
def add_time(times: dict[str, float], stage: str) -> Iterator[None]:
    """Add the time inside this context to that of the stage."""
    start = perf_counter()
    try:
        yield
    finally:
        times[stage] = times.get(stage, 0.0) + perf_counter() - start


def report(programs: Programs) -> str:
    """A few lines: what each stage left, and how long it took."""
    tape = programs.tape
    lines = [f"  {count(len(tape.rows), 'operation')} recorded → {programs.nodes:,} different nodes"]
    for mode, (rows, terms) in programs.sizes.items():
        lines.append(f"    → {rows:,} sums and functions of {terms:,} terms ({mode})")
    if tape.guards:
        lines.append(f"  checked at each call: {count(len(tape.guards), 'decision')}")
    lines.append("  " + ", ".join(f"{stage} {1e3 * seconds:,.1f} ms" for stage, seconds in programs.times.items()))
    return "\n".join(lines)
