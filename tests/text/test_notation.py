"""Numbers and operations in print."""

import math

from micrograd import Value
from micrograd.text.formula import number
from micrograd.text.notation import format_number, format_number_latex, operation_symbol, superscript
from micrograd.text.typeset import latex


def test_numbers_are_short():
    numbers = [-0.0, -2, 0.70710678, -1.5e-7, math.nan, -math.inf]
    assert list(map(format_number, numbers)) == ["0", "−2", "0.7071", "−1.5e−07", "nan", "−inf"]
    assert format_number(1 / 3, 8) == "0.33333333"


def test_numbers_in_latex():
    numbers = [-0.0, -2, -1.5e-7, math.nan, math.inf, -math.inf]
    written = ["0", "-2", r"-1.5 \cdot 10^{-7}", r"\mathrm{nan}", r"\infty", r"-\infty"]
    assert list(map(format_number_latex, numbers)) == written == [latex(number(x)) for x in numbers]


def test_superscripts():
    assert superscript("-12") == superscript("−12") == "⁻¹²"


def test_operations():
    x = Value(1.0)
    nodes = [x**2, x**-12, x**0.5, x**x, 2 / x, x.relu(), -x, x**1e9]
    symbols = [operation_symbol(v.primitive, v.constants) for v in nodes]
    assert symbols == ["x²", "x⁻¹²", "x^0.5", "xʸ", "÷", "relu", "−", "x^1e+09"]
