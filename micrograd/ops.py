"""The whole calculus: every primitive operation, one declaration each.

A primitive takes its operands and returns its result, then one local derivative (∂out/∂operand) for each operand:

    >>> tanh(Floats, 0.5)
    (0.46211715726000973, 0.7864477329659274)

It is written with `+ - * / **`, the comparisons `< <= > >=` and the elementary functions of `m`, so that it runs on any
kind of number for which there is an `m`: on floats it is the engine's forward pass, on Values a derivative
that can be differentiated again, on symbols its own formula as text. `m.where(condition, a, b)` chooses; both sides are
computed.

Next to the rule are its names elsewhere. From this table come the operators and methods of a Value, the functions at
the front door, the grammar of expressions, symbols, the compiler's kinds, the native kernel and the checker's forms.

At a kink the local derivative is 0 for `relu` and `abs`, and belongs to the first operand for `max` and `min`; a nan
is carried along, in the result and in the derivative.

A *gate* lets a gradient pass or not: relu, max, where. Where it is shut, the local derivative is `SHUT`, a zero that
is stronger than inf and nan: whatever arrives from above, exactly 0 passes.
"""

import math
import operator
from collections.abc import Callable
from importlib import import_module
from typing import Any

Rule = Callable[..., tuple[Any, ...]]
CO_VARARGS = 4  # the flag of a function that takes *operands


class Primitive:
    """An indivisible operation: `run(m, *operands) -> (out, ∂out/∂operand, …)`, and what it is called elsewhere.

    sign      what `Value._op` shows (the original's strings)
    symbol    what a picture or a formula shows
    domain    where the operation is defined, for error messages; "" if that is everywhere
    floats    the function `m.name` on floats, if the rule takes its result from one; it may raise as `math` does
    numpy     what NumPy calls that function; a method of this name serves object arrays
    c         that function as a C expression of its operands x and y: the same floats (hypot: nearly)
    text      how a call is written, with #1, #2 for the operands: |#1|; "" for symbol(…)
    latex     the same in LaTeX, or the name alone: \\tanh, \\sqrt{#1}
    methods   the methods and operators that a Value has for it
    kink      whether a local derivative jumps somewhere
    partial   whether it may raise an error on floats: it has a domain, or is not one of the table
    gate      whether a local derivative of 0 lets nothing pass, not even inf: the rule writes it as `SHUT`

    `operands` are their names in the rule; a `variadic` primitive takes any number of them.
    """

    def __init__(
        self,
        run: Rule,
        sign: str,
        symbol: str = "",
        domain: str = "",
        *,
        floats: Callable[..., float] | None = None,
        numpy: str = "",
        c: str = "",
        text: str = "",
        latex: str = "",
        methods: tuple[str, ...] | None = None,
        kink: bool = False,
        gate: bool = False,
    ):
        self.run, self.sign, self.symbol, self.domain = run, sign, symbol or sign, domain
        self.name = run.__name__.rstrip("_")
        code = getattr(run, "__wrapped__", run).__code__
        self.operands = code.co_varnames[1 : code.co_argcount]
        self.variadic = bool(code.co_flags & CO_VARARGS)
        self.floats, self.numpy = floats, numpy or self.name
        self.c = c or f"{self.name}({', '.join('xy'[: len(self.operands)])})"
        self.text, self.latex = text, latex or rf"\mathrm{{{self.name}}}"
        self.kink, self.gate, self.partial = kink or gate, gate, bool(domain) or run.__module__ != __name__
        self.methods = tuple(dict.fromkeys((self.name, self.numpy))) if methods is None else methods
        self.__doc__ = run.__doc__

    def __call__(self, m: Any, *operands: Any) -> tuple[Any, ...]:
        return self.run(m, *operands)

    def __repr__(self) -> str:
        return f"<primitive {self.name}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return _primitive_by_name, (self.name, self.run.__module__)


PRIMITIVES: dict[str, Primitive] = {}


