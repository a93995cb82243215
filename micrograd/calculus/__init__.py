"""Calculus: derivatives of any order of ordinary functions, and a check for gradients."""

from micrograd.calculus.forward import jvp
from micrograd.calculus.reverse import derivatives, grad, hessian, hvp, jacobian, value_and_grad
from micrograd.calculus.series import taylor

__all__ = ["derivatives", "grad", "hessian", "hvp", "jacobian", "jvp", "taylor", "value_and_grad"]
