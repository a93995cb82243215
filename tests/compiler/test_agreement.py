"""Eager and compiled say the same: on random expressions, every primitive, every edge, whichever backend runs them."""

import math

import pytest
from budget import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from points import cases
from random_expressions import POINTS, STEPS, expression
from workloads import WORKLOADS

import micrograd
from micrograd import Value
from micrograd._core.elementary import apply
from micrograd.compiler.backends import kernel
from micrograd.ops import PRIMITIVES

BACKENDS = ["python", pytest.param("native", marks=pytest.mark.skipif(not kernel.available(), reason="no kernel"))]


def agree(got, expected):
    """Within 10⁻¹² of the largest magnitude, and of 1; nan and inf in the same places."""
    scale = max([1.0, *(abs(x) for x in expected if math.isfinite(x))])
    return len(got) == len(expected) and all(
        (math.isnan(a) and math.isnan(b)) or a == b or abs(a - b) <= 1e-12 * scale
        for a, b in zip(got, expected, strict=True)
    )


def eager(f, xs):
    leaves = list(map(Value, xs))
    out = f(leaves)
    out.backward()
    return [out.data, *(x.grad for x in leaves)]


@pytest.mark.no_cover
@pytest.mark.parametrize("backend", BACKENDS)
@examples(60, 500)
@given(steps=st.lists(STEPS, min_size=1, max_size=8), xs=POINTS)
def test_random_expressions(backend, steps, xs):
    f = expression(steps)
    try:
        expected = eager(f, xs)
    except OverflowError:
        assume(False)
    assume(all(abs(x) < 1e8 for x in expected))
    leaves = list(map(Value, xs))
    compiled = micrograd.compile(lambda: f(leaves), parameters=leaves, backend=backend)
    value, gradient = compiled.value_and_grad(xs)
    assert agree([value, *gradient], expected)
    out = compiled()
    out.backward()
    assert agree([out.data, *(x.grad for x in leaves)], expected)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[pytest.mark.slow] * (name == "small_gpt")) for name in WORKLOADS]
)
def test_networks(name, backend):
    """The reference networks, W1 and W2, recurrence, convolution, shared parts: as Values and on flat arrays."""
    workload = WORKLOADS[name]()
    out = workload.loss(*workload.args)
    out.backward()
    expected = [out.data, *(p.grad for p in workload.parameters)]
    for p in workload.parameters:
        p.grad = 0.0
    workload = WORKLOADS[name]()
    compiled = micrograd.compile(workload.loss, parameters=workload.parameters, backend=backend)
    for _ in range(2):
        out = compiled(*workload.args)
        for p in workload.parameters:
            p.grad = 0.0
        out.backward()
        assert agree([out.data, *(p.grad for p in workload.parameters)], expected)
    value, gradient = compiled.value_and_grad([p.data for p in workload.parameters], *workload.args)
    assert agree([value, *gradient], expected)


@examples(25, 100)
@given(steps=st.lists(STEPS, min_size=1, max_size=4), xs=POINTS)
def test_second_derivatives(steps, xs):
    f = expression(steps)
    try:
        expected = micrograd.hessian(f)(xs)
    except OverflowError:
        assume(False)
    assume(all(abs(h) < 1e6 for row in expected for h in row))
    rows = micrograd.compile(micrograd.hessian(f))(xs)
    assert agree([h for row in rows for h in row], [h for row in expected for h in row])


@examples(15, 50)
@given(steps=st.lists(STEPS, min_size=1, max_size=4), xs=POINTS)
def test_gradients_of_compiled_functions_pass_the_check(steps, xs):
    f = expression(steps)
    try:
        assume(abs(f(xs)) < 1e4 and all(abs(h) < 1e6 for row in micrograd.hessian(f)(xs) for h in row))
    except OverflowError:
        assume(False)
    report = micrograd.gradcheck(micrograd.compile(f), xs, tolerance=1e-5)
    assert report.ok or math.isclose(f(xs), 0.0, abs_tol=1e-300), str(report)


# ---- every primitive


def names():
    return [pytest.param(*case, id=f"{case[0]}{case[1]}") for case in cases()]


def applied(name, values, constants):
    if name in ("total", "dot"):
        n = len(values) // 2
        return micrograd.total(values) if name == "total" else micrograd.dot(values[:n], values[n:-1], values[-1])
    operators = {
        "add": lambda x, y: x + y,
        "sub": lambda x, y: x - y,
        "mul": lambda x, y: x * y,
        "div": lambda x, y: x / y,
        "neg": lambda x: -x,
        "power": lambda x, k: x**k,
        "power_value": lambda x, y: x**y,
    }
    return operators[name](*values, *constants) if name in operators else apply(PRIMITIVES[name], values)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name, operands, constants", names())
