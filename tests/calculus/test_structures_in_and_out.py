"""What goes in and what comes out: numbers in lists, tuples, dicts, arrays; constants, ignored inputs, failures."""

import math
from collections import namedtuple
from fractions import Fraction

import numpy as np
import pytest

import micrograd
from micrograd import Value, exp, log, no_grad, sin
from micrograd.calculus import derivatives, grad, hessian, hvp, jacobian, jvp, taylor, value_and_grad

Point = namedtuple("Point", "x y")


def product(p):
    return p["w"][0] * p["w"][1][0] * p["b"]


def test_the_front_door():
    assert micrograd.grad is grad and micrograd.gradcheck(sin, 0.3).ok
    assert {"grad", "hessian", "gradcheck", "taylor"} <= set(dir(micrograd))
    with pytest.raises(AttributeError, match="no attribute 'gradient'"):
        micrograd.gradient  # noqa: B018


def test_the_gradient_has_the_structure_of_its_argument():
    p = {"w": (2.0, [3.0]), "b": 5}
    assert grad(product)(p) == {"w": (15.0, [10.0]), "b": 6.0}
    assert value_and_grad(product)(p) == (30.0, {"w": (15.0, [10.0]), "b": 6.0})
    assert hessian(product)(p)["b"] == {"w": (3.0, [2.0]), "b": 0.0}
    gradient = grad(lambda q: q.x * q.y)(Point(2.0, 3.0))
    assert gradient == Point(3.0, 2.0) and type(gradient) is Point
    assert grad(lambda x: 0.0)([]) == []
    assert grad(sin)(0) == 1.0 and grad(sin)(True) == pytest.approx(math.cos(1))
    assert grad(lambda x: x * x)(Fraction(1, 2)) == grad(lambda x: x * x)(np.float64(0.5)) == 1.0


def test_arrays():
    a = np.arange(6.0).reshape(2, 3)
    g = grad(lambda x: np.sum(np.sin(x) * x))(a)
    assert g.shape == (2, 3) and g.dtype == float
    assert np.allclose(g, np.sin(a) + a * np.cos(a))
    J = jacobian(lambda x: x @ np.array([1.0, 2.0, 3.0]))(a)
    assert J.shape == (2, 2, 3) and J[0, 0].tolist() == [1.0, 2.0, 3.0] and J[0, 1].tolist() == [0.0, 0.0, 0.0]
    assert hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0])).tolist() == [[6.0, 0.0], [0.0, 12.0]]
    assert jacobian(lambda x: np.array([x, x * x]))(3.0).tolist() == [1.0, 6.0]
    assert jacobian(lambda x: [x.sum(), x[0] * x[1]])(np.array([2.0, 5.0]))[1].tolist() == [5.0, 2.0]
    assert jacobian(lambda p: np.array([p["a"], 2 * p["b"]]))({"a": 1.0, "b": 2.0})[1] == {"a": 0.0, "b": 2.0}
    value, tangent = jvp(np.exp, np.zeros(2), np.array([1.0, 2.0]))
    assert value.tolist() == [1.0, 1.0] and tangent.tolist() == [1.0, 2.0]
    assert hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 1.0])).tolist() == [6.0, 12.0]
    assert np.array(grad(lambda x: x * x)(np.array(3.0))) == 6.0
    assert grad(lambda x: np.array(x * x, dtype=object))(3.0) == 6.0
    assert grad(lambda x: x[0] * x[1])(np.array([2, 3])).tolist() == [3.0, 2.0]
    mixed = grad(lambda x: x[0] * x[1])(np.array([Value(2.0), 3.0], dtype=object))
    assert [v.data for v in mixed] == [3.0, 2.0]


def test_which_argument():
    def f(x, y, power=2):
        return x**power * y

    assert grad(f)(3.0, 2.0) == 12.0 and grad(f, 1)(3.0, 2.0) == 9.0 and grad(f, argnum=-1)(3.0, 2.0) == 9.0
    assert grad(f, (0, 1))(3.0, 2.0, power=3) == (54.0, 27.0)
    assert grad(f, (1,))(3.0, 2.0) == (9.0,)
    assert hessian(f, (0, 1))(3.0, 2.0) == ((4.0, 6.0), (6.0, 0.0))
    assert grad(lambda x, label, rows: x * len(label) * rows[0][0])(2.0, "abc", [[4.0]]) == 12.0
    with pytest.raises(TypeError, match=r"argnum=2, but f got 2 positional arguments"):
        grad(f, 2)(3.0, 2.0)
    for wrong in ("x", 1.0, (0, "y"), None):
        with pytest.raises(TypeError, match="argnum must be the position"):
            grad(f, wrong)


