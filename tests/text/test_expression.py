"""Text to Values: the grammar agrees with Python's where it applies, and points at what it does not know."""

import ast
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from micrograd import Value, draw
from micrograd.text.expression import ExpressionError, evaluate, find_function, function_names, names


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
        "x/y/z", "x/y*z", "-x*y", "x*-y", "x - -y", "2*x**2", "x**y", "(x+y)*z", "((x))", " x\n+ y ", "x**-y**2",
        "-2**2", "1-(2-(3-4))", "x**2*y", "-(x+y)**2",
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
        ("x y", "an operator is missing here", 2),
        ("2x", "an operator is missing here", 1),
        ("x (y)", "no function is called 'x'", 0),
        ("2 (y)", "an operator is missing here", 2),
        ("(1 + 2", "this parenthesis is never closed", 0),
        ("1 + 2)", "')' without an open parenthesis", 5),
        ("()", "a number, a name or a parenthesis is needed here, not ')'", 1),
        ("tanh()", "needed here, not ')'", 5),
        ("tanh", "no value is given for 'tanh'", 0),
        ("tanh(1, 2)", "tanh takes one operand, got 2", 0),
        ("max(1,)", "needed here, not ')'", 6),
        ("(1, 2)", "a comma only separates the operands of a function", 2),
        ("1, 2", "',' without an open parenthesis", 1),
        ("x ^ 2", "'^' has no meaning here: write ** for a power", 2),
        ("1 & 2", "'&' has no meaning here", 2),
        ("x.data", "'.' has no meaning here", 1),
        ("x + q", "no value is given for 'q'", 4),
        ("__import__('os')", "no function is called '__import__'", 0),
        ("eval(x)", "no function is called 'eval'", 0),
        ("x if x else y", "an operator is missing here", 2),
        ("[x]", "'[' has no meaning here", 0),
        ("1 // 2", "a number, a name or a parenthesis is needed here, not '/'", 3),
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


@given(st.text(alphabet="xy12.+-*/()^, eE\t\n'_tanhmxé²٣", max_size=30))
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
