"""`Matrices`: a compiled function in matrix form, to be read, printed and run elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from micrograd.calculus.structures import named_leaves
from micrograd.compiler.matrices.form import Form, Wanted, make_form
from micrograd.compiler.matrices.naming import texts_of
from micrograd.compiler.matrices.numpy_source import as_numpy
from micrograd.compiler.matrices.text import as_text, first_lines
from micrograd.compiler.programs import FORWARD, Programs
from micrograd.compiler.surroundings.watch import Watch
from micrograd.compiler.tracing.tape import Output
from micrograd.engine import Value
from micrograd.text.terminal import fitted


def in_matrices(programs: Programs, mode: str, parameters: Sequence[Value], watch: Watch) -> Matrices:
    """The matrix form of a program with that purpose: GRADIENT, or FORWARD where there are several results."""
    tape = programs.tape
    arguments, first = len(tape.arguments), len(tape.arguments) + len(parameters)
    by = [] if mode == FORWARD else [*range(arguments, first), *tape.values]
    outputs = {id(x): name for name, x in named_leaves(tape.result, programs.title) if isinstance(x, Output)}
    wanted = Wanted(
        programs.names[:arguments], texts_of(parameters, watch), len(tape.fresh), list(outputs.values()), by
    )
    return Matrices(make_form(programs.rows(mode), wanted), programs.title, list(notes(programs, mode)))


def notes(programs: Programs, mode: str) -> Iterator[str]:
    tape = programs.tape
    if tape.guards:
        places = dict.fromkeys(guard.place for guard in tape.guards)
        yield f"For the decisions of the latest call ({'; '.join(places)}): others lead to another form."
    if tape.effects:
        yield "Left out is what the function keeps for later, such as running statistics."
    if tape.fresh:
        yield "drawn: the numbers that the function draws at each call."
    if mode == FORWARD:
        yield "Forward only: the function returns several results, or none that is a Value."


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

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the source to a file."""
        Path(path).write_text(self.source, encoding="utf-8")

    @fitted
    def __str__(self) -> str:
        return "\n\n".join([as_text(self._form), *self._notes])

    @fitted
    def __repr__(self) -> str:
        return f"<matrices of {self._title}: {first_lines(self._form)}>"
