"""Handwritten digits: a network 64-30-10, single numbers all through, learns to read 8×8 images by mini-batches."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple

from micrograd import datasets
from micrograd.demos import pictures
from micrograd.demos.progress import progress, say
from micrograd.engine import no_grad
from micrograd.functions import softmax
from micrograd.losses import cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD

BATCH = 10


class Answer(NamedTuple):
    """What the network says of one image, and how sure it is: a probability."""

    digit: int
    probability: float


def read(model: MLP, images: list[list[float]]) -> list[Answer]:
    with no_grad():
        probabilities = [[p.data for p in softmax(logits)] for logits in model(images)]
    return [Answer(row.index(max(row)), max(row)) for row in probabilities]


def accuracy(model: MLP, images: list[list[float]], digits: list[int]) -> float:
    return sum(answer.digit == digit for answer, digit in zip(read(model, images), digits, strict=True)) / len(digits)


def run(epochs: int, steps: int | None, seed: int, out: Path) -> None:
    """Train for `epochs`, or for `steps` mini-batches; say the accuracy of each epoch and save the mistakes."""
    images, digits = datasets.digits()
    images, held_out, digits, held_out_digits = datasets.split(images, digits, test=0.2, seed=seed)
    rng = random.Random(seed)
    model = MLP(64, [30, 10], activation="tanh", fused=True, rng=rng)
    optimiser = SGD(model.parameters(), lr=0.2)
    print(f"{len(optimiser.params)} parameters, {len(images)} images to learn from, {len(held_out)} held out")
    order = list(range(len(images)))
    per_epoch = -(-len(order) // BATCH)
    steps = epochs * per_epoch if steps is None else steps
    losses: list[float] = []
    for k, show in progress(steps, "batch"):
        epoch, position = divmod(k, per_epoch)
        if position == 0:
            rng.shuffle(order)
        batch = order[BATCH * position : BATCH * (position + 1)]
        loss = cross_entropy(model([images[i] for i in batch]), [digits[i] for i in batch])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.data)
        show(loss=f"{loss.data:.4f}")
        if position == per_epoch - 1:
            learned, unseen = accuracy(model, images, digits), accuracy(model, held_out, held_out_digits)
            say(f"epoch {epoch + 1}: accuracy {learned:.1%} on the training part, {unseen:.1%} on the held-out part")
    report(model, held_out, held_out_digits, out)


def report(model: MLP, images: list[list[float]], digits: list[int], out: Path) -> None:
    """The accuracy on images that the model has not seen, and a picture of its mistakes, the surest first."""
    answers = read(model, images)
    wrong = [(a.probability, i) for i, (a, digit) in enumerate(zip(answers, digits, strict=True)) if a.digit != digit]
    chosen = [i for _, i in sorted(wrong, reverse=True)]
    print(f"accuracy {1 - len(wrong) / len(digits):.1%} on {len(digits)} images it has not seen")
    guesses = [answers[i].digit for i in chosen]
    picture = pictures.mistakes([images[i] for i in chosen], [digits[i] for i in chosen], guesses)
    pictures.save(picture, out, "mistakes.png")
