"""What the package prints, it reads, in ASCII too: every formula, parsed again, has the same number."""

import math

import points
import pytest
from budget import examples
from graphs import named
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression

from micrograd import Value
from micrograd.engine import topological
from micrograd.ops import PRIMITIVES
from micrograd.teaching.practice.twins import _apply
from micrograd.teaching.record.rules import expression as formula_of
from micrograd.teaching.record.rules import rule
from micrograd.text.expression import evaluate
from micrograd.text.formula import Symbol, name
from micrograd.text.names import Names
from micrograd.text.terminal import spell
from micrograd.text.typeset import text

ROUNDED = 3e-3  # a constant is printed with four digits


def check(formula, number, known):
    """The text of the formula, read again, has this number."""
    if math.isfinite(number) and "…" not in (printed := text(formula)):
        for shown in (printed, spell(printed, "ascii")):
            assert evaluate(shown, known).data == pytest.approx(number, rel=ROUNDED, abs=1e-6), shown


def check_node(v, names):
    known = {names[u]: u.data for u in (*v.parents, v) if names.has_name(u)}
    check(formula_of(v, names), v.data, known)
    for partial, number in zip(rule(v, names).partials, v.partials, strict=True):
        check(partial, number, known)


@pytest.mark.parametrize(("op", "operands", "constants"), list(points.cases()))
def test_every_primitive(op, operands, constants):
    leaves = [Value(x, label=letter) for x, letter in zip(operands, "xyzuvwabc", strict=False)]
    root = _apply(PRIMITIVES[op], leaves, constants)
    check_node(root, Names(root, topological(root)))
    printed = text(formula_of(root, Names(root, topological(root))), numeric=True)
    if op not in ("tan", "expm1", "log1p", "mod", "floordiv", "floor", "ceil", "trunc"):  # which feel the rounding
        assert evaluate(printed).data == pytest.approx(root.data, rel=2e-3, abs=1e-6)


@pytest.mark.no_cover
@given(st.lists(STEPS, min_size=1, max_size=6), POINTS)
@examples(40, 400)
def test_every_node_of_random_expressions(steps, numbers):
    try:
        root = expression(steps)([Value(x, label=f"x{k}") for k, x in enumerate(numbers)])
    except (ArithmeticError, ValueError):
        return
    order = topological(root)
    names = Names(root, order)
    for v in order:
        check_node(v, names)


def test_a_formula_of_several_operations():
    x, y = name("x", 7.0), name("y", 4.0)
    for formula, number in (
        ((x * y) % (x + y), 6.0),
        ((x % y) * x, 21.0),
        (x * (x % y), 21.0),
        ((x + y) // (x * y), 0.0),
        ((x * y) // (y * y), 1.0),
        (abs(x - y * y) * x, 63.0),
        (-(x**2) / (y * y), -49 / 16),
        (Symbol("call", ("sqrt", x * y)) ** 2, 28.0),
        ((x - y) ** -2 * (x + y), 11 / 9),
        (2.0 ** (-x) if hasattr(x, "__rpow__") else x - -y, 11.0),
    ):
        check(formula, number, {"x": 7.0, "y": 4.0})


def test_what_a_lesson_prints():
    a, b = named(a=2.0, b=-3.0)
    root = (a * b + b**2 - abs(a) / b).relu()
    names = Names(root, topological(root))
    for v in names.order:
        check_node(v, names)
