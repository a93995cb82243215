"""From a tape to expressions: unused operations are left out, equal ones are computed once."""

from __future__ import annotations

from typing import Any

from micrograd import ops
from micrograd.compiler.stages.expressions import ADD, MUL, RULES, Expressions
from micrograd.compiler.stages.gradients import Taken, dissolve
from micrograd.compiler.stages.primitives import apply
from micrograd.compiler.tracing.numbers.choices import PICK
from micrograd.compiler.tracing.tape import COMPARISONS, CONSTANT, GRADIENT, INPUT, PART, STOP, VARIABLE, Tape


def simplify(tape: Tape, seeds: int = 0) -> tuple[Expressions, list[int]]:
    """The expressions of a tape, and for each operation the node that it became (−1 for those that nothing needs).

    Their inputs are those of the tape, followed by `seeds` more. Nine of ten operations are sums and products to which
    no rule applies: they are made here, as `Expressions.combine` would make them.
    """
    inputs = len(tape.inputs) + seeds
    e = Expressions(inputs)
    rows, live = tape.rows, find_needed(tape)
    where = [-1] * len(rows)
    for k, position in enumerate(tape.inputs):
        where[position] = 1 + k
    takes, taken = bool(tape.gradients), Taken(e, tape.targets)
    for position in tape.inputs if takes else ():
        where[position] = taken.settle(position, where[position])
    places, listed_numbers, begin = rows.places.tolist(), rows.numbers, 0
    nodes, found, numbers, ruled = e.nodes, e.found.setdefault, e.numbers, any(RULES.values())
    append, combine, ops_add, ops_mul = nodes.append, e.combine, ops.add, ops.mul
    for i, (code, end) in enumerate(zip(rows.codes, rows.ends, strict=True)):
        if not live[i]:
            begin = end
            continue
        op, numbered = rows.table[code]
        if op is ops_mul or op is ops_add:
            a, b = where[places[begin]], where[places[begin + 1]]
            begin = end
            kind = MUL if op is ops_mul else ADD
            if ruled or a in numbers or b in numbers:
                where[i] = combine(kind, a, b)
            else:
                node = (kind, a, b)
                fresh = len(nodes)
                where[i] = k = found(node if a <= b else (kind, b, a), fresh)
                if k == fresh:
                    append(node)
        else:
            operands, begin = places[begin:end], end
            number = listed_numbers[operands.pop()] if numbered else None
            if op == CONSTANT:
                assert number is not None
                where[i] = e.constant(number)
            elif op == INPUT:
                continue
            elif op == GRADIENT:
                taken.take(i, [where[p] for p in operands], number)
                continue
            elif op == PART:
                where[i] = taken.part(i, operands[0], number)
                continue
            else:
                where[i] = make(e, op, [where[p] for p in operands], number)
        if takes:
            where[i] = taken.settle(i, where[i])
    if not takes:
        return e, where
    e, place = dissolve(e, inputs, [where[i] for i in tape.roots], [where[i] for i in tape.outputs])
    return e, [k if k < 0 else place[k] for k in where]


def find_needed(tape: Tape) -> bytearray:
    """For each operation whether a result, a guard or an effect depends on it."""
    rows = tape.rows
    live = bytearray(len(rows))
    for root in tape.roots:
        live[root] = 1
    places, ends, codes, end = rows.places, rows.ends, rows.codes, len(rows.places)
    numbered = [numbered for _, numbered in rows.table]
    for i in range(len(live) - 1, -1, -1):
        begin = ends[i - 1] if i else 0
        if live[i]:
            for p in places[begin : end - numbered[codes[i]]]:
                live[p] = 1
        end = begin
    return live


def make(e: Expressions, op: Any, operands: list[int], constant: float | None) -> int:
    """The node of an operation; a sum or a dot product is built directly, without its primitive."""
    if op is ops.sub:
        return e.sub(*operands)
    if op is ops.dot:
        n, out = len(operands) // 2, operands[-1]
        for w, x in zip(operands[:n], operands[n:-1], strict=True):
            out = e.add(out, e.mul(w, x))
        return out
    if op is ops.total:
        out = e.constant(0.0)
        for x in operands:
            out = e.add(out, x)
        return out
    if op == VARIABLE:
        return operands[0]
    if op == STOP:
        x = operands[0]
        return x if e.number(x) is not None or e.nodes[x][0] == STOP else e.node(STOP, x)
    if op in COMPARISONS:
        return e.compare(op, *operands)
    if op is PICK:
        return e.pick(operands[0], operands[1:])
    return apply(e, op, operands, () if constant is None else (constant,))
