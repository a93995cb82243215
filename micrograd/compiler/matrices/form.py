"""The matrix form of a program: its inputs as arrays, its lines forward and backward, and the names of all of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.matrices.arrays import Array, Places, Role
from micrograd.compiler.matrices.expressions import Call, Expression, Leaf, Sum, Total, leaves, parts_of
from micrograd.compiler.matrices.families import needed
from micrograd.compiler.matrices.inlining import arrays_of, inline
from micrograd.compiler.matrices.lines import Line, Output, write_lines, write_outputs
from micrograd.compiler.matrices.naming import RESERVED, group
from micrograd.compiler.matrices.summands import restore_summands
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.rows import Rows

ACTIVATIONS = frozenset(["relu", "tanh", "sigmoid", "softplus", "erf", "sin"])


@dataclass(eq=False)
class Wanted:
    """What the inputs and the results of the rows would like to be called, in their order."""

    arguments: Sequence[str]
    parameters: Sequence[str]
    drawn: int
    results: Sequence[str]
    by: Sequence[int]  # the inputs of the gradient, which comes after the results


@dataclass(eq=False)
class Form:
    inputs: list[Array]
    members: dict[Array, list[int]]  # of each input array, its places among all inputs
    lines: list[Line]
    results: list[Output]
    gradients: dict[Array, Array]  # for each input array its gradient
    names: Namespace
    inside: dict[Array, Array]  # for arrays without a line of their own, that into whose line they were written

    @property
    def forward(self) -> list[Line]:
        return [line for line in self.lines if line.forward]

    @property
    def backward(self) -> list[Line]:
        return [line for line in self.lines if not line.forward]


def make_form(rows: Rows, wanted: Wanted) -> Form:
    names = Namespace(RESERVED)
    known = {i: x for i in (ONE, *range(1 + rows.inputs, rows.first)) if (x := rows.number(i)) is not None}
    places = Places(known)
    members: dict[Array, list[int]] = {}
    start = 0
    groups: list[tuple[Sequence[str], Role]] = [
        (wanted.arguments, "argument"),
        (wanted.parameters, "parameter"),
        ([f"drawn[{k}]" for k in range(wanted.drawn)], "drawn"),
    ]
    for texts, role in groups:
        for one in group(texts, names, role == "parameter"):
            array = places.add(Array(one.shape, role, one.name, given=one.given))
            members[array] = [start + k for k in one.members]
            places.put(array, array.whole(), [1 + k for k in members[array]])
        start += len(texts)
    count = len(wanted.results)
    outputs = rows.outputs[: count + len(wanted.by)]  # without the decisions and the like
    operands = {i: (kind, terms) for i, kind, terms in rows}
    adjoint_of = dict(zip(operands, rows.adjoint_of, strict=True))
    used = needed(operands, outputs)
    operands = {i: row for i, row in operands.items() if i in used}
    operands = restore_summands(operands, known, rows.first + len(rows))

    lines = write_lines(operands, adjoint_of, places, outputs[:count])
    results = []
    for one in group(wanted.results, names, False):
        results.append(Output(Array(one.shape, name=one.name), [outputs[k] for k in one.members]))
    forward, backward = [line for line in lines if line.forward], [line for line in lines if not line.forward]
    more, results = write_outputs(results, places, True)
    forward += more
    gradient = dict(zip(wanted.by, outputs[count:], strict=False))
    differentiated = [array for array, of in members.items() if of[0] in gradient]
    asked = [Output(places.adjoint(array), [gradient[k] for k in members[array]]) for array in differentiated]
    more, found = write_outputs(asked, places, False)
    backward += more
    gradients = {array: output.array for array, output in zip(differentiated, found, strict=True)}
    kept = {output.array for output in (*results, *found)}
    left, inside = inline([*forward, *backward], kept)
    left = [line for line in left if line.forward] + in_order([line for line in left if not line.forward], kept)
    form = Form([*members], members, left, results, gradients, names, inside)
    give_names(form)
    return form


def in_order(lines: list[Line], kept: set[Array]) -> list[Line]:
    """Backward lines with each gradient right after the adjoints that it is made from."""
    adjoints = [line for line in lines if line.array not in kept]
    latest = {line.array: k for k, line in enumerate(adjoints, start=1)}

    def rank(line: Line) -> tuple[int, int]:
        own = latest.get(line.array)
        if own is not None:
            return adjoints.index(line) + 1, 0
        return max((latest.get(a, 0) for e in leaves(line.expression) for a in arrays_of(e)), default=0), 1

    ranks = {id(line): rank(line) for line in lines}
    for line in lines:  # a gradient may be made from another one
        for e in leaves(line.expression):
            for a in arrays_of(e):
                if a in kept:
                    before = max((ranks[id(other)] for other in lines if other.array is a), default=(0, 0))
                    ranks[id(line)] = max(ranks[id(line)], before)
    return sorted(lines, key=lambda line: ranks[id(line)])


# ---- names


def give_names(form: Form) -> None:
    """Names for the arrays that have none: h for layers, z for sums, … ; dX for the adjoints of X."""
    names = form.names
    for line in form.forward:
        if line.array.name:
            continue
        wanted = f"{letter_for(line, form)}{number_of(line.expression)}"
        line.array.name = names.give(wanted.upper() if len(wanted) < 4 and len(line.array.shape) > 1 else wanted)
    for line in form.backward:
        if not line.array.name:
            line.array.name = names.give(name_of_adjoint(line, form))


def letter_for(line: Line, form: Form) -> str:
    e = line.expression
    if is_each(line, form):
        return "losses" if "loss" in form.results[0].array.name else "each"
    if isinstance(e, Call):
        if e.kind in ACTIVATIONS:
            return "h" if layers(e) else e.kind[0]
        return {"exp": "e", "div": "p"}.get(e.kind, "v")
    return "z" if layers(e) else "s" if isinstance(e, Total) else "v"


def is_each(line: Line, form: Form) -> bool:
    """Whether it holds what the result is the sum or the mean of."""
    last = form.forward[-1]
    parts = last.expression.parts if isinstance(last.expression, Sum) else (last.expression,)
    totals = [e for e in parts if isinstance(e, Total)]
    return any([leaf.array for leaf in leaves(e) if isinstance(leaf, Leaf)] == [line.array] for e in totals)


def layers(e: Expression) -> list[Array]:
    """The parameters in products with something else that are summed up."""
    found = []
    if isinstance(e, Total):
        arrays = [leaf.array for leaf in leaves(e) if isinstance(leaf, Leaf)]
        if any(array.role != "parameter" for array in arrays):
            found += [array for array in arrays if array.role == "parameter"]
    return found + [array for part in parts_of(e) for array in layers(part)]


def number_of(e: Expression) -> str:
    """The number of the layer: that of its weights."""
    digits = [re.search(r"\d*$", array.name) for array in layers(e)]
    return digits[0][0] if digits and digits[0] else ""


def name_of_adjoint(line: Line, form: Form) -> str:
    of = line.array.of
    if of is None:
        return "v"
    if of.name:
        return f"d{of.name}"
    host = form.inside.get(of)
    while host is not None and not host.name:
        host = form.inside.get(host)
    if host is not None and re.fullmatch(r"[hH]\d*", host.name):
        return f"d{'Z' if host.name[0] == 'H' else 'z'}{host.name[1:]}"
    return "g"