def test_constants_ignored_inputs_and_the_input_itself():
    assert grad(lambda x: 3)(2.0) == 0.0 and grad(lambda x: Value(3.0))(2.0) == 0.0
    assert grad(lambda x: x[0])([2.0, 5.0]) == [1.0, 0.0]
    assert grad(lambda x: x)(2.0) == 1.0 and value_and_grad(lambda x: x)(2.0) == (2.0, 1.0)
    assert value_and_grad(lambda x: 3)(2.0) == (3.0, 0.0)
    assert hessian(lambda x: 3.0)([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert hessian(lambda x: x[0])([1.0, 2.0]) == [[0.0, 0.0], [0.0, 0.0]]
    assert jacobian(lambda x: [x[1], 7, x])([1.0, 2.0]) == [[0.0, 1.0], [0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]]]
    assert jvp(lambda x: 3, 2.0, 1.0) == (3.0, 0.0) and jvp(lambda x: x, 2.0, 5.0) == (2.0, 5.0)
    assert taylor(lambda x: 3, 2.0, 2) == [3.0, 0.0, 0.0] and taylor(lambda x: x, 2.0, 2) == [2.0, 1.0, 0.0]
    assert taylor(exp, 2.0, 0) == [math.exp(2.0)]
    assert hvp(lambda x: x[0], [1.0, 2.0], [1.0, 1.0]) == [0.0, 0.0]


def test_structures_out():
    def f(x):
        return {"powers": [x, x**2], "one": (1.0,)}

    assert jacobian(f)(3.0) == {"powers": [1.0, 6.0], "one": (0.0,)}
    assert jvp(f, 3.0, 1.0) == ({"powers": [3.0, 9.0], "one": (1.0,)}, {"powers": [1.0, 6.0], "one": (0.0,)})
    assert taylor(f, 3.0, 2) == {"powers": [[3.0, 1.0, 0.0], [9.0, 6.0, 1.0]], "one": ([1.0, 0.0, 0.0],)}
    assert jvp(lambda x, y: x * y, (2.0, 3.0), (1.0, 10.0)) == (6.0, 23.0)
    assert hvp(lambda x, y: x**2 * y, (3.0, 2.0), (1.0, 0.0)) == (4.0, 6.0)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (lambda: grad(lambda x: [x])(1.0), "a gradient is that of one number, but the function returned a list of 1"),
        (lambda: grad(lambda x: "1")(1.0), "returned str '1'"),
        (lambda: grad(lambda x: None)(1.0), "returned None: is a return missing?"),
        (lambda: grad(sin)("a"), "the argument of sin must be a number, got str 'a'"),
        (
            lambda: grad(product)({"w": [1.0, {"b": None}]}),
            r"the argument of product\['w'\]\[1\]\['b'\] must be a number",
        ),
        (lambda: grad(sin)({1.0}), "must be a number, got set"),
        (lambda: jacobian(lambda x: [x, "a"])(1.0), r"the result of f\[1\] must be a number, got str 'a'"),
        (lambda: jvp(lambda x: "a", 1.0, 1.0), "the result of f must be a number"),
        (lambda: jvp(sin, 1.0, "a"), r"tangents\[0\] must be a number, got str"),
        (lambda: taylor(sin, [1.0], 2), "x must be a number, got a list of 1"),
        (lambda: taylor(sin, 1.0, 1.5), "integer"),
        (lambda: derivatives(1.0, [Value(1.0)]), "derivatives are those of a Value with respect to Values, got float"),
        (lambda: derivatives(Value(1.0), [1.0]), "got float 1.0"),
    ],
)
def test_clear_errors(run, message):
    with pytest.raises(TypeError, match=message):
        run()


@pytest.mark.parametrize(
    ("primals", "tangents", "message"),
    [
        ([1.0, 2.0], [1.0], r"tangents\[0\] must be built like primals\[0\], a list of 2, got a list of 1"),
        ({"a": 1.0}, {"b": 1.0}, "a dict with the keys"),
        (1.0, [1.0], "got a list of 1"),
        ((1.0, 2.0), (1.0,), "a tuple of 2, got a tuple of 1"),
        (np.ones(2), np.ones(3), r"an array of shape \(2,\), got an array of shape \(3,\)"),
    ],
)
def test_tangents_are_built_like_primals(primals, tangents, message):
    with pytest.raises(ValueError, match=message):
        jvp(lambda *x: 0.0, primals, tangents)


def test_a_negative_order():
    with pytest.raises(ValueError, match="0 or more, got -1"):
        taylor(sin, 1.0, -1)


def test_what_fails_in_f_is_passed_on():
    with pytest.raises(ValueError, match=r"log\(-1.0\) is not defined"):
        grad(log)(-1.0)
    with pytest.raises(ValueError, match=r"log\(rate = -1.0\) is not defined"):
        grad(log)(Value(-1.0, label="rate"))
    with pytest.raises(KeyError):
        hessian(lambda p: p["c"])({"a": 1.0})


