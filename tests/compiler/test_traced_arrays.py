"""Arrays of traced numbers: to user code they are arrays of floats or integers, of which NumPy has functions."""

import numpy as np
import pytest

import micrograd
from micrograd import TraceError, Value

w = Value(0.5)
FLOATS = [np.array([1.0, -2.0, 4.0]), np.array([3.5, 0.25, -1.0])]
INTEGERS = [np.array([5, 7, 2]), np.array([1, 3, 2])]
TABLES = [np.array([[1.0, -2.0], [4.0, 0.5]]), np.array([[3.0, 0.0], [1.0, 1.0]])]


def written(X):
    Y = X.copy()
    Z = Y
    Y[0] = X[1] * 2
    Y *= 2
    Y[1:] = 7
    return w * Z.sum() + Y[0]


def filled(X):
    Y = np.zeros_like(X)
    for k, x in enumerate(X):
        Y[k] = x + 1
    Y[Y > 2] = 0.5
    return w * Y.sum()


def value_written(X):
    Y = X.copy()
    Y[0] = w
    return [Y.sum(), w * X[1]]


def cut_off(n):
    m = n.copy()
    m[0] = 2.7
    return w * m.sum()


def standardised(X):
    return (w * (X - X.mean(axis=0)) / (X.std(axis=0) + X.var())).sum()


def values_put(X):
    Y = X * 2
    Y *= w
    return Y.sum()


def copied(X):
    Y = np.array(X)
    Y[0] = 5.0
    return Y


def halves_added(n):
    m = n.copy()
    m += 0.5
    return w * m.sum()


SAME = {
    "dtype": (lambda X: (w * X).sum() * (1 if X.dtype == float else 10), [FLOATS[0], INTEGERS[0], FLOATS[1]]),
    "kind of dtype": (lambda X: w * X.sum() * (1 if np.issubdtype(X.dtype, np.floating) else 10), FLOATS + INTEGERS),
    "result type": (lambda X: w * X.sum() * (1 if np.result_type(X) == np.float64 else 10), FLOATS + INTEGERS),
    "dtype of a result": (lambda X: w * (1 if (X * 2).dtype.kind == "i" else 10), FLOATS + INTEGERS),
    "bytes in all": (lambda X: w * X.nbytes * X.itemsize, FLOATS + INTEGERS),
    "class": (lambda X: w * (1 if type(X) is np.ndarray else 10), FLOATS),
    "text": (lambda X: w * len(str(X)) * len(repr(X)) + len(f"{X}"), [*FLOATS, *FLOATS, *TABLES, *INTEGERS]),
    "text of numbers": (lambda X: w * len(f"{X[0]} {X.tolist()} {X[1]!r} {X.item(0)}"), [*FLOATS, *INTEGERS]),
    "written": (written, [*FLOATS, FLOATS[0]]),
    "filled": (filled, [*FLOATS, FLOATS[0]]),
    "value written": (value_written, FLOATS),
    "cut off": (cut_off, INTEGERS),
    "values put into floats": (values_put, FLOATS),
    "floats put into integers": (halves_added, INTEGERS),
    "statistics": (standardised, TABLES),
    "as floats": (lambda X: (w * X.astype(float) * np.asarray(X, dtype=float)).sum(), FLOATS + INTEGERS),
    "list as floats": (lambda xs: (w * np.array(xs, dtype=float) / np.asarray(xs)).sum(), [[1, 2.5], [3, 4.5]]),
    "dtype of a list": (lambda xs: w * (1 if np.array(xs).dtype == float else 10), [[1, 2], [1.0, 2]]),
    "object arrays": (lambda X: (X.astype(object) * w).sum(), FLOATS),
    "indices": (
        lambda n: w * np.arange(9.0)[[int(k) for k in n]].sum() + n[n].sum(),
        [np.array([1, 0]), np.array([0, 0])],
    ),
    "finite": (lambda X: w * X[np.isfinite(X)].sum(), [*FLOATS, np.array([1.0, np.nan, np.inf])]),
    "nan to number": (lambda X: (w * np.nan_to_num(X)).sum(), [np.array([1.0, np.nan]), np.array([2.0, np.inf])]),
    "nan to a given number": (lambda X: (w * np.nan_to_num(X, nan=3.0)).sum(), [np.array([1.0, np.nan]), FLOATS[0]]),
    "any and all": (lambda X: w * ((X > 0).any() + 10 * X.all()) + X.any(axis=0)[0], TABLES),
    "order": (lambda X: (w * np.sort(X) * np.argsort(X)).sum() + X.max() - np.min(X), FLOATS),
    "unique": (lambda X: w * np.unique(X, return_counts=True)[1].max(), [*FLOATS, np.array([1.0, 1.0, 2.0])]),
    "joined": (lambda X: (w * np.concatenate([X, [X[0], 3.0]])).sum() + np.stack([X, X]).sum(), FLOATS),
    "list with an order": (
        lambda xs: w * np.max(xs) + np.argsort(xs)[0] + np.maximum(xs[0], 1.0),
        [[1.0, 2.0], [3.0, 2.0]],
    ),
    "copied": (lambda X: w * copied(X)[0] * X[0], FLOATS),
    "one for each axis": (lambda X: (w * X.max(axis=1) * X.min(axis=0)).sum() + np.ptp(X), TABLES),
    "empty": (lambda X: w + X.sum() + (10 if X.dtype.kind == "i" else 1), [np.array([], int), np.array([])]),
    "added at": (lambda X: w * added_at(X).sum(), FLOATS),
}


