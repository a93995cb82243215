"""A scalar reverse-mode autodiff engine for people who want to see backpropagation.

>>> from micrograd import Value
>>> a, b = Value(-4.0, label="a"), Value(2.0, label="b")
>>> loss = (a * b + b**3).tanh()
>>> loss.backward()
>>> a.grad
2.0
"""

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

__version__ = "0.1.0"

__all__ = [
    "Value",
    "no_grad",
    "atan",
    "cos",
    "dot",
    "elu",
    "erf",
    "exp",
    "expm1",
    "gelu",
    "leaky_relu",
    "log",
    "log1p",
    "logsumexp",
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
]  # without abs, max and min, which a star import would put in place of Python's own
