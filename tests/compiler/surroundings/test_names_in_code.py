"""Which names occur in code, and when code computes others."""

import pytest

from micrograd.compiler.surroundings.names import names_in

RATE = 1.0


def names(f):
    return names_in(f.__code__)


@pytest.mark.parametrize(
    ("f", "computed"),
    [
        (lambda o, n: getattr(o, n), True),
        (lambda o, n: getattr(o, "lr"), False),  # noqa: B009
        (lambda o, n: getattr(o, n, "tanh"), True),
        (lambda o, n: getattr(o.x[0], "lr", n), False),
        (lambda o, n: getattr(o, "lr" + n), True),
        (lambda o, n: getattr(o, f"l{n}", 1.0), True),
        (lambda o, n: o.x.copy() + max(getattr(o, "z"), 1), False),  # noqa: B009
        (lambda o, n: [getattr(o, "k")(q, n) for q in o.z], False),  # noqa: B009
        (lambda o, n: [getattr(o, q) for q in o.z], True),
        (lambda o, n: hasattr(o, "k") and setattr(o, "z", getattr(o, "z", 0) + 1), False),
        (lambda o, n: setattr(o, n, 1.0), True),
        (lambda o, n: o.__dict__[n], True),
        (lambda o, n: vars(o)[n], True),
        (lambda o, n: eval("o"), True),
        (lambda o, n: n + o, False),
    ],
)
def test_names_that_are_computed(f, computed):
    assert names(f).computed is computed


def test_names_of_all_kinds():
    def f(o, **options):
        def inner(x):
            return x.deep * RATE

        return inner(o.a) + o["key"] + getattr(o, "text") + abs(o.b.c)  # noqa: B009

    found = names(f)
    assert found.globals == {"RATE", "abs", "getattr"}
    assert {"a", "key", "text", "b", "c", "deep", "RATE"} <= found.every
    assert found.attributes == {"a", "b", "c", "deep", "key", "text"} and found.asked == {"key", "text"}
    assert not found.spaces and not found.catches


@pytest.mark.parametrize(
    ("f", "spaces"),
    [
        (lambda x: globals()["RATE"], True),
        (lambda x: eval("RATE * x"), True),
        (lambda x: eval("RATE * x", {"RATE": 1.0, "x": x}), False),
        (lambda x: x * RATE, False),
    ],
)
def test_globals_that_are_read_by_texts(f, spaces):
    assert names(f).spaces is spaces and (not spaces or "RATE" in names(f).globals)


def test_modules_that_are_imported_or_asked_for():
    def f(x):
        import os.path
        from importlib import import_module

        return os.path, import_module("decimal")

    assert {"os.path", "importlib", "decimal"} <= names(f).modules


def test_attributes_that_may_be_missing():
    def f(v):
        try:
            return v.frozen
        except AttributeError:
            return v.other

    assert names(f).catches and names(f).attributes == {"frozen", "other"}
    assert names(lambda v: hasattr(v, "frozen")).asked == {"frozen"}