def added_at(X):
    Y = X.copy()
    np.add.at(Y, [0, 0], 1)
    np.put(Y, 1, 3)
    Y.sort()
    return Y * np.arange(3)


def outcome(f, x):
    """The kinds of the results, and their numbers; or the error."""
    try:
        out = f(x)
    except (TypeError, ValueError) as error:
        return type(error), str(error)
    out = out if isinstance(out, list) else [out]
    return [*map(type, out)], [x.data if isinstance(x, Value) else x for x in out]


@pytest.mark.parametrize("name", SAME)
def test_the_same_as_eagerly(name):
    f, inputs = SAME[name]
    compiled = micrograd.compile(f, backend="python")
    for x in inputs:
        (kinds, found), (eager_kinds, wanted) = outcome(compiled, x), outcome(f, x)
        assert kinds == eager_kinds
        assert found == (wanted if isinstance(wanted, str) else pytest.approx(wanted))


NAN = np.array([1.0, np.nan, 0.0])
REFUSED = {
    "bytes": (lambda X: w * X.tobytes()[0], FLOATS[0], "asked for the tobytes of an array"),
    "layout": (lambda X: w * X.flags["C_CONTIGUOUS"], FLOATS[0], "asked for the flags"),
    "base": (lambda X: w * (X.base is None), FLOATS[0], "asked for the base"),
    "shared": (lambda X: w * np.shares_memory(X, X[1:]), FLOATS[0], "share memory"),
    "other bits": (lambda X: w * X.view(np.int64)[0], FLOATS[0], "looked at the bytes"),
    "sorted nan": (lambda X: w * np.sort(X)[0], NAN, "np.sort is given a nan"),
    "largest nan": (lambda X: w * X.max(), NAN, "np.max is given a nan"),
    "largest nan of a list": (lambda xs: w * np.max(xs), [1.0, np.nan], "np.max is given a nan"),
    "larger of nan": (lambda x: w * np.maximum(x, 0.0), np.nan, "np.maximum is given a nan"),
    "added in place": (lambda X: w * added_in_place(X)[0], FLOATS[0], r"cannot hold traced numbers .*a = a \+ x"),
    "rounded": (lambda X: (w * X.astype(int)).sum(), FLOATS[0], "an array of float64 is converted to int64"),
    "cut off": (lambda n: w * cut_off_by(n, 0.5), INTEGERS[0], "which cuts it off"),
    "no objects": (lambda X: w * np.linalg.det(X), TABLES[0], "np.det takes no traced numbers"),
}


def added_in_place(X):
    total = np.zeros(3)
    total += X
    return total


def cut_off_by(n, k):
    m = n.copy()
    m[0] = m[1] * k
    return m.sum()


@pytest.mark.parametrize("name", REFUSED)
def test_refused_at_the_line(name):
    f, x, message = REFUSED[name]
    f(x)
    with pytest.raises(TraceError, match=message) as caught:
        micrograd.compile(f)(x)
    assert "test_traced_arrays.py, line" in str(caught.value)


def test_a_nan_that_comes_later_is_refused():
    f = micrograd.compile(lambda X: w * X.max())
    assert f(FLOATS[0]).data == 2.0
    with pytest.raises(TraceError, match="is given a nan"):
        f(NAN)
    assert f(FLOATS[1]).data == 1.75


def test_a_text_that_is_only_printed_decides_nothing(capsys):
    def f(X):
        print(X)
        return (w * X).sum()

    compiled = micrograd.compile(f)
    for x in FLOATS:
        compiled(x)
    assert compiled._traces == 1
    assert capsys.readouterr().out.startswith("[ 1. -2.  4.]\n")


def test_returned_arrays_keep_their_kinds():
    def f(n):
        return n > 1, n * 2, np.array([1, 2]), n.astype(float), np.array([w * x for x in n])

    compiled = micrograd.compile(f)
    for n in INTEGERS:
        assert [x.dtype for x in compiled(n)] == [x.dtype for x in f(n)]
        assert [x.tolist() for x in compiled(n)[:4]] == [x.tolist() for x in f(n)[:4]]
