"""N10: the moons classifier, with the published losses and the accuracy at the end."""

import pytest

from examples import moons


def test_the_published_losses():
    losses = [loss for loss, _ in moons.training(steps=3, fused=False)]
    assert losses == pytest.approx(moons.PUBLISHED, rel=1e-10)


def test_all_points_are_right_after_a_hundred_steps():
    history = list(moons.training())
    assert [loss for loss, _ in history[:3]] == pytest.approx(moons.PUBLISHED, rel=1e-10)
    assert len(history) == 100 and history[-1][1] == 1.0
