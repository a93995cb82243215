"""Every primitive against 50-digit mpmath and against finite differences, and the table against planted mistakes."""

import itertools
import math

import mpmath as mp
import numpy as np
import pytest
from points import TABLE, cases

from micrograd.ops import PRIMITIVES, Floats, Primitive, evaluate, ieee, quietly

mp.mp.dps = 50
CASES = list(cases())


def off(expected, got):
    """The deviation in units of max(1, |expected|)."""
    return float(abs(expected - got) / max(1, abs(expected)))


def by_mpmath(name, operands, constants):
    """The result and the derivatives of the function written in mpmath."""
    f = TABLE[name][2]
    point = [mp.mpf(x) for x in operands]
    constants = [mp.mpf(k) for k in constants]

    def partial(i):
        return mp.diff(lambda x: f(*point[:i], x, *point[i + 1 :], *constants), point[i])

    return [f(*point, *constants), *(partial(i) for i in range(len(point)))]


def worst(run, name):
    """The largest deviation of `run` from mpmath at the points of a primitive."""
    deviation = 0.0
    for case, operands, constants in CASES:
        if case == name:
            expected = by_mpmath(name, operands, constants)
            got = run(Floats, *operands, *constants)
            assert len(got) == 1 + len(operands)
            deviation = max([deviation, *map(off, expected, got)])
    return deviation


def test_every_primitive_has_points():
    assert set(TABLE) == set(PRIMITIVES)


@pytest.mark.parametrize("name", TABLE)
def test_result_and_derivatives_agree_with_mpmath(name):
    assert worst(PRIMITIVES[name].run, name) < 1e-14


@pytest.mark.parametrize(("name", "operands", "constants"), CASES)
def test_derivatives_agree_with_finite_differences(name, operands, constants):
    run = PRIMITIVES[name].run
    _, *partials = run(Floats, *operands, *constants)
    for i, partial in enumerate(partials):
        h = 1e-6 * max(abs(operands[i]), 1e-3)
        up, down = ([*operands[:i], operands[i] + d, *operands[i + 1 :], *constants] for d in (h, -h))
        assert off((run(Floats, *up)[0] - run(Floats, *down)[0]) / (2 * h), partial) < 1e-6


MISTAKES = {
    "sign lost": lambda d, out, operands: -d,
    "doubled": lambda d, out, operands: 2 * d,
    "one too many": lambda d, out, operands: d + 1,
    "the result instead": lambda d, out, operands: out,
    "the operand instead": lambda d, out, operands: operands[0],
    "the last operand instead": lambda d, out, operands: operands[-1],
    "always one": lambda d, out, operands: 1.0,
    "nothing": lambda d, out, operands: 0.0,
    "the reciprocal": lambda d, out, operands: 1 / d if d else 0.5,
    "squared": lambda d, out, operands: d * d,
    "a little off": lambda d, out, operands: d * (1 + 1e-9) + 1e-9,
}


@pytest.mark.parametrize("name", TABLE)
def test_planted_mistakes_are_caught(name):
    """Every mistake in every local derivative, except where it changes nothing at any point."""
    run = PRIMITIVES[name].run
    caught = 0
    for i in range(max(len(operands) for case, operands, _ in CASES if case == name)):
        for mistake in MISTAKES.values():

            def wrong(m, *operands, i=i, mistake=mistake):
                out, *partials = run(m, *operands)
                if i < len(partials):
                    partials[i] = mistake(partials[i], out, operands)
                return out, *partials

            points = [(*operands, *constants) for case, operands, constants in CASES if case == name]
            if any(wrong(Floats, *point) != run(Floats, *point) for point in points):
                assert worst(wrong, name) > 1e-11
                caught += 1
    assert caught >= 7


def test_two_dots_of_one_sum_agree_to_the_bit():
    """The primitive and its fast twin in `functions.dot`."""
    from micrograd import Value, dot

    for name, operands, _ in CASES:
        if name == "dot":
            n = len(operands) // 2
            values = [Value(x) for x in operands]
            out = dot(values[:n], values[n:-1], values[-1])
            assert (out.data, *out.partials) == PRIMITIVES["dot"].run(Floats, *operands)
            assert out.parents == tuple(values)


def test_errors_name_operation_numbers_and_labels():
    with pytest.raises(ValueError, match=r"^log\(x = -1\.0\) is not defined: it needs an operand above 0$"):
        evaluate(PRIMITIVES["log"], [-1.0], (), ["x"])
    with pytest.raises(ZeroDivisionError, match=r"^div\(1\.0, b = 0\.0\) divides by zero"):
        evaluate(PRIMITIVES["div"], [1.0, 0.0], (), ["", "b"])
    with pytest.raises(OverflowError, match=r"^exp\(z = 1000\.0\) is too large for a float.*logsumexp"):
        evaluate(PRIMITIVES["exp"], [1000.0], (), ["z"])


def test_singular_points_keep_the_result():
    assert evaluate(PRIMITIVES["sqrt"], [0.0], (), [""]) == (0.0, math.inf)
    assert all(type(x) is float for x in evaluate(PRIMITIVES["power_value"], [-2.0, -3.0], (), ["", ""]))


FAR = [0.0, 0.5, 1.0, 2.0, 2.5, 3.0, 710.0, 1024.0, 1e200, 1e308, 5e-324, math.inf]
FAR = [*FAR, *(-x for x in FAR), math.nan]


@pytest.mark.parametrize("name", [name for name in sorted(dir(Floats)) if name[0] != "_" and name != "where"])
def test_ieee_arithmetic_is_that_of_numpy(name):
    """Wherever Python raises an error."""
    op = PRIMITIVES.get(name)
    in_numpy, raised = getattr(np, "power" if name == "pow" else op.numpy, None), 0
    for operands in itertools.product(FAR, repeat=len(op.operands) if op else 2):
        try:
            getattr(Floats, name)(*operands)
        except (ArithmeticError, ValueError):
            raised += 1
            with np.errstate(all="ignore"):
                assert repr(ieee(name)(*operands)) == repr(float(in_numpy(*map(np.float64, operands)))), operands
    assert raised or not (op and op.domain) and name != "pow"


def test_rules_run_on_floats_in_ieee_arithmetic():
    def rule(m, x, y):
        return x / y + 0.0 / y, y**-1, -(m.log(y) * 2.0) + abs(1.0 - 1.0 / y), m.floordiv(x, y) - y, 2.0**y

    odd = Primitive(rule, "odd")
    assert repr(quietly(odd, [1.0, 0.0], ())) == "(nan, inf, inf, inf, 1.0)"
    assert repr(quietly(odd, [-1.0, -0.0], ())) == "(nan, -inf, inf, inf, 1.0)"
    assert quietly(odd, [1.0, 2000.0], ())[-1] == math.inf


def test_primitives_read_well():
    assert repr(PRIMITIVES["mul"]) == "<primitive mul>"
    assert all(op.__doc__ and op.symbol for op in PRIMITIVES.values())
