"""Long sums that differ only in what is added at their end: what they begin with becomes one block."""

import random
from array import array
from dataclasses import replace

import pytest
from random_rows import random_rows, run_rows
from test_roll import bits, shapes

import micrograd
from micrograd import dot, hessian, softplus
from micrograd.compiler.backends import kernel
from micrograd.compiler.stages.beginnings import LONG, SHORT, begin_alike
from micrograd.compiler.stages.blocks import Block
from micrograd.compiler.stages.native import extension
from micrograd.compiler.stages.program import KINDS, ONE
from micrograd.compiler.stages.rows import Rows


def rows_of(*ends):
    """Sums of LONG products of inputs, and as many inputs added at the end as `ends` says; two read the one before."""
    left, right, stops = array("I"), array("I"), array("I")
    for k, others in enumerate(ends):
        left.extend([1 + t for t in range(LONG + others)])
        right.extend([*[2 + k + t for t in range(LONG)], *[ONE] * others])
        if k in (1, 2):
            left[-1] = 1 + 100 + k - 1
        stops.append(len(left))
    names, first = [f"x{k}" for k in range(100)], 101
    computed = array("I", range(first, first + len(ends)))
    sums = bytes([list(KINDS).index("sum")]) * len(ends)
    return Rows(names, array("d"), tuple(KINDS), sums, stops, left, right, computed, computed)


@pytest.mark.parametrize("ends", [(0, 1, 1), (1, 3, 1, 0), (2, 1, SHORT)])
def test_equal_beginnings_become_rows(ends):
    rows = rows_of(*ends)
    made = begin_alike(rows)
    assert len(made) == len(rows) + sum(others > 0 for others in ends)
    rng = random.Random(str(ends))
    for numbers in (
        [rng.gauss(0, 1) for _ in range(100)],
        [rng.choice([0.0, -0.0, 1e308, -1e308]) for _ in range(100)],
    ):
        assert bits(run_rows(made, numbers)) == bits(run_rows(rows, numbers))


@pytest.mark.parametrize("ends", [(1, 1, 1), (0, 0, 0), (1, 1, SHORT + 1)])
def test_what_ends_alike_stays(ends):
    rows = rows_of(*ends)
    assert begin_alike(rows) is rows


def test_short_and_other_rows_stay():
    for seed in range(20):
        rows = random_rows(random.Random(seed), 6)
        assert begin_alike(rows) is rows


def test_adjoints_are_still_those_of_their_rows():
    rows = rows_of(0, 1, 1)
    rows = replace(rows, adjoint_of=array("I", [rows.first, rows.first, rows.first + 1]))
    made = begin_alike(rows)
    first = made.first  # a row, a beginning and its sum, a beginning and its sum
    assert made.adjoint_of.tolist() == [first, first + 1, first, first + 3, first + 2]


@pytest.mark.skipif(not kernel.available(), reason="the native kernel was not built")
@pytest.mark.skipif(extension is None, reason="the stages in C were not built")
def test_a_hessian_is_one_product():
    rng = random.Random(1)
    xs = [[rng.gauss(0, 1) for _ in range(5)] for _ in range(LONG + 6)]

    def loss(w, xs):
        return sum(softplus(dot(w, x)) for x in xs) + 0.1 * dot(w, w)

    fast, w = micrograd.compile(hessian(loss), backend="native"), [0.1 * k for k in range(5)]
    for found, expected in zip(fast(w, xs), hessian(loss)(w, xs), strict=True):
        assert found == pytest.approx(expected, rel=1e-12)
    assert ([5, 5], [LONG + 6]) in shapes(fast.program)


@pytest.mark.skipif(not kernel.available(), reason="the native kernel was not built")
@pytest.mark.skipif(extension is None, reason="the stages in C were not built")
def test_equal_numbers_in_known_data_leave_sums_alike():
    """A hundred examples, whose first number and some others are one of four: sums of equal products begin there."""
    rng = random.Random(1)
    some = [0.5, 1.5, -2.5, 3.5]
    xs = [[rng.choice(some), rng.gauss(0, 1), *rng.choices(some, k=3)] for _ in range(LONG + 36)]
    hessian_of = hessian(lambda w: sum(softplus(dot(w, x)) for x in xs))
    fast, w = micrograd.compile(hessian_of, backend="native"), [0.1 * k for k in range(5)]
    for found, expected in zip(fast(w), hessian_of(w), strict=True):
        assert found == pytest.approx(expected, rel=1e-12)
    blocks = [step for step in fast.program if isinstance(step, Block)]
    (product,) = [block for block in blocks if sum(piece.terms for piece in block.pieces) > LONG]
    assert [n for n in product.dims if n > 1] == [5, 5]
    assert all(view.strides >= (0, 0, 0) for piece in product.pieces for view in (piece.left, piece.right))
