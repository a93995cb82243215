"""The gradient check finds planted mistakes, calls kinks and edges by their names, and leaves nothing changed."""

import copy
import math
import pickle
import random

import numpy as np
import pytest

import micrograd
from micrograd import Value, cos, exp, log, relu, sin, sqrt, tan
from micrograd.calculus import GradcheckError, grad, gradcheck
from micrograd.losses import max_margin, mse
from micrograd.nn import MLP


def own(name, forward, slope, assign=False):
    """A learner's operation, whose derivative may be wrong or assigned instead of added."""

    def operation(a):
        out = Value(forward(a.data), (a,), name)

        def push():
            a.grad = slope(a.data) * out.grad + (0.0 if assign else a.grad)

        out._backward = push
        return out

    return operation


cube = own("cube", lambda x: x**3, lambda x: 3 * x**2)
wrong_cube = own("cube", lambda x: x**3, lambda x: 2 * x**2)
overwriting = own("cube", lambda x: x**3, lambda x: 3 * x**2, assign=True)


def verdicts(report):
    return [row.verdict for row in report.rows]


def test_the_report():
    report = gradcheck(lambda x, y: x**3 * y, 3.0, 2.0)
    assert report and report.ok and report.wrong == () and report.worst.name == "x"
    first = report.rows[0]
    assert (first.name, first.analytic, first.verdict) == ("x", 54.0, "ok")
    assert first.numeric == pytest.approx(54.0, rel=1e-9) and first.difference < 1e-9 and first.step == 2.0**-16
    assert str(report) == repr(report)
    lines = str(report).splitlines()
    assert lines[0] == "gradcheck of the function: 2 of 2 agree (tolerance 1e-06)"
    assert lines[1].split() == ["input", "backpropagation", "differences", "relative", "step"]
    assert lines[2].split() == ["x", "54", "54", "8.6e-12", "1.5e-05", "ok"]


def test_names_of_inputs():
    def f(p, *rest, scale):
        return p["w"][0] * p["b"] + rest[0][1] * rest[1]

    report = gradcheck(
        lambda p, *rest: f(p, *rest, scale=2), {"w": (2.0,), "b": Value(1.0, label="bias")}, [0, 1.0], 3.0
    )
    assert [row.name for row in report.rows] == ["p['w'][0]", "bias", "rest[0][0]", "rest[0][1]", "rest[1]"]
    assert report.ok
    arrays = gradcheck(lambda a: (a**2).sum(), np.arange(4.0).reshape(2, 2))
    assert [row.name for row in arrays.rows] == ["a[0, 0]", "a[0, 1]", "a[1, 0]", "a[1, 1]"] and arrays.ok
    assert [row.name for row in gradcheck(micrograd.max, 1.0, 2.0).rows] == ["values[0]", "values[1]"]


class Opaque:
    """A callable without a signature."""

    __signature__ = "none"

    def __call__(self, x):
        return x


def test_a_function_without_a_signature():
    assert gradcheck(Opaque(), 2.0).rows[0].name == "x[0]"


@pytest.mark.parametrize("operation", [wrong_cube, overwriting])
def test_planted_mistakes_are_found(operation):
    report = gradcheck(lambda a, b: operation(a * b) + operation(a) * a + b, 1.5, 0.5)
    assert not report and len(report.wrong) >= 1 and report.worst.verdict == "wrong"
    assert "wrong: the two differ" in str(report)
    assert gradcheck(lambda a, b: cube(a * b) + cube(a) * a + b, 1.5, 0.5)


@pytest.mark.parametrize("size", [1e-2, 1e-4, 3e-6])
def test_small_mistakes_are_found(size):
    slightly = own("sin", math.sin, lambda x: math.cos(x) * (1 + size))
    for x in (0.3, 40.0, -2.0):
        assert not gradcheck(slightly, x)
        assert not gradcheck(slightly, x, directional=True, rng=random.Random(0))


def test_raising_with_the_report():
    with pytest.raises(GradcheckError, match="0 of 1 agree, 1 wrong") as caught:
        gradcheck(wrong_cube, 2.0, raise_on_failure=True)
    assert isinstance(caught.value, ValueError) and caught.value.report.worst.analytic == 8.0
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    assert gradcheck(cube, 2.0, raise_on_failure=True).ok


