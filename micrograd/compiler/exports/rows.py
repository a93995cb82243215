"""The rows of a forward pass that another engine will differentiate.

What an engine differentiates otherwise than we do, at a kink, at a tie, at infinity, stays whole: it becomes a row of
its own kind, for which the source has a function with our derivative. So does what the user declared, and what takes
many numbers. A number read from a Value, which has no derivative, is a row of the kind `DETACHED`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd import ops
from micrograd.compiler.exports.chains import CHAINS, Replaced, find_extremes, find_places, without_stops
from micrograd.compiler.matrices.families import OF_ROWS, POWER
from micrograd.compiler.matrices.together import together
from micrograd.compiler.stages.choice import choose_stages
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.tracing.numbers.choices import PICK
from micrograd.compiler.tracing.tape import STOP, Tape
from micrograd.ops import Primitive

DETACHED = "detached"

# Primitives that are sums, products and powers here, or whose derivatives every engine has as we do.
PLAIN = frozenset(
    [
        *(ops.add, ops.sub, ops.mul, ops.div, ops.neg, ops.power, ops.total, ops.dot),
        *(ops.exp, ops.log, ops.log1p, ops.expm1, ops.sqrt, ops.sin, ops.cos, ops.tan, ops.atan, ops.tanh),
        *(PICK, ops.exp2, ops.log2, ops.log10, ops.sinh, ops.cosh, ops.asinh, ops.where),
    ]
)


class Forward(NamedTuple):
    """The rows; their outputs are the results, and then, with `guarded`, how many decisions came out otherwise."""

    rows: Rows
    guarded: bool
    whole: dict[str, Primitive]  # the primitives behind the kinds that stayed whole


def forward_rows(tape: Tape, names: Sequence[str]) -> Forward:
    """The rows of the results of a tape; the names are those of its inputs."""
    stages = choose_stages()
    e, where = stages.simplify(tape, 0)
    nodes = Replaced(e)
    whole = {} if tape.gradients else keep_whole(nodes, tape, where)
    conditions = tape.guards.conditions
    flipped = e.constant(float(sum(guard.outcome for guard in conditions)) or -0.0)
    for guard in conditions:
        condition = where[guard.positions[0]]
        flipped = e.sub(flipped, condition) if guard.outcome else e.add(flipped, condition)
    guarded = e.number(flipped) is None
    outputs = [*(where[i] for i in tape.outputs), *([flipped] if guarded else [])]
    without_stops(nodes)
    find_places(nodes)
    for i in nodes.of_kinds(STOP):
        nodes[i] = DETACHED, nodes[i][1]
    e = stages.replace(e, nodes.others)
    if len(e.of_kinds([*CHAINS])) > 1:
        e = stages.replace(e, find_extremes(e, stages.count_uses(e, outputs)))
    rows = stages.flatten(stages.collect_sums(e, outputs, [], [*OF_ROWS]), names, outputs)
    return Forward(rows, guarded, {kind: op for kind, op in whole.items() if kind in rows.table})


def keep_whole(nodes: Replaced, tape: Tape, where: Sequence[int]) -> dict[str, Primitive]:
    """Make the node of each primitive that stays whole that of its operands alone."""
    found: dict[str, Primitive] = {}
    rows, e = tape.rows, nodes.e
    kept = bytes(
        isinstance(op, Primitive) and (op is ops.power or not (op in PLAIN or numbered)) for op, numbered in rows.table
    )
    table, codes, ends, operands_of, has_partials = rows.table, rows.codes, rows.ends, rows.places, e.has_partials
    kinds = [f"{op.name}()" if isinstance(op, Primitive) else "" for op, _ in table]
    for i in together.select(codes, kept):
        out = where[i]
        if out < 0 or not has_partials(out):
            continue
        code = codes[i]
        op, kind = table[code][0], kinds[code]
        if op is ops.power:
            if nodes[out][0] == "div":  # its derivative is no 0 · inf
                _, operands, constant = rows[i]
                nodes[out] = f"{POWER}{constant:g}", where[operands[0]]
            continue
        begin, end = ends[i - 1] if i else 0, ends[i]
        places = [where[operands_of[begin]]] if end - begin == 1 else [where[p] for p in operands_of[begin:end]]
        if kind in OF_ROWS and len(places) < OF_ROWS[kind] + 1 or max(places) >= out:
            continue
        nodes[out] = kind, *places
        found[kind] = op
    for i in nodes.of_kinds("pick"):
        nodes[i] = "pick()", *nodes[i][1:]
    return found