def _primitive_by_name(name: str, module: str) -> Primitive:
    if name not in PRIMITIVES:
        import_module(module)  # which declares it, unless it was declared by hand
    if name not in PRIMITIVES:
        raise LookupError(f"the primitive {name!r} is not declared: declare it before you load what was made with it")
    return PRIMITIVES[name]


def primitive(sign: str, symbol: str = "", domain: str = "", **names: Any) -> Callable[[Rule], Primitive]:
    """Declare the decorated rule as a primitive; the `names` are those of `Primitive`."""

    def declare(run: Rule) -> Primitive:
        op = PRIMITIVES[run.__name__.rstrip("_")] = Primitive(run, sign, symbol, domain, **names)
        if op.floats or op.name in op.methods:
            setattr(Floats, op.name, staticmethod(op.floats or (lambda *operands: op.run(Floats, *operands)[0])))
        return op

    return declare


class _Shut(float):
    """The local derivative of a gate that is shut: 0, and so is its product with any float, inf and nan too."""

    __slots__ = ()

    def __mul__(self, other: Any) -> Any:
        return 0.0 if isinstance(other, (float, int)) else NotImplemented

    __rmul__ = __mul__

    def __reduce__(self) -> str:
        return "SHUT"


SHUT = _Shut()


# ---- floats


def _pow(x: float, y: float) -> float:
    out: float | complex = x**y
    if isinstance(out, complex):
        raise ValueError("a negative base with a fractional exponent")
    return out


def _sigmoid(x: float) -> float:
    e = math.exp(-abs(x))
    return 1.0 / (1.0 + e) if x >= 0.0 else e / (1.0 + e)


def _softplus(x: float) -> float:
    return (0.0 if x <= 0.0 else x) + math.log1p(math.exp(-abs(x)))


def _exp2(x: float) -> float:
    return math.pow(2.0, x)


def _cbrt(x: float) -> float:
    """The cube root of x, with a Newton step, because 1/3 is not a float."""
    root = math.copysign(abs(x) ** (1.0 / 3.0), x)
    return root if root in (0.0, math.inf, -math.inf) else root - (root - x / (root * root)) / 3.0


def _logaddexp(x: float, y: float) -> float:
    if x == y:
        return x + math.log(2.0)
    return (x if x > y else y if x <= y else x + y) + math.log1p(math.exp(-abs(x - y)))


def _log_ndtr(x: float) -> float:
    if x >= 0.0:
        return math.log1p(-0.5 * math.erfc(x / math.sqrt(2.0)))
    if x > FAR:
        return math.log(0.5 * math.erfc(-x / math.sqrt(2.0)))
    return -0.5 * x * x - math.log(_hazard(-x)) - 0.5 * math.log(2.0 * math.pi)


FAR = -5.0  # below it, a continued fraction is more accurate than erfc


def _hazard(y: Any) -> Any:
    """φ(y) / Φ(−y) for y ≥ 5, to the last bits: y + 1/(y + 2/(y + 3/(y + …))) (Abramowitz and Stegun 26.2.14)."""
    out = y
    for k in range(20, 0, -1):
        out = y + k / out
    return out


def _rounding(function: Callable[[float], int]) -> Callable[[float], float]:
    return lambda x: float(function(x)) if math.isfinite(x) else x


class Floats:
    """The elementary functions on Python floats, from the declarations; outside their domain they raise, as `math`."""

    pow = staticmethod(_pow)

    @staticmethod
    def where(condition: Any, a: Any, b: Any) -> Any:
        return a if condition else b