@pytest.mark.parametrize(
    ("f", "x"),
    [
        (log, 1e-9),
        (lambda x: 1 / x, 1e-3),
        (lambda x: cos(x) + 5, 1e-12),
        (lambda x: x * 1e200, 1e10),
        (lambda x: x * 1e-200, 1.0),
        (exp, -30.0),
        (lambda x: (x + 1e8) - 1e8, 1.0),
        (lambda x: sin(300 * x), 1.0),
        (lambda x: relu(x - 1e-7), 0.0),
        (lambda x: sqrt(x), 1e-12),
        (lambda x: x * 0.0 + 3.0, 1.0),
        (lambda x: 3.0, 1.0),
        (lambda x: x**2, 0.0),
        (lambda x: x**2, 5e-324),
        (lambda x: x**2, 1e12),
        (tan, 1.5),
        (grad(micrograd.tanh), 0.3),
        (grad(grad(lambda x: x**5)), 0.3),
        (lambda x: np.float64(2.0), 1.0),
    ],
)
def test_no_wolf_is_cried(f, x):
    report = gradcheck(f, x)
    assert verdicts(report) == ["ok"], str(report)


@pytest.mark.parametrize(
    "f",
    [
        relu,
        lambda x: relu(x) - relu(-x),
        lambda x: micrograd.max(x, 3 * x),
        lambda x: micrograd.min(2 * x, x) + exp(x),
        lambda x: abs(x) + relu(x),
        lambda x: micrograd.leaky_relu(x),
        lambda x: relu(own("pass", lambda v: v, lambda v: 1.0)(x)),
        own("step", lambda v: max(v, 0.0), lambda v: float(v > 0)),
    ],
)
def test_kinks_are_called_kinks(f):
    report = gradcheck(f, 0.0)
    assert verdicts(report) == ["kink"] and report.ok
    assert "1 on a kink" in str(report) and "kink: a kink lies here" in str(report)
    assert verdicts(gradcheck(f, 1.0)) == ["ok"]


def test_a_kink_is_no_excuse():
    """What is wrong beside the kink as well is wrong."""
    assert verdicts(gradcheck(lambda x: relu(x - 1) + wrong_cube(x), 1.0)) == ["wrong"]
    assert verdicts(gradcheck(lambda x, y: relu(x) + wrong_cube(y), 0.0, 2.0)) == ["kink", "wrong"]
    edgy = own("edgy", lambda x: abs(x), lambda x: 5.0)
    assert verdicts(gradcheck(edgy, 0.0)) == ["wrong"]


def test_infinite_derivatives():
    assert verdicts(gradcheck(sqrt, 0.0)) == ["singular"] and gradcheck(sqrt, 0.0).ok
    assert "1 infinite" in str(gradcheck(lambda x: x**0.5, 0.0))
    assert verdicts(gradcheck(own("flat", lambda x: x, lambda x: math.inf), 1.0)) == ["wrong"]
    assert verdicts(gradcheck(own("none", lambda x: x, lambda x: math.nan), 1.0)) == ["wrong"]
    assert verdicts(gradcheck(lambda x: -sqrt(x), 0.0)) == ["singular"]


def half_line(slope):
    """x ↦ x for x ≥ 0 only."""

    def forward(x):
        if x < 0:
            raise ValueError("below 0")
        return x

    return own("half", forward, lambda x: slope)


def test_the_edge_of_a_domain():
    assert verdicts(gradcheck(lambda x: x**1.5, 0.0)) == ["edge"]
    assert verdicts(gradcheck(half_line(1.0), 0.0)) == ["edge"]
    assert verdicts(gradcheck(lambda x: half_line(1.0)(-x), 0.0)) == ["edge"]
    assert verdicts(gradcheck(half_line(3.0), 0.0)) == ["wrong"]
    assert "1 at an edge" in str(gradcheck(half_line(1.0), 0.0))

    def point_only(x):
        if x.data != 2.0:
            raise ValueError("nowhere else")
        return x

    report = gradcheck(point_only, 2.0)
    assert verdicts(report) == ["edge"] and math.isnan(report.rows[0].numeric)
    mixed = gradcheck(lambda x, y: half_line(1.0)(x) + relu(y), 0.0, 0.0, directional=True, rng=random.Random(1))
    assert mixed.ok


def test_a_kink_in_a_narrow_domain():
    def f(x):
        if abs(x.data) > 1e-4:
            raise ValueError("too far")
        return relu(x)

    assert verdicts(gradcheck(f, 0.0)) == ["kink"]


def test_a_kink_with_nothing_beside_it():
    """Where f is defined nowhere else, nothing speaks for backpropagation."""

    def f(x):
        if x.data not in (0.0, 2.0**-17, -(2.0**-17)):
            raise ValueError("not here")
        return relu(x)

    assert verdicts(gradcheck(f, 0.0)) == ["wrong"]


