"""The rule of an operation as a formula: its primitive, run on symbols that carry the numbers at hand.

What a rule does with the upstream is read off the formula, not looked up by name:

    copy    the local derivative is 1                    +
    turn    it is −1                                     −
    swap    it is another operand                        ×
    gate    it is a number chosen by a comparison        relu, max
    scale   it is another number
    slope   it is any other formula                      tanh, ÷, powers
    own     a learner's own operation: only what it pushed is known
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from micrograd.engine import Value
from micrograd.ops import Primitive
from micrograd.text.formula import Algebra, Symbol, name, replace_part, symbol
from micrograd.text.names import Names
from micrograd.text.notation import operation_symbol
from micrograd.text.whole import operation_call


@dataclass(frozen=True)
class Rule:
    """The result of a node and its local derivative in each slot as formulas, with the kind of each slot."""

    out: Symbol | None
    partials: tuple[Symbol, ...]
    kinds: tuple[str, ...]


_rules: WeakKeyDictionary[Names, dict[int, Rule]] = WeakKeyDictionary()  # by node; gone with the names


class Weighed(Algebra):
    """Symbols that note whether a comparison decided something."""

    def __init__(self) -> None:
        self.decided = False

    def where(self, condition: Any, yes: Any, no: Any) -> Any:
        self.decided = True
        return Algebra.where(condition, yes, no)


def rule(v: Value, names: Names) -> Rule:
    """The rule of an interior node, in the names of its operands and, where it helps, of its result."""
    rules = _rules.setdefault(names, {})
    if id(v) not in rules:
        rules[id(v)] = _run_on_symbols(v, names)
    return rules[id(v)]


def _run_on_symbols(v: Value, names: Names) -> Rule:
    if not isinstance(v.primitive, Primitive):
        return Rule(None, (), ("own",) * len(v.parents))
    operands = [name(names[p], float(p.data), names.latex(p)) for p in v.parents]
    m = Weighed()
    out, *partials = map(symbol, v.primitive.run(m, *operands, *v.constants))
    if out not in operands:
        by = name(names[v], float(v.data), names.latex(v))
        partials = [replace_part(partial, out, by) for partial in partials]
    return Rule(out, tuple(partials), tuple(_kind(partial, operands, m.decided) for partial in partials))


def _kind(partial: Symbol, operands: list[Symbol], decided: bool) -> str:
    if partial.kind == "number":
        if decided:
            return "gate"
        return {1.0: "copy", -1.0: "turn"}.get(partial.parts[0], "scale")
    return "swap" if partial in operands else "slope"


def sign(v: Value) -> str:
    """The operation as it is drawn: ×, tanh, x³."""
    return operation_symbol(v.primitive, v.constants)


def place(v: Value, slot: int) -> str:
    """Which operand of its operation a slot is: left operand of ×."""
    count, drawn = len(v.parents), sign(v)
    if count == 1:
        return f"operand of {drawn}"
    if count == 2:
        return f"{('left', 'right')[slot]} operand of {drawn}"
    return f"operand {slot + 1} of {count} of {drawn}"


def expression(v: Value, names: Names) -> Symbol:
    """The formula that a node computes.

    It is a call for a learner's own operation, and for one that chooses among its operands: relu(x), not x.
    """
    out = rule(v, names).out
    if out is not None and out.kind not in ("name", "number"):
        return out
    return operation_call(v, [name(names[p], float(p.data), names.latex(p)) for p in v.parents])