def evaluate(op: Primitive, operands: list[float], constants: tuple[Any, ...], names: list[str]) -> tuple[float, ...]:
    """`op` on floats: the result and the local derivatives, also where floats raise an error.

    IEEE arithmetic has a value for what Python refuses. If the result is finite, the point is merely singular (√0,
    whose derivative is inf), and the result counts. Otherwise the operands lie outside the domain: Python's own kind of
    error is raised again, with the operation, the numbers and the `names` of the operands.
    """
    try:
        return op.run(Floats, *operands, *constants)
    except (ArithmeticError, ValueError) as error:
        out, *partials = quietly(op, operands, constants)
        if math.isfinite(out):
            return out, *partials
        shown = [f"{name} = {x!r}" if name else repr(x) for name, x in zip(names, operands, strict=True)]
        call = f"{op.name}({', '.join([*shown, *map(repr, constants)])})"
        why = "is not defined"
        if isinstance(error, OverflowError):
            why = "is too large for a float"
        if isinstance(error, ZeroDivisionError):
            why = "divides by zero"
        needs = f": it needs {op.domain}" if op.domain else f": {error}"
        raise type(error)(f"{call} {why}{needs}") from None


# ---- floats in IEEE arithmetic


def quietly(op: Primitive, operands: list[float], constants: tuple[Any, ...]) -> tuple[float, ...]:
    """`op` on floats in IEEE arithmetic, which always has a result, if need be inf or nan."""
    return tuple(x if x is SHUT else float(x) for x in op.run(IEEE, *map(_Quiet, operands), *constants))


def ieee(name: str) -> Callable[..., float]:
    """The function `m.name` in IEEE arithmetic: Python's own where it has a result, else inf or nan."""
    on_floats: Callable[..., float] = getattr(Floats, name)
    beyond = _BEYOND.get(name)

    def function(*operands: float) -> float:
        try:
            return on_floats(*operands)
        except (ArithmeticError, ValueError) as error:
            if beyond is not None:
                return beyond(*operands)
            if isinstance(error, OverflowError):
                return math.inf
            return _POLES.get((name, *operands), math.nan)

    return function


def divide(x: float, y: float) -> float:
    """x / y in IEEE arithmetic."""
    if y:
        return x / y
    return math.nan if x == 0.0 or x != x else math.copysign(math.inf, x) * math.copysign(1.0, y)


def _pow_beyond(x: float, y: float) -> float:
    """xʸ where Python raises: it is too large, 0 has an exponent below 0, or the result is no real number."""
    if x < 0.0 and not y.is_integer():
        return math.nan
    return math.copysign(math.inf, x) if y % 2.0 == 1.0 else math.inf


# What IEEE arithmetic has where Python raises, unless it is inf for an overflow, or else nan.
_POLES: dict[tuple[Any, ...], float] = {
    ("log", 0.0): -math.inf,
    ("log2", 0.0): -math.inf,
    ("log10", 0.0): -math.inf,
    ("log1p", -1.0): -math.inf,
    ("atanh", 1.0): math.inf,
    ("atanh", -1.0): -math.inf,
}
_BEYOND: dict[str, Callable[..., float]] = {
    "pow": _pow_beyond,
    "sinh": lambda x: math.copysign(math.inf, x),
    "floordiv": divide,
}


def _quiet_operator(compute: Callable[..., Any]) -> Any:
    return lambda *operands: _Quiet(compute(*map(float, operands)))


class _Quiet(float):
    """The number of `quietly`: a float whose operators never raise."""

    __slots__ = ()

    __add__ = __radd__ = _quiet_operator(operator.add)
    __mul__ = __rmul__ = _quiet_operator(operator.mul)
    __neg__, __abs__ = _quiet_operator(operator.neg), _quiet_operator(abs)
    __sub__, __rsub__ = _quiet_operator(operator.sub), _quiet_operator(lambda x, y: y - x)
    __truediv__, __rtruediv__ = _quiet_operator(divide), _quiet_operator(lambda x, y: divide(y, x))
    __pow__, __rpow__ = _quiet_operator(ieee("pow")), _quiet_operator(lambda x, y: ieee("pow")(y, x))


class _IEEE:
    """The `m` of `quietly`."""

    where = staticmethod(Floats.where)

    def __getattr__(self, name: str) -> Any:
        return _quiet_operator(ieee(name))


IEEE = _IEEE()


# ---- arithmetic


