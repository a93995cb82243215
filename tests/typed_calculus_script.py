"""A learner's script about derivatives: a type checker must know the type of every result. See test_types.py.

`assert_type` fails where a checker sees another type than the one written down.
"""

from __future__ import annotations

from typing_extensions import assert_type

from micrograd import Value, check, grad, gradcheck, hessian, value_and_grad
from micrograd.calculus import Report, derivatives, hvp, jacobian, jvp, taylor
from micrograd.calculus.signatures import Structure
from micrograd.functions import exp, sin
from micrograd.teaching.check import Diagnosis


def cube(x: float) -> float:
    return x**3


def square(x: Value) -> Value:
    return x * x


def scaled(x: float, k: float) -> float:
    return k * x


def area(v: list[float]) -> float:
    return v[0] * v[1]


def line(p: dict[str, float], x: float) -> float:
    return p["w"] * x + p["b"]


def polar(v: list[float]) -> list[float]:
    return [v[0] * v[1], v[0] + v[1]]


def gradients() -> None:
    a = Value(3.0)
    assert_type(grad(cube)(2.0), float)
    assert_type(grad(cube)(2), float)
    assert_type(grad(square)(2.0), float)
    assert_type(grad(square)(a), Value)
    assert_type(grad(sin)(0.5), float)
    assert_type(grad(grad(sin))(0.5), float)
    assert_type(grad(grad(cube))(a), Value)
    assert_type(grad(area)([3, 2]), list[float])
    assert_type(grad(line)({"w": 2.0, "b": 1.0}, 3.0), dict[str, float])
    assert_type(grad(area)([a, a]), list[Value])
    assert_type(grad(scaled, 1)(3.0, 2.0), Structure)
    assert_type(grad(scaled, (0, 1))(3.0, 2.0), tuple[Structure, ...])
    assert_type(value_and_grad(cube)(2.0), tuple[float, float])
    assert_type(value_and_grad(square)(a), tuple[Value, Value])
    assert_type(value_and_grad(area)([3.0, 2.0]), tuple[float, list[float]])


def lambdas() -> None:
    assert_type(grad(lambda x: x**2)(2.0), float)
    assert_type(taylor(lambda t: t**2, 1.0, 2), list[float])
    assert_type(grad(lambda x, y: x**2 * y)(3.0, 2.0), float)
    assert_type(grad(lambda v: v[0] * v[1])([3.0, 2.0]), list[float])
    assert_type(value_and_grad(lambda p: p["w"] ** 2)({"w": 2.0}), tuple[float, dict[str, float]])


def further() -> None:
    a = Value(3.0)
    b = a * a
    assert_type(jacobian(cube)(2.0), float)
    assert_type(jacobian(polar)([3.0, 2.0]), list[list[float]])
    assert_type(hessian(cube)(2.0), float)
    assert_type(hessian(area)([3.0, 2.0]), list[list[float]])
    assert_type(hvp(area, [3.0, 2.0], [1.0, 0.0]), list[float])
    assert_type(hvp(cube, 2.0, 1.0), float)
    assert_type(jvp(cube, 2.0, 1.0), tuple[float, float])
    assert_type(jvp(scaled, (3.0, 2.0), (1.0, 0.0)), tuple[float, float])
    assert_type(jvp(polar, ([3.0, 2.0],), ([1.0, 0.0],)), tuple[list[float], list[float]])
    assert_type(taylor(exp, 0.0, 3), list[float])
    assert_type(taylor(square, a, 3), list[Value])
    assert_type(taylor(square, 3.0, 3), list[float])
    assert_type(taylor(cube, 2, 3), list[float])
    assert_type(derivatives(b, a), Value)
    assert_type(derivatives(b, [a, b]), list[Value])
    assert_type(derivatives(b, a, create_graph=False), float)
    assert_type(derivatives(b, {"a": a}, create_graph=False), dict[str, float])


def checks() -> None:
    assert_type(gradcheck(cube, 2.0), Report)
    assert_type(check(Value), Diagnosis)
    assert_type(check(cube, grad(cube)), Diagnosis)


SECTIONS = [gradients, lambdas, further, checks]

if __name__ == "__main__":
    for section in SECTIONS:
        section()
