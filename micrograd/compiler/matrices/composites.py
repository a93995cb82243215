"""Operations of many numbers that stay whole: a cross-entropy or a softmax is one word here.

A program knows nothing of them: it has the largest logit, the weights, the logarithm. Here their rule is not taken
apart; the node of its result and those of its partials become rows of kinds of their own. A share of a softmax is
e^(x − u) with u = ln Σ eˣ; so its derivatives are those of a textbook, dx = p · (dp − Σ p · dp).
"""

from __future__ import annotations

from collections.abc import Sequence

from micrograd import ops
from micrograd.compiler.matrices.families import SLOPE, SOFTMAX, SURPRISE, WHOLE
from micrograd.compiler.programs import BOTH, Programs
from micrograd.compiler.stages.choice import IN_PYTHON
from micrograd.compiler.stages.expressions import ADD, MUL, Expressions
from micrograd.compiler.stages.program import ONE
from micrograd.compiler.stages.rows import Rows
from micrograd.compiler.tracing.tape import EQUAL, Tape


def has_composites(tape: Tape) -> bool:
    kinds = [op for op, _ in tape.rows.table]
    return not tape.gradients and (ops.cross_entropy in kinds or (ops.exp in kinds and EQUAL in kinds))


def rows_with_composites(programs: Programs, mode: str, by: Sequence[int], softmax: bool = True) -> Rows:
    """The rows of results and of the gradient by these inputs, as `Programs.rows` has them, with composites."""
    tape, stages = programs.tape, IN_PYTHON
    e, where = stages.simplify(tape, len(programs.values))
    for i, (op, operands, *_) in enumerate(tape.rows):
        if op is ops.cross_entropy and where[i] >= 0:
            compose(e, where[i], [where[p] for p in operands])
    for whole, logits, shares in find_softmax(e) if softmax else ():
        compose_softmax(e, whole, logits, shares)
    nodes = [1 + k for k in by]
    results = [where[i] for i in tape.outputs]
    sums = stages.collect_sums(e, results, nodes)
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


# ---- softmax


def find_softmax(e: Expressions) -> list[tuple[int, list[int], dict[int, int]]]:
    """What `functions.softmax` has made: the sum of the weights, the logits, and the shares by their places."""
    found: dict[tuple[int, int], list[int]] = {}
    for i, (kind, *operands) in enumerate(e.nodes):
        if kind == "div" and (largest := largest_of(e, operands[0])) is not None:
            found.setdefault((largest, operands[1]), []).append(i)
    made = []
    for (largest, whole), shares in found.items():
        choices = [e.nodes[x] for x in summands(e, largest)]
        if len(choices) < 2 or any(node[0] != "choose" or e.number(node[3]) != 0.0 for node in choices):
            continue
        conditions, logits = [node[1] for node in choices], [node[2] for node in choices]
        others = [e.nodes[x] for x in summands(e, whole) if x != ONE]
        if [node[:2] for node in others] != [("choose", condition) for condition in conditions]:
            continue
        weights = [node[3] for node in others]
        if all(largest_of(e, weight) == largest for weight in weights):
            made.append((whole, logits, {weights.index(e.nodes[i][1]): i for i in shares if e.nodes[i][1] in weights}))
    return made


def largest_of(e: Expressions, weight: int) -> int | None:
    """The v of a node exp(x − v), where x is not v itself."""
    kind, *operands = e.nodes[weight]
    if kind != "exp" or e.nodes[operands[0]][0] != "choose":
        return None
    _, _, zero, difference = e.nodes[operands[0]]
    if e.number(zero) != 0.0 or e.nodes[difference][0] != ADD or e.nodes[e.nodes[difference][2]][0] != MUL:
        return None
    _, largest, sign = e.nodes[e.nodes[difference][2]]
    return largest if e.number(sign) == -1.0 else None


def summands(e: Expressions, i: int) -> list[int]:
    """What is added up, but for zeros."""
    found, waiting = [], [i]
    while waiting:
        i = waiting.pop()
        if e.nodes[i][0] == ADD:
            waiting += e.nodes[i][:0:-1]
        elif e.number(i) != 0.0:
            found.append(i)
    return found


def compose_softmax(e: Expressions, whole: int, logits: list[int], shares: dict[int, int]) -> None:
    """Make the nodes of these shares those of a softmax, and that of the whole, which they alone use, that of u."""
    e.nodes[whole] = WHOLE, *logits
    nodes = []
    for k in range(len(logits)):
        node = SOFTMAX, e.constant(float(k)), whole, *logits
        if k in shares:
            e.nodes[shares[k]] = node
            e.found[node] = shares[k]
        nodes.append(e.node(*node))
    e.partials[whole] = tuple(zip(logits, nodes, strict=True))
    for logit, share in zip(logits, nodes, strict=True):
        e.partials[share] = (logit, share), (whole, e.negative(share))
