"""The four equations hold on any sigmoid network, and a wrong derivative breaks them."""

import random

import pytest

from examples import four_equations as example
from micrograd import ops
from micrograd._core.nodes import unary
from micrograd.losses import binary_cross_entropy
from micrograd.nn import ACTIVATIONS, MLP, BatchNorm, Layer, Sequential, Sigmoid
from micrograd.nn.four_equations import COSTS, four_equations

X, Y = [0.2, -0.9, 0.5], [0.0, 1.0]
NETWORKS = {
    "layers": lambda: example.network(random.Random(7)),
    "fused": lambda: Sequential(
        Layer(3, 4, activation="sigmoid", fused=True, rng=random.Random(1)),
        Layer(4, 2, activation="sigmoid", fused=True, rng=random.Random(2)),
    ),
    "sigmoids apart": lambda: Sequential(
        Layer(3, 4, nonlin=False, rng=random.Random(1)), Sigmoid(), Layer(4, 2, activation="sigmoid", bias=False)
    ),
    "one layer": lambda: Layer(3, 2, activation="sigmoid", rng=random.Random(3)),
}


@pytest.mark.parametrize("cost", COSTS)
@pytest.mark.parametrize("name", NETWORKS)
def test_they_hold(name, cost):
    model = NETWORKS[name]()
    layers = len(model) if name in ("layers", "fused") else 2 - (name == "one layer")
    for p in model.parameters():
        p.grad = 3.0
    found = four_equations(model, X, Y, cost)
    assert list(found) == ["BP1", "BP2", "BP3", "BP4"]
    assert list(found["BP1"]) == [layers] and len(found["BP2"]) == layers - 1 and len(found["BP4"]) == layers
    assert len(found["BP3"]) == layers - (name == "sigmoids apart")
    assert all(deviation < 1e-15 for equation in found.values() for deviation in equation.values())
    assert {p.grad for p in model.parameters()} == {3.0}


def test_the_output_error_of_the_cross_entropy_is_a_minus_y():
    model = example.network(random.Random(7))
    outs = model(X)
    binary_cross_entropy(outs, Y, reduction="sum").backward()
    errors = [out.parents[0].grad for out in outs]
    assert errors == pytest.approx([out.data - y for out, y in zip(outs, Y, strict=True)], rel=1e-13)


def test_a_wrong_derivative_is_found(monkeypatch):
    def wrong(m, x):
        out = m.sigmoid(x)
        return out, 1.1 * out * (1.0 - out)

    monkeypatch.setitem(ACTIVATIONS, "sigmoid", unary(ops.Primitive(wrong, "sigmoid", "", "")))
    found = four_equations(example.network(random.Random(7)), X, Y)
    assert found["BP1"][3] > 1e-3 and found["BP2"][1] > 1e-6
    assert max(found["BP3"].values()) < 1e-15 and max(found["BP4"].values()) < 1e-15


def test_other_networks_are_refused():
    for model in (
        MLP(3, [4, 2], activation="sigmoid"),
        Layer(3, 2),
        Sequential(Layer(3, 2, nonlin=False), Layer(2, 2, activation="sigmoid")),
        Sequential(Layer(3, 2, activation="sigmoid"), Sigmoid()),
        Sequential(Layer(3, 2, activation="sigmoid"), BatchNorm(2).eval()),
    ):
        with pytest.raises(ValueError, match="four equations"):
            four_equations(model, X, Y)
    with pytest.raises(ValueError, match="takes 3 inputs, got 2"):
        four_equations(example.network(random.Random(7)), X[:2], Y)
    with pytest.raises(ValueError, match="cost must be 'quadratic' or 'cross_entropy', got 'mse'"):
        four_equations(example.network(random.Random(7)), X, Y, cost="mse")
