"""The classifier 10-20-10-5 on noise, against the same on arrays."""

import random

import pytest
from budget import budget
from noise_in_numpy import Network

from examples import noise
from micrograd.training import accuracy

EPOCHS = budget(5, 50)


def test_epochs_equal_numpys():
    rng = random.Random(2)
    model, data = noise.network(rng), noise.samples(100, rng)
    twin, twin_rng = Network(model), random.Random()
    twin_rng.setstate(rng.getstate())
    losses = [record["loss"] for record in noise.train(model, data, rng, epochs=EPOCHS)]
    assert losses == pytest.approx(twin.train(*data, twin_rng, epochs=EPOCHS), rel=1e-9, abs=0)
    assert accuracy(model, *data) == twin.accuracy(*data)


def test_it_starts_as_it_should():
    model = noise.network(random.Random(0))
    assert [layer.activation for layer in model] == ["relu", "relu", "sigmoid"]
    for layer in model:
        entries = [w for row in layer.weight for w in row]
        spread = (sum(w * w for w in entries) / len(entries)) ** 0.5
        assert spread == pytest.approx(layer.nout**-0.5, rel=0.3)


@pytest.mark.once
@pytest.mark.slow
def test_noise_is_memorised_and_nothing_is_learned():
    """A thousand epochs on arrays, which are faster; the test above shows that both agree."""
    rng = random.Random(1)
    twin, data, fresh = Network(noise.network(rng)), noise.samples(100, rng), noise.samples(1000, rng)
    twin.train(*data, rng, epochs=1000)
    assert twin.accuracy(*data) == pytest.approx(0.67, abs=0.05)
    assert twin.accuracy(*fresh) == pytest.approx(0.20, abs=0.02)