@primitive("+", methods=("__add__",))
def add(m, x, y):
    """x + y."""
    return x + y, 1.0, 1.0


@primitive("-", "−", numpy="subtract", methods=("__sub__",))
def sub(m, x, y):
    """x − y."""
    return x - y, 1.0, -1.0


@primitive("*", "×", numpy="multiply", methods=("__mul__",))
def mul(m, x, y):
    """x · y: each operand's derivative is the other's value."""
    return x * y, y, x


@primitive("/", "÷", "a divisor other than 0", numpy="divide", methods=("__truediv__",))
def div(m, x, y):
    """x / y."""
    out = x / y
    return out, 1.0 / y, -out / y


@primitive("neg", "−", numpy="negative", methods=("__neg__",))
def neg(m, x):
    """−x."""
    return -x, -1.0


@primitive(
    "%",
    domain="a divisor other than 0",
    floats=operator.mod,
    c="modulo(x, y)",
    text="#1 mod #2",
    methods=("__mod__",),
    kink=True,
)
def mod(m, x, y):
    """x − y·⌊x/y⌋, with the sign of y, as in Python."""
    return m.mod(x, y), 1.0, -m.floor(x / y)


@primitive(
    "//",
    "⌊÷⌋",
    "a divisor other than 0",
    floats=operator.floordiv,
    numpy="floor_divide",
    c="floor_divide(x, y)",
    text="⌊#1 / #2⌋",
    latex=r"\left\lfloor\frac{#1}{#2}\right\rfloor",
    methods=("__floordiv__",),
    gate=True,
)
def floordiv(m, x, y):
    """⌊x/y⌋: a step function, with the derivative 0 wherever it has one."""
    return m.floordiv(x, y), SHUT, SHUT


POWERS = "a base above 0 (0 with an exponent of 0 or more, below 0 with a whole one) and a result below 1.8e308"


@primitive("**", "xᵏ", POWERS, methods=())
def power(m, x, k):
    """xᵏ with a constant k, which is not a parent: ∂out/∂x = k · xᵏ⁻¹, and 0 for k = 0."""
    return m.pow(x, k), SHUT if k == 0 else k * m.pow(x, k - 1)


@primitive("**", "xʸ", POWERS, methods=("_to_the",))
def power_value(m, x, y):
    """xʸ: ∂out/∂x = y · xʸ⁻¹ and ∂out/∂y = xʸ · ln x.

    At x = 0 the latter is 0 for y ≥ 0, the former for y = 0.
    """
    out = m.pow(x, y)
    dx, dy = y * m.pow(x, y - 1.0), out * m.log(x)

    def at_zero(a: Any, b: Any) -> Any:
        return m.where(x >= 0.0, m.where(x <= 0.0, a, b), b)

    dx = at_zero(m.where(y >= 0.0, m.where(y <= 0.0, 0.0, dx), dx), dx)
    dy = at_zero(m.where(y >= 0.0, 0.0, dy), dy)
    return out, dx, dy


# ---- elementary functions


TOO_LARGE = "an operand below 709.78 (softmax and logsumexp subtract the largest one first)"


@primitive("exp", domain=TOO_LARGE, floats=math.exp, latex=r"\exp")
def exp(m, x):
    """eˣ, its own derivative."""
    out = m.exp(x)
    return out, out


@primitive("log", "ln", "an operand above 0", floats=math.log, latex=r"\ln")
def log(m, x):
    """The natural logarithm."""
    return m.log(x), 1.0 / x


@primitive("log1p", domain="an operand above -1", floats=math.log1p)
def log1p(m, x):
    """ln(1 + x), exact near 0."""
    return m.log1p(x), 1.0 / (1.0 + x)


@primitive("expm1", domain="an operand below 709.78", floats=math.expm1)
def expm1(m, x):
    """eˣ − 1, exact near 0."""
    return m.expm1(x), m.exp(x)


@primitive("sqrt", "√", "an operand of 0 or more", floats=math.sqrt, latex=r"\sqrt{#1}")
def sqrt(m, x):
    """√x; the derivative at 0 is inf."""
    out = m.sqrt(x)
    return out, 0.5 / out


