"""From a tape to expressions: unused operations are left out, equal ones are computed once."""

from __future__ import annotations

from itertools import chain
from typing import Any

from micrograd import ops
from micrograd.compiler.stages.dissolve import dissolve
from micrograd.compiler.stages.expressions import ADD, MUL, RULES, Expressions
from micrograd.compiler.stages.gradients import Taken
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
    append, combine = nodes.append, e.combine
    summed = [MUL if op is ops.mul else ADD if op is ops.add else None for op, _ in rows.table]
    for i, (code, end, is_live) in enumerate(zip(rows.codes, rows.ends, live, strict=True)):
        if not is_live:
            begin = end
            continue
        kind = summed[code]
        if kind is not None:
            a, b = where[places[begin]], where[places[begin + 1]]
            begin = end
            if ruled or a in numbers or b in numbers:
                where[i] = combine(kind, a, b)
            else:
                node = (kind, a, b)
                fresh = len(nodes)
                where[i] = k = found(node if a <= b else (kind, b, a), fresh)
                if k == fresh:
                    append(node)
        else:
            op, numbered = rows.table[code]
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
    places, codes, end = rows.places.tolist(), rows.codes, len(rows.places)
    numbered = [numbered for _, numbered in rows.table]
    begins = chain(reversed(rows.ends[:-1]), (0,))
    for i, begin in zip(reversed(range(len(live))), begins, strict=False):  # a tape without rows has one begin
        if live[i]:
            if numbered[codes[i]]:
                end -= 1
            for p in places[begin:end]:
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