def test_directional():
    def f(xs):
        return sum(sin(x) * x for x in xs)

    point = [0.1 * k for k in range(200)]
    calls = []
    report = gradcheck(lambda xs: calls.append(1) or f(xs), point, directional=True, rng=random.Random(3))
    assert report.ok and len(report.rows) == 1 and report.rows[0].name == "a random direction"
    assert len(calls) == 4  # once for the gradient, once more to see that f is a function, twice for the difference
    assert not gradcheck(lambda xs: f(xs) + wrong_cube(xs[17]), point, directional=True, rng=random.Random(3))


def test_nothing_to_check():
    for directional in (False, True):
        report = gradcheck(lambda: Value(3.0), directional=directional)
        assert report.ok and report.worst is None
        assert str(report) == "gradcheck of the function: nothing to check, no number among the inputs"


def test_constants_among_the_arguments():
    report = gradcheck(lambda x, how: x**2 if how == "square" else x, 3.0, "square")
    assert [row.name for row in report.rows] == ["x"] and report.ok


def test_a_long_table_is_cut():
    report = gradcheck(lambda xs: sum(x * k for k, x in enumerate(xs)) + wrong_cube(xs[30]), [1.0] * 50)
    lines = str(report).splitlines()
    assert lines[0].endswith("49 of 50 agree, 1 wrong (tolerance 1e-06)")
    assert lines[2].startswith("xs[30]") and "… and 30 more, with smaller differences" in lines


def test_clear_errors():
    with pytest.raises(ValueError, match="gave .* and then .* at the same point: a function that draws random numbers"):
        gradcheck(lambda x: x * random.random(), 1.0)
    with pytest.raises(TypeError, match="returned a list of 1"):
        gradcheck(lambda x: [x], 1.0)
    with pytest.raises(TypeError, match="is a return missing"):
        gradcheck(lambda x: None, 1.0)
    with pytest.raises(ValueError, match=r"log\(x = -1.0\) is not defined"):
        gradcheck(lambda x: log(x), -1.0)
    with pytest.raises(TypeError, match=r"gradcheck\(model, loss, \(inputs, targets\)\)"):
        gradcheck(MLP(1, [1]))


def test_grads_of_other_values_are_left_alone():
    w, x = Value(2.0), Value(3.0)
    w.grad, x.grad = 5.0, 6.0
    between = w * w
    between.grad = 7.0
    assert gradcheck(lambda v: v * w + between, x).ok
    assert (w.grad, x.grad, between.grad, x.data) == (5.0, 6.0, 7.0, 3.0)


def network():
    model = MLP(2, [4, 3, 1], rng=random.Random(5))
    rng = random.Random(6)
    for p in model.parameters():
        p.data += rng.gauss(0.0, 0.05)
        p.grad = rng.gauss(0.0, 1.0)
    points = [[rng.uniform(-1, 1), rng.uniform(-1, 1)] for _ in range(6)]
    return model, (points, [rng.choice((-1, 1)) for _ in range(6)])


@pytest.mark.parametrize("loss", [max_margin, mse])
@pytest.mark.parametrize("directional", [False, True])
def test_a_network(loss, directional):
    model, batch = network()
    before = [(p.data, p.grad) for p in model.parameters()]
    report = gradcheck(model, loss, batch, directional=directional, rng=random.Random(0))
    assert report.ok and verdicts(report) == ["ok"] * len(report.rows), str(report)
    assert [(p.data, p.grad) for p in model.parameters()] == before
    if not directional:
        assert [row.name for row in report.rows] == [name for name, _ in model.named_parameters()]
        assert str(report).startswith(f"gradcheck of MLP with {loss.__name__}")
    assert gradcheck(model, lambda m: loss(m(batch[0]), batch[1]) + sum(p * p for p in m.parameters())).ok


def test_a_network_with_a_mistake():
    model, batch = network()
    last = model.layers[-1].neurons[0]
    fire = type(last).fire
    broken = copy.copy(last)
    model.layers[-1].neurons[0] = broken
    wrong_pass = own("pass", lambda v: v, lambda v: 1.1)
    broken.fire = lambda x: wrong_pass(fire(last, x))
    report = gradcheck(model, mse, batch)
    assert not report and gradcheck(model, mse, batch, directional=True, rng=random.Random(0)).wrong
    with pytest.raises(GradcheckError):
        gradcheck(model, mse, batch, raise_on_failure=True)


def test_a_network_that_sits_on_kinks():
    """Biases of 0 and an input of zeros: every hidden unit is at its kink."""
    model = MLP(2, [4, 1], rng=random.Random(1))
    report = gradcheck(model, max_margin, ([[0.5, 1.0], [0.0, 0.0], [-1.0, 0.3]], [1, -1, 1]))
    assert report.ok and {"ok", "kink"} == set(verdicts(report)), str(report)