@primitive("sin", domain="a finite operand", floats=math.sin, latex=r"\sin")
def sin(m, x):
    """sin x, x in radians."""
    return m.sin(x), m.cos(x)


@primitive("cos", domain="a finite operand", floats=math.cos, latex=r"\cos")
def cos(m, x):
    """cos x, x in radians."""
    return m.cos(x), -m.sin(x)


@primitive("tan", domain="a finite operand", floats=math.tan, latex=r"\tan")
def tan(m, x):
    """tan x, x in radians."""
    out = m.tan(x)
    return out, 1.0 + out * out


@primitive("atan", floats=math.atan, numpy="arctan")
def atan(m, x):
    """The inverse tangent, in radians between −π/2 and π/2."""
    return m.atan(x), 1.0 / (1.0 + x * x)


@primitive("tanh", floats=math.tanh, latex=r"\tanh")
def tanh(m, x):
    """The hyperbolic tangent."""
    out = m.tanh(x)
    return out, 1.0 - out * out


@primitive("sigmoid", "σ", floats=_sigmoid, latex=r"\sigma")
def sigmoid(m, x):
    """σ(x) = 1 / (1 + e⁻ˣ), without overflow on either side."""
    out = m.sigmoid(x)
    return out, out * (1.0 - out)


@primitive("softplus", floats=_softplus)
def softplus(m, x):
    """ln(1 + eˣ), without overflow; its derivative is σ(x)."""
    return m.softplus(x), m.sigmoid(x)


@primitive("erf", floats=math.erf)
def erf(m, x):
    """The error function 2/√π ∫₀ˣ e^(−t²) dt."""
    return m.erf(x), 2.0 / math.sqrt(math.pi) * m.exp(-(x * x))


@primitive("exp2", domain="an operand below 1024", floats=_exp2, c="two_to_the(x)", latex=r"2^{#1}")
def exp2(m, x):
    """2ˣ."""
    out = m.exp2(x)
    return out, math.log(2.0) * out


@primitive("log2", domain="an operand above 0", floats=math.log2, latex=r"\log_2")
def log2(m, x):
    """The logarithm to base 2."""
    return m.log2(x), 1.0 / (math.log(2.0) * x)


@primitive("log10", domain="an operand above 0", floats=math.log10, latex=r"\log_{10}")
def log10(m, x):
    """The logarithm to base 10."""
    return m.log10(x), 1.0 / (math.log(10.0) * x)


@primitive("cbrt", "∛", floats=_cbrt, c="cube_root(x)", latex=r"\sqrt[3]{#1}")
def cbrt(m, x):
    """The real cube root, of negative operands too; the derivative at 0 is inf."""
    out = m.cbrt(x)
    return out, 1.0 / (3.0 * out * out)


@primitive("asin", domain="an operand between -1 and 1", floats=math.asin, numpy="arcsin", latex=r"\arcsin")
def asin(m, x):
    """The inverse sine, in radians between −π/2 and π/2; the derivative at ±1 is inf."""
    return m.asin(x), 1.0 / m.sqrt((1.0 - x) * (1.0 + x))


@primitive("acos", domain="an operand between -1 and 1", floats=math.acos, numpy="arccos", latex=r"\arccos")
def acos(m, x):
    """The inverse cosine, in radians between 0 and π; the derivative at ±1 is −inf."""
    return m.acos(x), -1.0 / m.sqrt((1.0 - x) * (1.0 + x))


@primitive("atan2", floats=math.atan2, numpy="arctan2")
def atan2(m, y, x):
    """The angle of the point (x, y), in radians between −π and π; at the origin the derivatives are nan."""
    r = m.hypot(x, y)
    return m.atan2(y, x), x / r / r, -y / r / r


@primitive("sinh", domain="an operand between -710.47 and 710.47", floats=math.sinh, latex=r"\sinh")
def sinh(m, x):
    """The hyperbolic sine."""
    return m.sinh(x), m.cosh(x)


