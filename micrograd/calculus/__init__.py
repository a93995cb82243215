"""Calculus: derivatives of ordinary functions, of any order, and a check of gradients.

    >>> from micrograd import exp, sin
    >>> grad(sin)(0.0), grad(grad(sin))(0.5)
    (1.0, -0.479425538604203)
    >>> value_and_grad(lambda p: p["w"] * p["x"] ** 2)({"w": 2.0, "x": 3.0})
    (18.0, {'w': 9.0, 'x': 12.0})
    >>> hessian(lambda v: v[0] ** 2 * v[1])([3.0, 2.0])
    [[4.0, 6.0], [6.0, 0.0]]
    >>> taylor(exp, 0.0, 3)
    [1.0, 1.0, 0.5, 0.16666666666666666]

Every mode runs the same functions, those of `micrograd.ops`, on its own kind of number: Values (reverse mode), dual
numbers (forward mode), truncated Taylor series. They nest in any order.

numeric_kinds  a primitive on any kind of number
levels         numbers that carry derivatives along, at a level for each nested derivative
gates          how a derivative passes relu, max and the like
structures     lists, tuples, dicts and arrays of numbers
signatures     the types of the results, for a type checker
forward        `jvp`, with dual numbers
series         `taylor`, with truncated power series
calls          one call of a function that is being differentiated
reverse        `grad`, `value_and_grad`, `jacobian`, `hessian`, `hvp`, `derivatives`
subjects       the subject of a gradient check: a function or a network
differences    a slope by differences, compared with backpropagation
check          `gradcheck`
report         the result of the check, as data and as a table
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
