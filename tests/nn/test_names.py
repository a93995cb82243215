"""The names of parameters in pictures: short, and each one's own."""

import re

import pytest

import micrograd
from micrograd import Value
from micrograd.nn import MLP, Layer, Neuron, Sequential
from micrograd.text.names import Names


def drawn(out, **options):
    svg = micrograd.draw(out, **options).svg
    return re.findall(r">([wb](?:\[[\d,]+\])?)<", svg)


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        (Neuron(2), ["b", "w[0]", "w[1]"]),
        (Layer(1, 2), ["b[0]", "b[1]", "w[0,0]", "w[1,0]"]),
        (MLP(1, [2, 1]), ["b[0,0]", "b[0,1]", "b[1,0]", "w[0,0,0]", "w[0,1,0]", "w[1,0,0]", "w[1,0,1]"]),
        (Sequential(Sequential(Layer(1, 1)), Layer(1, 1)), ["b[0,0,0]", "b[1,0]", "w[0,0,0,0]", "w[1,0,0]"]),
    ],
)
def test_every_parameter_of_a_picture_has_a_name_of_its_own(model, expected):
    out = micrograd.total(model.flow([Value(1.0) for _ in range(model.nin)]))
    assert sorted(drawn(out)) == expected
    names = Names(out, micrograd.engine.topological(out))
    assert sorted(names[p] for p in model.parameters()) == expected


def test_inside_of_one_neuron_the_short_names_are_enough():
    model = MLP(1, [2, 1])
    inside = {name for name in drawn(model([1.0]), collapse="neuron") if name.startswith(("w", "b"))}
    assert inside <= {"w[0]", "w[1]", "b"}
