"""`type` and `float` in traced code, and questions about numbers whose answers are few."""

import logging
import math
import threading
from math import isnan

import numpy as np
import pytest

import micrograd
from micrograd import TraceError, Value
from micrograd.compiler.tracing.numbers.kinds import honest_float, honest_type

w = Value(2.0)
BY_KIND = {int: 3.0, float: 5.0, Value: 7.0}
log = logging.getLogger("micrograd-lab.test")


def converted(x):
    try:
        x = float(x)
    except TypeError:
        x = 0.0
    return w * x


def sorted_out(x):
    return w * {int: 3.0, float: 5.0, Value: 7.0}[type(x)] * x


def told(x):
    log.debug("x = %.3f", x)
    log.info(f"x = {x}")
    return w * x


def percent(x):
    return [w * x, "%.1f" % x]  # noqa: UP031


def percents(x):
    return [w * x, "%s has %5.1f of %d" % ("it", x, x)]  # noqa: UP031


CASES = {
    "type is": (lambda x: w * x if type(x) is int else w * 3.0 * x, [1.0, 2, 3.0]),
    "a table by type": (lambda x: w * BY_KIND[type(x)] * x, [1.0, 2, Value(3.0), 4.0]),
    "the same in the function": (sorted_out, [1.0, 2, Value(3.0)]),
    "isinstance of type": (lambda x: w * x if isinstance(type(x), type) else w, [1.0, 2.0]),
    "float": (converted, [1.0, 2.0, 3]),
    "float of a text": (lambda x: w * float("1.5") * float(x) * float(3), [1.0, 2.0]),
    "nan": (lambda x: w * 100.0 if math.isnan(x) or isnan(x) else w * x, [1.0, math.nan, 2.0]),
    "infinite": (lambda x: w * (2.0 if math.isinf(x) else 3.0) * (5.0 if math.isfinite(x) else 7.0), [1.0, math.inf]),
    "floor": (lambda x: w * math.floor(x) + math.ceil(x) + round(x) + math.trunc(x), [1.25, 1.5, -2.5, 1.75]),
    "percent": (percent, [1.23, 1.24, 2.34]),
    "percents": (percents, [1.23, 1.24, 2.34]),
    "log": (told, [1.0, 2.0]),
}


def shown(x):
    return [x.data, type(x)] if isinstance(x, Value) else [shown(part) for part in x] if type(x) is list else x


@pytest.mark.parametrize("name", CASES)
def test_as_eagerly(name):
    f, calls = CASES[name]
    compiled = micrograd.compile(f)
    for x in calls * 2:
        assert shown(compiled(x)) == shown(f(x))
    assert "type" not in globals() and "float" not in globals()


@pytest.mark.parametrize("xs", [[1e16, 1.0, -1e16], [0.1] * 10, [1.0, 2, 0.3], [math.inf, 1.0], [1e308, 1e308, -1e308]])
def test_sums_are_those_of_python(xs):
    f = micrograd.compile(lambda xs: [w * sum(xs), sum(xs), sum(xs, 0.5), sum(x * x for x in xs)])
    for numbers in ([1.0 if isinstance(x, float) else 1 for x in xs], xs):
        results = f(numbers)
        expected = [2.0 * sum(numbers), sum(numbers), sum(numbers, 0.5), sum(x * x for x in numbers)]
        assert [results[0].data, *results[1:]] == expected


def test_what_is_logged_needs_no_further_trace():
    compiled = micrograd.compile(told)
    for x in range(5):
        compiled(x / 2)
    assert compiled._traces == 1


def test_a_text_counts_not_the_number():
    compiled = micrograd.compile(percent)
    for k in range(20):
        compiled(k / 100)
    assert compiled._traces == len({"%.1f" % (k / 100) for k in range(20)})


def test_float_compared_by_identity_stays_itself():
    names = {"w": w}  # of a module of its own
    exec("def f(x): return w * x if type(x) is float else w\ndef g(x): return w * float(x)", names)
    compiled = micrograd.compile(names["f"])
    assert [compiled(x).data for x in (1.5, 2.5)] == [3.0, 5.0]
    with pytest.raises(TraceError, match="one value forever"):
        micrograd.compile(names["g"])(1.5)


def test_type_and_float_are_what_they_were_to_others():
    class Kind(honest_type):
        pass

    class Number(honest_float):
        def double(self):
            return self * 2

    class Made(metaclass=Kind):
        pass

    assert Kind.__mro__ == (Kind, type, object) and [honest_type(Made)] == [Kind] and isinstance(Made, honest_type)
    assert Number.__mro__ == (Number, float, object) and Number(2.0).double() == 4.0
    assert honest_type("X", (), {}).__name__ == "X" and [honest_type(3)] == [int] and issubclass(Kind, honest_type)
    assert isinstance(2.0, honest_float) and not isinstance(2, honest_float) and honest_float("inf") == math.inf
    assert [honest_float] == [float] and {honest_float: 1}[float] == 1 and {float: 1}[honest_float] == 1
    assert np.zeros(2, honest_float).dtype == honest_float == np.zeros(2).dtype and [*map(honest_float, "12")] == [1, 2]
    assert np.issubdtype(np.float64, honest_float) and not np.issubdtype(np.int64, honest_float)
    assert float in (honest_float,) and honest_float.fromhex("0x1p1") == 2.0 and isinstance(2.0, honest_float | None)
    match 2.0:
        case honest_float(x):
            assert x == 2.0
        case _:
            raise AssertionError


def test_other_threads_beside_a_trace():
    wrong, going = [], threading.Event()

    def ask():
        while not going.is_set():
            if bool.__name__ != "bool" or float("1.5") != 1.5 or not isinstance(2.0, float) or math.isnan(1.0):
                wrong.append(1)

    other = threading.Thread(target=ask)
    other.start()
    try:
        for k in range(20):
            micrograd.compile(converted)(k / 2)
    finally:
        going.set()
        other.join()
    assert not wrong
