"""A gate that is shut passes exactly 0, whatever comes before or after it: in every mode, at every order, compiled."""

import math

import pytest

import micrograd
from micrograd import Value, compile, grad, hvp, jvp, primitive, taylor, value_and_grad
from micrograd.compiler.backends import kernel
from micrograd.ops import PRIMITIVES, SHUT, Floats

BACKENDS = ["python", pytest.param("native", marks=pytest.mark.skipif(not kernel.available(), reason="no kernel"))]

# Each is constant near its point, with a singular derivative after a gate (in forward mode: before it).
SHUT_GATES = {
    "sqrt(relu)": (lambda x: micrograd.sqrt(micrograd.relu(x)), -1.0),
    "sqrt(relu) at 0": (lambda x: micrograd.sqrt(micrograd.relu(x)), 0.0),
    "max to a power": (lambda x: micrograd.max(x, 0.0) ** 0.5, -1.0),
    "max, second": (lambda x: micrograd.max(0.0, x) ** 0.5, -1.0),
    "min": (lambda x: micrograd.sqrt(-micrograd.min(x, 0.0)), 1.0),
    "max of three": (lambda x: micrograd.sqrt(micrograd.max([x, 0.0, 3 * x])), -1.0),
    "clip, below": (lambda x: micrograd.sqrt(micrograd.clip(x, 0.0, 1.0)), -1.0),
    "clip, above": (lambda x: micrograd.acos(micrograd.clip(x, 0.0, 1.0)), 2.0),
    "clip, its bound": (lambda x: micrograd.sqrt(micrograd.clip(0.0, x, 1.0)), -2.0),
    "hardtanh": (lambda x: micrograd.asin(micrograd.hardtanh(x)), 2.0),
    "relu6": (lambda x: micrograd.sqrt(micrograd.relu6(x)), -2.0),
    "where": (lambda x: micrograd.sqrt(micrograd.where(x > 0.0, x, 0.0)), -2.0),
    "where around": (lambda x: micrograd.where(x > 0.0, x, micrograd.sqrt(micrograd.relu(x))), -2.0),
    "sign": (lambda x: micrograd.sqrt(micrograd.sign(x) + 1), -0.5),
    "floor": (lambda x: micrograd.sqrt(micrograd.floor(x)), 0.5),
    "ceil": (lambda x: micrograd.sqrt(micrograd.ceil(x)), -0.5),
    "trunc": (lambda x: micrograd.sqrt(micrograd.trunc(x)), 0.5),
    "floor division": (lambda x: micrograd.sqrt(x // 2.0), 0.5),
    "power of 0": (lambda x: micrograd.sqrt(x**0 - 1.0), 3.0),
    "two units": (lambda x: micrograd.sqrt(micrograd.relu(x) + micrograd.relu(2 * x)), -0.5),
    "a norm": (lambda x: micrograd.total([micrograd.relu(x * w) ** 2 for w in (1.0, 3.0)]) ** 0.5, -0.5),
    "a dot product": (lambda x: micrograd.sqrt(micrograd.dot([2.0, 1.0], [micrograd.relu(x), 0.0])), -0.5),
    "a square root inside": (lambda x: micrograd.relu(micrograd.sqrt(x + 1.0) - 5.0) ** 0.5, 0.0),
}


@pytest.fixture(params=SHUT_GATES)
def shut(request):
    return SHUT_GATES[request.param]


def backpropagated(f, x):
    v = Value(x)
    f(v).backward()
    return v.grad


def test_eager_in_every_mode_and_order(shut):
    f, x = shut
    assert backpropagated(f, x) == 0.0
    assert taylor(f, x, 4)[1:] == [0.0] * 4
    g = f
    for _ in range(4):
        assert jvp(g, x, 1.0)[1] == 0.0
        assert hvp(g, x, 1.0) == 0.0
        g = grad(g)
        assert g(x) == 0.0
        assert backpropagated(g, x) == 0.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_compiled(shut, backend):
    f, x = shut
    assert backpropagated(compile(f, backend=backend), x) == 0.0
    g = f
    for _ in range(3):
        g = grad(g)
        assert compile(g, backend=backend)(x) == 0.0
        assert compile(lambda x, g=g: jvp(g, x, 1.0)[1], backend=backend)(x) == 0.0
    assert compile(lambda x: jvp(f, x, 1.0)[1], backend=backend)(x) == 0.0
    assert compile(lambda x: hvp(f, x, 1.0), backend=backend)(x) == 0.0
    assert compile(lambda x: taylor(f, x, 3), backend=backend)(x)[1:] == [0.0] * 3


@pytest.mark.parametrize("backend", BACKENDS)
def test_one_program_serves_both_sides_of_a_gate(backend):
    def f(x):
        return micrograd.sqrt(micrograd.relu(x)) * micrograd.max(x, -1.0)

    for g in (grad(f), grad(grad(f)), lambda x: jvp(f, x, 1.0)[1], lambda x: jvp(grad(f), x, 1.0)[1]):
        fast = compile(g, backend=backend)
        for x in (-2.0, 3.0, 0.25):
            assert fast(x) == pytest.approx(g(x), rel=1e-14)
        assert "1 trace" in repr(fast)


@pytest.mark.parametrize("arriving", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("backend", [None, *BACKENDS])
@pytest.mark.parametrize("gate", [micrograd.relu, micrograd.relu6, micrograd.hardtanh, micrograd.floor, micrograd.sign])
def test_whatever_arrives(gate, arriving, backend):
    def f(x):
        return gate(x) * arriving

    assert backpropagated(compile(f, backend=backend) if backend else f, -7.5) == 0.0


@pytest.mark.parametrize("arriving", [math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("backend", [None, *BACKENDS])
def test_whatever_arrives_at_an_operand_that_is_not_taken(arriving, backend):
    gates = {
        "max": lambda x: micrograd.max(x, 1.0),
        "min": lambda x: micrograd.min(-20.0, x),
        "clip": lambda x: micrograd.clip(x, 0.0, 1.0),
        "where": lambda x: micrograd.where(x > 0.0, x, 1.0),
    }
    for name, gate in gates.items():

        def f(x, gate=gate):
            return gate(x) * arriving

        assert backpropagated(compile(f, backend=backend) if backend else f, -7.5) == 0.0, name


def test_what_passes_an_open_gate_is_untouched():
    x = Value(2.0)
    (micrograd.relu(x) * math.inf).backward()
    assert x.grad == math.inf
    nan = Value(math.nan)
    nan.relu().backward()
    assert math.isnan(nan.grad)
    a, b = Value(1.0), Value(0.0)
    (a * b * math.inf).backward()  # an ordinary zero is not a gate
    assert math.isnan(a.grad)


@pytest.mark.parametrize("backend", BACKENDS)
def test_nan_is_carried_along_in_the_second_derivative_too(backend):
    def f(x):
        return micrograd.relu(x) * 3.0

    assert math.isnan(grad(f)(math.nan)) and math.isnan(compile(grad(f), backend=backend)(math.nan))
    assert math.isnan(compile(value_and_grad(f), backend=backend)(math.nan)[1])


def test_every_gate_of_the_table_says_so_with_shut():
    points = {"where": (0.0, 1.0, 2.0), "clip": (2.0, 0.0, 1.0), "sum": ()}
    for name, op in PRIMITIVES.items():
        if op.gate:
            _, *partials = op.run(Floats, *points.get(name, (-3.5,) if len(op.operands) == 1 else (-3.5, 2.0)))
            assert SHUT in [p for p in partials if p is SHUT], name
            assert op.kink


def test_a_gate_of_ones_own(declare):
    @primitive("dead", gate=True)
    def dead_zone(m, x):
        return m.where(abs(x) <= 1.0, 0.0, x), m.where(abs(x) <= 1.0, 0.0, 1.0)

    declare(dead_zone)
    assert grad(lambda x: micrograd.sqrt(dead_zone(x)))(0.5) == 0.0
    assert compile(grad(lambda x: micrograd.sqrt(dead_zone(x))))(0.5) == 0.0
    assert jvp(lambda x: micrograd.sqrt(dead_zone(x)), 0.5, 1.0) == (0.0, 0.0)
