"""The whole calculus: every primitive operation, one plain function each.

A primitive takes its operands and returns its result, then one local derivative (∂out/∂operand) for each operand:

    >>> tanh(Floats, 0.5)
    (0.46211715726000973, 0.7864477329659274)

It is written with `+ - * /`, the comparisons `< <= > >=` and the elementary functions of `m`, so that it runs on any
kind of number for which somebody supplies an `m`: on floats it is the engine's forward pass, on Values a derivative
that can be derived again, on symbols a derivation as text. `m.where(condition, a, b)` chooses; both sides are computed.

At a kink the local derivative is 0 for `relu` and `abs`, and belongs to the first operand for `max` and `min`; a nan
is carried along, in the result and in the derivative.
"""

import math
from collections.abc import Callable
from typing import Any


class Primitive:
    """An indivisible operation: `run(m, *operands) -> (out, ∂out/∂operand, …)`, with its name and its two signs.

    `sign` is what `Value._op` shows (the original's strings), `symbol` what a picture or a formula shows. `domain` says
    where the operation is defined, for error messages.
    """

    def __init__(self, run: Callable[..., tuple], sign: str, symbol: str, domain: str):
        self.run, self.sign, self.symbol, self.domain = run, sign, symbol or sign, domain
        self.name = run.__name__.rstrip("_")
        self.__doc__ = run.__doc__

    def __call__(self, m: Any, *operands: Any) -> tuple:
        return self.run(m, *operands)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple:
        return _primitive_by_name, (self.name,)


PRIMITIVES: dict[str, Primitive] = {}


def _primitive_by_name(name: str) -> Primitive:
    return PRIMITIVES[name]


def primitive(sign: str, symbol: str = "", domain: str = "") -> Callable[[Callable[..., tuple]], Primitive]:
    """Declare the decorated function as a primitive."""

    def declare(run: Callable[..., tuple]) -> Primitive:
        op = Primitive(run, sign, symbol, domain)
        PRIMITIVES[op.name] = op
        return op

    return declare


# ---- arithmetic


@primitive("+")
def add(m, x, y):
    """x + y."""
    return x + y, 1.0, 1.0


@primitive("-", "−")
def sub(m, x, y):
    """x − y."""
    return x - y, 1.0, -1.0


@primitive("*", "×")
def mul(m, x, y):
    """x · y: each operand's derivative is the other's value."""
    return x * y, y, x


@primitive("/", "÷", domain="a divisor other than 0")
def div(m, x, y):
    """x / y."""
    out = x / y
    return out, 1.0 / y, -out / y


@primitive("neg", "−")
def neg(m, x):
    """−x."""
    return -x, -1.0


POWERS = "a base above 0 (0 with an exponent of 0 or more, below 0 with a whole one) and a result below 1.8e308"


@primitive("**", "xᵏ", domain=POWERS)
def power(m, x, k):
    """xᵏ with a constant k, which is not a parent: ∂out/∂x = k · xᵏ⁻¹, and 0 for k = 0."""
    return m.pow(x, k), 0.0 if k == 0 else k * m.pow(x, k - 1)


@primitive("**", "xʸ", domain=POWERS)
def power_value(m, x, y):
    """xʸ: ∂out/∂x = y · xʸ⁻¹ and ∂out/∂y = xʸ · ln x; at x = 0 the latter is 0 for y ≥ 0, the former for y = 0."""
    out = m.pow(x, y)
    dx, dy = y * m.pow(x, y - 1.0), out * m.log(x)

    def at_zero(a, b):
        return m.where(x >= 0.0, m.where(x <= 0.0, a, b), b)

    dx = at_zero(m.where(y >= 0.0, m.where(y <= 0.0, 0.0, dx), dx), dx)
    dy = at_zero(m.where(y >= 0.0, 0.0, dy), dy)
    return out, dx, dy


# ---- elementary functions


@primitive("exp", domain="an operand below 709.78 (softmax and logsumexp subtract the largest one first)")
def exp(m, x):
    """eˣ, its own derivative."""
    out = m.exp(x)
    return out, out


@primitive("log", "ln", domain="an operand above 0")
def log(m, x):
    """The natural logarithm."""
    return m.log(x), 1.0 / x


@primitive("log1p", domain="an operand above −1")
def log1p(m, x):
    """ln(1 + x), exact near 0."""
    return m.log1p(x), 1.0 / (1.0 + x)


@primitive("expm1", domain="an operand below 709.78")
def expm1(m, x):
    """eˣ − 1, exact near 0."""
    return m.expm1(x), m.exp(x)


@primitive("sqrt", "√", domain="an operand of 0 or more")
def sqrt(m, x):
    """√x; the derivative at 0 is inf."""
    out = m.sqrt(x)
    return out, 0.5 / out


@primitive("sin", domain="a finite operand")
def sin(m, x):
    """sin x, x in radians."""
    return m.sin(x), m.cos(x)


@primitive("cos", domain="a finite operand")
def cos(m, x):
    """cos x, x in radians."""
    return m.cos(x), -m.sin(x)


@primitive("tan", domain="a finite operand")
def tan(m, x):
    """tan x, x in radians."""
    out = m.tan(x)
    return out, 1.0 + out * out


