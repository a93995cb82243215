# pyright: strict
# mypy: disallow-any-expr
"""A learner's script with Values and the functions of the front door: see test_types.py."""

from typing_extensions import assert_type

import micrograd
from micrograd import Value, exp, hypot, logsumexp, softmax, tanh, total, where


def operators() -> None:
    a, b = Value(2.0), Value(-3.0, label="b")
    assert_type(a * b + 1, Value)
    assert_type(2 - a / 3, Value)
    assert_type(a**2, Value)
    assert_type(2**a, Value)
    assert_type(-a % 2, Value)
    assert_type(+a, Value)
    assert_type(divmod(a, 2), tuple[Value, Value])
    assert_type(abs(a), Value)
    assert_type((a + b).tanh().relu(), Value)
    assert_type(a.clip(-1, 1).gelu(), Value)
    assert_type(a < b, bool)
    assert_type(a.data, float)
    assert_type(a.grad, float)


def functions() -> None:
    a = Value(2.0)
    assert_type(exp(1.0), float)
    assert_type(exp(a), Value)
    assert_type(hypot(3.0, a), Value)
    assert_type(micrograd.max(a, 1.0), Value)
    assert_type(softmax([a, a]), list[Value])
    assert_type(softmax([1.0, 2.0]), list[float])
    assert_type(logsumexp([a, a]), Value)
    assert_type(total([a, a]), Value)
    assert_type(micrograd.dot([a], [2.0], 1.0), Value)
    assert_type(micrograd.gelu(0.5), float)
    assert_type(where(a > 1, a, 0.0), Value)
    assert_type(micrograd.pick([a, a], 1), Value)
    assert_type(micrograd.mean([1.0, 2.0]), float)
    assert_type(tanh(a).backward(), None)


SECTIONS = [operators, functions]
