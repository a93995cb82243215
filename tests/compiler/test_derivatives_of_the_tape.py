"""A function that takes derivatives is traced once: each is one operation of the tape, and the stages differentiate."""

import math
import random

import pytest
from budget import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression
from test_agreement import BACKENDS, agree

import micrograd
from micrograd import Value, derivatives, grad, hessian, hvp, jacobian, jvp, taylor, value_and_grad
from micrograd.calculus.structures import leaves
from micrograd.ops import SHUT

inf, nan = math.inf, math.nan


def numbers(x):
    return [y.data if isinstance(y, Value) else y for y in leaves(x)]


def recorded(fast):
    return len(fast._latest.tape.rows)


def agrees(f, *points, backend=None):
    """Whether f, compiled at the first of the points, agrees with itself at all of them."""
    fast = micrograd.compile(f, backend=backend)
    return all(agree(numbers(fast(x)), numbers(f(x))) for x in points)


# ---- what is recorded


def network(xs):
    hidden = [micrograd.tanh(micrograd.dot(xs, [0.1 * (i + j) for j in range(len(xs))])) for i in range(9)]
    return sum(h * h for h in hidden) + xs[0] * xs[1]


def along(f):
    return lambda xs: hvp(f, xs, [1.0 - 0.25 * k for k in range(len(xs))])


@pytest.mark.parametrize("of", [grad, value_and_grad, hessian, lambda f: jacobian(grad(f)), along])
def test_the_tape_is_as_long_as_that_of_the_function(of):
    xs = [0.1 * k for k in range(6)]
    plain, fast = micrograd.compile(network), micrograd.compile(of(network))
    plain(xs)
    fast(xs)
    per_number = 4 * len(leaves(fast(xs))) + 4 * len(xs)  # to make it a variable, to take it, to return it
    assert recorded(fast) <= recorded(plain) + per_number


def test_a_variable_may_stand_after_many_equal_expressions():
    """There are more positions on the tape than nodes then."""

    def f(x):
        squares = [x * x for _ in range(60)]
        return grad(lambda y: y * y * y)(squares[-1])

    assert agrees(f, 2.0, -0.5)


def test_equal_expressions_inside_and_outside_are_one():
    plain = micrograd.compile(lambda x: network([x] * 3) ** 2)
    fast = micrograd.compile(lambda x: network([x] * 3) * grad(lambda y: network([y] * 3) * 1.0)(x))
    plain(0.5)
    fast(0.5)
    tanh = [f.source.count("tanh(") for f in (plain, fast)]
    assert tanh[0] == tanh[1] == 9


# ---- twenty functions, in every way


def number(x):
    return x.data if isinstance(x, Value) else x


def many(x):
    a = x[0] * x[1]
    for _ in range(3):
        a = a * 0.5 + micrograd.relu(a - 0.5) * x[0]
    return a


