"""The matrix form of a program: its inputs as arrays, its lines forward and backward, and the names of all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.matrices.agenda import agenda
from micrograd.compiler.matrices.arrays import Array, Index, Places, Role
from micrograd.compiler.matrices.expressions import Leaf, folded, leaves
from micrograd.compiler.matrices.inlining import arrays_of, inline
from micrograd.compiler.matrices.lines import Line, Output, write_lines, write_outputs
from micrograd.compiler.matrices.naming import RESERVED, Group, group
from micrograd.compiler.matrices.operands import operands_of
from micrograd.compiler.matrices.paths import Bundle, read_bundles, without
from micrograd.compiler.matrices.shields import shield
from micrograd.compiler.matrices.stacks import find_stacks, may_repeat, step_by_step
from micrograd.compiler.matrices.steps import fold, without_stacks
from micrograd.compiler.matrices.summands import restore_summands
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.rows import Rows


@dataclass(eq=False)
class Wanted:
    """What the inputs and the results of the rows would like to be called, in their order."""

    arguments: Sequence[str]
    parameters: Sequence[Bundle]
    drawn: Sequence[str]
    seeds: Sequence[str]
    results: Sequence[str]
    by: Sequence[int]  # the inputs of the gradient, which comes after the results
    known: Mapping[int, float] = field(default_factory=dict)  # inputs that are known numbers here
    reserved: Iterable[str] = ()  # names that mean something else in the source
    shielded: bool = False  # whether numbers that nobody reads have to be finite, as their derivatives


@dataclass(eq=False)
class Form:
    inputs: list[Array]
    members: dict[Array, list[int]]  # of each input array, its places among all inputs
    lines: list[Line]
    results: list[Output]
    gradients: dict[Array, Array]  # for each input array its gradient
    names: Namespace
    inside: dict[Array, Line]  # for arrays without a line of their own, the line that they had
    hosts: dict[Array, Array]  # and the array into whose line it was written
    stacked: bool = False  # whether what some steps compute is one array with an axis for them

    @property
    def forward(self) -> list[Line]:
        return [line for line in self.lines if line.forward]

    @property
    def backward(self) -> list[Line]:
        return [line for line in self.lines if not line.forward]


def make_form(rows: Rows, wanted: Wanted, steps: bool = False) -> Form:
    """The matrix form of rows whose outputs are the results and the gradient.

    With `steps`, those of a recurrence are a loop.
    """
    known = {i: x for i in (ONE, *range(1 + rows.inputs, rows.first)) if (x := rows.number(i)) is not None}
    known |= {1 + k: x for k, x in wanted.known.items()}
    count = len(wanted.results)
    outputs = rows.outputs
    adjoint_of = {i: of for i, of in enumerate(rows.adjoint_of, rows.first) if i != of} if wanted.by else {}
    operands = restore_summands(operands_of(rows), known)
    found = agenda(operands, outputs[:count], known)
    nothing = operands.count  # a row in place of the gradient by a plain number
    known[nothing] = 0.0
    names = Namespace(RESERVED.union(wanted.reserved))
    inputs = input_groups(wanted, names)
    result_groups = group(read_bundles(wanted.results), names, False)
    shapes: dict[str, tuple[int, ...]] = {}
    homes: dict[int, tuple[Array, Index]] = {}
    while True:
        places, members = Places(known, nothing + 1, homes), dict[Array, list[int]]()
        for one, role in inputs:
            array = places.add(Array(shapes.get(one.name, one.shape), role, one.name, given=one.given))
            members[array] = one.members
            places.put(array, [1 + k for k in one.members])
        lines = write_lines(operands, adjoint_of, places, found)
        if folded_shapes := folds(lines, shapes):
            shapes |= folded_shapes
        elif (
            steps
            and not homes
            and may_repeat(lines)
            and (found_homes := find_stacks(step_by_step(lines, operands), places))
        ):
            homes |= found_homes
        else:
            break
    if homes:
        lines = step_by_step(lines, operands)
    if wanted.shielded:
        shield(lines, places)
    results = [
        Output(Array(one.shape, name=one.name), [outputs[k] for k in one.members], one.members) for one in result_groups
    ]
    forward, backward = [line for line in lines if line.forward], [line for line in lines if not line.forward]
    more, results = write_outputs(results, places, True)
    forward += more
    gradient = dict(zip(wanted.by, outputs[count:], strict=True))
    differentiated = [array for array, of in members.items() if any(k in gradient for k in of)]
    asked = [
        Output(places.adjoint(array), [gradient.get(k, nothing) for k in members[array]], members[array])
        for array in differentiated
    ]
    for array, output in zip(differentiated, asked, strict=True):
        output.array.name = names.give(f"d{array.name}")
    more, asked = write_outputs(asked, places, False)
    backward += more
    kept = {output.array for output in (*results, *asked)}
    lines, stacks = [*forward, *backward], dict[Array, Array]()
    if homes:
        lines, stacks = without_stacks([*fold(forward), *fold(backward)], kept)
    left, inside, hosts = inline(lines, kept)
    for alone, stack in stacks.items():  # an adjoint of the stack has its name from there
        if alone in hosts:
            inside[stack], hosts[stack] = inside[alone], hosts[alone]
    left = [line for line in left if line.forward] + in_order([line for line in left if not line.forward], kept)
    gradients = {array: output.array for array, output in zip(differentiated, asked, strict=True)}
    form = Form([*members], members, left, results, gradients, names, inside, hosts, bool(homes))
    return form


def input_groups(wanted: Wanted, names: Namespace) -> list[tuple[Group, Role]]:
    """The arrays of the inputs; their members are counted among all inputs."""
    found: list[tuple[Group, Role]] = []
    start = 0
    kinds: list[tuple[Sequence[Bundle], Role]] = [
        (read_bundles(wanted.arguments), "argument"),
        (wanted.parameters, "parameter"),
        (read_bundles(wanted.drawn), "drawn"),
        (read_bundles(wanted.seeds), "seed"),
    ]
    for bundles, role in kinds:
        first, start = start, start + sum(len(bundle.ends) for bundle in bundles)
        if any(first <= k < start for k in wanted.known):
            bundles = without(bundles, {k - first for k in wanted.known})
        groups = group(bundles, names, role == "parameter")
        found += [(one._replace(members=[first + k for k in one.members]), role) for one in groups]
    return found


def folds(lines: Sequence[Line], known: Mapping[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    """Inputs with an axis that holds a matrix, read as w[3 * i + j] alone: their shapes then, by their names."""
    used = [e for line in lines if line.forward for e in leaves(line.expression) if isinstance(e, Leaf)]
    found: dict[str, tuple[int, ...]] = {}
    for array in dict.fromkeys(e.array for e in used if e.array.name and e.array.name not in known):
        moves = [e.moves for e in used if e.array is array]
        shape: list[int] = []
        for place, size in enumerate(array.shape):
            folding = {folded(0, of[place], size) for of in moves}
            inner = folding.pop()
            fits = not folding and len(inner) > 1 and prod(inner) == size
            shape += inner if fits else [size]
        if len(shape) > len(array.shape):
            found[array.name] = tuple(shape)
    return found


def in_order(lines: list[Line], kept: set[Array]) -> list[Line]:
    """Backward lines with each gradient as soon as what it is made from is there."""
    reads = [{array for e in leaves(line.expression) for array in arrays_of(e)} for line in lines]
    before = [[j for j in range(i) if lines[j].array in reads[i]] for i in range(len(lines))]
    done: dict[int, Line] = {}
    gradients = [i for i, line in enumerate(lines) if line.array in kept and not line.loop]
    gradients.sort(key=lambda i: lines[i].array.of.number if lines[i].array.of else 0)  # type: ignore[union-attr]
    for i, line in enumerate(lines):
        done.setdefault(i, line)
        if line.loop and lines[i + 1 : i + 2] and lines[i + 1].loop is line.loop:
            continue
        for k in gradients:
            if k not in done and all(j in done for j in before[k]):
                done[k] = lines[k]
    return [*done.values()]
