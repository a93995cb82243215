"""Text to Values: the grammar agrees with Python's where it applies, and points at what it does not know."""

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd import Value, draw
from micrograd.text.expression import build, evaluate, from_words, names
from micrograd.text.tokens import ExpressionError, find_function, function_names


def test_the_neuron():
    values = {name: Value(x, label=name) for name, x in dict(w1=-3, w2=1, x1=2, x2=0, b=6.8813735870195432).items()}
    out = evaluate("tanh(w1*x1 + w2*x2 + b)", values)
    out.backward()
    assert out.data == pytest.approx(math.sqrt(0.5)) and values["w1"].grad == pytest.approx(1.0)
    assert len(draw(out).diagram.boxes) == 10


@pytest.mark.parametrize(
    "text",
    [
        "1", "1.5e3", ".5", "2.", "1e-3", "x", "-x", "--x", "+x", "-x**2", "2**-1", "2**3**2", "(-x)**2", "x-y-z",
        "x/y/z", "x/y*z", "x//y", "x % y", "-x // y*z", "-x*y", "x*-y", "x - -y", "2*x**2", "x**y", "(x+y)*z",
        "((x))", " x\n+ y ", "x**-y**2", "-2**2", "1-(2-(3-4))", "x**2*y", "-(x+y)**2",
    ],
)  # fmt: skip
def test_as_python_reads_it(text):
    values = {"x": 3.0, "y": 2.0, "z": 5.0}
    expected = eval(compile(ast.parse(text.strip().replace("\n", " "), mode="eval"), "", "eval"), {}, values)
    assert evaluate(text, values).data == pytest.approx(expected, rel=1e-12)


numbers = st.floats(0.1, 10, allow_nan=False).map(lambda x: repr(round(x, 3)))
texts = st.recursive(
    numbers | st.sampled_from("xyz"),
    lambda part: st.one_of(
        st.tuples(part, st.sampled_from(["+", "-", "*"]), part).map(" ".join),
        st.tuples(st.just("-"), part).map("".join),
        part.map("({})".format),
        part.map("tanh({})".format),
    ),
    max_leaves=20,
)


@given(texts)
def test_any_expression(text):
    values = {"x": 0.3, "y": -0.2, "z": 0.7}
    assert evaluate(text, values).data == pytest.approx(eval(text, {"tanh": math.tanh}, values), rel=1e-9, abs=1e-9)


def test_functions():
    assert evaluate("exp(log(x))", x=2.0).data == pytest.approx(2.0)
    assert evaluate("max(1, x, 2) - min(x, 3)", x=5.0).data == 2.0
    assert evaluate("relu(-1) + abs(-2) + sqrt(4)").data == 4.0
    for name in function_names():
        operands = ", ".join("xyz"[: find_function(name).operands or 2])
        at = {"x": Value(1.5 if name == "acosh" else 0.5), "y": 0.25, "z": 0.75}
        assert math.isfinite(evaluate(f"{name}({operands})", at).data)
    assert evaluate("max(x) + min(x)", x=1.5).data == 3.0


def test_constants_keep_the_graph_small():
    x = Value(3.0, label="x")
    power = evaluate("x ** 2", x=x)
    assert power.constants == (2,) and power._op == "**2"
    assert evaluate("x ** (1 + 1)", x=x).constants == (2,)
    assert evaluate("x ** 0.5", x=x).constants == (0.5,)
    assert evaluate("2 + 3 * 4").parents == ()
    assert evaluate("x", x=x) is x


def test_a_name_used_twice_is_one_value():
    x = Value(3.0)
    evaluate("x * x", x=x).backward()
    assert x.grad == 6.0


def test_names_in_order():
    assert names("w1*x1 + tanh(b) - w1") == ["w1", "x1", "b"]
    assert names("βeta + x_1") == ["βeta", "x_1"]


@pytest.mark.parametrize(
    "text, problem, place",
    [
        ("", "the expression ends", 0),
        ("1 +", "the expression ends", 3),
        ("1 + * 2", "a number, a name or a parenthesis is needed here, not '*'", 4),
        ("1 + · 2", "a number, a name or a parenthesis is needed here, not '·'", 4),
        ("1 + ÷ 2", "a number, a name or a parenthesis is needed here, not '÷'", 4),
        ("x y", "an operator is missing here", 2),
        ("(x)(y)", "an operator is missing here, such as * for a product", 3),
        ("x (y)", "no function is called 'x' (for a product write *)", 0),
        ("1/2x", "2x after / can be read in two ways: write * and parentheses", 2),
        ("1 2", "an operator is missing here", 2),
        ("1,5", "',' without an open parenthesis: write a decimal point", 1),
        ("|x", "this parenthesis is never closed", 0),
        ("⌊x|", "'⌊' is still open where '|' closes", 2),
        ("(x⌋", "'(' is still open where '⌋' closes", 2),
        ("x + ½", "'½' is neither a number nor a name", 4),
        ("²", "a number, a name or a parenthesis is needed here", 0),
        ("(1 + 2", "this parenthesis is never closed", 0),
        ("1 + 2)", "')' without an open parenthesis", 5),
        ("()", "a number, a name or a parenthesis is needed here, not ')'", 1),
        ("tanh()", "needed here, not ')'", 5),
        ("tanh", "no value is given for 'tanh'", 0),
        ("tanh(1, 2)", "tanh takes one operand, got 2", 0),
        ("max(1,)", "needed here, not ')'", 6),
        ("(1, 2)", "a comma only separates the operands of a function", 2),
        ("1, 2", "',' without an open parenthesis", 1),
        ("1 & 2", "'&' has no meaning here", 2),
        ("x.data", "'.' has no meaning here", 1),
        ("x + q", "no value is given for 'q': add q=…", 4),
        ("x + q*p", "no value is given for 'q' and 'p': add q=… and p=…", 4),
        ("__import__('os')", "no function is called '__import__'", 0),
        ("eval(x)", "no function is called 'eval'", 0),
        ("x if x else y", "an operator is missing here", 2),
        ("[x]", "'[' has no meaning here", 0),
    ],
)
def test_errors_point_at_the_place(text, problem, place):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text, x=1.0, y=2.0)
    assert problem in caught.value.problem and caught.value.position == place
    lines = str(caught.value).splitlines()
    assert lines[1] == f"  {text}".rstrip() or not text
    assert lines[-1] == " " * (2 + place) + "^"


