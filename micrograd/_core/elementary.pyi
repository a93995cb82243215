"""The elementary functions. Written by `python -m tools.generate` from the table of primitives in `ops`."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from micrograd._core.nodes import Node
from micrograd.ops import Primitive

__all__ = [
    "exp",
    "log",
    "log1p",
    "expm1",
    "sqrt",
    "sin",
    "cos",
    "tan",
    "atan",
    "tanh",
    "sigmoid",
    "softplus",
    "erf",
    "exp2",
    "log2",
    "log10",
    "cbrt",
    "asin",
    "acos",
    "atan2",
    "sinh",
    "cosh",
    "asinh",
    "acosh",
    "atanh",
    "erfc",
    "log_ndtr",
    "logaddexp",
    "hypot",
    "softsign",
    "silu",
    "gelu",
    "mish",
    "relu",
    "abs",
    "sign",
    "floor",
    "ceil",
    "trunc",
    "clip",
    "hardtanh",
    "relu6",
]

V = TypeVar("V", bound=Node)

def elementary(op: Primitive) -> Callable[..., Any]: ...
def apply(op: Primitive, operands: Sequence[Any]) -> Any: ...
def delegate(op: Primitive, operands: Sequence[Any]) -> Any: ...
def kind_of(values: Sequence[Any]) -> type[Any]: ...
def as_value(x: Any, kind: type[Any]) -> Any: ...
@overload
def exp(x: float) -> float:
    """eˣ, its own derivative."""

@overload
def exp(x: V) -> V:
    """eˣ, its own derivative."""

@overload
def log(x: float) -> float:
    """The natural logarithm."""

@overload
def log(x: V) -> V:
    """The natural logarithm."""

@overload
def log1p(x: float) -> float:
    """ln(1 + x), exact near 0."""

@overload
def log1p(x: V) -> V:
    """ln(1 + x), exact near 0."""

@overload
def expm1(x: float) -> float:
    """eˣ − 1, exact near 0."""

@overload
def expm1(x: V) -> V:
    """eˣ − 1, exact near 0."""

@overload
def sqrt(x: float) -> float:
    """√x; the derivative at 0 is inf."""

@overload
def sqrt(x: V) -> V:
    """√x; the derivative at 0 is inf."""

@overload
def sin(x: float) -> float:
    """sin x, x in radians."""

@overload
def sin(x: V) -> V:
    """sin x, x in radians."""

@overload
def cos(x: float) -> float:
    """cos x, x in radians."""

@overload
def cos(x: V) -> V:
    """cos x, x in radians."""

@overload
def tan(x: float) -> float:
    """tan x, x in radians."""

@overload
def tan(x: V) -> V:
    """tan x, x in radians."""

@overload
def atan(x: float) -> float:
    """The inverse tangent, in radians between −π/2 and π/2."""

@overload
def atan(x: V) -> V:
    """The inverse tangent, in radians between −π/2 and π/2."""

@overload
def tanh(x: float) -> float:
    """The hyperbolic tangent."""

@overload
def tanh(x: V) -> V:
    """The hyperbolic tangent."""

@overload
def sigmoid(x: float) -> float:
    """σ(x) = 1 / (1 + e⁻ˣ), without overflow on either side."""

@overload
def sigmoid(x: V) -> V:
    """σ(x) = 1 / (1 + e⁻ˣ), without overflow on either side."""

@overload
def softplus(x: float) -> float:
    """ln(1 + eˣ), without overflow; its derivative is σ(x)."""

@overload
def softplus(x: V) -> V:
    """ln(1 + eˣ), without overflow; its derivative is σ(x)."""

@overload
def erf(x: float) -> float:
    """The error function 2/√π ∫₀ˣ e^(−t²) dt."""

@overload
def erf(x: V) -> V:
    """The error function 2/√π ∫₀ˣ e^(−t²) dt."""

@overload
def exp2(x: float) -> float:
    """2ˣ."""

@overload
def exp2(x: V) -> V:
    """2ˣ."""

@overload
def log2(x: float) -> float:
    """The logarithm to base 2."""

@overload
def log2(x: V) -> V:
    """The logarithm to base 2."""

@overload
def log10(x: float) -> float:
    """The logarithm to base 10."""

@overload
def log10(x: V) -> V:
    """The logarithm to base 10."""

@overload
def cbrt(x: float) -> float:
    """The real cube root, of negative operands too; the derivative at 0 is inf."""

@overload
def cbrt(x: V) -> V:
    """The real cube root, of negative operands too; the derivative at 0 is inf."""

@overload
def asin(x: float) -> float:
    """The inverse sine, in radians between −π/2 and π/2; the derivative at ±1 is inf."""

@overload
def asin(x: V) -> V:
    """The inverse sine, in radians between −π/2 and π/2; the derivative at ±1 is inf."""

@overload
def acos(x: float) -> float:
    """The inverse cosine, in radians between 0 and π; the derivative at ±1 is −inf."""

@overload
def acos(x: V) -> V:
    """The inverse cosine, in radians between 0 and π; the derivative at ±1 is −inf."""

@overload
def atan2(y: float, x: float) -> float:
    """The angle of the point (x, y), in radians between −π and π; at the origin the derivatives are nan."""

@overload
def atan2(y: V, x: V | float) -> V:
    """The angle of the point (x, y), in radians between −π and π; at the origin the derivatives are nan."""

@overload
def atan2(y: float, x: V) -> V:
    """The angle of the point (x, y), in radians between −π and π; at the origin the derivatives are nan."""

@overload
def sinh(x: float) -> float:
    """The hyperbolic sine."""

@overload
def sinh(x: V) -> V:
    """The hyperbolic sine."""

@overload
def cosh(x: float) -> float:
    """The hyperbolic cosine."""

@overload
def cosh(x: V) -> V:
    """The hyperbolic cosine."""

@overload
def asinh(x: float) -> float:
    """The inverse hyperbolic sine."""

@overload
def asinh(x: V) -> V:
    """The inverse hyperbolic sine."""

@overload
def acosh(x: float) -> float:
    """The inverse hyperbolic cosine; the derivative at 1 is inf."""

@overload
def acosh(x: V) -> V:
    """The inverse hyperbolic cosine; the derivative at 1 is inf."""

@overload
def atanh(x: float) -> float:
    """The inverse hyperbolic tangent."""

@overload
def atanh(x: V) -> V:
    """The inverse hyperbolic tangent."""

@overload
def erfc(x: float) -> float:
    """1 − erf(x), without cancellation for large x."""

@overload
def erfc(x: V) -> V:
    """1 − erf(x), without cancellation for large x."""

@overload
def log_ndtr(x: float) -> float:
    """ln Φ(x) with the normal distribution function Φ, without underflow; the derivative is φ(x) / Φ(x)."""

@overload
def log_ndtr(x: V) -> V:
    """ln Φ(x) with the normal distribution function Φ, without underflow; the derivative is φ(x) / Φ(x)."""

@overload
def logaddexp(x: float, y: float) -> float:
    """ln(eˣ + eʸ), without overflow."""

@overload
def logaddexp(x: V, y: V | float) -> V:
    """ln(eˣ + eʸ), without overflow."""

@overload
def logaddexp(x: float, y: V) -> V:
    """ln(eˣ + eʸ), without overflow."""

@overload
def hypot(x: float, y: float) -> float:
    """√(x² + y²), without overflow; both derivatives are 0 at the origin, as for |x|."""

@overload
def hypot(x: V, y: V | float) -> V:
    """√(x² + y²), without overflow; both derivatives are 0 at the origin, as for |x|."""

@overload
def hypot(x: float, y: V) -> V:
    """√(x² + y²), without overflow; both derivatives are 0 at the origin, as for |x|."""

@overload
def softsign(x: float) -> float:
    """x / (1 + |x|)."""

@overload
def softsign(x: V) -> V:
    """x / (1 + |x|)."""

@overload
def silu(x: float) -> float:
    """x · σ(x) (Hendrycks and Gimpel 2016)."""

@overload
def silu(x: V) -> V:
    """x · σ(x) (Hendrycks and Gimpel 2016)."""

@overload
def gelu(x: float) -> float:
    """x · Φ(x) with the normal distribution's Φ, exact (Hendrycks and Gimpel 2016)."""