def test_values_in_values_out_and_no_grad_changes():
    w, x = Value(2.0, label="w"), Value(3.0, label="x")
    w.grad, x.grad = 7.0, 8.0
    value, slope = value_and_grad(lambda v: w * v**2)(x)
    assert (value.data, slope.data) == (18.0, 12.0) and (w.grad, x.grad) == (7.0, 8.0)
    slope.backward()
    assert (w.grad, x.grad) == (7.0 + 6.0, 8.0 + 4.0)
    assert isinstance(grad(lambda v: 3.0)(x), Value) and isinstance(grad(lambda v, k: v)(1.0, x), Value)
    assert jvp(lambda v: v * w, x, 1.0)[1].data == 2.0
    assert [c.data for c in taylor(lambda v: v * v, x, 2)] == [9.0, 6.0, 1.0]
    # floats in, floats out, whatever f reads
    assert type(grad(lambda v: w * v)(2.0)) is float and jvp(lambda v: w * v, 5.0, 1.0) == (10.0, 2.0)
    assert taylor(lambda v: w * v, 5.0, 1) == [10.0, 2.0]


def test_the_sum_is_that_of_backward_to_the_last_bit():
    def f(xs):
        out = 0.0
        for i, x in enumerate(xs):
            out = out + sin(x * xs[i - 1]) / (1.1 + x**2) - exp(0.1 * x) * xs[0]
        return out

    point = [0.1 * k + 0.03 for k in range(12)]
    leaves = [Value(x) for x in point]
    f(leaves).backward()
    assert grad(f)(point) == [x.grad for x in leaves]
    assert [g.data for g in derivatives(f(leaves), leaves)] == pytest.approx([x.grad for x in leaves], rel=1e-14)


def test_derivatives_on_a_graph():
    x, y = Value(2.0), Value(3.0)
    h = x * y
    out = sin(h) + h * x
    first = derivatives(out, {"x": x, "h": h, "none": Value(1.0)})
    assert first["x"].data == pytest.approx(math.cos(6.0) * 3 + 2 * 2 * 3)
    assert first["h"].data == pytest.approx(math.cos(6.0) + 2) and first["none"].data == 0.0
    assert derivatives(first["h"], h).data == pytest.approx(-math.sin(6.0))
    numbers = derivatives(out, [x, h, y], create_graph=False)
    assert numbers == [first["x"].data, first["h"].data, pytest.approx(2 * math.cos(6.0) + 4)]
    assert all(type(d) is float for d in numbers) and derivatives(x, x).data == 1.0
    assert (x.grad, y.grad, h.grad, out.grad) == (0.0, 0.0, 0.0, 0.0)
    assert derivatives(micrograd.dot([x, y], [y, h], x), x, create_graph=False) == 3.0 + 9.0 + 1.0
    deep = x
    for _ in range(20_000):
        deep = deep + x
    assert derivatives(deep, x).data == 20_001


def test_inside_no_grad():
    with no_grad():
        assert grad(lambda x: grad(lambda y: y**3)(x))(2.0) == 12.0
        slope = grad(lambda x: x**2)(Value(3.0))
        assert slope.data == 6.0 and slope.parents == ()
        assert jacobian(lambda x: [x, x * x])(3.0) == [1.0, 6.0]
        assert derivatives(Value(2.0), Value(1.0)).data == 0.0
        assert (Value(1.0) + 1.0).parents == ()
        inside = jvp(lambda t: grad(lambda y: y**3)(t), 2.0, 1.0)
    assert inside == (12.0, 12.0)


# ---- a learner's own operation


def cube(a):
    out = Value(a.data**3, (a,), "cube")

    def push():
        a.grad += 3 * a.data**2 * out.grad

    out._backward = push
    return out


def test_own_operations_are_derived_once_and_refused_by_name_for_more():
    assert grad(lambda x: cube(x) * x)(2.0) == 32.0
    assert grad(lambda x: cube(x) + cube(x * x))(1.0) == 9.0
    for nested in (grad(grad(cube)), hessian(cube), lambda x: grad(cube)(Value(x)), lambda x: jvp(grad(cube), x, 1.0)):
        with pytest.raises((TypeError, AttributeError), match="cube|Dual"):
            nested(2.0)
    with pytest.raises(TypeError, match="the operation 'cube' has a _backward of its own"):
        grad(grad(cube))(2.0)
    # one that does not lie between the result and the input is in nobody's way
    constant = cube(Value(2.0))
    assert grad(grad(lambda x: x**2 * constant))(1.0) == 16.0 and constant.grad == 0.0
    with pytest.raises(TypeError, match="'mine' has no derivative: assign its _backward"):
        grad(lambda x: Value(x.data, (x,), "mine"))(1.0)