@primitive("cosh", domain="an operand between -710.47 and 710.47", floats=math.cosh, latex=r"\cosh")
def cosh(m, x):
    """The hyperbolic cosine."""
    return m.cosh(x), m.sinh(x)


@primitive("asinh", floats=math.asinh, numpy="arcsinh")
def asinh(m, x):
    """The inverse hyperbolic sine."""
    return m.asinh(x), 1.0 / m.sqrt(1.0 + x * x)


@primitive("acosh", domain="an operand of 1 or more", floats=math.acosh, numpy="arccosh")
def acosh(m, x):
    """The inverse hyperbolic cosine; the derivative at 1 is inf."""
    return m.acosh(x), 1.0 / (m.sqrt(x - 1.0) * m.sqrt(x + 1.0))


@primitive("atanh", domain="an operand between -1 and 1, neither included", floats=math.atanh, numpy="arctanh")
def atanh(m, x):
    """The inverse hyperbolic tangent."""
    return m.atanh(x), 1.0 / ((1.0 - x) * (1.0 + x))


@primitive("erfc", floats=math.erfc)
def erfc(m, x):
    """1 − erf(x), without cancellation for large x."""
    return m.erfc(x), -2.0 / math.sqrt(math.pi) * m.exp(-(x * x))


@primitive("log_ndtr", "ln Φ", floats=_log_ndtr, latex=r"\ln\Phi")
def log_ndtr(m, x):
    """ln Φ(x) with the normal distribution function Φ, without underflow; the derivative is φ(x) / Φ(x)."""
    out = m.log_ndtr(x)
    far = m.where(x < FAR, x, FAR)
    near = m.where(x < FAR, FAR, x)
    ratio = math.sqrt(2.0 / math.pi) * m.exp(-(near * near) / 2.0) / m.erfc(-math.sqrt(0.5) * near)
    return out, m.where(x < FAR, _hazard(-far), ratio)


@primitive("logaddexp", floats=_logaddexp)
def logaddexp(m, x, y):
    """ln(eˣ + eʸ), without overflow."""
    return m.logaddexp(x, y), m.sigmoid(x - y), m.sigmoid(y - x)


@primitive("hypot", floats=math.hypot)
def hypot(m, x, y):
    """√(x² + y²), without overflow; both derivatives are 0 at the origin, as for |x|."""
    out = m.hypot(x, y)
    return out, m.where(out > 0.0, x / out, 0.0), m.where(out > 0.0, y / out, 0.0)


@primitive("softsign")
def softsign(m, x):
    """x / (1 + |x|)."""
    scale = 1.0 + abs(x)
    return x / scale, 1.0 / (scale * scale)


@primitive("silu")
def silu(m, x):
    """x · σ(x) (Hendrycks and Gimpel 2016)."""
    s = m.sigmoid(x)
    out, finite = _vanishing_below(m, x, s)
    return out, s + finite * s * (1.0 - s)


@primitive("gelu")
def gelu(m, x):
    """x · Φ(x) with the normal distribution's Φ, exact (Hendrycks and Gimpel 2016)."""
    share = 0.5 * m.erfc(-math.sqrt(0.5) * x)
    out, finite = _vanishing_below(m, x, share)
    return out, share + finite * m.exp(-0.5 * (finite * finite)) / math.sqrt(2.0 * math.pi)


@primitive("mish")
def mish(m, x):
    """x · tanh(softplus(x)) (Misra 2019)."""
    share = m.tanh(m.softplus(x))
    out, finite = _vanishing_below(m, x, share)
    return out, share + finite * m.sigmoid(x) * (1.0 - share * share)


def _vanishing_below(m: Any, x: Any, share: Any) -> tuple[Any, Any]:
    """x · share, 0 at −∞ like its limit, and x as a factor of what vanishes at both ends: there it is 0, not ±∞."""
    return m.where(x > -math.inf, x, 0.0) * share, m.where(abs(x) < math.inf, x, 0.0)


