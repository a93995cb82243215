"""Exports to JAX: values, first and second derivatives as in eager mode, also at kinks, at ties and at infinity."""

import math

import numpy as np
import pytest
from budget import examples
from export_cases import CASES, LINES, agree, all_primitives, columns, names_of_points, numbers_in, reference, sides
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression

import micrograd
from micrograd import Value

jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[jax]'")
jnp = jax.numpy
pytestmark = [pytest.mark.slow, pytest.mark.once]  # each compiles for seconds


@pytest.fixture(autouse=True)
def double_precision():
    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", before)


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients(name):
    f, parameters, cases = CASES[name]()
    g = micrograd.compile(f, parameters=parameters).to_jax(*cases[0])
    values, gradients = reference(f, parameters, cases)
    theta = np.array([p.data for p in parameters])
    data = columns(cases)
    step = jax.jit(jax.vmap(jax.value_and_grad(g), (None, *(0 for _ in data)))) if data else jax.value_and_grad(g)
    got, slopes = step(theta, *data)
    assert agree(np.atleast_1d(got), values).all()
    assert agree(np.atleast_2d(slopes), gradients).all()


@pytest.mark.parametrize("name", LINES)
def test_one_line(name):
    f, cases = LINES[name]
    compiled = micrograd.compile(f)
    g = compiled.to_jax(*cases[0])
    theta = [np.array([p.data for p in compiled.parameters])] if g.about.theta else []
    for k, example in enumerate(cases):
        out = g(*theta, *(column[k] for column in columns(cases)))
        assert agree(numbers_in(out), numbers_in(f(*example))).all()


def test_every_primitive_at_its_edges():
    f, parameters, results, partials = all_primitives()
    g = micrograd.compile(f, parameters=parameters).to_jax()

    @jax.jit  # operation by operation it takes five times as long
    def both(theta):
        out, pull = jax.vjp(g, theta)
        return out, pull(jax.tree.map(jnp.ones_like, out))[0]

    out, slopes = both(jnp.array([p.data for p in parameters]))
    assert agree(numbers_in([out[key] for key in names_of_points()]), results).all()
    assert agree(slopes, partials).all()


@examples(5, 20)
@given(steps=st.lists(STEPS, min_size=1, max_size=8), xs=POINTS)
def test_random_expressions(steps, xs):
    f, leaves = expression(steps), list(map(Value, xs))
    compiled = micrograd.compile(lambda: f(leaves), parameters=leaves)
    g = compiled.to_jax()
    value, gradient = compiled.value_and_grad(np.array(xs))
    got, slope = jax.value_and_grad(g)(jnp.array(xs))
    assert agree(got, value).all()
    assert agree(slope, gradient).all()


def test_second_derivatives():
    a, b = Value(0.7), Value(-1.3)

    def f(x):
        return (a * x).tanh() * b**2 + micrograd.relu(a * b) + micrograd.max(a, b) ** 3 + micrograd.logsumexp([a, b])

    g = micrograd.compile(f, parameters=[a, b]).to_jax(0.5)

    def again(v):
        u, w = v
        return (u * 0.5).tanh() * w**2 + micrograd.relu(u * w) + micrograd.max(u, w) ** 3 + micrograd.logsumexp([u, w])

    expected = micrograd.hessian(again)([0.7, -1.3])
    assert agree(jax.hessian(g)(jnp.array([0.7, -1.3]), 0.5), expected).all()


def test_the_type_is_that_of_theta():
    a = Value(1.5)
    g = micrograd.compile(lambda x: (a * x).tanh() + micrograd.max(a, 0.3) * (a > 0)).to_jax(0.5, guards="nan")
    for dtype in (jnp.float16, jnp.bfloat16, jnp.float32, jnp.float64):
        value, slope = jax.value_and_grad(g)(jnp.array([1.5], dtype), np.float64(0.5))
        assert value.dtype == slope.dtype == dtype
    g = micrograd.compile(lambda x: micrograd.grad(micrograd.relu)(a * x)).to_jax(0.5)
    assert g(jnp.array([1.5], jnp.float16), 0.5).dtype == jnp.float16


def test_theta_of_whole_numbers():
    w = Value(1.5)
    assert micrograd.compile(lambda x: w * x).to_jax(1.0)([2], 0.25) == 0.5


def test_an_index_out_of_range_is_nan_with_its_gradient():
    values = [Value(1.0), Value(2.0)]
    g = micrograd.compile(lambda i: micrograd.pick(values, i), parameters=values).to_jax(micrograd.index(0))
    theta = jnp.array([1.0, 2.0])
    assert g(theta, 1) == 2.0
    for i in (-1, 2):
        value, slope = jax.value_and_grad(g)(theta, i)
        assert math.isnan(value)
        assert np.isnan(slope).any()


def test_what_nobody_reads_spoils_no_gradient():
    """Scores above the diagonal would overflow in exp, and 0 · inf is nan."""
    f, parameters, _ = CASES["attention"]()
    g = micrograd.compile(f, parameters=parameters).to_jax(0.5)
    value, slope = jax.value_and_grad(g)(jnp.array([p.data for p in parameters]), 200.0)
    assert np.isfinite(value)
    assert np.isfinite(slope).all()


def test_both_sides_of_a_decision():
    f, parameters, (one, other) = sides()
    g = micrograd.compile(f, parameters=parameters).to_jax(*one, also=(other,))
    x = np.array([1.0, -1.0, 9.0, 0.0, -0.25])
    values, gradients = reference(f, parameters, [(v,) for v in x[x != 0]])
    out, slopes = jax.jit(jax.vmap(jax.value_and_grad(g), (None, 0)))(np.array([2.0]), x)
    assert agree(out[x != 0], values).all()
    assert agree(slopes[x != 0], gradients).all()
    assert np.isnan(out[3]) or np.isinf(out[3])
    assert "2 traces" in repr(g)


def test_a_side_that_nobody_traced():
    b = Value(2.0)
    f = micrograd.compile(lambda x: b * x if x > 1 else b / x if x < -1 else b)
    g = f.to_jax(2.0, also=(-2.0,))
    out, slopes = jax.vmap(jax.value_and_grad(g), (None, 0))(np.array([2.0]), np.array([2.0, -2.0, 0.0]))
    assert agree(out, [4.0, -1.0, math.nan]).all()
    assert agree(slopes[:, 0], [2.0, -0.5, math.nan]).all()


def test_a_shut_gate_lets_nothing_pass():
    a = Value(-1.0)
    g = micrograd.compile(lambda: micrograd.sqrt(micrograd.relu(a)), parameters=[a]).to_jax()
    assert jax.grad(g)(np.array([-1.0])) == 0.0


def test_guards():
    from jax.experimental import checkify

    b = Value(2.0)
    f = micrograd.compile(lambda x: b * x if x > 0 else -b * b * x)
    x, theta = jnp.array([1.0, 2.0, -1.0]), jnp.array([2.0])
    g = f.to_jax(1.0, guards="nan")
    np.testing.assert_array_equal(jax.vmap(g, (None, 0))(theta, x), [2.0, 4.0, np.nan])
    np.testing.assert_array_equal(jax.vmap(jax.grad(g), (None, 0))(theta, x), [[1.0], [2.0], [np.nan]])
    error, _ = checkify.checkify(jax.vmap(f.to_jax(1.0, guards="check"), (None, 0)))(theta, x)
    assert "decides otherwise than for its example" in error.get()
