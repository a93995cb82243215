"""Calculus: derivatives of any order of ordinary functions, and the check whether a gradient is right.

    >>> from micrograd import exp, sin
    >>> grad(sin)(0.0), grad(grad(sin))(0.5)
    (1.0, -0.479425538604203)
    >>> value_and_grad(lambda p: p["w"] * p["x"] ** 2)({"w": 2.0, "x": 3.0})
    (18.0, {'w': 9.0, 'x': 12.0})
    >>> hessian(lambda v: v[0] ** 2 * v[1])([3.0, 2.0])
    [[4.0, 6.0], [6.0, 0.0]]
    >>> taylor(exp, 0.0, 3)
    [1.0, 1.0, 0.5, 0.16666666666666666]

Every mode runs the same functions, those of `micrograd.ops`, on another kind of number: Values (`reverse`), dual
numbers (`forward`), truncated Taylor series (`series`). They nest in any order.

To read: `kinds` (a primitive on any number), `forward`, `reverse`, `series`, then `check` and its `report`. `layers`
keeps the variables of nested derivatives apart; `structures` is about lists and dicts of numbers.
"""

from micrograd.calculus.check import gradcheck
from micrograd.calculus.forward import jvp
from micrograd.calculus.report import GradcheckError, Report
from micrograd.calculus.reverse import derivatives, grad, hessian, hvp, jacobian, value_and_grad
from micrograd.calculus.series import taylor

__all__ = [
    "GradcheckError",
    "Report",
    "derivatives",
    "grad",
    "gradcheck",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "taylor",
    "value_and_grad",
]