# ---- kinks and gates


@primitive("ReLU", "relu", gate=True)
def relu(m, x):
    """max(0, x)."""
    return m.where(x <= 0.0, 0.0, x), m.where(x > 0.0, 1.0, m.where(x <= 0.0, SHUT, math.nan))


@primitive(
    "abs", "|x|", floats=abs, c="fabs(x)", text="|#1|", latex=r"\left|#1\right|", methods=("__abs__", "abs"), kink=True
)
def abs_(m, x):
    """|x|."""
    return abs(x), m.where(x > 0.0, 1.0, m.where(x < 0.0, -1.0, m.where(x >= 0.0, 0.0, math.nan)))


@primitive("max", numpy="maximum", methods=("max",), gate=True)
def max_(m, x, y):
    """The larger operand."""
    first = m.where(x >= y, 1.0, m.where(x < y, SHUT, math.nan))
    second = m.where(x < y, 1.0, m.where(x >= y, SHUT, math.nan))
    return m.where(x >= y, x, m.where(x < y, y, math.nan)), first, second


@primitive("min", numpy="minimum", methods=("min",), gate=True)
def min_(m, x, y):
    """The smaller operand."""
    first = m.where(x <= y, 1.0, m.where(x > y, SHUT, math.nan))
    second = m.where(x > y, 1.0, m.where(x <= y, SHUT, math.nan))
    return m.where(x <= y, x, m.where(x > y, y, math.nan)), first, second


@primitive("sign", "sgn", gate=True)
def sign(m, x):
    """1 above 0, −1 below, 0 at 0: a step function, with the derivative 0."""
    return m.where(x > 0.0, 1.0, m.where(x < 0.0, -1.0, m.where(x >= 0.0, 0.0, math.nan))), SHUT


FLOORED = r"\left\lfloor{#1}\right\rfloor"
CEILED = r"\left\lceil{#1}\right\rceil"


@primitive(
    "floor",
    "⌊x⌋",
    floats=_rounding(math.floor),
    c="floor(x) + 0",
    text="⌊#1⌋",
    latex=FLOORED,
    methods=("floor", "__floor__"),
    gate=True,
)
def floor(m, x):
    """The largest whole number that is at most x: a step function, with the derivative 0."""
    return m.floor(x), SHUT


@primitive(
    "ceil",
    "⌈x⌉",
    floats=_rounding(math.ceil),
    c="ceil(x) + 0",
    text="⌈#1⌉",
    latex=CEILED,
    methods=("ceil", "__ceil__"),
    gate=True,
)
def ceil(m, x):
    """The smallest whole number that is at least x: a step function, with the derivative 0."""
    return m.ceil(x), SHUT


@primitive("trunc", floats=_rounding(math.trunc), c="trunc(x) + 0", methods=("trunc", "__trunc__"), gate=True)
def trunc(m, x):
    """x without its fraction, rounded towards 0: a step function, with the derivative 0."""
    return m.trunc(x), SHUT


@primitive("clip", gate=True)
def clip(m, x, low, high):
    """min(max(x, low), high); the derivative belongs to the operand that is returned, to x at the bounds."""
    raised = m.where(x < low, low, x)
    at_most = m.where(raised > high, SHUT, 1.0)
    inside = m.where(x < low, SHUT, m.where(x >= low, at_most, math.nan))
    below, above = m.where(x < low, at_most, SHUT), m.where(raised > high, 1.0, SHUT)
    return m.where(raised > high, high, raised), inside, below, above


@primitive("hardtanh", gate=True)
def hardtanh(m, x):
    """x between −1 and 1, −1 below and 1 above; at both kinks the derivative is 0, as in PyTorch."""
    inside = m.where(x <= -1.0, SHUT, m.where(x >= 1.0, SHUT, m.where(x < 1.0, 1.0, math.nan)))
    return m.where(x <= -1.0, -1.0, m.where(x >= 1.0, 1.0, x)), inside


