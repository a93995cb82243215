"""Handwritten digits: a network 64-30-10 made of single numbers learns to read 8×8 images by mini-batches."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from micrograd import datasets
from micrograd.cli.demos import pictures
from micrograd.compiler import backend
from micrograd.compiler import compile as compile_function
from micrograd.engine import no_grad
from micrograd.functions import sigmoid
from micrograd.losses import sigmoid_cross_entropy
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.text.notation import count
from micrograd.training import Epoch, History, accuracy, confusion, fit, images
from micrograd.training.bar import say

RATE, REGULARISATION, BATCH = 0.5, 0.1, 10
MOST = 20  # mistakes in a picture


class Data(NamedTuple):
    """The 1,437 images to learn from and the 360 held-out ones, with their digits."""

    images: list[list[float]]
    digits: list[int]
    unseen: list[list[float]]
    unseen_digits: list[int]


def load() -> Data:
    images, unseen, digits, unseen_digits = datasets.split(*datasets.digits(), test=0.2, seed=0)
    return Data(images, digits, unseen, unseen_digits)


def network(rng: random.Random) -> MLP:
    """64-30-10, sigmoid. Its outputs are the weighted sums of the last layer: the loss applies the last sigmoid."""
    return MLP(64, [30, 10], activation="sigmoid", init="xavier", fused=True, rng=rng)


def train(
    model: MLP,
    part: Data,
    rng: random.Random,
    epochs: int,
    steps: int | None = None,
    progress: bool = False,
    compile: bool = True,
) -> Iterator[Epoch]:
    """Mini-batch gradient descent with L2 regularisation of the weights: w ← (1 − ηλ/n) w − η/m Σ ∂C/∂w.

    With `compile`, the steps and the evaluation run as batches, by the programs of one image.
    """
    weights = [w for layer in model.layers for neuron in layer.neurons for w in neuron.w]
    decay = REGULARISATION / len(part.images)
    optimiser = SGD(model.parameters(), lr=RATE, weight_decay=decay, decayed=weights)
    outputs = in_batches(model) if compile else model

    def evaluate(model: MLP) -> dict[str, float]:
        return {
            "accuracy": accuracy(outputs, part.images, part.digits),
            "held-out accuracy": accuracy(outputs, part.unseen, part.unseen_digits),
        }

    return fit(
        model,
        sigmoid_cross_entropy,
        (part.images, part.digits),
        optimiser,
        epochs=epochs,
        batch_size=BATCH,
        rng=rng,
        evaluate=evaluate,
        progress=progress,
        steps=steps,
        batch=compile,
    )


def in_batches(model: MLP) -> Callable[[list[list[float]]], list[Any]]:
    """The outputs of the model for all images, by the program of one."""
    compiled: Any = compile_function(model)
    return lambda images: compiled.batch(images, reduce=None)


class Answer(NamedTuple):
    """The digit that the network reads in an image, and how active its output is, between 0 and 1."""

    digit: int
    activation: float


def read(model: Callable[[Any], Any], images: list[list[float]]) -> list[Answer]:
    with no_grad():
        outputs = [[sigmoid(z.data) for z in row] for row in model(images)]
    return [Answer(row.index(max(row)), max(row)) for row in outputs]


def run(epochs: int, steps: int | None, seed: int, out: Path, compile: bool = True) -> None:
    """Train for `epochs`, or for `steps` mini-batches; print the accuracy of each epoch and save the pictures."""
    pictures.make_folder(out)
    part, rng = load(), random.Random(seed)
    model = network(rng)
    if steps is not None:
        epochs = -(-steps * BATCH // len(part.images))
    parameters = len(model.parameters())
    print(f"{parameters} parameters, {len(part.images)} images to learn from, {len(part.unseen)} held out")
    history = History()
    start = perf_counter()
    for epoch in train(model, part, rng, epochs, steps, progress=True, compile=compile):
        history.append(epoch)
        learned, unseen = epoch["accuracy"], epoch["held-out accuracy"]
        say(f"epoch {epoch['epoch']}: accuracy {learned:.1%} on the training part, {unseen:.1%} on the held-out part")
    way = f"compiled, backend {backend()}" if compile else "eager, node by node"
    print(f"{count(len(history), 'epoch')} in {perf_counter() - start:.1f} s ({way})")
    report(model, part, out)
    if history:
        pictures.save(history.plot(), out, "digits.png")


def report(model: MLP, part: Data, out: Path) -> None:
    """Print the accuracy on images that the model has not seen, and save its worst mistakes."""
    answers = read(model, part.unseen)
    wrong = [(a.activation, i) for i, a in enumerate(answers) if a.digit != part.unseen_digits[i]]
    worst = [i for _, i in sorted(wrong, reverse=True)]
    print(f"accuracy {1 - len(wrong) / len(answers):.1%} on {len(answers)} images it has not seen")
    guesses = [a.digit for a in answers]
    shown = [part.unseen[i] for i in worst], [part.unseen_digits[i] for i in worst], [guesses[i] for i in worst]
    title = f"{len(worst)} mistakes" + (f", the surest {MOST} of them" if len(worst) > MOST else "")
    pictures.save(images(*shown, most=MOST, title=title), out, "mistakes.png")
    pictures.save(confusion(part.unseen_digits, guesses, range(10)), out, "confusion.png")
