"""The elementary functions on floats and Values, and the functions composed of them."""

import math

import mpmath as mp
import pytest
from points import TABLE

import micrograd
from micrograd import Value

ELEMENTARY = "exp log log1p expm1 sqrt sin cos tan atan tanh sigmoid softplus erf relu abs".split()
COMPOSITES = {
    "leaky_relu": lambda x: x if x > 0 else x * mp.mpf("0.01"),
    "elu": lambda x: x if x > 0 else mp.expm1(x),
    "silu": lambda x: x / (1 + mp.exp(-x)),
    "gelu": lambda x: x * mp.ncdf(x),
}


@pytest.mark.parametrize("name", ELEMENTARY)
def test_floats_and_values_agree(name):
    function = getattr(micrograd, name)
    for (x,) in TABLE[name][0]:
        assert type(function(x)) is float
        v = Value(x)
        out = function(v)
        assert out.data == function(x) and out.parents == (v,)
    assert function.__name__ == name and function.__doc__


def test_outside_the_domain_both_raise():
    for x in (-1.0, Value(-1.0)):
        with pytest.raises(ValueError, match=r"log\(-1\.0\) is not defined"):
            micrograd.log(x)
    for x in ("1", None, [1.0]):
        with pytest.raises(TypeError, match="real number, got"):
            micrograd.tanh(x)


def test_an_object_with_the_method_computes_it_itself():
    class Symbol:
        def tanh(self):
            return "tanh of a symbol"

    assert micrograd.tanh(Symbol()) == "tanh of a symbol"


def test_max_and_min():
    a, b = Value(1.0), Value(2.0)
    assert micrograd.max(a, b, 0.0).data == micrograd.max([a, b]).data == micrograd.max(0, b).data == 2.0
    assert micrograd.min(3, 1.5) == 1.5 and micrograd.min([a, b]).data == 1.0
    out = micrograd.max(a, b, 1.5)
    out.backward()
    assert (a.grad, b.grad) == (0.0, 1.0)
    with pytest.raises(ValueError, match="max needs at least one value"):
        micrograd.max([])


def test_sums_in_one_node():
    a, b = Value(2.0), Value(3.0)
    out = micrograd.total([a, 1, b, a])
    assert out.data == 8.0 and len(out.parents) == 4
    out.backward()
    assert (a.grad, b.grad) == (2.0, 1.0)
    assert micrograd.total([]) == 0.0 and micrograd.total([1, 2.5]) == 3.5
    neuron = micrograd.dot([a, b], [1.0, Value(4.0)], 0.5)
    assert neuron.data == 14.5 and neuron.partials == (1.0, 4.0, 2.0, 3.0, 1.0)
    assert micrograd.dot([1, 2], [3, 4]) == 11.0
    with pytest.raises(ValueError, match="got 1 for 2"):
        micrograd.dot([a, b], [a])
    with pytest.raises(TypeError, match="real number, got str"):
        micrograd.dot([a, b], [a, "x"])


@pytest.mark.parametrize("name", COMPOSITES)
def test_composites_agree_with_mpmath(name):
    for x in (-30.0, -2.5, -0.1, 0.3, 4.0):
        v = Value(x)
        out = getattr(micrograd, name)(v)
        out.backward()
        assert out.data == pytest.approx(float(COMPOSITES[name](mp.mpf(x))), rel=1e-13, abs=1e-15)
        assert v.grad == pytest.approx(float(mp.diff(COMPOSITES[name], mp.mpf(x))), rel=1e-12, abs=1e-15)
        assert getattr(micrograd, name)(x) == out.data


def test_at_zero_the_slope_from_the_left_counts():
    for function, slope in ((micrograd.leaky_relu, 0.01), (micrograd.elu, 1.0)):
        x = Value(0.0)
        function(x).backward()
        assert x.grad == slope


def test_softmax_and_logsumexp():
    xs = [Value(x) for x in (1.0, -2.0, 0.5)]
    probabilities = micrograd.softmax(xs)
    norm = sum(math.exp(x.data) for x in xs)
    assert [p.data for p in probabilities] == pytest.approx([math.exp(x.data) / norm for x in xs], rel=1e-14)
    micrograd.logsumexp(xs).backward()
    assert [x.grad for x in xs] == pytest.approx([p.data for p in probabilities], rel=1e-14)
    assert micrograd.logsumexp([1000.0, 1000.0]) == 1000.0 + math.log(2)
    assert micrograd.softmax([0.0, 0.0]) == [0.5, 0.5]
    assert micrograd.logsumexp([-math.inf, 0.0]) == 0.0
    assert micrograd.logsumexp([math.inf, 0.0]) == math.inf
