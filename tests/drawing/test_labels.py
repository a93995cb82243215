"""Labels from names."""

import numpy as np
import pytest

import micrograd
from micrograd import Value
from micrograd.nn import MLP


def test_names_become_labels():
    x = Value(2.0)
    w, b = Value(3.0, label="weight"), x
    _hidden = Value(1.0)
    micrograd.label(locals())
    assert (x.label, w.label, _hidden.label) == ("x", "weight", "")
    assert b is x


def test_inside_lists_dicts_and_arrays():
    xs, ys, zs = [Value(1.0), (Value(2.0), 3.0)], {"a": Value(1.0), 2: Value(2.0)}, Value(1.0) * np.array([1.0, 2.0])
    micrograd.with_names(xs=xs, ys=ys, zs=zs, n=3, numbers=np.arange(3.0), text="abc", kind=Value)
    assert [xs[0].label, xs[1][0].label] == ["xs[0]", "xs[1][0]"]
    assert [v.label for v in ys.values()] == ["ys['a']", "ys[2]"]
    assert [v.label for v in zs] == ["zs[0]", "zs[1]"]


def test_modules():
    model = MLP(2, [3, 1])
    model.layers[0].neurons[0].b.label = "first bias"
    micrograd.label({"model": model})
    labels = [p.label for p in model.parameters()]
    assert labels[:3] == ["model.layers[0].neurons[0].w[0]", "model.layers[0].neurons[0].w[1]", "first bias"]
    assert "" not in labels


def test_the_names_of_ipython_are_ignored():
    v = Value(1.0)
    micrograd.label({"_": v, "Out": {1: v}, "In": [v]})
    assert v.label == ""


def test_circles_and_depth():
    circle, deep = [Value(1.0)], Value(2.0)
    circle.append(circle)
    for _ in range(5000):
        deep = [deep]
    micrograd.label({"circle": circle, "deep": deep})
    assert circle[0].label == "circle[0]"


def test_names_are_needed():
    with pytest.raises(TypeError, match=r"label takes a mapping from names to objects, such as locals\(\), got list"):
        micrograd.label([Value(1.0)])