@primitive("relu6", gate=True)
def relu6(m, x):
    """x between 0 and 6, 0 below and 6 above; at both kinks the derivative is 0, as in PyTorch."""
    inside = m.where(x <= 0.0, SHUT, m.where(x >= 6.0, SHUT, m.where(x < 6.0, 1.0, math.nan)))
    return m.where(x <= 0.0, 0.0, m.where(x >= 6.0, 6.0, x)), inside


@primitive("where", methods=(), gate=True)
def where(m, condition, x, y):
    """x where the condition is 1, y where it is 0; the derivative belongs to what was chosen."""
    first, second = m.where(condition > 0.5, 1.0, SHUT), m.where(condition > 0.5, SHUT, 1.0)
    return m.where(condition > 0.5, x, y), SHUT, first, second


# ---- any number of operands, added from left to right


@primitive("sum", "Σ", methods=())
def total(m, *values):
    """Σ vᵢ, 0 for no operand."""
    out = 0.0
    for value in values:
        out = out + value
    return out, *[1.0] * len(values)


@primitive("dot", "w·x", methods=())
def dot(m, *operands):
    """b + Σ wᵢ xᵢ; the operands are the weights, as many inputs, and the bias b."""
    n = len(operands) // 2
    weights, inputs, out = operands[:n], operands[n:-1], operands[-1]
    for w, x in zip(weights, inputs, strict=True):
        out = out + w * x
    return out, *inputs, *weights, 1.0


@primitive("norm", methods=())
def norm(m, *values):
    """√Σ xᵢ², without overflow or underflow; at the origin all derivatives are 0, as for |x|."""
    out = abs(values[0])
    for x in values[1:]:
        out = m.hypot(out, x)
    return out, *[m.where(out > 0.0, x / out, 0.0) for x in values]


@primitive("logsumexp", "ln Σeˣ", methods=())
def logsumexp(m, *values):
    """ln Σ e^(xᵢ) = x + ln(1 + Σ e^(xᵢ − x)) with the largest x, whose own term is kept out of the sum.

    The sum is brought up to date with each larger value (Milakov and Gimelshein 2018).
    """
    largest, rest = values[0], 0.0
    for x in values[1:]:
        weight = m.exp(m.where(x > largest, largest - x, x - largest))
        rest = m.where(x > largest, (1.0 + rest) * weight, rest + weight)
        largest = m.where(x > largest, x, largest)
    out = m.where(abs(largest) < math.inf, largest + m.log1p(rest), largest)
    return out, *[_weight(m, x, largest) / (1.0 + rest) for x in values]


@primitive("cross_entropy", "−ln p", methods=())
def cross_entropy(m, *operands):
    """ln Σ e^(xᵢ) − x = −ln softmax of the logit x at an index, the first operand; exact however small it is.

    With the largest logit v it is ln(1 + Σ e^(xᵢ − v) + (e^(x − v) − 1)) − (x − v), where the sum leaves out x itself.
    """
    index, *logits = operands
    largest = x = logits[0]
    right = [abs(index - float(k)) < 0.5 for k in range(len(logits))]
    for it, logit in zip(right[1:], logits[1:], strict=True):
        largest, x = m.where(logit > largest, logit, largest), m.where(it, logit, x)
    others = [m.where(it, 0.0, _weight(m, logit, largest)) for it, logit in zip(right, logits, strict=True)]
    rest = 0.0
    for weight in others:
        rest = rest + weight
    own = m.where(x >= math.inf, m.where(rest > 0.0, math.nan, 0.0), x - largest)
    whole = rest + m.exp(own)
    partials = [m.where(it, -rest, weight) / whole for it, weight in zip(right, others, strict=True)]
    return m.log1p(rest + m.expm1(own)) - own, SHUT, *partials


def _weight(m: Any, x: Any, largest: Any) -> Any:
    """e^(x − largest), 1 for an infinite x."""
    return m.exp(m.where(x >= math.inf, 0.0, x - largest))
