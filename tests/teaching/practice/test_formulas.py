"""Local derivatives as formulas: right in any form; the wrong ones of mistakes are recognised."""

import pytest

from micrograd import Value
from micrograd.teaching.practice.formulas import compare_formula
from micrograd.teaching.practice.levels import LEVELS
from micrograd.teaching.practice.reading import Unread
from micrograd.teaching.record.record import record


def contribution(level, edge):
    steps = record(LEVELS[level].build(LEVELS[level].numbers))
    return next(c for c in steps if f"{c.names[c.node]} {c.names[c.parent]}" == edge)


@pytest.mark.parametrize(
    ("level", "edge", "typed"),
    [
        (1, "L a", "b"),
        (3, "L c", "-p/c**2"),
        (3, "L c", "−L / c"),
        (4, "L s", "3·s²"),
        (4, "L s", "3*L/s"),
        (7, "t n", "1 - t**2"),
        (7, "t n", "1 − tanh(n)²"),
        (7, "L t", "5"),
        (2, "s p", "1"),
        (3, "s b", "-1"),
    ],
)
def test_right_in_any_form(level, edge, typed):
    assert compare_formula(contribution(level, edge), typed) == (True, [])


@pytest.mark.parametrize(
    ("level", "edge", "typed", "mistake"),
    [
        (1, "L a", "a", "× gives an operand its own value"),
        (1, "L a", "1", "local derivative forgotten"),
        (3, "L c", "1/c", "÷: the numerator's rule for the divisor"),
        (3, "L c", "p/c**2", "÷: minus lost in the divisor"),
        (3, "L c", "-p/c", "÷: divisor not squared"),
        (4, "L s", "3*s**3", "power: exponent not lowered"),
        (4, "L s", "s**2", "power: exponent not in front"),
        (7, "t n", "1 - n**2", "tanh: 1 − x² instead of 1 − tanh²"),
        (7, "t n", "1 - t", "tanh: 1 − tanh, not squared"),
        (8, "r1 n1", "n1", "relu: its value instead of its slope"),
    ],
)
def test_wrong_ones_are_recognised(level, edge, typed, mistake):
    assert compare_formula(contribution(level, edge), typed) == (False, [mistake])


def test_one_point_is_not_enough():
    """f = 2 at the point of level 2, where the derivative is f."""
    assert compare_formula(contribution(2, "L s"), "2") == (False, [])
    assert compare_formula(contribution(2, "L s"), "4 - f") == (False, [])


def test_formulas_that_cannot_be_read():
    c = contribution(1, "L a")
    for typed, said in (("", "Type a formula first."), ("2*", "the expression ends"), ("z", "Names here: a, b, L.")):
        with pytest.raises(Unread) as error:
            compare_formula(c, typed)
        assert said in str(error.value)


def test_points_outside_the_domain_are_skipped():
    x = Value(0.01, label="x")
    (c,) = record(x.log())
    assert compare_formula(c, "1/x") == (True, []) and compare_formula(c, "log(x)") == (False, [])
    (c,) = record(Value(2.0, label="x") ** 2)
    assert compare_formula(c, "2*x/(x-2)*(x-2)") == (False, [])  # 0/0 at the point itself


def test_a_coefficient_may_be_rounded_as_it_is_printed():
    (c,) = record(Value(0.5, label="x").erf())
    assert compare_formula(c, "1.128·exp(−x²)") == (True, []) and compare_formula(c, "1.12*exp(-x^2)") == (False, [])
    (c,) = record(Value(0.5, label="x").softplus())
    assert compare_formula(c, "σ(x)") == (True, [])
