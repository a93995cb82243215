"""Ten thousand random expressions: every mode says the same, and what differences say."""

import math

import pytest
from budget import examples
from hypothesis import assume, given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression

import micrograd
from micrograd.calculus import derivatives, grad, gradcheck, hessian, hvp, jvp, taylor
from micrograd.engine import Value


def agree(a, b, tolerance):
    return abs(a - b) <= tolerance * max(1.0, abs(a), abs(b))


@pytest.mark.no_cover
@examples(300, 10_000)
@given(steps=st.lists(STEPS, min_size=1, max_size=5), xs=POINTS)
def test_every_mode_says_the_same(steps, xs):
    f = expression(steps)
    try:
        value = f(xs)
    except OverflowError:
        assume(False)
    assume(abs(value) < 1e6)
    gradient = grad(f)(xs)
    assume(all(abs(g) < 1e6 for g in gradient))

    leaves = list(map(Value, xs))
    out = f(leaves)
    out.backward()
    assert [x.grad for x in leaves] == gradient and out.data == value
    assert derivatives(out, leaves, create_graph=False) == gradient

    direction = [1.0, -0.5, 0.25][: len(xs)]
    along = sum(g * d for g, d in zip(gradient, direction, strict=True))
    assert agree(jvp(f, xs, direction)[1], along, 1e-11)

    product = hvp(f, xs, direction)
    assume(all(abs(h) < 1e8 for h in product))
    assert all(agree(a, b, 1e-9) for a, b in zip(jvp(grad(f), xs, direction)[1], product, strict=True))
    second = sum(h * d for h, d in zip(product, direction, strict=True))
    coefficients = taylor(lambda t: f([x + t * d for x, d in zip(xs, direction, strict=True)]), 0.0, 2)
    assert agree(coefficients[1], along, 1e-10) and agree(2 * coefficients[2], second, 1e-8)


@examples(40, 300)
@given(steps=st.lists(STEPS, min_size=1, max_size=5), xs=POINTS)
def test_hessians_are_symmetric_and_gradients_pass_the_check(steps, xs):
    f = expression(steps)
    try:
        value, rows = f(xs), hessian(f)(xs)
    except OverflowError:
        assume(False)
    assume(abs(value) < 1e4 and all(abs(h) < 1e6 for row in rows for h in row))
    for i, row in enumerate(rows):
        assert all(agree(row[j], rows[j][i], 1e-9) for j in range(i))
    report = gradcheck(f, xs, tolerance=1e-5)
    assert report.ok or math.isclose(value, 0.0, abs_tol=1e-300), str(report)


def test_the_table_of_steps_covers_the_functions():
    assert {"exp", "relu", "dot"} <= set(dir(micrograd))
