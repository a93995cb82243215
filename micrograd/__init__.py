"""A scalar reverse-mode autodiff engine for people who want to see backpropagation.

>>> from micrograd import Value
>>> a, b = Value(-4.0, label="a"), Value(2.0, label="b")
>>> loss = (a * b + b**3).tanh()
>>> loss.backward()
>>> a.grad
2.0
"""

from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from micrograd._core.modes import index
from micrograd.engine import Value, no_grad
from micrograd.functions import abs as abs
from micrograd.functions import (
    atan,
    cos,
    dot,
    elu,
    erf,
    exp,
    expm1,
    gelu,
    leaky_relu,
    log,
    log1p,
    logsumexp,
    pick,
    relu,
    sigmoid,
    silu,
    sin,
    softmax,
    softplus,
    sqrt,
    tan,
    tanh,
    total,
)
from micrograd.functions import max as max
from micrograd.functions import min as min

if _TYPE_CHECKING:
    from micrograd.calculus import (
        derivatives,
        grad,
        gradcheck,
        hessian,
        hvp,
        jacobian,
        jvp,
        taylor,
        value_and_grad,
    )
    from micrograd.compiler import TraceError
    from micrograd.compiler import compile as compile
    from micrograd.drawing import draw, draw_dot, label, with_names
    from micrograd.teaching.check import check
    from micrograd.teaching.exercise import practice
    from micrograd.teaching.step import step
    from micrograd.teaching.words.explain import explain
    from micrograd.training import fit

__version__ = "0.1.0"

__all__ = [
    "Value",
    "no_grad",
    "draw",
    "draw_dot",
    "label",
    "with_names",
    "step",
    "explain",
    "index",
    "TraceError",
    "practice",
    "check",
    "derivatives",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "taylor",
    "value_and_grad",
    "atan",
    "cos",
    "dot",
    "elu",
    "erf",
    "exp",
    "expm1",
    "fit",
    "gelu",
    "leaky_relu",
    "log",
    "log1p",
    "logsumexp",
    "pick",
    "relu",
    "sigmoid",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "sqrt",
    "tan",
    "tanh",
    "total",
]  # without abs, compile, max and min, which a star import would put in place of Python's own

_WHERE = {
    name: f"micrograd.{room}"
    for room, names in {
        "drawing": ["draw", "draw_dot", "label", "with_names"],
        "calculus": "derivatives grad gradcheck hessian hvp jacobian jvp taylor value_and_grad".split(),
        "compiler": ["compile", "TraceError"],
        "teaching.step": ["step"],
        "teaching.words.explain": ["explain"],
        "teaching.exercise": ["practice"],
        "teaching.check": ["check"],
        "training": ["fit"],
    }.items()
    for name in names
}


def __getattr__(name: str) -> _Any:
    """What is heavier than the engine is loaded when it is first used."""
    if name not in _WHERE:
        raise AttributeError(f"module 'micrograd' has no attribute {name!r}")
    from importlib import import_module

    globals()[name] = found = getattr(import_module(_WHERE[name]), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE})
