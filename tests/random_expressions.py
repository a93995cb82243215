"""Random expressions, as lists of steps that Hypothesis draws and shrinks."""

import operator

from hypothesis import strategies as st

from micrograd import functions

UNARY = ["exp", "sin", "cos", "tanh", "sigmoid", "softplus", "atan", "erf", "relu", "abs", "expm1", "silu", "gelu"]
SAFE = {
    "log": lambda x: functions.log(1.5 + x * x),
    "sqrt": lambda x: functions.sqrt(0.5 + x * x),
    "square": lambda x: x**2,
    "reciprocal": lambda x: 1.0 / (2.0 + x * x),
    "power": lambda x: (1.0 + x * x) ** 1.5,
    "neg": operator.neg,
}
BINARY = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": lambda x, y: x / (1.25 + y * y),
    "max": functions.max,
    "min": functions.min,
    "pow": lambda x, y: (0.75 + x * x) ** functions.tanh(y),
    "dot": lambda x, y: functions.dot([x, y], [y, 0.5], x),
    "total": lambda x, y: functions.total([x, y, x]),
}
FUNCTIONS = {name: getattr(functions, name) for name in UNARY} | SAFE
STEPS = st.one_of(
    st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.integers(0, 9)),
    st.tuples(st.sampled_from(sorted(BINARY)), st.integers(0, 9), st.integers(0, 9)),
)
POINTS = st.lists(st.floats(-2.0, 2.0), min_size=2, max_size=3)


def expression(steps):
    """The function that a list of steps describes: each takes earlier results by their number, counted round."""

    def f(xs):
        made = list(xs)
        for name, *operands in steps:
            chosen = [made[i % len(made)] for i in operands]
            made.append((FUNCTIONS[name] if len(chosen) == 1 else BINARY[name])(*chosen))
        return made[-1] + 0.25 * made[len(made) // 2]

    return f
