"""Initialisation: the variances that the papers ask for, by name and by rule."""

import random

import pytest

from micrograd.nn import MLP, Layer, he, he_uniform, normal, uniform, xavier, xavier_normal
from micrograd.nn.initialisation import RULES


def entries(**kwargs):
    layer = Layer(40, 60, rng=random.Random(1), **kwargs)
    return [w for row in layer.weight for w in row], layer


@pytest.mark.parametrize(
    ("rule", "variance", "bound"),
    [
        ("uniform", 1 / 3, 1),
        (uniform(-0.2, 0.4), 0.03 + 0.01, 0.4),
        ("normal", 1, None),
        (normal(0.5), 0.25, None),
        ("xavier", 2 / 100, (6 / 100) ** 0.5),
        (xavier(), 2 / 100, (6 / 100) ** 0.5),
        ("xavier_normal", 2 / 100, None),
        (xavier_normal(), 2 / 100, None),
        ("he", 2 / 40, None),
        (he(), 2 / 40, None),
        ("he_uniform", 2 / 40, (6 / 40) ** 0.5),
        (he_uniform(), 2 / 40, (6 / 40) ** 0.5),
    ],
)
def test_variance(rule, variance, bound):
    weights, layer = entries(init=rule)
    assert sum(w * w for w in weights) / len(weights) == pytest.approx(variance, rel=0.1)
    largest = max(map(abs, weights))
    assert largest == pytest.approx(bound, rel=0.02) if bound else largest > 2.5 * variance**0.5
    assert layer.bias == [0.0] * 60
    assert weights == entries(init=rule)[0]


def test_biases_may_be_drawn_too():
    _, layer = entries(bias=normal(0.1))
    assert 0.07 < (sum(b * b for b in layer.bias) / 60) ** 0.5 < 0.13
    assert len(set(entries(bias="uniform")[1].bias)) == 60


def test_the_default_is_the_originals():
    assert (
        MLP(3, [4, 2], rng=random.Random(5)).state_dict()
        == MLP(3, [4, 2], init="uniform", rng=random.Random(5)).state_dict()
    )


def test_unknown_rules():
    with pytest.raises(ValueError, match=f"no initialisation is called 'xaver'; there are {', '.join(RULES)}"):
        Layer(2, 2, init="xaver")
    with pytest.raises(TypeError, match="a name or a function of rng, fan_in and fan_out, got 0.1"):
        Layer(2, 2, init=0.1)
    with pytest.raises(ValueError, match="0 or more, got -1"):
        normal(-1)
