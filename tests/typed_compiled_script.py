# pyright: strict
# mypy: disallow-any-expr
"""A learner's script with compiled functions, in which a type checker must know the type of every expression.

A compiled function keeps the signature of the function: its arguments are checked, and calling it gives its result.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from typing_extensions import assert_type

import micrograd
from micrograd import Value
from micrograd.compiler import Compiled

w = Value(3.0, label="w")


@micrograd.compile
def loss(x: float, name: str = "") -> Value:
    return (w * x).tanh()


@micrograd.compile(backend="python", strict=True)
def pair(xs: list[float]) -> tuple[Value, float]:
    return w * xs[0], w.data


class Model:
    def __init__(self) -> None:
        self.w = Value(2.0)

    @micrograd.compile
    def scaled(self, x: float) -> Value:
        return self.w * x


def calls() -> None:
    assert_type(loss(2.0), Value)
    assert_type(loss(2.0, name="a"), Value)
    assert_type(pair([1.0, 2.0]), tuple[Value, float])
    assert_type(Model().scaled(0.5), Value)
    loss(0.5).backward()


def gradients() -> None:
    value, gradient = loss.value_and_grad([1.0], 2.0)
    assert_type(value, float)
    assert_type(gradient, NDArray[np.float64])
    assert_type(loss.value_and_grad(gradient, 2.0, name="b"), tuple[float, NDArray[np.float64]])


def views() -> None:
    assert_type(loss.source, str)
    assert_type(loss.parameters, list[Value])
    function: Callable[[float], Value] = loss
    assert_type(function(1.0), Value)

    def square(x: Value) -> Value:
        return x * x

    compiled = micrograd.compile(square, parameters=[w])
    assert_type(compiled(w), Value)
    again: Compiled[[Value], Value] = compiled
    assert_type(again.parameters, list[Value])


def mistakes() -> None:
    """What a checker must complain of: an unused comment is an error too."""
    loss("two")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    loss()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Model().scaled("x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    pair([1.0, 2.0]).backward()  # type: ignore[attr-defined]  # pyright: ignore


SECTIONS = [calls, gradients, views]

if __name__ == "__main__":
    for section in SECTIONS:
        section()
