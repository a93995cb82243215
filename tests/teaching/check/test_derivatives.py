"""`check(fn, derivative)`: points, not expressions."""

import math

import pytest

from micrograd import Value, check
from micrograd.teaching.check.derivatives import Pair


def cube(x):
    return x**3


def cube_slope(x):
    return 3 * x**3


@pytest.mark.parametrize(
    ("fn", "derivative"),
    [
        (cube, lambda x: 3 * x * x),
        (math.tanh, lambda x: 1 - math.tanh(x) ** 2),
        (math.log, lambda x: 1 / x),
        (math.sqrt, lambda x: 0.5 / math.sqrt(x)),
        (abs, lambda x: math.copysign(1.0, x)),
        (lambda x: max(0.0, x), lambda x: float(x > 0)),
        (lambda x, y: x * y, lambda x, y: (y, x)),
        (lambda x, y: x / y, [lambda x, y: 1 / y, lambda x, y: -x / y**2]),
        (lambda x, y, z: x * y + z, lambda x, y, z: [y, x, 1]),
        (math.hypot, [lambda x, y: x / math.hypot(x, y), lambda x, y: y / math.hypot(x, y)]),
        (lambda x, scale=2.0: scale * x, lambda x: 2.0),
    ],
)
def test_right_ones(fn, derivative):
    found = check(fn, derivative)
    assert found and found.expressions >= 8 and f"no difference found in {found.expressions} points." in str(found)


@pytest.mark.parametrize(
    ("fn", "derivative", "mistake"),
    [
        (cube, cube_slope, "power: exponent not lowered"),
        (cube, lambda x: x**2, "power: exponent not in front"),
        (math.tanh, lambda x: 1 - x * x, "tanh: 1 − x² instead of 1 − tanh²"),
        (math.exp, lambda x: x, "exp: upstream · x"),
        (lambda x: max(0.0, x), lambda x: 1.0, "relu: gate ignored"),
        (lambda x, y: x * y, lambda x, y: (x, y), "× gives an operand its own value"),
        (lambda x, y: x / y, lambda x, y: (1 / y, x / y**2), "÷: minus lost in the divisor"),
        (lambda x, y: x - y, lambda x, y: (1.0, 1.0), "minus lost"),
        (lambda x: (x * x + 1) ** 3, lambda x: 2 * x, "upstream forgotten"),
    ],
)
def test_mistakes_have_names(fn, derivative, mistake):
    finding = check(fn, derivative).finding
    assert finding.mistake == mistake


def test_the_answer(capsys):
    found = check(cube, cube_slope)
    finding = found.finding
    assert str(found).startswith("cube: wrong. Of 12 points this is the first that shows it:\n\n    cube(3)\n\n")
    assert (finding.got, finding.right) == (81.0, pytest.approx(27.0))
    assert finding.what == "The derivative is given as 81, and 27 is right."
    exec(finding.line, {"cube": cube, "cube_slope": cube_slope})
    assert list(map(float, capsys.readouterr().out.split())) == pytest.approx([81.0, 27.0])


def test_several_arguments_say_which_one(capsys):
    found = check(lambda x, y: x * y**2, [lambda x, y: y**2, lambda x, y: x * y]).finding
    assert found.what == "The derivative by argument 2 is given as -12, and -24 is right."
    names = {"fn": lambda x, y: x * y**2, "derivative": [None, lambda x, y: x * y]}
    exec(found.line, names)
    assert list(map(float, capsys.readouterr().out.split())) == pytest.approx([-12.0, -24.0])
    found = check(lambda x, y: x * y**2, lambda x, y: (y**2, x * y)).finding
    assert "derivative(3.0, -4.0)[1]" in found.line


@pytest.mark.parametrize(
    ("fn", "derivative", "advice"),
    [
        (lambda x: (x * x + 1) ** 3, lambda x: 3 * (x * x + 1) ** 2, "inner expression"),
        (lambda x: math.sin(3 * x), lambda x: math.cos(3 * x), "Everywhere it is 0.3333 times the right one."),
        (lambda x: math.cos(x), lambda x: math.sin(x), "Everywhere it is -1 times the right one."),
        (lambda x, y: x**2 + 3 * y, lambda x, y: (3, 2 * x), "another order"),
        (lambda x: x.tanh(), lambda x: 1.0, "plain floats"),
        (lambda x: math.sin(x) + 1, lambda x: 0.1, ""),
    ],
)
def test_what_the_wrong_ones_have_in_common(fn, derivative, advice):
    finding = check(fn, derivative).finding
    assert finding.mistake is None and advice in finding.advice and bool(advice) == bool(finding.advice)


def test_trouble_is_an_answer():
    assert "gives None, which is not a number" in check(lambda x: None, lambda x: 0.0).finding.what
    found = check(math.sqrt, lambda x: None).finding
    assert found.expression == "derivative(3.0)" and "should give a number, got None" in found.what
    found = check(lambda x, y: x * y, lambda x, y: (1.0, 2.0, 3.0)).finding
    assert "should give 2 numbers, one for each argument, got (1.0, 2.0, 3.0)" in found.what
    assert "ZeroDivisionError" in check(cube, lambda x: 1 / 0).finding.what
    assert check(cube, lambda x: [x for _ in iter(int, 1)]).finding.sort == "endless"
    assert check(lambda x: [x for _ in iter(int, 1)], cube).finding.sort == "endless"
    nan = check(cube, lambda x: math.nan).finding
    assert math.isnan(nan.got) and nan.right == pytest.approx(27.0)


def test_what_cannot_be_checked():
    with pytest.raises(TypeError, match="two functions, got <function cube at .*> and 3"):
        check(cube, 3)
    with pytest.raises(TypeError, match="fn takes any number of arguments: give a list of its derivatives"):
        check(lambda *xs: math.hypot(*xs), lambda x, y: (x, y))
    with pytest.raises(ValueError, match="only_far is defined at none of the points tried"):

        def only_far(x):
            return math.log(x - 100.0)

        check(only_far, lambda x: 1 / (x - 100.0))


def test_the_derivative_as_an_operation():
    pair = Pair(lambda x, y: x * y, [lambda x, y: y, lambda x, y: x], 2)
    x, y = Value(3.0), Value(4.0)
    out = pair.operation(x, y) * 2
    out.backward()
    assert (out.data, x.grad, y.grad) == (24.0, 8.0, 6.0)
    assert Pair(cube, cube_slope, 1).partials((2.0,)) == [24.0]
    with pytest.raises(TypeError, match=r"should give 2 numbers, one for each argument, got \[1.0, 2.0, 3.0\]"):
        Pair(max, lambda x, y: [1.0, 2.0, 3.0], 2).partials((1.0, 2.0))
    with pytest.raises(TypeError, match="should give a number, got None"):
        Pair(cube, lambda x: None, 1).partials((1.0,))
