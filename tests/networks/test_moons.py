"""The moons classifier, with the published losses and the accuracy at the end."""

import pytest

from examples import moons


def test_the_published_losses():
    losses = [loss for loss, _ in moons.train(steps=3, fused=False)]
    assert losses == pytest.approx(moons.PUBLISHED, rel=1e-10)


@pytest.mark.slow
def test_all_points_are_right_after_a_hundred_steps(capsys):
    moons.main()
    said = capsys.readouterr().out.splitlines()
    for line, loss in zip(said, moons.PUBLISHED, strict=False):
        assert float(line.split()[3]) == pytest.approx(loss, rel=1e-10)
    assert said[-1].startswith("step  99") and said[-1].endswith("accuracy 100%")
