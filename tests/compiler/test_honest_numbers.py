"""A traced number looks like the number that it stands for, in every question that Python can ask."""

import numbers
from dataclasses import dataclass
from fractions import Fraction
from functools import singledispatch

import numpy as np
import pytest

import micrograd
from micrograd import TraceError, Value
from micrograd.calculus.structures import leaves

w = Value(2.0, label="w")
BACKENDS = [
    "python",
    pytest.param("native", marks=pytest.mark.skipif(micrograd.compiler.backend() != "native", reason="not built")),
]


@singledispatch
def dispatched(x):
    return 3.0


@dispatched.register(float)
def _(x):
    return 5.0 * x


@dispatched.register(int)
def _(n):
    return 7 * n


def matched(x):
    match x:
        case Value():
            return x * 2.0
        case bool():
            return 1.0
        case int():
            return x * 3.0
        case float():
            return x * 5.0
    return 0.0


def measured(x):
    try:
        return x.data
    except AttributeError:
        return x * 3.0


def listed(xs):
    return [w * xs[0], repr(xs.tolist()), xs.item(0), type(xs.tolist()[0]) is float]


def kinds(xs):
    return [w * xs[0], str(xs.dtype), xs.dtype.kind, str((xs * 2).dtype), str(xs.astype(float).dtype)]


def texts(xs):
    return [w * xs[0], str(xs), repr(xs * 2), f"{xs[:1]}"]


def asked(xs):
    return [w * xs[0], int(np.isnan(xs).sum()), bool(np.isfinite(xs).all())]


@dataclass
class Case:
    f: object
    calls: list  # of arguments


