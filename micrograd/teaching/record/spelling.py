"""How derivatives, grads and their numbers are written, in every line, sentence and page."""

from __future__ import annotations

from micrograd.engine import Value
from micrograd.text.names import Names
from micrograd.text.notation import format_number


def differential(names: Names, v: Value) -> str:
    """∂b; ∂(4) for a constant, which has no name."""
    return f"∂{names[v]}" if names.has_name(v) else f"∂({names[v]})"


def fraction(names: Names, above: Value, below: Value) -> str:
    """The derivative of one node with respect to another: ∂e/∂b."""
    return f"∂{names[above]}/{differential(names, below)}"


def partial(names: Names, v: Value) -> str:
    """The derivative of the root with respect to a node: ∂L/∂b."""
    return fraction(names, names.root, v)


def grad_of(names: Names, v: Value) -> str:
    """The name of a node's grad: b.grad."""
    return f"{names[v]}.grad" if names.has_name(v) else f"grad of {names.in_sentence(v)}"


def bracket(written: str) -> str:
    """A number as a factor or a term: in brackets if it is negative."""
    return f"({written})" if written.startswith("−") else written


def as_float(x: float) -> str:
    """Like Python's floats (10.0, not 10), with four significant digits."""
    written = format_number(x)
    return f"{written}.0" if written.lstrip("−").isdigit() else written
