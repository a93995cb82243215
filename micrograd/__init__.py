"""A scalar reverse-mode autodiff engine for people who want to see backpropagation.

>>> from micrograd import Value
>>> a, b = Value(-4.0, label="a"), Value(2.0, label="b")
>>> loss = (a * b + b**3).tanh()
>>> loss.backward()
>>> a.grad
2.0
"""

__version__ = "0.1.0"

import builtins as _builtins
from importlib import import_module as _import_module
from typing import TYPE_CHECKING as _TYPE_CHECKING
from typing import Any as _Any

from micrograd._core.elementary import *  # noqa: F403
from micrograd._core.modes import fresh, index
from micrograd.engine import GradientLost, Value, no_grad
from micrograd.functions import *  # noqa: F403
from micrograd.functions import __all__ as _FUNCTIONS

if _TYPE_CHECKING:
    from micrograd import calculus as calculus
    from micrograd import compiler as compiler
    from micrograd import datasets as datasets
    from micrograd import drawing as drawing
    from micrograd import interop as interop
    from micrograd import losses as losses
    from micrograd import nn as nn
    from micrograd import optim as optim
    from micrograd import teaching as teaching
    from micrograd import text as text
    from micrograd import training as training
    from micrograd.calculus import derivatives as derivatives
    from micrograd.calculus import grad as grad
    from micrograd.calculus import gradcheck as gradcheck
    from micrograd.calculus import hessian as hessian
    from micrograd.calculus import hvp as hvp
    from micrograd.calculus import jacobian as jacobian
    from micrograd.calculus import jvp as jvp
    from micrograd.calculus import taylor as taylor
    from micrograd.calculus import value_and_grad as value_and_grad
    from micrograd.compiler import TraceError as TraceError
    from micrograd.compiler import compile as compile
    from micrograd.drawing import draw as draw
    from micrograd.drawing import label as label
    from micrograd.drawing import with_names as with_names
    from micrograd.drawing.graphviz_digraph import draw_dot as draw_dot
    from micrograd.teaching.check import check as check
    from micrograd.teaching.classroom import sheets as sheets
    from micrograd.teaching.exercise import practice as practice
    from micrograd.teaching.step import step as step
    from micrograd.teaching.update import step_update as step_update
    from micrograd.teaching.words.explain import explain as explain
    from micrograd.training import fit as fit
    from micrograd.training import train as train
    from micrograd.training import watch as watch

_WHERE = {
    name: f"micrograd.{room}"
    for room, names in {
        "drawing": ["draw", "label", "with_names"],
        "drawing.graphviz_digraph": ["draw_dot"],
        "calculus": "derivatives grad gradcheck hessian hvp jacobian jvp taylor value_and_grad".split(),
        "compiler": ["compile", "TraceError"],
        "teaching.step": ["step"],
        "teaching.update": ["step_update"],
        "teaching.words.explain": ["explain"],
        "teaching.exercise": ["practice"],
        "teaching.classroom": ["sheets"],
        "teaching.check": ["check"],
        "training": ["fit", "train", "watch"],
    }.items()
    for name in names
}


_ROOMS = "calculus cli compiler datasets drawing functions interop losses nn optim teaching text training".split()

# Without abs, compile, max, min and the like, so that a star import does not hide Python's own.
__all__ = ["Value", "GradientLost", "no_grad", "index", "fresh", *_FUNCTIONS, *_WHERE]
__all__ = [name for name in __all__ if name not in vars(_builtins)]


if not _TYPE_CHECKING:  # with this, a type checker would accept every name

    def __getattr__(name: str) -> _Any:
        """Load what is heavier than the engine when it is first used."""
        if name in _ROOMS:
            return _import_module(f"micrograd.{name}")
        if name not in _WHERE:
            raise AttributeError(f"module 'micrograd' has no attribute {name!r}")
        globals()[name] = found = getattr(_import_module(_WHERE[name]), name)
        return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_WHERE, *_ROOMS})
