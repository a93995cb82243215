"""Titles: h for a layer, z for a sum of products, losses for what is averaged, dW for the adjoint of W."""

from __future__ import annotations

import re
from collections import Counter

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.matrices.expressions import (
    Call,
    Expression,
    Leaf,
    Number,
    Product,
    Sum,
    Total,
    leaves,
    parts_of,
)
from micrograd.compiler.matrices.form import Form
from micrograd.compiler.matrices.inlining import is_scaled
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.stages.program import name_of

ACTIVATIONS = frozenset(["relu", "tanh", "sigmoid", "softplus", "erf", "sin"])


def named(form: Form) -> Form:
    """The form, with names for the arrays that had none."""
    wanted: dict[Array, str] = {}
    for line in form.forward:
        if not line.array.name and line.array not in wanted:
            name = letter_for(line, form)
            name += number_of(line.expression) if len(name) == 1 else ""
            wanted[line.array] = name.upper() if len(name) < 4 and len(line.array.shape) > 1 else name
    number(wanted, form.names)
    for array in dict.fromkeys(line.array for line in form.backward):
        if not array.name:
            number({array: name_of_adjoint(array, form)}, form.names)
    return form


def number(wanted: dict[Array, str], names: Namespace) -> None:
    """Give each array the name that it wants, with a number if several want it."""
    counts = Counter(name.lower() for name in wanted.values())
    for array, name in wanted.items():
        k, free = 1, name
        while free in names.taken or (counts[name.lower()] > 1 and free == name):
            free, k = f"{name}{'_' * name[-1].isdigit()}{k}", k + 1
        array.name = names.free(free)


def letter_for(line: Line, form: Form) -> str:
    if is_each(line, form):
        return "losses" if "loss" in form.results[0].array.name else "each"
    return letter(line.expression)


def letter(e: Expression) -> str:
    if isinstance(e, Call):
        if name_of(e.kind) in ACTIVATIONS:
            return "h" if any(leaf.array.role == "parameter" for leaf in leaves(e) if isinstance(leaf, Leaf)) else "a"
        if e.kind == "div" and isinstance(e.operands[1], Number):
            return letter(e.operands[0])
        return {"exp": "e", "div": "p", "softmax": "p", "plain softmax": "p"}.get(e.kind, "v")
    if weights := layers(e):
        own = re.fullmatch(r"[Ww]_?([a-z])", weights[0].name)  # Q = X @ Wq.T
        return own[1] if own else "z"
    return "s" if isinstance(e, Total) else "v"


def is_each(line: Line, form: Form) -> bool:
    """Whether it holds what the result is the sum or the mean of."""
    last = form.forward[-1]
    parts = last.expression.parts if isinstance(last.expression, Sum) else (last.expression,)
    totals = [e for e in parts if isinstance(e, Total)]
    summands = [e.of.factors[-1] if isinstance(e.of, Product) and is_scaled(e.of) else e.of for e in totals]
    return any(isinstance(e, Leaf) and e.array is line.array and e.is_whole for e in summands)


def layers(e: Expression) -> list[Array]:
    """The parameters in products with something else that are summed up."""
    found = []
    if isinstance(e, Total):
        arrays = [leaf.array for leaf in leaves(e) if isinstance(leaf, Leaf)]
        if any(array.role != "parameter" for array in arrays):
            found += [array for array in arrays if array.role == "parameter"]
    return found + [array for part in parts_of(e) for array in layers(part)]


def number_of(e: Expression) -> str:
    """The number of the layer: that of its weights."""
    digits = [re.search(r"\d*$", array.name) for array in layers(e)]
    return digits[0][0] if digits and digits[0] else ""


def name_of_adjoint(array: Array, form: Form) -> str:
    of = array.of
    if of is None:
        return "v"
    if of.name:
        return f"d{of.name}"
    unnamed = "G" if len(of.shape) > 1 else "g"
    if of not in form.inside:
        return unnamed
    host = form.hosts[of]
    while not host.name and host in form.hosts:
        host = form.hosts[host]
    layer = re.fullmatch(r"[hH](\d*)", host.name)
    e = form.inside[of].expression
    if layer and not isinstance(e, Call):
        return f"d{'Z' if len(of.shape) > 1 else 'z'}{layer[1]}"
    if not layers(e) or (isinstance(e, Call) and e.kind not in ACTIVATIONS):
        return unnamed
    first = letter(e)
    return f"d{first.upper() if len(of.shape) > 1 else first}{number_of(e)}"
