"""No sentence about a nudge that was not tried: each is tried again here, on floats."""

import math
import re

import points
import pytest
from budget import examples
from graphs import labelled, named
from hypothesis import given
from hypothesis import strategies as st
from random_expressions import POINTS, STEPS, expression

import micrograd
from micrograd import Value
from micrograd.ops import PRIMITIVES, evaluate
from micrograd.teaching.practice.twins import _apply
from micrograd.teaching.record.nudge import nudge_operand
from micrograd.teaching.record.record import record
from micrograd.teaching.words.describe import MEASURED, describe

KINKS = {  # operands at kinks, jumps, ties, bounds and infinite slopes
    "relu": [(0.0,)],
    "abs": [(0.0,)],
    "max": [(2.0, 2.0), (0.0, 0.0), (-3.0, -3.0)],
    "min": [(2.0, 2.0), (0.0, 0.0)],
    "sign": [(0.0,)],
    "floor": [(2.0,), (0.0,), (-3.0,)],
    "ceil": [(2.0,), (0.0,)],
    "trunc": [(2.0,), (0.0,), (-1.0,)],
    "clip": [(1.0, -1.0, 1.0), (-1.0, -1.0, 1.0), (0.0, 0.0, 0.0)],
    "hardtanh": [(1.0,), (-1.0,)],
    "relu6": [(0.0,), (6.0,)],
    "mod": [(4.0, 2.0), (0.0, 3.0), (-4.0, 2.0)],
    "floordiv": [(4.0, 2.0), (0.0, 3.0)],
    "hypot": [(0.0, 0.0), (0.0, 1.0)],
    "sqrt": [(0.0,)],
    "cbrt": [(0.0,)],
    "asin": [(1.0,), (-1.0,)],
    "acos": [(1.0,)],
    "acosh": [(1.0,)],
    "atan2": [(0.0, 0.0), (0.0, -1.0), (0.0, 1.0)],
    "mul": [(0.0, 0.0), (0.0, 2.0)],
    "power": [(0.0, 2), (0.0, 0.5), (0.0, 1.5), (0.0, 3), (0.0, 1)],
    "power_value": [(0.0, 2.0), (0.0, 1.0)],
    "softsign": [(0.0,)],
    "dot": [(0.0, 1.0, 2.0)],
}
NUMBER = r"(−?\d+(?:\.\d+)?(?:e[−+]?\d+)?)"
MOVES = rf"(?:moves by(?: about| only)? {NUMBER}|(does not)(?: move)?)"
NUDGE = re.compile(rf"nudge (?:the constant )?(\S+) by {NUMBER} and (\S+) {MOVES}")
ALSO = re.compile(rf", by {NUMBER} and it {MOVES}")
MEASURED_CHANGE = re.compile(rf"\(measured: {NUMBER}\)")


def to_float(text):
    return float(text.replace("−", "-"))


def near(found, said):
    return found == pytest.approx(said, rel=0.11, abs=1e-15)


def cases():
    for name, operands, constants in points.cases():
        yield name, operands, constants
    for name, tuples in KINKS.items():
        count = points.TABLE[name][1]
        for point in tuples:
            yield name, point[: len(point) - count], point[len(point) - count :]


@pytest.mark.parametrize(("name", "operands", "constants"), list(cases()))
def test_every_sentence_of_every_primitive(name, operands, constants):
    def out(numbers):
        return evaluate(PRIMITIVES[name], numbers, constants, [""] * len(numbers))[0]

    leaves = [Value(x, label=f"x{k}") for k, x in enumerate(operands)]
    try:
        root = labelled(_apply(PRIMITIVES[name], leaves, constants), "L")
    except (ArithmeticError, ValueError):
        pytest.skip("outside the domain")

    def change(leaf, by):
        numbers = list(operands)
        numbers[int(leaf[1:])] += by
        return out(numbers) - root.data

    for c, t in zip(record(root), describe(record(root)), strict=True):
        check_nudges(t.why, change)
        check_nudges(t.check, change)
        check_slopes(c, t.why, change)
        if "does not move" in t.why and "nudge x" not in t.why:
            small = 1e-9 * max(1.0, abs(c.parent.data))
            assert change(c.parent.label, small) == change(c.parent.label, -small) == 0.0
        if math.isfinite(c.after) and math.isfinite(root.data):
            nudge = None if t.check else nudge_operand(c)  # too small to be seen, or to be tried at all
            assert nudge is None or nudge.up == nudge.down == 0.0, "something can be said at every finite point"