@overload
def gelu(x: V) -> V:
    """x · Φ(x) with the normal distribution's Φ, exact (Hendrycks and Gimpel 2016)."""

@overload
def mish(x: float) -> float:
    """x · tanh(softplus(x)) (Misra 2019)."""

@overload
def mish(x: V) -> V:
    """x · tanh(softplus(x)) (Misra 2019)."""

@overload
def relu(x: float) -> float:
    """max(0, x)."""

@overload
def relu(x: V) -> V:
    """max(0, x)."""

@overload
def abs(x: float) -> float:
    """|x|."""

@overload
def abs(x: V) -> V:
    """|x|."""

@overload
def sign(x: float) -> float:
    """1 above 0, −1 below, 0 at 0: a step function, with the derivative 0."""

@overload
def sign(x: V) -> V:
    """1 above 0, −1 below, 0 at 0: a step function, with the derivative 0."""

@overload
def floor(x: float) -> float:
    """The largest whole number that is at most x: a step function, with the derivative 0."""

@overload
def floor(x: V) -> V:
    """The largest whole number that is at most x: a step function, with the derivative 0."""

@overload
def ceil(x: float) -> float:
    """The smallest whole number that is at least x: a step function, with the derivative 0."""

@overload
def ceil(x: V) -> V:
    """The smallest whole number that is at least x: a step function, with the derivative 0."""

@overload
def trunc(x: float) -> float:
    """x without its fraction, rounded towards 0: a step function, with the derivative 0."""

@overload
def trunc(x: V) -> V:
    """x without its fraction, rounded towards 0: a step function, with the derivative 0."""

@overload
def clip(x: float, low: float, high: float) -> float:
    """min(max(x, low), high); the derivative belongs to the operand that is returned, to x at the bounds."""

@overload
def clip(x: V, low: V | float, high: V | float) -> V:
    """min(max(x, low), high); the derivative belongs to the operand that is returned, to x at the bounds."""

@overload
def clip(x: float, low: V, high: V | float) -> V:
    """min(max(x, low), high); the derivative belongs to the operand that is returned, to x at the bounds."""

@overload
def hardtanh(x: float) -> float:
    """x between −1 and 1, −1 below and 1 above; at both kinks the derivative is 0, as in PyTorch."""

@overload
def hardtanh(x: V) -> V:
    """x between −1 and 1, −1 below and 1 above; at both kinks the derivative is 0, as in PyTorch."""

@overload
def relu6(x: float) -> float:
    """x between 0 and 6, 0 below and 6 above; at both kinks the derivative is 0, as in PyTorch."""

@overload
def relu6(x: V) -> V:
    """x between 0 and 6, 0 below and 6 above; at both kinks the derivative is 0, as in PyTorch."""
