"""Names that a Value does not have: the message says what to write, and nobody else notices that they are known."""

import copy
import pickle

import numpy as np
import pytest

from micrograd import Value
from micrograd._core.misspelt import MISSPELT


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("backwards", r"v\.backward\(\)"),
        ("item", r"v\.data"),
        ("numpy", r"v\.data"),
        ("tolist", r"v\.data"),
        ("value", r"v\.data"),
        ("gradient", r"v\.grad$"),
        ("requires_grad", "every other Value has a grad"),
        ("detach_", r"v\.detach\(\)"),
        ("zero_grads", r"v\.zero_grad\(\)"),
        ("T", "one number: take a list"),
        ("shape", "one number: take a list"),
        ("sum", r"micrograd\.total\(values\)"),
        ("softmax", r"micrograd\.softmax\(values\)"),
        ("children", r"v\.parents"),
        ("name", r"v\.label"),
    ],
)
def test_the_message_says_what_to_write(name, write):
    with pytest.raises(AttributeError, match=f"'Value' object has no attribute '{name}': .*{write}"):
        getattr(Value(1.0), name)


def test_what_is_recommended_exists():
    v = Value(1.0)
    assert all(
        hasattr(v, name) for name in "backward data grad zero_grad detach parents primitive label log clip".split()
    )


@pytest.mark.parametrize("name", MISSPELT)
def test_the_names_are_missing_to_everyone_else(name):
    v = Value(1.0)
    assert not hasattr(v, name) and not hasattr(Value, name) and getattr(v, name, None) is None
    assert name not in dir(v)


def test_a_learner_may_use_any_of_the_names():
    v = Value(1.0)
    v.name, v.size = "x", 3
    assert (v.name, v.size) == ("x", 3)

    class Mine(Value):
        @property
        def value(self):
            return self.data

        def add(self, other):
            return self + other

    assert Mine(2.0).value == 2.0 and Mine(2.0).add(1).data == 3.0


def test_copies_pickles_and_arrays():
    v = Value(2.0, label="v")
    for twin in (copy.copy(v), copy.deepcopy(v), pickle.loads(pickle.dumps(v))):
        assert (twin.data, twin.label) == (2.0, "v")
    assert np.asarray(v).dtype == object and np.array([v, v]).shape == (2,)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Value("x"), r"real number, got str 'x': a name is a label, as in Value\(0\.0, label='x'\)"),
        (lambda: Value("3"), r"real number, got str '3': float\(\) reads a number from a text"),
        (lambda: Value([1.0, 2.0]), r"got list \[1\.0, 2\.0\]: write \[Value\(x\) for x in xs\]"),
        (lambda: Value(None), "real number, got NoneType None"),
        (lambda: Value(Value(1.0)), r"use its \.data, or the Value itself"),
        (lambda: Value(1.0, "a"), r"tuple of Values, got str 'a'; a name is a label: Value\(…, label='a'\)"),
        (lambda: Value(1.0, Value(2.0)), r"got Value .*; of one Value write \(v,\)"),
        (lambda: Value(1.0, 2.0), "must be a tuple of Values, got float 2.0"),
        (lambda: Value(1.0, (2.0,)), "must be Values, got float 2.0"),
        (lambda: Value(1.0, None), "must be a tuple of Values, got NoneType None"),
    ],
)
def test_a_value_made_wrongly(make, sentence):
    with pytest.raises(TypeError, match=sentence):
        make()


def test_a_value_made_by_hand():
    a, b = Value(1.0), Value(2.0)
    for children in ((a, b), [a, b], iter([a, b])):
        assert Value(3.0, children, "mine").parents == (a, b)
    assert Value(data=3.0, _children=(), label="x").label == "x" and not Value(3.0, []).parents