def check_nudges(text, change):
    for leaf, by, _, moves, does_not in NUDGE.findall(text):
        found = change(leaf, to_float(by))
        assert found == 0.0 if does_not else near(found, to_float(moves)), text
        for other, also, does_not_either in ALSO.findall(text):
            found = change(leaf, to_float(other))
            assert found == 0.0 if does_not_either else near(found, to_float(also)), text
        for measured in MEASURED_CHANGE.findall(text):
            assert change(leaf, to_float(by)) == pytest.approx(to_float(measured), rel=1e-3, abs=1e-15)


def check_slopes(c, text, change):
    for below, above in re.findall(rf"the slope is {NUMBER} below and {NUMBER} above", text):
        assert change(c.parent.label, 1e-5) / 1e-5 == pytest.approx(to_float(above), abs=1e-3)
        assert change(c.parent.label, -1e-5) / -1e-5 == pytest.approx(to_float(below), abs=1e-3)


def test_a_kink_says_what_the_two_sides_do_and_what_is_convention():
    (x,) = named(x=0.0)
    (step,) = describe(record(labelled(abs(x), "L")))
    assert step.why == "|x| has a kink at x = 0: the slope is −1 below and 1 above; here it counts as 0, by convention."
    assert step.check == (
        "nudge x by 0.01 and L moves by 0.01, by −0.01 and it moves by 0.01: "
        "at this kink the slope counts as 0, by convention."
    )
    (step,) = describe(record(labelled(x.floor(), "L")))
    assert step.why.startswith("⌊x⌋ jumps at x = 0: nudge x by −1e−06 and L moves by −1;")
    (step,) = describe(record(labelled(x.sqrt(), "L")))
    assert step.why == "the slope of √ is inf at x = 0: nudge x by 1e−06 and L moves by 0.001."
    (step,) = describe(record(labelled(x**2, "L")))
    assert step.check == "nudge x by 0.01 and L moves by only 0.0001: the slope is 0."


def test_near_a_kink_is_not_at_it():
    (x,) = named(x=-1e-9)
    (step,) = describe(record(labelled(x.relu(), "L")))
    assert step.why.startswith("relu blocks x = −1e−09") and not step.check
    (x,) = named(x=1e-8)
    (step,) = describe(record(labelled(x.log(), "L")))
    assert "slope of ln" in step.why and not step.check  # too curved to nudge


def test_a_kink_on_the_way_that_both_sides_hide():
    (x,) = named(x=0.0)
    last = describe(record(labelled(x.relu() - (-x).relu(), "L")))[-1]
    assert last.check.startswith("nudge x by 0.01 and L moves by 0.01, by −0.01 and it moves by −0.01: at this kink")


def test_a_small_kink_beside_a_large_slope():
    (x,) = named(x=3.0)
    last = describe(record(labelled(2.0 * x**2 + abs(x - 3.0), "L")))[-1]
    assert last.check.startswith(
        "nudge x by 0.01 and L moves by 0.1302, by −0.01 and it moves by −0.1098: at this kink"
    )
    (x,) = named(x=3.0)  # smooth, and not less curved
    last = describe(record(labelled(2.0 * x**2 + abs(x - 2.0), "L")))[-1]
    assert last.check == "nudge x by 0.01 and L moves by about 0.13 (measured: 0.1302)."


@given(st.lists(STEPS, min_size=1, max_size=6), POINTS)
@examples(30, 300)
def test_every_sentence_of_random_expressions(steps, numbers):
    function = expression(steps)
    leaves = [Value(round(x, 1), label=f"x{k}") for k, x in enumerate(numbers)]
    try:
        root = labelled(function(leaves), "L")
    except (ArithmeticError, ValueError):
        return
    if not root.parents or len(micrograd.engine.topological(root)) > MEASURED:
        return

    def change(leaf, by):
        moved = [v.data for v in leaves]
        moved[int(leaf[1:])] += by
        return function([Value(x) for x in moved]).data - root.data

    for c, t in zip(record(root), describe(record(root)), strict=True):
        if c.parent in leaves:
            for leaf, by, _, moves, does_not in NUDGE.findall(t.check):
                found = change(leaf, to_float(by))
                said = 0.0 if does_not else to_float(moves)
                assert found == pytest.approx(said, rel=0.12, abs=1e-10), t.check
