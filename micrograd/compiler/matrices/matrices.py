"""`Matrices`: a compiled function in matrix form, to be read, printed and run elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from micrograd._core.writing import write_file
from micrograd.calculus.structures import named_leaves
from micrograd.compiler.matrices.composites import kinds_of_composites, rows_with_composites
from micrograd.compiler.matrices.families import Unfit
from micrograd.compiler.matrices.form import Form, Wanted, make_form
from micrograd.compiler.matrices.latex import as_latex
from micrograd.compiler.matrices.naming import bundles_of
from micrograd.compiler.matrices.numpy_source import as_numpy
from micrograd.compiler.matrices.text import as_text, first_lines
from micrograd.compiler.matrices.titles import named
from micrograd.compiler.programs import BOTH, FORWARD, GRADIENT, Programs
from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.exclusive import CollectorWaits, exclusively
from micrograd.compiler.tracing.tape import Output
from micrograd.engine import Value
from micrograd.text.terminal import fitted

NAMELESS = "function"  # what a lambda is called in the source
LISTED = 3  # decisions


def in_matrices(programs: Programs, parameters: Sequence[Value], watch: Watch) -> Matrices:
    """The matrix form of a program: with the gradient of its result, or with that of several for given adjoints."""
    form = exclusively(CollectorWaits(), lambda: form_of(programs, *wanted_of(programs, parameters, watch)))
    return Matrices(form, programs.title, list(notes(programs)))


def wanted_of(programs: Programs, parameters: Sequence[Value], watch: Watch) -> tuple[str, Wanted]:
    """For which purpose the program is shown, and the names."""
    tape = programs.tape
    mode = {0: FORWARD, 1: GRADIENT}.get(len(programs.values), BOTH)
    first = len(tape.arguments)
    title = "out" if programs.title == NAMELESS else programs.title
    results = [title] * len(tape.outputs)
    for name, x in named_leaves(tape.result, title):
        if isinstance(x, Output):
            results[x.position] = name
    return mode, Wanted(
        arguments=programs.names[:first],
        parameters=bundles_of(parameters, watch),
        drawn=[f"drawn[{k}]" for k in range(len(tape.fresh))],
        seeds=[f"d{results[k]}" for k in programs.values] if mode == BOTH else [],
        results=results,
        by=[] if mode == FORWARD else [*range(first, first + len(parameters)), *tape.values],
    )


def form_of(programs: Programs, mode: str, wanted: Wanted) -> Form:
    """With composites, without softmax, or else with all operations taken apart."""
    for softmax in kinds_of_composites(programs.tape):
        with suppress(Unfit):
            rows = rows_with_composites(programs, mode, wanted.by, softmax)
            return named(make_form(rows, wanted, steps=True))
    rows = programs.rows(mode, end=len(wanted.results) + len(wanted.by))
    return named(make_form(rows, wanted, steps=True))


def notes(programs: Programs) -> Iterator[str]:
    tape = programs.tape
    if tape.guards:
        places = [*dict.fromkeys(guard.place for guard in tape.guards)]
        more = f"; and {len(places) - LISTED} more places" if len(places) > LISTED else ""
        yield f"For the decisions of the latest call ({'; '.join(places[:LISTED])}{more}): others lead to another form."
    if tape.effects:
        yield "Left out is what the function keeps for later, such as running statistics."
    if tape.fresh:
        yield "drawn: the numbers that the function draws at each call."
    if len(programs.values) > 1:
        yield "Several results: the backward pass begins with their adjoints, which are inputs here."
    if not tape.outputs:
        yield "Nothing is computed: the result is the same for all numbers."
    elif not programs.values:
        yield "Forward only: no result is a Value."


class Matrices:
    """What a compiled function computes, forward and backward, as matrix products, maps and sums of whole arrays.

        print(f.matrices)               # h = relu(W1 @ x + b1), …, dW1 = dz1[:, None] * x, with all shapes
        f.matrices.latex                # the same for a document; a notebook shows it when it ends a cell
        print(f.matrices.source)        # a module that needs NumPy and nothing else
        f.matrices.save("loss.py")

    Arrays are called as you call them: arguments by their names, parameters by their labels, or by their place in the
    model that holds them.
    """

    def __init__(self, form: Form, title: str, notes: Sequence[str] = ()):
        self._form, self._title, self._notes = form, title, list(notes)

    @cached_property
    def source(self) -> str:
        """A NumPy module: a function that gives the value and the gradient.

        Raises `NotImplementedError` if an operation of your own is part of it.
        """
        notes = "".join(f"\n{note}" for note in self._notes)
        docstring = f"{self._title} as array code, made by micrograd from the scalar one.{notes}"
        return as_numpy(self._form, self._title, docstring).text

    @property
    def beginning(self) -> str:
        """The first two lines of the forward pass."""
        return first_lines(self._form)

    @property
    def latex(self) -> str:
        """All lines in LaTeX, in an `aligned` environment, as MathJax and KaTeX read it too."""
        return as_latex(self._form)

    def _repr_latex_(self) -> str:
        """What a notebook shows."""
        return f"$$\n{self.latex}\n$$"

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the source to a file, and return its path."""
        return write_file(path, self.source)

    @fitted
    def __str__(self) -> str:
        return "\n\n".join([as_text(self._form), *self._notes])

    @fitted
    def __repr__(self) -> str:
        return f"<matrices of {self._title}: {self.beginning}>"