FUNCTIONS = {
    "powers": lambda x: x[0] ** 3 * x[1] ** -2 + (1.0 + x[0] * x[0]) ** x[1] + 2.0 ** x[0],
    "root": lambda x: micrograd.sqrt(1.5 + x[0] * x[0] * x[1] ** 2) / (x[0] * x[0] + 1.0),
    "relu": lambda x: micrograd.relu(x[0] * x[1] - 1.0) ** 2 + micrograd.relu(x[0] - x[1]) * x[1],
    "max and min": lambda x: micrograd.max(x[0] * x[1], x[1] ** 2) * micrograd.min(x[0], 1.0),
    "where": lambda x: micrograd.where(x[0] > 1.0, x[0] ** 2 * x[1], micrograd.tanh(x[1])),
    "softmax": lambda x: micrograd.logsumexp([x[0], 2 * x[1], x[0] * x[1]]) + micrograd.softmax(x)[0] * x[0],
    "dot": lambda x: micrograd.dot([x[0], x[1]], [x[1], x[1]], x[0]) * micrograd.total([x[0], x[1], x[0]]),
    "plane": lambda x: abs(x[0] - 1.0) ** 3 + micrograd.hypot(x[0], x[1]) + micrograd.atan2(x[0], x[1]),
    "bell": lambda x: micrograd.exp(-x[0] * x[0]) * micrograd.sin(x[1]) + micrograd.log(x[0] * x[0] + 0.5),
    "sigmoid": lambda x: micrograd.sigmoid(x[0] * x[1]) * micrograd.softplus(x[0]) - micrograd.erf(x[1]),
    "decision": lambda x: x[0] ** 3 * x[1] if x[0] > x[1] else x[1] ** 3 * x[0],
    "constant of data": lambda x: x[0] ** 2 * number(x[0] * x[1]),
    "activations": lambda x: micrograd.gelu(x[0]) + micrograd.silu(x[1]) * x[0] + micrograd.leaky_relu(x[1] - 1.0),
    "linear": lambda x: 3.0 * x[0] - x[1] / 4.0,
    "identity": lambda x: x[1],
    "level": lambda x: micrograd.floor(x[0]) * 2.0,
    "step": lambda x: x[0] * micrograd.floor(x[1]) + micrograd.sign(x[1]),
    "variable divisor": lambda x: (x[0] - x[1]) / (2.5 + x[0] * x[1]) + 1.0 / (1.0 / (0.25 + x[0] ** 2)),
    "many": many,
    "network": network,
}
WAYS = {
    "grad": grad,
    "value_and_grad": value_and_grad,
    "jacobian": lambda f: jacobian(lambda x: [f(x), f(x) * x[0]]),
    "hessian": hessian,
    "third": lambda f: jacobian(hessian(f)),
    "hvp": lambda f: lambda x: hvp(f, x, [0.5, -1.0]),
    "hvp in a loss": lambda f: grad(lambda x: f(x) + sum(h * h for h in hvp(f, x, [x[1], 2.0]))),
    "forward over reverse": lambda f: lambda x: jvp(grad(f), x, [0.5, -1.0]),
    "taylor": lambda f: lambda x: taylor(lambda t: grad(f)([x[0] + t, x[1] - t])[0], 0.0, 3),
    "in the function": lambda f: lambda x: f([v - 0.1 * g for v, g in zip(x, grad(f)(x), strict=True)]),
    "in a derivative": lambda f: grad(lambda x: f(x) + sum(g * g for g in grad(f)(x))),
    "of values": lambda f: lambda x: derivatives(f(vs := list(map(Value, x))), vs),
    "of values, twice": lambda f: lambda x: derivatives(derivatives(f(vs := list(map(Value, x))), vs)[0], vs, False),
}
PLACES = [[1.5, 0.5], [0.3, 2.0], [2.5, 1.5]]


@pytest.mark.parametrize("way", WAYS)
def test_every_way_of_twenty_functions(way):
    for k, (name, f) in enumerate(FUNCTIONS.items()):
        assert agrees(WAYS[way](f), *PLACES, backend=["python", None][k % 2]), name


@pytest.mark.parametrize("backend", BACKENDS)
@examples(15, 200)
@given(steps=st.lists(STEPS, min_size=1, max_size=5), xs=POINTS, way=st.sampled_from(sorted(WAYS)))
def test_random_functions(backend, steps, xs, way):
    f = WAYS[way](expression(steps))
    try:
        expected = numbers(f(xs[:2]))
    except OverflowError:
        assume(False)
    assume(all(abs(x) < 1e6 for x in expected))
    fast = micrograd.compile(f, backend=backend)
    fast([0.5, -0.25])
    assert agree(numbers(fast(xs[:2])), expected)


# ---- at kinks, and where floats end

EDGES = {
    "relu": lambda x: micrograd.relu(x[0]) * x[1],
    "relu of relu": lambda x: micrograd.relu(micrograd.relu(x[0]) * x[1] - x[0]),
    "abs": lambda x: abs(x[0]) * x[1] * x[1],
    "max": lambda x: micrograd.max(x[0] * x[1], x[1]) * x[0],
    "where": lambda x: micrograd.where(x[0] > 0.0, x[0] * x[0] * x[1], x[1] ** 3),
    "relu6": lambda x: micrograd.relu6(x[0] * 3.0) * x[1] ** 2,
    "behind a shut gate": lambda x: micrograd.sqrt(micrograd.relu(x[0])) + x[1] ** 3,
    "cube root": lambda x: micrograd.cbrt(x[0]) * x[1],
    "sign": lambda x: micrograd.sign(x[0]) * x[1] ** 2,
    "softplus": lambda x: micrograd.softplus(800.0 * x[0]) * x[1],
    "power": lambda x: x[0] ** x[1] if x[1] > 0.0 and x[0] > -0.5 else x[0] * x[1],
    "distance": lambda x: micrograd.hypot(x[0], x[1]) + micrograd.atan2(x[0] * x[1], 3.0),
}


def along_hvp(f):
    """Third derivatives, by way of a product with the Hessian."""
    return grad(lambda x: hvp(f, x, [0.5, -1.0])[0] + x[0] * hvp(f, x, x)[1])


