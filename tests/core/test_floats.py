"""A number never leaves the graph silently: a warning with the line, an error where it is being differentiated."""

import array
import math
import warnings

import numpy as np
import pytest

import micrograd
from micrograd import GradientLost, Value, compile, grad, hessian, hvp, jacobian, jvp, no_grad, taylor, value_and_grad

LEAKS = {
    "math": lambda x: x * math.tanh(x),
    "the function itself": math.sin,
    "float": lambda x: x * float(x),
    "complex": lambda x: x * complex(x).real,
    "array.array": lambda x: x * array.array("d", [x])[0],
    "a new array of floats": lambda x: x * np.array([x], dtype=float)[0],
    "math.hypot": lambda x: x * math.hypot(x, 1.0),
    "math.fsum": lambda x: x * math.fsum([x, x]),
    "math.pow": lambda x: x * math.pow(x, 2),
    "np.float64": lambda x: x * np.float64(x),
}
WAYS = {
    "grad": lambda f: grad(f)(0.5),
    "value_and_grad": lambda f: value_and_grad(f)(0.5),
    "jacobian": lambda f: jacobian(lambda v: [f(v[0])])([0.5]),
    "hessian": lambda f: hessian(f)(0.5),
    "jvp": lambda f: jvp(f, 0.5, 1.0),
    "hvp": lambda f: hvp(f, 0.5, 1.0),
    "taylor": lambda f: taylor(f, 0.5, 2),
    "grad of grad": lambda f: grad(grad(f))(0.5),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_a_warning_with_the_line_and_what_to_write(leak):
    with pytest.warns(GradientLost, match=r"gradient is lost: write micrograd\.sin\(v\).*v\.data") as caught:
        LEAKS[leak](Value(0.5))
    assert caught[0].filename == __file__


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("leak", LEAKS)
def test_an_error_inside_a_derivative(leak, way):
    with pytest.raises(GradientLost, match=r"derivative is lost: write micrograd\.sin\(v\)"):
        WAYS[way](LEAKS[leak])


@pytest.mark.parametrize("way", WAYS)
def test_an_item_of_a_float_array(way):
    def f(x):
        out = np.zeros((1, 1))
        out[0][0] += x * 3
        return out[0][0]

    with pytest.raises((GradientLost, ValueError)) as caught:
        WAYS[way](f)
    assert isinstance(caught.value, GradientLost) or isinstance(caught.value.__cause__, GradientLost)
    with pytest.warns(GradientLost):
        f(Value(0.5))


def test_the_label_is_named():
    with pytest.warns(GradientLost, match="the Value 'speed' became a float here"):
        math.sin(Value(1.0, label="speed"))


def test_quiet_where_no_gradient_is_wanted():
    v = Value(0.5)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with no_grad():
            assert math.sin(v) == float(v * 2) / 2 + math.sin(0.5) - 0.5
        assert f"{v:.1f} {v}" == "0.5 Value(data=0.5, grad=0.0)"
        assert v.data + 1 == 1.5 and max(v, 0.25) is v and v < 1
        assert grad(lambda x: x * x.data)(3.0) == 3.0  # what the number is, may be asked
        assert jvp(lambda x: x * x.data, 3.0, 1.0) == (9.0, 3.0)
        assert taylor(lambda x: x * x.data, 3.0, 1) == [9.0, 3.0]


def test_a_number_that_has_nothing_to_do_with_the_derivative_only_warns():
    w = Value(2.0)
    with pytest.warns(GradientLost):
        assert grad(lambda x: x * float(w))(3.0) == 2.0


def test_refused_in_a_trace():
    for f in (lambda x: x * math.sin(x), lambda x: x * float(Value(1.0) * x)):
        with pytest.raises(micrograd.TraceError, match="micrograd"):
            compile(f)(0.5)


def test_the_mean_of_values_keeps_its_gradient():
    values = [Value(1.0), Value(4.0)]
    micrograd.mean(values).backward()
    assert [v.grad for v in values] == [0.5, 0.5]
