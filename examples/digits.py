"""64-30-10 on handwritten digits from five seeds, the same 360 images held out: how much of a result is luck?"""

from __future__ import annotations

import argparse
import random

from micrograd.cli.demos import digits


def held_out_accuracy(seed: int, epochs: int, progress: bool = False) -> float:
    """The accuracy on the held-out part after training; the seed draws the weights and the mini-batches."""
    part, rng = digits.load(), random.Random(seed)
    history = list(digits.train(digits.network(rng), part, rng, epochs, progress=progress))
    return history[-1]["held-out accuracy"]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--epochs", type=int, default=30)
    epochs = arguments.parse_args().epochs
    accuracies = []
    for seed in range(5):
        accuracies.append(held_out_accuracy(seed, epochs, progress=True))
        print(f"seed {seed}: {accuracies[-1]:.2%} of the held-out images", flush=True)
    print(f"mean {sum(accuracies) / 5:.2%}")


if __name__ == "__main__":
    main()
