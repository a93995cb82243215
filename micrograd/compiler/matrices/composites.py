"""Operations of many numbers that stay whole: a cross-entropy or a softmax is one word here.

A program knows nothing of them: it has the largest logit, the weights, the logarithm. Here their rule is not taken
apart; the node of its result and those of its partials become rows of kinds of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd import ops
from micrograd.compiler.matrices.families import SLOPE, SURPRISE
from micrograd.compiler.matrices.softmax import compose_softmax, find_softmax
from micrograd.compiler.programs import BOTH, Programs
from micrograd.compiler.stages.choice import IN_PYTHON
from micrograd.compiler.stages.expressions import Expressions
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.tracing.tape import Tape


def kinds_of_composites(tape: Tape) -> list[bool]:
    """Whether to look for softmax, in the order in which to try; nothing if there are no composites at all."""
    kinds = [op for op, _ in tape.rows.table]
    if tape.gradients:
        return []
    return [True] * (ops.exp in kinds and ops.div in kinds) + [False] * (ops.cross_entropy in kinds)


def rows_with_composites(programs: Programs, mode: str, by: Sequence[int], softmax: bool = True) -> Rows:
    """The rows of results and of the gradient by these inputs, as `Programs.rows` has them, with composites."""
    tape, stages = programs.tape, IN_PYTHON
    e, where = stages.simplify(tape, len(programs.values))
    for i, (op, operands, *_) in enumerate(tape.rows):
        if op is ops.cross_entropy and where[i] >= 0:
            compose(e, where[i], [where[p] for p in operands])
    nodes = [1 + k for k in by]
    results = [where[i] for i in tape.outputs]
    for found in find_softmax(e, [where[i] for i in tape.roots]) if softmax else ():
        compose_softmax(e, found)
    others = [where[i] for i in tape.roots if i not in tape.outputs]  # what they read is a row of its own
    sums = stages.collect_sums(e, [*results, *others], nodes)
    first, names = 1 + len(programs.names), programs.names
    seeded = [(results[p], first + k if mode == BOTH else ONE) for k, p in enumerate(programs.values)]
    gradient = stages.differentiate(sums, seeded, nodes) if by else []
    if mode == BOTH:
        names = [*names, *(f"seed_{k}" for k in range(len(programs.values)))]
    return stages.flatten(sums, names, [*results, *gradient])


def compose(e: Expressions, out: int, operands: list[int]) -> None:
    """Make node `out` that of a cross-entropy of these nodes, whatever it was made of."""
    index, *logits = operands
    if out not in e.partials or len(logits) < 2:
        return
    e.nodes[out] = SURPRISE, index, *logits
    e.partials[out] = tuple(
        (logit, e.node(SLOPE, e.constant(float(k)), index, *logits)) for k, logit in enumerate(logits)
    )
