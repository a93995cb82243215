"""The rows of a forward pass that another engine will differentiate.

What an engine differentiates otherwise than we do, at a kink, at a tie, at infinity, stays whole: it becomes a row of
its own kind, for which the source has a function with our derivative. So does what the user declared, and what takes
many numbers. A number read from a Value, which has no derivative, is a row of the kind `DETACHED`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from micrograd import ops
from micrograd.compiler.exports.patterns import find_chains
from micrograd.compiler.matrices.families import OF_ROWS, POWER
from micrograd.compiler.stages.choice import IN_PYTHON
from micrograd.compiler.stages.expressions import ADD, MUL, SUM, Expressions
from micrograd.compiler.stages.program import ONE
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
MADE = frozenset([ADD, MUL, SUM, "constant", "input"])  # what has a primitive's name for no node of its own


class Forward(NamedTuple):
    """The rows; their outputs are the results, and then, with `guarded`, how many decisions came out otherwise."""

    rows: Rows
    guarded: bool
    whole: dict[str, Primitive]  # the primitives behind the kinds that stayed whole


def forward_rows(tape: Tape, names: Sequence[str]) -> Forward:
    """The rows of the results of a tape; the names are those of its inputs."""
    e, where = IN_PYTHON.simplify(tape, 0)
    whole = {} if tape.gradients else keep_whole(e, tape, where)
    conditions = tape.guards.conditions
    flipped = e.constant(float(sum(guard.outcome for guard in conditions)) or -0.0)
    for guard in conditions:
        condition = where[guard.positions[0]]
        flipped = e.sub(flipped, condition) if guard.outcome else e.add(flipped, condition)
    guarded = e.number(flipped) is None
    outputs = [*(where[i] for i in tape.outputs), *([flipped] if guarded else [])]
    find_chains(e, outputs)
    sums = IN_PYTHON.collect_sums(e, outputs, [])
    for i, kind in enumerate(sums.kinds):
        if kind == STOP:
            sums.kinds[i] = DETACHED
        elif kind in OF_ROWS and sums.terms[i]:
            sums.terms[i] = [p for operand in e.nodes[i][1:] for p in (operand, ONE)]
    rows = IN_PYTHON.flatten(sums, names, outputs)
    return Forward(rows, guarded, {kind: op for kind, op in whole.items() if kind in rows.table})


def keep_whole(e: Expressions, tape: Tape, where: Sequence[int]) -> dict[str, Primitive]:
    """Make the node of each primitive that stays whole that of its operands alone."""
    found: dict[str, Primitive] = {}
    for i, (op, operands, constant) in enumerate(tape.rows):
        out = where[i]
        if op is ops.power and e.nodes[out][0] == "div" and out in e.partials:  # its derivative is no 0 · inf
            e.nodes[out] = f"{POWER}{constant:g}", where[operands[0]]
        if not isinstance(op, Primitive) or op in PLAIN or out not in e.partials or constant is not None:
            continue
        places = [where[p] for p in operands]
        kind = f"{op.name}()"
        if kind in OF_ROWS and len(places) < OF_ROWS[kind] + 1 or out in places:
            continue
        e.nodes[out] = kind, *places
        found[kind] = op
    for out, node in enumerate(e.nodes):
        if node[0] == "pick":
            e.nodes[out] = "pick()", *node[1:]
    return found
