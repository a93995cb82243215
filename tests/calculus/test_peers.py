"""HIPS autograd and JAX agree on twenty functions: gradients and Hessians."""

import math

import pytest

import micrograd as m
from micrograd.calculus import grad, hessian

# written once, for any library: `m` supplies the functions, x is a sequence of three numbers
FUNCTIONS = {
    "rosenbrock": lambda m, x: sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in zip(x[:-1], x[1:], strict=True)),
    "rational": lambda m, x: (x[0] * x[1] + 1) / (x[2] ** 2 + 2),
    "gaussian": lambda m, x: m.exp(-(x[0] ** 2) - 2 * x[1] ** 2 - x[0] * x[2]),
    "wave": lambda m, x: m.sin(x[0] * 3) * m.cos(x[1]) + m.tan(x[2] / 3),
    "logistic": lambda m, x: 1 / (1 + m.exp(-x[0] * x[1] - x[2])),
    "log likelihood": lambda m, x: m.log(1 + m.exp(x[0] * 2 - x[1])) - x[2] * x[0],
    "neuron": lambda m, x: m.tanh(x[0] * 0.5 + x[1] * -1.5 + x[2]),
    "norm": lambda m, x: m.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2),
    "power": lambda m, x: (1 + x[0] ** 2) ** x[1],
    "constant base": lambda m, x: 2.0 ** x[0] * 1.5 ** (x[1] * x[2]),
    "constant exponent": lambda m, x: (x[0] ** 2 + 1) ** 1.7 + x[1] ** 3 * x[2] ** -2,
    "entropy": lambda m, x: -sum(v**2 * m.log(v**2 + 0.1) for v in x),
    "stable": lambda m, x: m.log1p(x[0] ** 2) + m.expm1(x[1] * x[2]),
    "angle": lambda m, x: m.arctan(x[1] / (x[0] + 3)) * x[2],
    "nested": lambda m, x: m.exp(m.sin(m.exp(m.sin(x[0] * x[1])))) * x[2],
    "repeated": lambda m, x: x[0] * x[0] * x[0] * x[0] - x[0] * x[0],
    "recurrence": lambda m, x: recurrence(m, x),
    "absolute": lambda m, x: abs(x[0] * x[1]) + abs(x[2] - 4),
    "ignores two": lambda m, x: m.cos(x[1]) + 0 * x[0],
    "well": lambda m, x: (x[0] ** 2 - 1) ** 2 + m.exp(-((x[1] - x[2]) ** 2)) / (1 + x[0] ** 4),
}
POINTS = [[0.7, -1.2, 0.4], [-1.3, 0.6, 2.1]]


def recurrence(m, x):
    """The logistic map, ten times."""
    state = 0.5 + 0.1 * m.tanh(x[1])
    for _ in range(10):
        state = (3 + 0.1 * m.sin(x[0])) * state * (1 - state)
    return state * x[2]


class Ours:
    def __getattr__(self, name):
        return getattr(m, {"arctan": "atan"}.get(name, name))


def compare(name, library, peer_grad, peer_hessian):
    f = FUNCTIONS[name]
    for point in POINTS:
        gradient, rows = grad(lambda x: f(Ours(), x))(point), hessian(lambda x: f(Ours(), x))(point)
        theirs = [float(g) for g in peer_grad(lambda x: f(library, x), point)]
        assert gradient == pytest.approx(theirs, rel=1e-11, abs=1e-11)
        for row, other in zip(rows, peer_hessian(lambda x: f(library, x), point), strict=True):
            assert row == pytest.approx([float(h) for h in other], rel=1e-10, abs=1e-10)


def test_there_are_twenty():
    assert len(FUNCTIONS) == 20
    assert all(math.isfinite(f(Ours(), x)) for f in FUNCTIONS.values() for x in POINTS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_hips_autograd_agrees(name):
    autograd = pytest.importorskip(
        "autograd", reason="HIPS autograd is not installed: pip install 'micrograd-lab[peers]'"
    )
    import autograd.numpy as anp

    compare(
        name,
        anp,
        lambda f, x: autograd.grad(f)(anp.array(x)),
        lambda f, x: autograd.hessian(f)(anp.array(x)),
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_jax_agrees(name):
    jax = pytest.importorskip("jax", reason="JAX is not installed: pip install 'micrograd-lab[peers]'")
    import jax.numpy as jnp

    before = jax.config.jax_enable_x64
    jax.config.update("jax_enable_x64", True)
    try:
        compare(name, jnp, lambda f, x: jax.grad(f)(jnp.array(x)), lambda f, x: jax.hessian(f)(jnp.array(x)))
    finally:
        jax.config.update("jax_enable_x64", before)
