"""Formulas are the primitives themselves, run on names: what they say is what the floats do."""

import math

import pytest
from points import TABLE, cases

from micrograd.ops import PRIMITIVES, Floats
from micrograd.text.formula import Symbol, Symbols, name, number, replace_part, symbol
from micrograd.text.rule_card import RuleCard
from micrograd.text.typeset import latex, text

# What each primitive's card prints, for the ones that a course starts with.
PRINTED = {
    "add": "add: out = x + y\n  dx = dout\n  dy = dout",
    "sub": "sub: out = x − y\n  dx = dout\n  dy = −dout",
    "mul": "mul: out = x·y\n  dx = dout·y\n  dy = dout·x",
    "div": "div: out = x / y\n  dx = dout / y\n  dy = −dout·out / y",
    "neg": "neg: out = −x\n  dx = −dout",
    "power": "power: out = x^k\n  dx = dout·k·x^(k − 1)",
    "exp": "exp: out = exp(x)\n  dx = dout·out",
    "log": "log: out = ln(x)\n  dx = dout / x",
    "sqrt": "sqrt: out = √(x)\n  dx = dout·0.5 / out",
    "cos": "cos: out = cos(x)\n  dx = −dout·sin(x)",
    "tanh": "tanh: out = tanh(x)\n  dx = dout·(1 − out²)",
    "sigmoid": "sigmoid: out = σ(x)\n  dx = dout·out·(1 − out)",
    "relu": "relu: out = 0 if x ≤ 0 else x\n  dx = dout·(1 if x > 0 else 0)",
    "abs": "abs: out = |x|\n  dx = dout·(1 if x > 0 else −1 if x < 0 else 0)",
    "max": "max: out = x if x ≥ y else y\n  dx = dout·(1 if x ≥ y else 0)\n  dy = dout·(1 if x < y else 0)",
    "total": "total: out = x1 + x2 + x3\n  dx1 = dout\n  dx2 = dout\n  dx3 = dout",
    "dot": "dot: out = x3 + x1·x2\n  dx1 = dout·x2\n  dx2 = dout·x1\n  dx3 = dout",
}


def evaluate(s):
    """A formula as a float, by the meaning of its signs."""
    parts = [evaluate(p) if hasattr(p, "kind") else p for p in s.parts]
    if s.kind in ("number", "name"):
        return float(s.value)
    return {
        "+": lambda a, b: a + b,
        "−": lambda a, b: a - b,
        "×": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "^": lambda a, b: a**b,
        "neg": lambda a: -a,
        "call": lambda f, *operands: getattr(Floats, f)(*operands),
    }[s.kind](*parts)


@pytest.mark.parametrize(("primitive", "operands", "constants"), list(cases()))
def test_formulas_say_what_the_floats_do(primitive, operands, constants):
    op = PRIMITIVES[primitive]
    names = [name(f"x{k}", x) for k, x in enumerate(operands)]
    formulas = op.run(Symbols, *names, *constants)
    for formula, exact in zip(formulas, op.run(Floats, *operands, *constants), strict=True):
        assert evaluate(symbol(formula)) == pytest.approx(exact, rel=1e-12)
        assert text(symbol(formula)) and latex(symbol(formula))
        assert "x0" not in text(symbol(formula), numeric=True)


@pytest.mark.parametrize("primitive", PRIMITIVES)
def test_cards_go_forward_and_backward(primitive):
    op, card = PRIMITIVES[primitive], RuleCard(primitive)
    for point in TABLE[primitive][0]:
        out, *partials = op.run(Floats, *point)
        assert card.forward(*point) == out
        assert card.backward(-2.0) == tuple(-2.0 * partial for partial in partials)
    assert str(card).startswith(f"{primitive}: out = ")
    assert repr(card) == f"<rule card {primitive}>"


@pytest.mark.parametrize("primitive", PRINTED)
def test_cards_print_their_rule(primitive):
    assert str(RuleCard(primitive)) == PRINTED[primitive]


def test_the_graph_of_two_cards():
    """N2: multiplication swaps its operands, addition passes on."""
    mul, add = RuleCard("mul"), RuleCard("add")
    assert add.forward(mul.forward(2.0, -3.0), 10.0) == 4.0
    de, dc = add.backward(1.0)
    assert mul.backward(de) == (-3.0, 2.0) and dc == 1.0


def test_a_card_for_any_number_of_operands_prints_those_it_was_given():
    dot = RuleCard("dot")
    dot.forward(1, 2, 3, 4, 5)
    assert str(dot).splitlines()[0] == "dot: out = x5 + x1·x3 + x2·x4"


