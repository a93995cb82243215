"""Answers as people type them."""

from fractions import Fraction

import numpy as np
import pytest

from micrograd import Value
from micrograd.teaching.practice.reading import Typed, Unread, is_close, read


@pytest.mark.parametrize(
    ("typed", "number", "decimals"),
    [
        ("6", 6, 0),
        (" −1.5 ", -1.5, 1),
        ("-1.50", -1.5, 2),
        ("– 2", -2, 0),
        ("+.25", 0.25, 2),
        ("3/4", 0.75, 0),
        (" − 9 / 4 ", -2.25, 0),
        ("1.5/2", 0.75, 0),
        ("1e-3", 0.001, 3),
        ("1.25E2", 125, 0),
        ("5.", 5, 0),
    ],
)
def test_numbers(typed, number, decimals):
    found = read(typed)
    assert found.number == pytest.approx(number) and found.decimals == decimals and found.text == typed.strip()


def test_numbers_as_numbers():
    assert read(-2.5) == Typed("−2.5", -2.5) and read(3).number == 3.0


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a number first."),
        ("1,5", "Is 1,5 meant as 1.5? Please write a decimal point."),
        ("−0,25", "Is −0,25 meant as −0.25?"),
        ("seven", "“seven” is not a number: type one such as −1.5, 3/4 or 1e-3."),
        ("1 1/2", "is not a number"),
        ("1/2/3", "is not a number"),
        ("inf", "is not a number"),
        ("0x10", "is not a number"),
        ("3/0", "3/0 divides by 0."),
    ],
)
def test_numbers_that_cannot_be_read(typed, said):
    for values in (None, {}):
        if values is None or typed != "1/2/3":  # which is an expression
            with pytest.raises(Unread, match=".*") as error:
                read(typed, values)
            assert said in str(error.value)


def test_expressions_where_names_are_known():
    assert read("2*b", {"b": 3.0}).number == 6 and read("2·b²", {"b": 3.0}).number == 18
    assert read("1/2/4", {}).number == 0.125 and read("−(2 − 5)", {}).number == 3
    with pytest.raises(Unread, match="is not a number"):
        read("2*c", {"b": 3.0})
    with pytest.raises(Unread, match="needs x > 0|is not defined"):
        read("log(0-1)", {})


@pytest.mark.parametrize(
    ("typed", "exact", "right"),
    [
        ("0.64", 0.64, True),
        ("0.33", 1 / 3, True),
        ("0.34", 1 / 3, False),
        ("0.3", 1 / 3, False),  # one decimal is no rounding
        ("1/3", 1 / 3, True),
        ("-2.25", -2.25, True),
        ("-2.2", -2.25, False),
        ("1000000.5", 1000000, True),  # within 10⁻⁶ of a large number
        ("1000002", 1000000, False),
        ("0.000001", 0, True),
        ("0.00001", 0, False),
        ("2", float("inf"), False),
        ("2", float("nan"), False),
    ],
)
def test_close_enough(typed, exact, right):
    assert read(typed).near(exact) == right


def test_half_a_unit_of_the_last_decimal():
    assert read("0.125").near(0.1254999) and not read("0.125").near(0.1256)


@pytest.mark.parametrize("given", [None, [1.0], [], {}, float("nan"), float("inf"), 10**400, object, 1j, b"3"])
def test_what_is_no_number_is_asked_for_again(given):
    with pytest.raises(Unread, match="An answer is one number|is not a number"):
        read(given)


def test_numbers_of_other_kinds():
    assert [read(x).number for x in (True, Fraction(3, 4), np.float64(2.5), Value(1.5))] == [1.0, 0.75, 2.5, 1.5]


def test_only_infinity_is_close_to_infinity():
    inf = float("inf")
    assert is_close(inf, inf) and not is_close(1.0, inf) and not is_close(inf, 1.0) and not is_close(float("nan"), 1.0)