@primitive("atan")
def atan(m, x):
    """The inverse tangent, in radians between −π/2 and π/2."""
    return m.atan(x), 1.0 / (1.0 + x * x)


@primitive("tanh")
def tanh(m, x):
    """The hyperbolic tangent."""
    out = m.tanh(x)
    return out, 1.0 - out * out


@primitive("sigmoid", "σ")
def sigmoid(m, x):
    """σ(x) = 1 / (1 + e⁻ˣ), without overflow on either side."""
    out = m.sigmoid(x)
    return out, out * (1.0 - out)


@primitive("softplus")
def softplus(m, x):
    """ln(1 + eˣ), without overflow; its derivative is σ(x)."""
    return m.softplus(x), m.sigmoid(x)


@primitive("erf")
def erf(m, x):
    """The error function 2/√π ∫₀ˣ e^(−t²) dt."""
    return m.erf(x), 2.0 / math.sqrt(math.pi) * m.exp(-(x * x))


# ---- kinks


@primitive("ReLU", "relu")
def relu(m, x):
    """max(0, x)."""
    return m.where(x <= 0.0, 0.0, x), m.where(x > 0.0, 1.0, m.where(x <= 0.0, 0.0, math.nan))


@primitive("abs", "|x|")
def abs_(m, x):
    """|x|."""
    return abs(x), m.where(x > 0.0, 1.0, m.where(x < 0.0, -1.0, m.where(x >= 0.0, 0.0, math.nan)))


@primitive("max")
def max_(m, x, y):
    """The larger operand."""
    first = m.where(x >= y, 1.0, m.where(x < y, 0.0, math.nan))
    return m.where(x >= y, x, m.where(x < y, y, math.nan)), first, 1.0 - first


@primitive("min")
def min_(m, x, y):
    """The smaller operand."""
    first = m.where(x <= y, 1.0, m.where(x > y, 0.0, math.nan))
    return m.where(x <= y, x, m.where(x > y, y, math.nan)), first, 1.0 - first


# ---- any number of operands, added from left to right


@primitive("sum", "Σ")
def total(m, *values):
    """Σ vᵢ, 0 for no operand."""
    out = 0.0
    for value in values:
        out = out + value
    return out, *[1.0] * len(values)


@primitive("dot", "w·x")
def dot(m, *operands):
    """b + Σ wᵢ xᵢ; the operands are the weights, as many inputs, and the bias b."""
    n = len(operands) // 2
    weights, inputs, out = operands[:n], operands[n:-1], operands[-1]
    for w, x in zip(weights, inputs, strict=True):
        out = out + w * x
    return out, *inputs, *weights, 1.0


# ---- floats


def _pow(x: float, y: float) -> float:
    out = x**y
    if isinstance(out, complex):
        raise ValueError("a negative base with a fractional exponent")
    return out


def _sigmoid(x: float) -> float:
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


def _softplus(x: float) -> float:
    return (0.0 if x <= 0.0 else x) + math.log1p(math.exp(-abs(x)))


def _where(condition: Any, a: Any, b: Any) -> Any:
    return a if condition else b


class Floats:
    """The elementary functions on Python floats; outside their domain they raise, as `math` does."""

    exp, log, log1p, expm1, sqrt = math.exp, math.log, math.log1p, math.expm1, math.sqrt
    sin, cos, tan, atan, tanh, erf = math.sin, math.cos, math.tan, math.atan, math.tanh, math.erf
    pow, sigmoid, softplus = staticmethod(_pow), staticmethod(_sigmoid), staticmethod(_softplus)
    where = staticmethod(_where)


def evaluate(op: Primitive, operands: list[float], constants: tuple, names: list[str]) -> tuple[float, ...]:
    """`op` on floats: the result and the local derivatives, where plain floats raise too.

    IEEE arithmetic has a value for what Python refuses. If the result is finite, the point is merely singular (√0,
    whose derivative is inf) and stands. Otherwise the operands lie outside the domain: Python's own kind of error is
    raised again, with the operation, the numbers and the `names` of the operands.
    """
    try:
        return op.run(Floats, *operands, *constants)
    except (ArithmeticError, ValueError) as error:
        out, *partials = map(float, quietly(op, operands, constants))
        if math.isfinite(out):
            return out, *partials
        shown = [f"{name} = {x!r}" if name else repr(x) for name, x in zip(names, operands, strict=True)]
        call = f"{op.name}({', '.join([*shown, *map(repr, constants)])})"
        why = "is not defined"
        if isinstance(error, OverflowError):
            why = "is too large for a float"
        if isinstance(error, ZeroDivisionError):
            why = "divides by zero"
        raise type(error)(f"{call} {why}: it needs {op.domain}") from None


def quietly(op: Primitive, operands: list[float], constants: tuple) -> tuple:
    """`op` on floats in IEEE arithmetic, which answers every question, if with inf or nan."""
    import numpy as np

    names = ("exp", "log", "log1p", "expm1", "sqrt", "sin", "cos", "tan")
    ieee = type("IEEE", (Floats,), {name: getattr(np, name) for name in names} | {"pow": np.power})
    with np.errstate(all="ignore"):
        return op.run(ieee, *map(np.float64, operands), *constants)