@pytest.mark.parametrize("name", EDGES)
def test_kinks_to_the_third_order(name):
    f = EDGES[name]
    points = [[x, y] for x in (0.0, -0.0, 1.0, -1.0, 2.0) for y in (0.0, 1.0, -1.0, 2.0)]
    for of in (grad, hessian, lambda f: jacobian(hessian(f)), WAYS["in a derivative"], WAYS["hvp"], along_hvp):
        for first in (points[5], points[13]):
            assert agrees(of(f), first, *points)


def ramp(m, x):
    """x² for x > 0, else 0: a gate whose derivative is no constant."""
    return m.where(x > 0.0, x * x, 0.0), m.where(x > 0.0, 2.0 * x, SHUT)


def test_a_gate_whose_derivative_is_no_constant(declare):
    made = declare("ramp", gate=True)(ramp)
    for of in (grad, hessian, lambda f: jacobian(hessian(f))):
        f = of(lambda x: made(x[0] * x[1]) * x[1])
        assert agrees(f, [1.5, 2.0], [-1.0, 2.0], [0.5, 0.25])
        assert agrees(f, [-1.0, 2.0], [1.5, 2.0])


# ---- what people write


def kalman(p, ys):
    """The log-likelihood of a local linear trend, by the filter."""
    level, slope, a, b, c = 0.0, 0.0, 1.0, 0.0, 1.0
    q, r = micrograd.exp(p[0]), micrograd.exp(p[1])
    total = 0.0
    for y in ys:
        level, a, b, c = level + slope, a + 2.0 * b + c + q, b + c, c + p[2] * p[2]
        s, v = a + r, y - level
        level, slope = level + a / s * v, slope + b / s * v
        a, b, c = a - a * a / s, b - a * b / s, c - b * b / s
        total = total + micrograd.log(s) + v * v / s
    return total


def test_a_kalman_filter():
    rng = random.Random(2)
    ys = [rng.gauss(0.0, 1.0) for _ in range(12)]
    plain = micrograd.compile(lambda p: kalman(p, ys))
    plain([-1.0, 0.5, 0.1])
    for of in (value_and_grad, hessian):
        fast, slow = (g(of(lambda p: kalman(p, ys))) for g in (micrograd.compile, lambda f: f))
        for p in ([-1.0, 0.5, 0.1], [0.3, -0.5, 1.1]):
            assert agree(numbers(fast(p)), numbers(slow(p)))
        assert recorded(fast) < recorded(plain) + 50


def logistic(w, rows, targets):
    total = 0.0
    for row, t in zip(rows, targets, strict=True):
        z = sum(a * b for a, b in zip(w, row, strict=True))
        total = total + micrograd.softplus(z) - t * z
    return total * (1.0 / len(rows))