def test_wrong_use_of_cards():
    with pytest.raises(ValueError, match="no primitive is called 'mull'; there are add, sub, mul"):
        RuleCard("mull")
    with pytest.raises(RuntimeError, match="mul: run forward first"):
        RuleCard("mul").backward(1.0)
    with pytest.raises(ValueError, match=r"log\(-1.0\) is not defined"):
        RuleCard("log").forward(-1.0)


X, Y, Z = name("x"), name("y", -2.0), name("w1", 3.0, "w_{1}")

CASES = Symbols.where(X > 0.0, X, 0.0)


@pytest.mark.parametrize(
    ("formula", "plain", "typeset"),
    [
        ((X + Y) * Z, "(x + y)·w1", r"\left(x + y\right) \cdot w_{1}"),
        (X - (Y - Z), "x − (y − w1)", r"x - \left(y - w_{1}\right)"),
        (X - -Y, "x − (−y)", r"x - \left(-y\right)"),
        (X + -Y, "x − y", "x - y"),
        (-(X + Y), "−(x + y)", r"-\left(x + y\right)"),
        (X / (Y * Z), "x / (y·w1)", r"\frac{x}{y \cdot w_{1}}"),
        (1.0 - X * X, "1 − x²", r"1 - {x}^{2}"),
        (Symbols.pow(X, -2), "x⁻²", r"{x}^{-2}"),
        (Symbols.pow(X + 1.0, Y), "(x + 1)^y", r"{\left(x + 1\right)}^{y}"),
        (Symbols.pow(X, 0.5), "x^0.5", r"{x}^{0.5}"),
        (Symbols.sqrt(X) * abs(Y), "√(x)·|y|", r"\sqrt{x} \cdot \left|y\right|"),
        (Symbols.sigmoid(X), "σ(x)", r"\sigma\left(x\right)"),
        (Symbols.softplus(X), "softplus(x)", r"\mathrm{softplus}\left(x\right)"),
        (CASES, "x if x > 0 else 0", r"\begin{cases} x & x \gt 0 \\ 0 & \text{otherwise} \end{cases}"),
        (X * 1e-9, "x·1e−09", r"x \cdot 1 \cdot 10^{-9}"),
        (X + math.inf, "x + inf", r"x + \infty"),
    ],
)  # fmt: skip
def test_parentheses_stand_where_they_are_needed(formula, plain, typeset):
    assert (text(formula), latex(formula)) == (plain, typeset)


def test_values_in_place_of_names():
    assert text(Y * Z - Y, numeric=True) == "(−2)·3 − (−2)"
    assert text(Symbols.pow(Y, 2), numeric=True) == "(−2)²"
    assert text(X * Y, numeric=True) == "x·(−2)"


def test_nothing_is_written_that_a_person_would_leave_out():
    assert text(1.0 * X) == text(X * 1.0) == text(X + 0.0) == text(0.0 + X) == text(X - 0.0) == text(X / 1.0) == "x"
    assert text(-1.0 * X) == text(0.0 - X) == text(X * -1.0) == "−x" and text(-Symbol("neg", (X,))) == "x"
    assert text(0.0 * X) == text(X * 0.0) == "0" and text(Symbols.pow(X, 0)) == "1"
    assert text(symbol(2.0) * 3.0 + 1.0 - 0.5) == "6.5" and text(-number(2.0)) == "−2"
    assert text(-X * Y) == text(X * -Y) == "−x·y" and text(-X / Y) == "−x / y"


def test_known_values_decide_comparisons():
    assert (Y < 0.0, Y <= 0.0, Y > 0.0, Y >= 0.0) == (True, True, False, False)
    assert text(Symbols.where(Y > 0.0, X, Z)) == "w1"
    assert text(Symbols.where(X >= 0.0, X, math.nan)) == "x"


def test_long_sums_lose_their_middle():
    total = sum((name(f"x{k}") for k in range(1, 5000)), symbol(0.0))
    assert text(total) == "x1 + x2 + x3 + x4 + … + x4999"
    assert latex(total) == r"x1 + x2 + x3 + x4 + \dots + x4999"
    assert text(X - Y + Z) == "x − y + w1"


def test_replacing_a_part():
    out = Symbols.tanh(X)
    assert text(replace_part(1.0 - out * out, out, name("o"))) == "1 − o²"
    assert replace_part(X + Y, out, Z).parts == (X, Y)