whole, wholes, x1, x2 = np.array([1, 0]), np.array([0, 0]), np.array([1.0, 2.0]), np.array([3.0, 5.0])
CASES = {
    "lists of arrays": Case(listed, [(x1,), (x2,), (whole,)]),
    "kinds of arrays": Case(kinds, [(x1,), (x2,), (whole,)]),
    "texts of arrays": Case(texts, [(x1,), (x2,), (whole,), (wholes,)]),
    "questions to arrays": Case(asked, [(x1,), (np.array([1.0, np.nan]),), (x2,)]),
    "arrays as indices of others": Case(
        lambda i: (w * x2[i]).sum() + np.take(x1, i)[0], [(whole,), (wholes,), (whole,)]
    ),
    "arrays as indices": Case(lambda xs, i: w * xs[i].sum() + xs[i[0]], [(x1, whole), (x2, wholes), (x2, whole)]),
    "sorted arrays": Case(lambda xs: w * xs[xs.argsort()][0] * xs.max(), [(x1,), (x2,), (x2[::-1].copy(),)]),
    "arrays changed in a copy": Case(lambda xs: w * (np.add(xs, 1.0, out=xs.copy()))[0], [(x1,), (x2,)]),
    "isinstance of Value": Case(lambda x: w * (2.0 if isinstance(x, Value) else 3.0) * x, [(1.5,), (2.5,)]),
    "isinstance of float": Case(lambda x: w * x if isinstance(x, float) else w, [(1.5,), (Value(2.5),), (3.5,)]),
    "of numbers.Real": Case(lambda x: w * x if isinstance(x, numbers.Real) else w, [(1.5,), (Value(2.5),)]),
    "its class": Case(lambda xs: [w * xs[0], xs[0].__class__ is int], [([1],), ([1.0],), ([2],)]),
    "match": Case(lambda x: w * matched(x), [(1.5,), (Value(2.5),), (3,), (True,), (2.5,)]),
    "match in a list": Case(
        lambda xs: [w * matched(x) for x in xs], [([1.5, 2, True, Value(3.0)],), ([2.5, 3, True, Value(1.0)],)]
    ),
    "singledispatch": Case(lambda x: w * dispatched(x), [(1.5,), (2.5,), (3,), (Value(1.0),)]),
    "data of a float": Case(lambda x: w * measured(x), [(1.5,), (2.5,), (Value(1.5),)]),
    "an attribute": Case(lambda x: w * (1.0 if hasattr(x, "backward") else 2.0), [(1.5,), (Value(1.5),)]),
    "numpy or not": Case(
        lambda x: w * x * (2.0 if isinstance(x, np.floating) else 3.0), [(1.5,), (np.float64(2.5),), (3.5,)]
    ),
    "fractions": Case(lambda x: w * x * (2.0 if isinstance(x, Fraction) else 3.0), [(1.5,), (Fraction(1, 3),), (3.5,)]),
    "text": Case(lambda x: [w * x, f"{x:.1f}"], [(1.5,), (2.5,), (1.52,), (-0.0,), (0.0,)]),
    "text of ints": Case(lambda ns: [w * ns[0], str(ns), f"{ns[1]:03d}"], [([1, 2],), ([3, 4],), ([1.0, 4],)][:2]),
    "text that decides": Case(
        lambda x: w * x if "." in str(x).rstrip("0").rstrip(".") else w, [(1.0,), (1.5,), (2.0,)]
    ),
    "int arithmetic": Case(
        lambda ns: [w * ns[0], ns[0] * ns[1], ns[0] / ns[1], ns[0] ** 2, -ns[0]], [([3, 2],), ([5, 4],)]
    ),
    "floor division": Case(lambda ns: [w * (ns[0] // ns[1]), ns[0] % ns[1]], [([7, 2],), ([-7, 2],), ([7, -3],)]),
    "an index": Case(lambda ns: [w * [10.0, 20.0, 30.0][n] for n in ns], [([0, 2],), ([1, 1],), ([0, 2],)]),
    "a range": Case(lambda ns: sum([w * k for k in range(ns[0])], w), [([0],), ([3],), ([2],)]),
    "a key": Case(lambda ns: w * {1: 2.0, 2: 3.0}[ns[0]], [([1],), ([2],), ([1],)]),
    "bits": Case(lambda ns: w * (ns[0] & 1) + (ns[0] >> 1), [([5],), ([6],)]),
    "truth in a list": Case(lambda flags: w if flags[0] is True else w * 2, [([True],), ([False],)]),
    "truth of NumPy": Case(
        lambda m: w * float(m.sum()) + (~m).sum(), [(np.array([True, False]),), (np.array([True, True]),)]
    ),
    "a mask": Case(
        lambda xs, m: w * xs[m].sum(),
        [(np.array([1.0, 2.0]), np.array([True, False])), (np.array([3.0, 5.0]), np.array([True, True]))],
    ),
    "counts of conditions": Case(lambda xs: [w, sum(x > 0 for x in xs)], [([1.0, -1.0],), ([1.0, 2.0],)]),
    "an array of ints": Case(
        lambda ns: [w * ns[0], ns[0] * ns[1], (ns / 2)[0]], [(np.array([3, 4]),), (np.array([5, 6]),)]
    ),
    "float32 beside a Value": Case(
        lambda xs: w * xs[0], [(np.array([0.1, 0.2], dtype=np.float32),), (np.array([0.3, 0.2], dtype=np.float32),)]
    ),
    "keys of dicts": Case(
        lambda d: w * [*d.values()][0] if True in d and [*d][0] is True else w,
        [({1: 2.0},), ({True: 2.0},), ({1.0: 3.0},)],
    ),
    "what is returned": Case(lambda ns, x: (w, ns[0] + 1, x > 1.0, ns[0] / 2), [([1], 1.5), ([2], 0.5)]),
    "whole or not": Case(lambda x: w if x.is_integer() else w * x, [(1.0,), (1.5,)]),
}


def outcome(f, arguments):
    result = f(*arguments)
    found = []
    for x in leaves(result):
        if isinstance(x, Value):
            w.grad = 0.0
            x.backward()
            found.append((x.data, w.grad))
            w.grad = 0.0
        else:
            found.append((type(x), repr(x)))
    return found


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", CASES)
def test_as_eagerly(name, backend):
    f = CASES[name].f
    compiled = micrograd.compile(f, backend=backend)
    for arguments in CASES[name].calls * 2:
        assert outcome(compiled, arguments) == outcome(f, arguments)


EXACT = {
    "a product": lambda ns: [w * 1.0, ns[0] * ns[1] % 7],
    "a sum": lambda ns: [w * 1.0, (ns[0] + ns[1]) % 10],
    "a power": lambda ns: [w * 1.0, ns[0] ** 3],
}


@pytest.mark.parametrize("name", EXACT)
def test_whole_numbers_are_exact_or_refused(name):
    f = EXACT[name]
    compiled = micrograd.compile(f)
    for ns in ([3, 4], [2**20 + 1, 2**20], [2**30, 2**22 + 1], [2**53 - 1, 2**52 + 1], [2**60 + 1, 2**61], [5, 6]):
        try:
            result = outcome(compiled, (ns,))
        except TraceError as error:
            assert "cannot compute exactly" in str(error)
            assert max(ns) > 2**17
        else:
            assert result == outcome(f, (ns,))


REFUSED = {
    "float32": (lambda xs: w * (xs[0] + xs[1]), np.array([1.0, 2.0], dtype=np.float32), "NumPy computes in float32"),
    "float32 beside a float": (
        lambda xs: w if xs[0] == 0.1 else w * 2,
        np.array([0.1], dtype=np.float32),
        "NumPy compares",
    ),
    "small ints": (lambda ns: w * (ns[0] + ns[1]), np.array([200, 100], dtype=np.uint8), "cannot compute exactly"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    f, x, message = REFUSED[name]
    with pytest.raises(TraceError, match=f"{message}.*test_honest_numbers"):
        micrograd.compile(f)(x)


def test_a_line_that_asks_an_array_for_a_method_shows_nothing():
    np = pytest.importorskip("numpy")

    def f(x):
        lengths = np.zeros(3)
        lengths.fill(len(f"{x.data:.1f}"))
        return x * lengths[0]

    x = Value(1.25)
    assert micrograd.compile(f)(x).data == f(x).data == 3.75
