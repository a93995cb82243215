"""64-30-10 on handwritten digits. All five seeds: `python -m examples.digits`."""

import random

import numpy as np
import pytest

from micrograd.cli.demos import digits


def test_one_mini_batch_is_the_rule_of_l2_regularisation():
    """w ← (1 − ηλ/n) w − η/m Σ ∂C/∂w for weights, b ← b − η/m Σ ∂C/∂b for biases, with arrays."""
    part = digits.load()
    assert (len(part.images), len(part.unseen)) == (1437, 360)
    model = digits.network(random.Random(0))
    weights = [np.array(layer.weight) for layer in model]
    biases = [np.array(layer.bias) for layer in model]
    rng = random.Random(5)
    order = list(range(1437))
    random.Random(5).shuffle(order)
    list(digits.train(model, part, rng, epochs=1, steps=1))

    x, one_hot = np.array(part.images)[order[:10]], np.eye(10)[np.array(part.digits)[order[:10]]]
    hidden = 1 / (1 + np.exp(-(x @ weights[0].T + biases[0])))
    out = 1 / (1 + np.exp(-(hidden @ weights[1].T + biases[1])))
    last = out - one_hot
    first = last @ weights[1] * hidden * (1 - hidden)
    for k, (delta, inputs) in enumerate(((first, x), (last, hidden))):
        expected = (1 - 0.5 * 0.1 / 1437) * weights[k] - 0.5 / 10 * delta.T @ inputs
        np.testing.assert_allclose(model[k].weight, expected, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(model[k].bias, biases[k] - 0.5 / 10 * delta.sum(axis=0), rtol=1e-12, atol=1e-15)


@pytest.mark.slow
def test_a_hundred_mini_batches_read_most_of_the_digits():
    part, rng = digits.load(), random.Random(0)
    (record,) = digits.train(digits.network(rng), part, rng, epochs=1, steps=100)
    assert record["steps"] == 100 and record["accuracy"] > 0.7
    assert record["held-out accuracy"] == pytest.approx(record["accuracy"], abs=0.1)