def test_the_caret_of_a_long_text():
    with pytest.raises(ExpressionError) as caught:
        evaluate("x + " * 100 + "$" + " + x" * 100)
    shown, caret = str(caught.value).splitlines()[1:]
    assert shown[caret.index("^")] == "$" and len(shown) < 100


def test_no_control_character_in_a_message():
    for text, values in (
        ("x\x1b[2J+", {"x": 1}),
        ("x \u202e", {"x": 1}),
        ("x + y\x07", {}),
        ("x", {"x": 1, "a\x1b": 2}),
    ):
        with pytest.raises(ValueError) as error:
            build(text, values)
        assert not set(str(error.value)) & {"\x1b", "\x07", "\u202e"}


@given(st.text(alphabet="xy12.+-*/()^, eE\t\n'_tanhmxé²٣·√|⌊⌋σ[0]%½µ", max_size=30))
def test_any_text_is_a_value_or_an_error(text):
    try:
        evaluate(text, x=1.5, y=2.0)
    except (ExpressionError, ArithmeticError, ValueError):
        pass


@pytest.mark.parametrize("text", ["1/0", "log(0)", "(0-8)**(1/3)", "9**9**9**9"])
def test_outside_a_domain(text):
    with pytest.raises((ArithmeticError, ValueError), match="needs"):
        evaluate(text)


@pytest.mark.parametrize("text", ["(" * 50_000 + "x" + ")" * 50_000, "-" * 50_000 + "x", "x" + "+x" * 50_000])
def test_no_nesting_is_too_deep(text):
    assert math.isfinite(evaluate(text, x=Value(1.0)).data)
    with pytest.raises(ExpressionError):
        evaluate("(" * 50_000)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("−2·x² ÷ y⁻¹ × 3", -108.0), ("2x", 6.0), ("2v2", 14.0), ("2(x + 1)", 8.0), ("2√x²", 6.0), ("x²y", 18.0),
        ("-2x²", -18.0), ("√(x + 1)·2", 4.0), ("∛8", 2.0), ("|x − 5|", 2.0), ("||x| − |−y||·2", 2.0),
        ("|x·|y||", 6.0), ("⌊x / y⌋ + ⌈x / y⌉", 3.0), ("x mod y", 1.0), ("ln(x)", math.log(3.0)),
        ("σ(x)", 1 / (1 + math.exp(-3.0))), ("sgn(−x)", -1.0), ("ln Φ(y)", -0.023013), ("w[0]·2", 8.0),
        ("1.2e−05", 1.2e-5), ("x^−1", 1 / 3), ("2^3^2", 512.0), ("−inf", -math.inf), ("x⁻²·9", 1.0), ("x³", 27.0),
        ("where(1, x, y)", 3.0), ("ReLU(x)", 3.0), ("2ln(x) / 2", math.log(3.0)), ("x#2 − layers[0].w", 1.0),
    ],
)  # fmt: skip
def test_what_the_package_prints_it_reads(text, number):
    values = {"x": 3.0, "y": 2.0, "v2": 7.0, "w[0]": 4.0, "x#2": 6.0, "layers[0].w": 5.0}
    assert evaluate(text, values).data == pytest.approx(number, rel=1e-4)


def test_names_are_those_that_python_reads():
    assert names("µ·θ + x₁") == ["μ", "θ", "x1"]
    assert evaluate("µ*x₁", μ=2.0, x1=3.0).data == evaluate("µ*x₁", {"µ": 2.0, "x₁": 3.0}).data == 6.0


def test_values_by_name_become_labels():
    out = build("w*x + b", {"w": 2, "x": 3.0, "b": -5})
    assert out.data == 1.0 and {v.label for v in (*out.parents, *out.parents[0].parents)} == {"w", "x", "b", ""}
    for values, said in (
        ({"w": 1, "x": 1, "b": 1, "q": 2}, "the expression has no q; its names are w, x, b"),
        ({"w": 1, "x": 1}, "no value is given for 'b': add b=…"),
        ({}, "no value is given for 'w' and 'x' and 'b'"),
    ):
        with pytest.raises(ValueError, match=said):
            build("w*x + b", values)
    with pytest.raises(ValueError, match="it has no names at all"):
        build("1 + 2", {"x": 1})
    with pytest.raises(TypeError, match="a Value holds a real number"):
        build("x + 1", {"x": "y"})


def test_values_on_the_command_line():
    assert from_words("θ·x", ["θ=−3", "x = 3/4"]).data == -2.25
    assert from_words("w[0]·x", ["w[0]=√4", "x=1e-3"]).data == 0.002
    for words, said in (
        (["x"], "a value is given as name=number, got 'x'"),
        (["x=y"], "a value is given as name=number, got 'x=y'"),
        (["2=3"], "a value is given as name=number, got '2=3'"),
        (["x=1", "x=2"], "two values are given for x: x=1 and x=2"),
    ):
        with pytest.raises(ValueError, match=said):
            from_words("x + 1", words)
