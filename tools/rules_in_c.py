"""The primitives in C: each rule of `ops` runs once, on terms that write down what is done to them.

    >>> print(function(PRIMITIVES["tanh"]))
    /* tanh: The hyperbolic tangent. */
    static inline int rule_tanh(double x, double *out, double *dx) {
        double t0 = tanh(x);
        double t1 = t0 * t0;
        double t2 = 1.0 - t1;
        *out = t0;
        *dx = t2;
        return isfinite(x + t2);
    }

A rule in C is for finite floats: if the operands and all that is computed from them are finite, Python raises no error,
and the two have the same floats, bit by bit. The function returns whether that was so. If not, its caller asks the rule
in Python, which knows what to do about inf, nan and singular points.
"""

from __future__ import annotations

import re
import textwrap

from micrograd.ops import PRIMITIVES, SHUT, Primitive
from tools.terms_in_c import Body, NoRuleInC, Term, leaves

# A constant may be an int. Up to here it is the same number as a float, and so is what a rule computes from it.
EXACT = "9e15"

SLOTS = {
    "__neg__": "nb_negative",
    "__abs__": "nb_absolute",
    "__add__": "nb_add",
    "__sub__": "nb_subtract",
    "__mul__": "nb_multiply",
    "__truediv__": "nb_true_divide",
    "__mod__": "nb_remainder",
    "__floordiv__": "nb_floor_divide",
}
HEAD = """\
/* Written by `python -m tools.generate` from the table of primitives in `ops`.

A rule stores the result of finite operands and its local derivatives, and returns whether all floats on the way are
finite (a sum is so only if all its terms are). If not, what it stored does not count: the rule in Python runs. A local
derivative of 0 is SHUT if the primitive is a gate (1 in the lists at the end). */

#include "_elementary.h"
"""


def header() -> str:
    """The rules as C functions, and lists of them, and of the methods and operators that Values have for them."""
    rules = {}
    for op in PRIMITIVES.values():
        try:
            rules[op] = function(op)
        except NoRuleInC:
            continue
    return "\n".join([HEAD, *rules.values(), *lists([op for op in rules if not constants(op)])])


def function(op: Primitive) -> str:
    """The rule of a primitive as a function in C. Raises `NoRuleInC` for one that stays in Python, and says why."""
    body, (out, *partials) = run(op)
    guards = [f"if (!(fabs({name}) <= {EXACT})) return 0;" for name in constants(op)]
    results = {"out": body.name(out)} | {f"d{x}": body.name(dx) for x, dx in zip(op.operands, partials, strict=False)}
    stored = [f"*{name} = {text};" for name, text in results.items()]
    lines = tidy([*guards, *body.lines, *stored, f"return isfinite({' + '.join(body.looked_at())});"])
    parameters = [f"double {name}" for name in op.operands] + [f"double *{name}" for name in results]
    head = f"static inline int rule_{op.name}({', '.join(parameters)}) {{"
    return "\n".join([f"/* {op.name}: {summary(op)} */", head, *map(indent, lines), "}", ""])


def run(op: Primitive) -> tuple[Body, list[Term]]:
    """What the rule does to its operands, and its results."""
    if op.variadic or len(op.operands) > 2:
        raise NoRuleInC("it has more than two operands")
    body = Body()
    results = [body.term(x) for x in op.run(body, *map(body.operand, op.operands))]
    partials = [getattr(option, "value", None) for result in results[1:] for option in leaves(result)]
    if any(x is not SHUT and x in (0.0, None) if op.gate else x is SHUT for x in partials):
        raise TypeError(f"{op.name}: SHUT and no other 0 is a local derivative of a gate, and only of a gate")
    body.floats = [name for name in body.floats if name not in op.operands[len(results) - 1 :]]
    return body, results


def constants(op: Primitive) -> tuple[str, ...]:
    """The names of the operands that are no parents: numbers."""
    return op.operands[len(run(op)[1]) - 1 :]


def tidy(lines: list[str]) -> list[str]:
    """The lines without those that nothing uses, and the names t0, t1, … in their order."""
    kept: list[str] = []
    for line in reversed(lines):
        made = re.match(r"double (t\d+) ", line)
        if not made or re.search(rf"\b{made[1]}\b", "\n".join(kept)):
            kept.insert(0, line)
    names = dict.fromkeys(re.findall(r"\bt\d+\b", "\n".join(kept)))
    numbers = {name: f"t{i}" for i, name in enumerate(names)}
    return [re.sub(r"\bt\d+\b", lambda name: numbers[name[0]], line) for line in kept]


def indent(line: str) -> str:
    return textwrap.fill(line, 120, initial_indent=" " * 4, subsequent_indent=" " * 8, break_on_hyphens=False)


# ---- lists


def lists(rules: list[Primitive]) -> list[str]:
    """Lists as macros that take a macro: `RULES_OF_ONE(R)` is `R(neg, 0) R(exp, 0) …`."""
    lines = []
    for count, title in ((1, "ONE"), (2, "TWO")):
        ops = [op for op in rules if len(op.operands) == count]
        named = [(op, name) for op in ops for name in op.methods]
        lines += macro(f"RULES_OF_{title}(R)", [f"R({op.name}, {int(op.gate)})" for op in ops])
        lines += macro(f"METHODS_OF_{title}(M)", [f'M("{name}", {op.name})' for op, name in named if name not in SLOTS])
        lines += macro(f"SLOTS_OF_{title}(S)", [f"S({SLOTS[name]}, {op.name})" for op, name in named if name in SLOTS])
    return lines


def macro(head: str, items: list[str]) -> list[str]:
    return [" \\\n".join([f"#define {head}", *(f"    {item}" for item in items)]), ""]


def summary(op: Primitive) -> str:
    return (op.__doc__ or "").partition("\n")[0]
