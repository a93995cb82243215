"""Derivatives of every kind and order of compiled functions are those of the functions, mostly to the last bit."""

import pytest

import micrograd
from micrograd import Value, derivatives, grad, hessian, hvp, index, jacobian, jvp, no_grad, pick, taylor


@pytest.fixture
def w():
    return Value(3.0, label="w")


def functions(w):
    """Functions of a list of two numbers."""
    return {
        "powers": lambda x: x[0] ** 3 * x[1] ** -2 + x[0] ** x[1] / w,
        "parameter": lambda x: w * w * x[0] + x[1] * w.tanh(),
        "gates": lambda x: micrograd.max(x[0] * x[1], x[0] + w).sqrt() + micrograd.relu(x[1] - 9.0).sqrt(),
        "decision": lambda x: x[0] ** 3 * x[1] if x[0] > x[1] else x[1] ** 3 * x[0],
        "constant of data": lambda x: x[0] ** 2 * (x[0] * x[1] + w).data,
        "pick": lambda x: pick([x[0] ** 2, x[1] ** 3 * x[0], w * x[0]], 1) * x[0],
        "variadic": lambda x: micrograd.logsumexp([x[0], x[1] * 2.0, w * x[0]]) + micrograd.dot(x, [w, x[0]]),
        "identity": lambda x: x[0],
        "ignored": lambda x: w * w,
    }


NAMES = list(functions(None))
POINTS = [[1.5, 0.5], [0.3, 2.0]]


@pytest.mark.unchecked
@pytest.mark.parametrize("backend", [None, "python"])
@pytest.mark.parametrize("name", NAMES)
def test_of_every_kind_and_order(w, name, backend):
    f = functions(w)[name]
    fast = micrograd.compile(f, backend=backend)
    for x in POINTS:
        fast(x)
        assert grad(fast)(x) == pytest.approx(grad(f)(x), rel=1e-14)  # the program adds in an order of its own
        assert hessian(fast)(x) == hessian(f)(x) == jacobian(grad(fast))(x)
        assert hvp(fast, x, [0.5, -1.0]) == hvp(f, x, [0.5, -1.0])
        assert jvp(fast, x, [0.5, -1.0]) == jvp(f, x, [0.5, -1.0])
        assert jvp(grad(fast), x, [0.5, -1.0]) == jvp(grad(f), x, [0.5, -1.0])
        along = [lambda t, f=f: f([x[0] + t, x[1] - t]) for f in (fast, f)]  # noqa: B023
        assert taylor(along[0], 0.0, 4) == taylor(along[1], 0.0, 4)
        third = [jacobian(hessian(f))(x) for f in (fast, f)]
        assert third[0] == third[1]
        with no_grad():
            assert hessian(fast)(x) == hessian(f)(x)


def test_with_respect_to_parameters(w):
    def f(x):
        return (w * x).tanh() * w

    fast = micrograd.compile(f)
    slow, quick = (derivatives(g(0.5), w) for g in (f, fast))
    assert slow.data == quick.data and derivatives(quick, w).data == derivatives(slow, w).data
    quick.backward()
    assert w.grad == derivatives(slow, w, create_graph=False)


def test_among_several_results_and_arguments(w):
    def f(x, y, scale):
        return {"a": [x * y * scale, x**2 * w], "b": y.sin() * x}

    fast = micrograd.compile(f)
    slow, quick = (jacobian(jacobian(g, 0), 1)(Value(0.5), Value(2.0), 3.0) for g in (f, fast))
    assert str(slow) == str(quick)
    x = Value(0.5)
    slow, quick = (grad(lambda v, g=g: g(v, v * v, 2.0)["a"][0])(x) for g in (f, fast))  # the same Value in both
    assert slow.data == quick.data and derivatives(quick, x).data == derivatives(slow, x).data == 6.0


def test_of_a_function_that_reads_the_variable_from_its_surroundings():
    for of in (grad, lambda f: grad(grad(f)), lambda f: grad(grad(grad(f)))):
        assert of(lambda w: micrograd.compile(lambda x: w**3 * x)(3.0))(2.0) == of(lambda w: w**3 * 3.0)(2.0)
    assert jvp(lambda w: micrograd.compile(lambda x: w**3 * x)(3.0), 2.0, 1.0) == (24.0, 36.0)
    assert taylor(lambda w: micrograd.compile(lambda x: w**3 * x)(3.0), 2.0, 3) == [24.0, 36.0, 18.0, 3.0]


def test_the_numbers_of_the_call_count(w):
    """What was drawn for the call, and an array as it was: not those of later."""
    import numpy as np

    drawn = [5.0, 3.0, 2.0]
    fast = micrograd.compile(lambda x: x**3 * micrograd.fresh(drawn.pop))
    x = Value(2.0)
    first, second = fast(x), fast(x)
    assert [derivatives(derivatives(y, x), x).data for y in (first, second)] == [24.0, 36.0]
    numbers = np.array([1.0, 2.0])
    y = micrograd.compile(lambda a, x: a[0] * x * x + a[1] * x)(numbers, x)
    numbers[:] = 100.0
    assert derivatives(derivatives(y, x), x).data == 2.0
    choose = micrograd.compile(lambda x, i: pick([x, x**2, x**3], i))
    assert derivatives(derivatives(choose(x, index(2)), x), x).data == 12.0


def test_a_learners_own_operation_and_a_copy_say_what_to_do(w):
    y = Value(8.0, (w,), "cube")
    y._backward = lambda: None
    with pytest.raises(TypeError, match="cannot be differentiated again"):
        derivatives(y, w)