def test_primitives(backend, name, operands, constants):
    def f(values):
        return applied(name, values, constants)

    leaves = list(map(Value, operands))
    compiled = micrograd.compile(lambda: f(leaves), parameters=leaves, backend=backend)
    value, gradient = compiled.value_and_grad(operands)
    assert agree([value, *gradient], eager(f, operands))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_primitive_that_adds_to_an_operand(backend, declare):
    """The sum inside of it takes nothing from the sum that the operand is."""

    def lifted(m, x, y):
        """x + y · eʸ."""
        return x + y * m.exp(y), 1.0, m.exp(y) * (1.0 + y)

    lifted = declare("lifted")(lifted)
    leaves = a, b, c = list(map(Value, [0.3, 0.4, 0.5]))
    fast = micrograd.compile(lambda: lifted(a * b + c, b) * c, parameters=leaves, backend=backend)
    value, gradient = fast.value_and_grad([0.3, 0.4, 0.5])
    assert agree([value, *gradient], eager(lambda v: lifted(v[0] * v[1] + v[2], v[1]) * v[2], [0.3, 0.4, 0.5]))


# ---- every edge: what the contract says of operations, in a compiled function

inf, nan = math.inf, math.nan
EDGES = {
    "2 ** 3": (lambda x, y: x**y, [2, 3], 8.0, [12.0, 5.545177444479562]),
    "2.0 ** y": (lambda y: 2.0**y, [3], 8.0, [5.545177444479562]),
    "-2 ** -3": (lambda x, y: x**y, [-2, -3], -0.125, [-0.1875, nan]),
    "0 ** constant 0": (lambda x: x**0, [0], 1.0, [0.0]),
    "0 ** 1": (lambda x, y: x**y, [0, 1], 0.0, [1.0, 0.0]),
    "0 ** 0.5": (lambda x: x**0.5, [0], 0.0, [inf]),
    "sqrt(0)": (micrograd.sqrt, [0], 0.0, [inf]),
    "-8 ** (1/3)": (lambda x: x ** (1 / 3), [-8], nan, [nan]),
    "1 / 0": (lambda x: 1 / x, [0], inf, [-inf]),
    "log(0)": (micrograd.log, [0], -inf, [inf]),
    "log(-1)": (micrograd.log, [-1], nan, [-1.0]),
    "sqrt(-1)": (micrograd.sqrt, [-1], nan, [nan]),
    "1 / (1 / x)": (lambda x: 1 / (1 / x), [1e150], 1e150, [1.0]),
    "exp(1000)": (micrograd.exp, [1000], inf, [inf]),
    "relu(0)": (micrograd.relu, [0], 0.0, [0.0]),
    "abs(0)": (abs, [0], 0.0, [0.0]),
    "relu(nan)": (micrograd.relu, [nan], nan, [nan]),
    "max at a tie": (micrograd.max, [2, 2], 2.0, [1.0, 0.0]),
    "min at a tie": (micrograd.min, [2, 2], 2.0, [1.0, 0.0]),
    "max(nan, 1)": (micrograd.max, [nan, 1], nan, [nan, nan]),
    "min(1, nan)": (micrograd.min, [1, nan], nan, [nan, nan]),
    "tanh(400)": (micrograd.tanh, [400], 1.0, [0.0]),
    "sigmoid(-1000)": (micrograd.sigmoid, [-1000], 0.0, [0.0]),
    "softplus(1000)": (micrograd.softplus, [1000], 1000.0, [1.0]),
    "logsumexp": (lambda x, y: micrograd.logsumexp([x, y]), [1000, 0], 1000.0, [1.0, 0.0]),
    "logsumexp of -inf": (lambda x, y: micrograd.logsumexp([x, y]), [-inf, -inf], -inf, [nan, nan]),
    "softmax": (lambda x, y: micrograd.softmax([x, y])[0], [1000, 0], 1.0, [0.0, 0.0]),
    "a sum": (lambda *xs: micrograd.total(xs), [1e16, 1.0, -1e16, 1.0], 1.0, [1.0] * 4),
    "0 · inf": (lambda x: x * 0.0, [inf], nan, [0.0]),
}


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", EDGES)
def test_edges(backend, name):
    f, operands, value, partials = EDGES[name]
    leaves = [Value(x, label="xy"[k] if k < 2 else "") for k, x in enumerate(operands)]
    out = micrograd.compile(lambda: f(*leaves), backend=backend)()
    out.backward()
    assert agree([out.data], [value])
    assert agree([x.grad for x in leaves], partials)


@pytest.mark.parametrize("name", ["-8 ** (1/3)", "1 / 0", "log(0)", "log(-1)", "sqrt(-1)", "exp(1000)"])
def test_the_same_error_on_request(name):
    f, operands, _, _ = EDGES[name]
    leaf = Value(operands[0], label="here")
    with pytest.raises((ValueError, ArithmeticError), match="here = ") as eager_error:
        f(leaf)
    with pytest.raises(eager_error.type, match="here = "):
        micrograd.compile(lambda: f(leaf), strict=True)()
    leaf.data = 0.5
    with pytest.raises(eager_error.type, match=f"here = {operands[0]}"):
        micrograd.compile(lambda: f(leaf), strict=True).value_and_grad([operands[0]])
    assert leaf.data == 0.5
