"""−0 is another number than 0: in 1/x, in atan2, in a text. Compiled functions have the signs that eager ones have."""

import math

import pytest
from budget import examples
from hypothesis import example, given
from hypothesis import strategies as st
from test_agreement import BACKENDS

import micrograd
from micrograd import Value, functions

inf, nan = math.inf, math.nan
NUMBERS = st.sampled_from([0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 1e-80, -1e-80, 1e80, -1e80, 0.5, -2.5])
UNARY = {name: getattr(functions, name) for name in ["relu", "abs", "sin", "tanh", "atan", "erf", "expm1", "sigmoid"]}
UNARY |= {name: getattr(functions, name) for name in ["floor", "ceil", "trunc", "sign", "cbrt", "asinh", "relu6"]}
UNARY |= {
    "−x": lambda x: -x,
    "0 − x": lambda x: 0 - x,
    "x + 0": lambda x: x + 0.0,
    "0 + x": lambda x: 0 + x,
    "x − 0": lambda x: x - 0.0,
    "x + −0": lambda x: x + -0.0,
    "x · 1": lambda x: x * 1,
    "x · −1": lambda x: x * -1.0,
    "x · 0": lambda x: x * 0.0,
    "x · −0": lambda x: -0.0 * x,
    "x / 1": lambda x: x / 1,
    "x²": lambda x: x**2,
    "x³": lambda x: x**3,
    "x − x": lambda x: x - x,
    "where": lambda x: functions.where(x <= 0.0, -0.0, x),
    "a comparison": lambda x: functions.where(x > 0.0, 1.0, -0.0),
    "data": lambda x: x * getattr(x, "data", x),
}
BINARY = {
    "+": lambda x, y: x + y,
    "−": lambda x, y: x - y,
    "·": lambda x, y: x * y,
    "max": functions.max,
    "min": functions.min,
    "atan2": functions.atan2,
    "sum": lambda x, y: sum([x, y, x * y]),
    "total": lambda x, y: functions.total([x * y, y]),
    "dot": lambda x, y: functions.dot([x, y], [y, -0.0], -0.0),
    "dot without a bias": lambda x, y: functions.dot([x, y], [y, x]),
    "mean": lambda x, y: functions.mean([x, y]),
    "adjoint": lambda x, y: (x * y) * (y * -0.0) + x,
}
STEPS = st.one_of(
    st.tuples(st.sampled_from(sorted(UNARY)), st.integers(0, 9)),
    st.tuples(st.sampled_from(sorted(BINARY)), st.integers(0, 9), st.integers(0, 9)),
)


def build(steps, xs):
    made = list(xs)
    for name, *operands in steps:
        chosen = [made[i % len(made)] for i in operands]
        made.append((UNARY[name] if len(chosen) == 1 else BINARY[name])(*chosen))
    return made[-1] * Value(1.0)


def agree(got, expected):
    """nan in the same places, and elsewhere the same signs; what differs by rounding alone agrees."""
    return all(
        (math.isnan(a) and math.isnan(b))
        or (
            math.copysign(1.0, a) == math.copysign(1.0, b)
            and (a == b or math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-290))
        )
        for a, b in zip(got, expected, strict=True)
    )


def eager(f, xs):
    leaves = list(map(Value, xs))
    out = f(leaves)
    out.backward()
    return [out.data, *(x.grad for x in leaves)]


@pytest.mark.no_cover
@pytest.mark.parametrize("backend", BACKENDS)
@examples(100, 1000)
@given(steps=st.lists(STEPS, min_size=1, max_size=6), xs=st.lists(NUMBERS, min_size=2, max_size=3))
@example([("x + 0", 0)], [-0.0, 0.0])
@example([("sum", 0, 1)], [-0.0, 0.0])
@example([("+", 0, 1)], [-0.0, -0.0])
@example([("atan2", 0, 0)], [0.0, 0.0])
def test_every_sign_is_that_of_eager_mode(backend, steps, xs):
    def f(values):
        return build(steps, values)

    try:
        expected = eager(f, xs)
    except (ArithmeticError, ValueError):
        return
    by_numbers = micrograd.compile(f, backend=backend)
    by_numbers([0.5] * len(xs))
    assert agree([by_numbers(xs).data], expected[:1])
    leaves = [Value(0.5) for _ in xs]
    by_values = micrograd.compile(f, backend=backend)
    by_values(leaves)
    for leaf, x in zip(leaves, xs, strict=True):
        leaf.data = x
    out = by_values(leaves)
    out.backward()
    assert agree([out.data, *(leaf.grad for leaf in leaves)], expected)
    flat = micrograd.compile(lambda: f(leaves), parameters=leaves, backend=backend)
    value, gradient = flat.value_and_grad(xs)
    assert agree([value, *gradient], expected)
    try:
        by_grad = micrograd.grad(f)(xs)
    except (ArithmeticError, ValueError):
        return
    assert agree(micrograd.compile(micrograd.grad(f), backend=backend)(xs), by_grad)


@pytest.mark.parametrize("backend", BACKENDS)
def test_nothing_begins_at_another_zero(backend):
    """A sum begins with its first term, Python's `sum` at 0, a grad at 0; a rounded number has no sign of 0."""
    w = Value(-0.0)

    def f(xs):
        return xs[0] + w, sum([xs[0], w]), xs[0] * w + w * 1.0, functions.ceil(w - 0.5), -w

    got = micrograd.compile(f, backend=backend)([-0.0])
    assert agree([v.data for v in got], [-0.0, 0.0, 0.0, 0.0, 0.0])
    out = micrograd.compile(lambda: w * -0.0 - w * 0.0, parameters=[w], backend=backend)
    assert agree([*out.value_and_grad([1.0])[1]], [0.0])


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_number_chosen_by_a_comparison_keeps_its_sign(backend):
    f = micrograd.compile(lambda x: functions.where(x <= 0.0, -0.0, x), backend=backend)
    g = micrograd.compile(lambda x: functions.where(x > 0.0, 1.0, -0.0), backend=backend)
    assert agree([f(-1.0), f(2.0), g(-1.0), g(2.0)], [-0.0, 2.0, -0.0, 1.0])


@pytest.mark.parametrize("backend", BACKENDS)
def test_behind_a_gate_that_is_always_shut_zero_goes_on(backend):
    """d floor(√x) at 0: what passes the floor is 0, and √x makes nan of it, as in eager mode."""
    x, y = Value(0.0), Value(0.0)
    (x.sqrt().floor() + x).backward()
    micrograd.compile(lambda: y.sqrt().floor() + y, backend=backend)().backward()
    assert agree([y.grad], [x.grad]) and math.isnan(y.grad)
