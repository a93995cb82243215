"""Ctrl-C at random moments of a training: whole steps, and every module in the mode it should be in."""

import os
import signal
import subprocess
import sys
import threading
import time
from random import Random

import pytest

from micrograd.losses import cross_entropy
from micrograd.nn import Dropout, Layer, Sequential
from micrograd.optim import Adam
from micrograd.training import accuracy, train

POINTS, CLASSES = [[0.1, 0.2], [0.3, -0.4], [0.5, 0.6], [-0.7, 0.8]], [0, 1, 1, 0]


def training(seed):
    """A network, its optimiser, and the function that trains it."""
    model = Sequential(Layer(2, 3, rng=seed), Dropout(0.1, rng=seed), Layer(3, 2, nonlin=False, rng=seed))
    optimiser = Adam(model.parameters(), lr=0.1)

    def run(**more):
        def evaluate(model):
            return {"accuracy": accuracy(model, POINTS, CLASSES)}

        options = {"epochs": 6, "batch_size": 2, "rng": 0, "evaluate": evaluate, **more}
        return train(model, cross_entropy, (POINTS, CLASSES), optimiser, **options)

    return model, optimiser, run


def interrupted_trainings(count):
    """Interrupt each at a random moment, and compare it with one of as many whole steps."""
    moments = Random(0)
    for seed in range(count):
        model, optimiser, run = training(seed)
        at = moments.uniform(0, 0.01)
        thread = threading.Thread(target=lambda at=at: (time.sleep(at), os.kill(os.getpid(), signal.SIGINT)))
        try:
            thread.start()
            run()
            thread.join()
            time.sleep(0.01)
        except KeyboardInterrupt:
            thread.join()
        twin, reference, run = training(seed)
        if optimiser.t:
            run(steps=optimiser.t)
        assert [p.data for p in model.parameters()] == [p.data for p in twin.parameters()], seed
        assert (optimiser.t, optimiser.means, optimiser.squares) == (reference.t, reference.means, reference.squares)
        assert {module.training for module in model.modules()} == {True}, seed
    print("whole")


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="sends a signal")
def test_interrupts():
    run = subprocess.run([sys.executable, __file__, "200"], capture_output=True, text=True, timeout=300, check=False)
    assert run.stdout == "whole\n", run.stderr


if __name__ == "__main__":
    interrupted_trainings(int(sys.argv[1]))
