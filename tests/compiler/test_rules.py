"""A rule for sums and products has one place and holds everywhere; adjoints are as simple as what the user wrote."""

import pytest

import micrograd
from micrograd import Value
from micrograd.compiler.stages import expressions, primitives
from micrograd.compiler.stages.expressions import ADD, MUL, rule


@pytest.fixture
def rules(monkeypatch):
    """The tables of rules, to which a test may add."""
    for kind in (ADD, MUL):
        for table in (expressions.RULES, expressions.NUMBER_RULES):
            monkeypatch.setitem(table, kind, [*table[kind]])
    before = [*expressions.ADJOINT_RULES]
    primitives.template.cache_clear()
    yield
    expressions.ADJOINT_RULES[:] = before
    primitives.template.cache_clear()


@pytest.fixture
def doubling(rules):
    """x + x is 2 · x."""

    @rule(ADD)
    def double(e, a, b):
        return e.mul(a, e.constant(2.0)) if a == b else None


def source(f, *args):
    compiled = micrograd.compile(f, backend="python")
    out = compiled(*args)
    leaves = [v for v in args if isinstance(v, Value)]
    for v in leaves:
        v.grad = 0.0
    out.backward()
    got = [out.data, *(v.grad for v in leaves)]
    expected = f(*args)
    for v in leaves:
        v.grad = 0.0
    expected.backward()
    assert got == [expected.data, *(v.grad for v in leaves)]
    return compiled.source


@pytest.mark.parametrize(
    "f",
    [
        lambda v, w: v * w + w * v,
        lambda v, w: micrograd.total([v * w, 0.0 + w * v]),  # which begins at 0
        lambda v, w: micrograd.dot([v, w], [w, v], -0.0),
        lambda v, w: v * w - (-(w * v)),
    ],
    ids=["plain", "total", "dot", "sub"],
)
def test_an_added_rule_holds_wherever_a_sum_is_made(doubling, f):
    text = source(f, Value(0.5, label="v"), Value(-1.5, label="w"))
    assert "v1 * 2.0" in text and "v1 + v1" not in text


def test_an_added_rule_holds_inside_a_primitive(rules):
    @rule(MUL)
    def square(e, a, b):
        return e.node("pow", a, e.constant(2.0)) if a == b else None

    assert "pow(v1, 2.0)" in source(lambda v: v.tanh(), Value(0.5, label="v"))


def test_an_added_rule_holds_in_an_adjoint(doubling):
    """f = (v·w)·(v·w): the adjoint of v·w is v·w + v·w."""
    text = source(lambda v, w: (v * w) * (w * v) * 1.0, Value(0.5, label="v"), Value(-1.5, label="w"))
    assert "d_v1 = v1 * 2.0" in text


def test_an_added_rule_for_numbers_holds_in_an_adjoint(rules):
    @rule(MUL, of_numbers=True)
    def double(e, a, b):
        return e.add(a, a) if e.number(b) == 2.0 else None

    text = source(lambda v: (v * 2.0).exp() * v, Value(0.5, label="v"))
    assert "2.0" not in text


@pytest.mark.parametrize(
    "f, gradient",
    [
        (lambda v: v + v, "2.0"),
        (lambda v: 3.0 * (2.0 * v), "6.0"),
        (lambda v: (v + v) * 0.5 + 7.0, "1.0"),
        (lambda v: micrograd.total([v, v, v]), "3.0"),
        (lambda v: 1.0 - v, "-1.0"),
    ],
)
def test_known_numbers_are_folded_in_adjoints(f, gradient):
    text = source(f, Value(0.5, label="v"))
    assert "d_v" not in text and text.endswith(f", {gradient}]\n")


def test_folding_keeps_the_order_of_additions():
    """0.1 + (0.2 + 0.3) is another float than (0.1 + 0.2) + 0.3: only what is added first becomes one number."""
    text = source(lambda v: v * v + 0.1 * v + 0.2 * v + 0.3 * v, Value(0.5, label="v"))
    assert f"d_v = {0.3 + 0.2 + 0.1!r} + v + v\n" in text
    text = source(lambda v: 0.1 * v + 0.2 * v + 0.3 * v + v * v, Value(0.5, label="v"))
    assert "d_v = v + v + 0.3 + 0.2 + 0.1\n" in text


def test_a_long_sum_of_known_and_unknown_parts_is_one_row():
    w = Value(0.5, label="w")
    compiled = micrograd.compile(lambda xs: w + sum(w * x for x in xs) + w, backend="python")
    compiled([float(k) for k in range(50)])
    assert compiled.source.count("\n    ") <= 50 // 8 + 8
