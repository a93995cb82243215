"""The methods of a Value. Written by `python -m tools.generate` from the table of primitives in `ops`."""

from typing import Any

from typing_extensions import Self

from micrograd._core.nodes import Node

class Methods(Node):
    def __add__(self, y: Any) -> Self:
        """x + y."""
    def __radd__(self, other: Any) -> Self: ...
    def __sub__(self, y: Any) -> Self:
        """x − y."""
    def __rsub__(self, other: Any) -> Self: ...
    def __mul__(self, y: Any) -> Self:
        """x · y: each operand's derivative is the other's value."""
    def __rmul__(self, other: Any) -> Self: ...
    def __truediv__(self, y: Any) -> Self:
        """x / y."""
    def __rtruediv__(self, other: Any) -> Self: ...
    def __neg__(self) -> Self:
        """−x."""
    def __mod__(self, y: Any) -> Self:
        """x − y·⌊x/y⌋, with the sign of y, as in Python."""
    def __rmod__(self, other: Any) -> Self: ...
    def __floordiv__(self, y: Any) -> Self:
        """⌊x/y⌋: a step function, with the derivative 0 wherever it has one."""
    def __rfloordiv__(self, other: Any) -> Self: ...
    def _to_the(self, y: Any) -> Self:
        """xʸ: ∂out/∂x = y · xʸ⁻¹ and ∂out/∂y = xʸ · ln x."""
    def exp(self) -> Self:
        """eˣ, its own derivative."""
    def log(self) -> Self:
        """The natural logarithm."""
    def log1p(self) -> Self:
        """ln(1 + x), exact near 0."""
    def expm1(self) -> Self:
        """eˣ − 1, exact near 0."""
    def sqrt(self) -> Self:
        """√x; the derivative at 0 is inf."""
    def sin(self) -> Self:
        """sin x, x in radians."""
    def cos(self) -> Self:
        """cos x, x in radians."""
    def tan(self) -> Self:
        """tan x, x in radians."""
    def atan(self) -> Self:
        """The inverse tangent, in radians between −π/2 and π/2."""
    def arctan(self) -> Self:
        """The inverse tangent, in radians between −π/2 and π/2."""
    def tanh(self) -> Self:
        """The hyperbolic tangent."""
    def sigmoid(self) -> Self:
        """σ(x) = 1 / (1 + e⁻ˣ), without overflow on either side."""
    def softplus(self) -> Self:
        """ln(1 + eˣ), without overflow; its derivative is σ(x)."""
    def erf(self) -> Self:
        """The error function 2/√π ∫₀ˣ e^(−t²) dt."""
    def exp2(self) -> Self:
        """2ˣ."""
    def log2(self) -> Self:
        """The logarithm to base 2."""
    def log10(self) -> Self:
        """The logarithm to base 10."""
    def cbrt(self) -> Self:
        """The real cube root, of negative operands too; the derivative at 0 is inf."""
    def asin(self) -> Self:
        """The inverse sine, in radians between −π/2 and π/2; the derivative at ±1 is inf."""
    def arcsin(self) -> Self:
        """The inverse sine, in radians between −π/2 and π/2; the derivative at ±1 is inf."""
    def acos(self) -> Self:
        """The inverse cosine, in radians between 0 and π; the derivative at ±1 is −inf."""
    def arccos(self) -> Self:
        """The inverse cosine, in radians between 0 and π; the derivative at ±1 is −inf."""
    def atan2(self, x: Any) -> Self:
        """The angle of the point (x, y), in radians between −π and π; at the origin the derivatives are nan."""
    def arctan2(self, x: Any) -> Self:
        """The angle of the point (x, y), in radians between −π and π; at the origin the derivatives are nan."""
    def sinh(self) -> Self:
        """The hyperbolic sine."""
    def cosh(self) -> Self:
        """The hyperbolic cosine."""
    def asinh(self) -> Self:
        """The inverse hyperbolic sine."""
    def arcsinh(self) -> Self:
        """The inverse hyperbolic sine."""
    def acosh(self) -> Self:
        """The inverse hyperbolic cosine; the derivative at 1 is inf."""
    def arccosh(self) -> Self:
        """The inverse hyperbolic cosine; the derivative at 1 is inf."""
    def atanh(self) -> Self:
        """The inverse hyperbolic tangent."""
    def arctanh(self) -> Self:
        """The inverse hyperbolic tangent."""
    def erfc(self) -> Self:
        """1 − erf(x), without cancellation for large x."""
    def log_ndtr(self) -> Self:
        """ln Φ(x) with the normal distribution function Φ, without underflow; the derivative is φ(x) / Φ(x)."""
    def logaddexp(self, y: Any) -> Self:
        """ln(eˣ + eʸ), without overflow."""
    def hypot(self, y: Any) -> Self:
        """√(x² + y²), without overflow; both derivatives are 0 at the origin, as for |x|."""
    def softsign(self) -> Self:
        """x / (1 + |x|)."""
    def silu(self) -> Self:
        """x · σ(x) (Hendrycks and Gimpel 2016)."""
    def gelu(self) -> Self:
        """x · Φ(x) with the normal distribution's Φ, exact (Hendrycks and Gimpel 2016)."""
    def mish(self) -> Self:
        """x · tanh(softplus(x)) (Misra 2019)."""
    def relu(self) -> Self:
        """max(0, x)."""
    def __abs__(self) -> Self:
        """|x|."""
    def abs(self) -> Self:
        """|x|."""
    def max(self, y: Any) -> Self:
        """The larger operand."""
    def min(self, y: Any) -> Self:
        """The smaller operand."""
    def sign(self) -> Self:
        """1 above 0, −1 below, 0 at 0: a step function, with the derivative 0."""
    def floor(self) -> Self:
        """The largest whole number that is at most x: a step function, with the derivative 0."""
    def __floor__(self) -> Self:
        """The largest whole number that is at most x: a step function, with the derivative 0."""
    def ceil(self) -> Self:
        """The smallest whole number that is at least x: a step function, with the derivative 0."""
    def __ceil__(self) -> Self:
        """The smallest whole number that is at least x: a step function, with the derivative 0."""
    def trunc(self) -> Self:
        """x without its fraction, rounded towards 0: a step function, with the derivative 0."""
    def __trunc__(self) -> Self:
        """x without its fraction, rounded towards 0: a step function, with the derivative 0."""
    def clip(self, low: Any, high: Any) -> Self:
        """min(max(x, low), high); the derivative belongs to the operand that is returned, to x at the bounds."""
    def hardtanh(self) -> Self:
        """x between −1 and 1, −1 below and 1 above; at both kinks the derivative is 0, as in PyTorch."""
    def relu6(self) -> Self:
        """x between 0 and 6, 0 below and 6 above; at both kinks the derivative is 0, as in PyTorch."""
    def leaky_relu(self, slope: float = ...) -> Self:
        """x above 0, slope · x below."""
    def elu(self, alpha: float = ...) -> Self:
        """x above 0, α (eˣ − 1) below (Clevert, Unterthiner and Hochreiter 2015)."""
    def selu(self) -> Self:
        """λ · elu(x, α), with the λ and α for which activations keep mean 0 and variance 1 (Klambauer et al. 2017)."""
    def swish(self) -> Self:
        """x · σ(x), the other name of `silu` (Ramachandran, Zoph and Le 2017)."""
    def square(self) -> Self:
        """x²."""