@pytest.mark.parametrize("n, d", [(30, 5), pytest.param(569, 30, marks=pytest.mark.slow)])
def test_the_hessian_of_a_logistic_regression_is_one_sum_a_number(n, d):
    rng = random.Random(3)
    rows = [[rng.gauss(0.0, 1.0) for _ in range(d)] for _ in range(n)]
    targets = [rng.randint(0, 1) for _ in range(n)]
    w = [rng.gauss(0.0, 0.1) for _ in range(d)]
    fast = micrograd.compile(hessian(logistic))
    got = fast(w, rows, targets)
    assert agree(numbers(got), numbers(hessian(logistic)(w, rows, targets)))
    computed, terms = fast._latest.programs.sizes["forward"]
    assert computed <= d * d + n * (2 * d + 4) and terms <= n * d * d + 5 * n * d + d * d
    assert agree(numbers(got), numbers([list(column) for column in zip(*got, strict=True)]))


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_step_of_learning_inside_a_loss(backend):
    """Model-agnostic meta-learning: the loss after two steps, differentiated by where they began."""
    parameters = [Value(0.3), Value(-0.2)]
    task = [(0.1 * k, math.sin(0.1 * k)) for k in range(5)]

    def error(p):
        return sum((micrograd.tanh(p[0] * x + p[1]) - y) ** 2 for x, y in task)

    def after_steps():
        p = parameters
        for _ in range(2):
            p = [v - 0.1 * g for v, g in zip(p, grad(error)(p), strict=True)]
        return error(p)

    def by_derivatives():
        p = parameters
        for _ in range(2):
            p = [v - 0.1 * g for v, g in zip(p, derivatives(error(p), p), strict=True)]
        return error(p)

    for loss in (after_steps, by_derivatives):
        slow = loss()
        fast = micrograd.compile(loss, parameters=parameters, backend=backend)
        value, gradient = fast.value_and_grad([0.3, -0.2])
        expected = [slow.data, *derivatives(slow, parameters, create_graph=False)]
        assert agree([value, *gradient], expected)
        assert agree([fast().data, *derivatives(fast(), parameters, create_graph=False)], expected)
        value, _ = fast.value_and_grad([1.0, 2.0])
        assert value != expected[0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_back_through_the_result(backend):
    """What a compiled gradient returns for Values can be backpropagated, and differentiated again."""
    f = FUNCTIONS["bell"]
    fast = micrograd.compile(grad(f), backend=backend)
    for x in ([0.5, 0.25], [1.5, -1.0]):
        slow, quick = list(map(Value, x)), list(map(Value, x))
        a, b = (sum(y * k for k, y in enumerate(g, start=2)) for g in (grad(f)(slow), fast(quick)))
        a.backward()
        b.backward()
        assert agree([b.data, *(v.grad for v in quick)], [a.data, *(v.grad for v in slow)])
        twice = [numbers([derivatives(d, vs) for d in derivatives(y, vs)]) for y, vs in ((a, slow), (b, quick))]
        assert agree(twice[1], twice[0])
        assert agree(numbers(hessian(lambda v: fast(v)[0])(x)), numbers(hessian(lambda v: grad(f)(v)[0])(x)))
        assert agree(*(numbers(jvp(g, x, [1.0, 0.5])) for g in (fast, grad(f))))


def test_nested_in_any_order():
    """Each derivative is by its own variable, wherever the numbers are equal."""
    for f in (
        lambda x: grad(lambda y: y * x)(x),
        lambda x: grad(lambda y: y * x * grad(lambda z: z * z * y * x)(y))(x),
        grad(lambda x: x * grad(lambda y: x + y)(1.0)),
        grad(lambda x: x * grad(lambda y: x * y * y)(x)),
        grad(lambda x: jvp(lambda y: x * y**3, x, x)[1]),
        lambda x: jvp(lambda y: grad(lambda z: z**2 * y * x)(y), x, 1.0),
        lambda x: hvp(lambda y: y**3 * x, x, x),
        grad(lambda x: hvp(lambda y: y**3 * x, x, x)),
        lambda x: jvp(lambda t: hvp(lambda y: y**3 * x * t, x, t), x, 2.0),
        lambda x: hvp(lambda y: hvp(lambda z: z**4 * y, y, x), x, 1.0),
        lambda x: taylor(lambda t: hvp(lambda z: z**3 * t, t * x, x), x, 2),
        lambda x: taylor(lambda t: grad(lambda z: z**3 * t)(t * x), x, 2),
        lambda x: derivatives((a := Value(number(x))) * (b := Value(number(x))) * x, [b, a, b]),
        lambda x: derivatives((b := (a := x * Value(1.0)) * a) * a, [a, b]),
    ):
        fast = micrograd.compile(f)
        for x in (3.0, -0.5):
            assert numbers(fast(x)) == numbers(f(x))
            assert numbers(fast(Value(x))) == numbers(f(Value(x)))


# ---- what one operation cannot say


def test_a_derivative_by_what_was_there_before():
    w = Value(2.0)
    p = 3.0 * w
    fast = micrograd.compile(lambda x: derivatives(p * p * x, [w, p]))
    assert numbers(fast(5.0)) == [180.0, 60.0] and recorded(fast) > 10


def test_steps_that_the_function_looks_at():
    """Found by way of the parents: the trace has them then."""

    def f(x):
        v = Value(x)
        g = derivatives(v**3 * v, v)
        return sum(p * p for p in g.parents if p.parents) + g

    def cautious(x):
        try:
            return f(x)
        except Exception:
            return x

    for g in (f, cautious):
        fast = micrograd.compile(g)
        for x in (0.5, 3.0):
            assert numbers(fast(x)) == pytest.approx(numbers(g(x)))


def test_without_a_graph():
    with micrograd.no_grad():
        assert agrees(grad(FUNCTIONS["bell"]), [0.5, 1.0], [1.5, 2.0])
    f = lambda x: micrograd.no_grad()(grad(FUNCTIONS["bell"]))(x)[0] * x[1]  # noqa: E731
    assert agrees(grad(f), [0.5, 1.0], [1.5, 2.0])
