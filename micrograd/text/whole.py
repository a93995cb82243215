"""The whole expression on one line, as a title: o = tanh(w1·x1 + w2·x2 + b)."""

from __future__ import annotations

from collections.abc import Sequence

from micrograd.engine import Value
from micrograd.ops import Primitive
from micrograd.text.escape import sanitise
from micrograd.text.formula import Symbol, Symbols, name, number, symbol
from micrograd.text.names import Names
from micrograd.text.typeset import text

MOST = 200  # characters; a longer expression is not a title
LEAVES = 60  # an expression that names more of them is longer than that


def write_whole(names: Names) -> str:
    """The root's name and its formula, written in leaves alone; only the name where that would be too long to read.

    A node that is used twice is written out twice.
    """
    root, leaves = names.root, dict[int, int]()
    for v in names.order:
        leaves[id(v)] = min(LEAVES + 1, sum(leaves.get(id(p), 1) for p in v.parents))
    if not root.parents or leaves[id(root)] > LEAVES:
        return names[root]
    formulas: dict[int, Symbol] = {}
    for v in names.order:
        formulas[id(v)] = _apply(v, [formulas.get(id(p)) or name(names[p], float(p.data)) for p in v.parents])
    title = f"{names[root]} = {text(formulas[id(root)], whole=True)}"
    return title if len(title) <= MOST else names[root]


def _apply(v: Value, operands: Sequence[Symbol]) -> Symbol:
    if isinstance(v.primitive, Primitive):
        out = symbol(v.primitive.run(Symbols, *operands, *v.constants)[0])
        if out not in operands and out.kind not in ("number", "where"):
            return out
    return operation_call(v, operands)


def operation_call(v: Value, operands: Sequence[Symbol]) -> Symbol:
    """The operation of a node as a call by its name, whatever it computes; x⁰ and x¹ as powers."""
    if v.constants:
        return Symbol("^", (*operands, number(v.constants[0])))
    return Symbol("apply", (sanitise(getattr(v.primitive, "name", v.primitive)), *operands))
