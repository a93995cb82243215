"""The moons classifier: an MLP 2-16-16-1 learns to tell two interleaved half circles apart."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple, cast

from micrograd import datasets
from micrograd.cli.demos import pictures
from micrograd.compiler import compile as compile_function
from micrograd.drawing import Picture, draw
from micrograd.engine import Value, no_grad
from micrograd.functions import dot, where
from micrograd.losses import max_margin
from micrograd.nn import MLP
from micrograd.optim import SGD
from micrograd.training import Epoch, Film
from micrograd.training.pictures import decision_boundary
from micrograd.training.progress import progress
from micrograd.training.task import Task


class Trained(NamedTuple):
    """The model, its training data, for each step the loss before it and the seconds it took; and perhaps a film."""

    model: MLP
    points: list[list[float]]
    labels: list[int]
    losses: list[float]
    seconds: list[float]
    film: Film | None = None


def train(steps: int = 100, seed: int = 1337, compile: bool = False, watch: bool = False) -> Trained:
    """Full-batch gradient descent on 100 points: max-margin loss plus 1e-4 Σ p², the rate falling from 1 to 0.1.

    With `compile` each step is a batch: by the program of one point, over all of them; with `watch` it is filmed.
    Ctrl-C ends it early.
    """
    points, labels = datasets.moons(100, noise=0.1, seed=seed)
    model = MLP(2, [16, 16, 1], fused=True, rng=random.Random(seed))
    optimiser = SGD(model.parameters())
    outcome = in_batches(model) if compile else partial(outcome_of_all, model)
    losses, seconds = list[float](), list[float]()

    def run_steps() -> Iterator[Epoch]:
        for k, show in progress(steps, "step"):
            start = perf_counter()
            loss, right = outcome(points, labels)
            optimiser.zero_grad()
            loss.backward()
            optimiser.lr = 1.0 - 0.9 * k / steps
            optimiser.step()
            seconds.append(perf_counter() - start)
            losses.append(loss.data)
            show(loss=loss.data, accuracy=f"{right:.0%}")
            yield {"loss": loss.data, "accuracy": right}

    task = Task(model, optimiser.params, max_margin, points, labels, records=steps, bar=True)
    film = Film(run_steps(), task) if watch else None
    for _ in run_steps() if film is None else film:
        pass
    return Trained(model, points, labels, losses, seconds, film)


Outcome = tuple[Value, float]  # the loss, and the fraction of scores that have the sign of their label


def outcome_of_all(model: MLP, points: list[list[float]], labels: list[int]) -> Outcome:
    scores = cast("list[Value]", model(points))  # one output each
    return max_margin(scores, labels) + penalty(model), accuracy(scores, labels)


def in_batches(model: MLP) -> Callable[[list[list[float]], list[int]], Outcome]:
    """The same by the program of one point."""

    def outcome_of_one(point: list[float], label: int) -> Outcome:
        score = cast("Value", model(point))
        return max_margin([score], [label]), where(label * score.data > 0, 1.0, 0.0)

    compiled: Any = compile_function(outcome_of_one)

    def outcome(points: list[list[float]], labels: list[int]) -> Outcome:
        loss, right = compiled.batch(points, labels)
        return loss + penalty(model), right

    return outcome


def penalty(model: MLP) -> Value:
    parameters = model.parameters()
    return 1e-4 * dot(parameters, parameters)


def accuracy(scores: Sequence[Any], labels: list[int]) -> float:
    """The fraction of scores that have the sign of their label."""
    hits = [(s > 0) == (label > 0) for s, label in zip(scores, labels, strict=True)]
    return hits.count(True) / len(hits)


def run(steps: int, seed: int, out: Path, compile: bool = False, watch: bool = False) -> None:
    """Train, print the result, and save the pictures in the folder `out`; with `compile`, train again, eager.

    With `watch`, the film of the training is one of them.
    """
    pictures.make_folder(out)
    model, points, labels, losses, seconds, film = train(steps, seed, compile, watch)
    with no_grad():
        loss, right = outcome_of_all(model, points, labels)
    print(f"{len(losses)} steps: loss {loss.data:.4f}, accuracy {right:.1%} on {len(labels)} points")
    if compile and len(losses) > 1:
        print("the same again, eager, to compare")
        for line in compare(train(len(losses), seed).seconds, seconds):
            print(line)
    pictures.save(decision_boundary(model, points, labels), out, "boundary.png", "boundary.svg")
    if losses:
        pictures.save(pictures.curves({"loss": losses}, "step"), out, "loss.png")
    for name, picture in draw_graphs(model, points[0]).items():
        print(f"saved {picture.save(out / name)}")
    if film is not None:
        print(f"saved {film.save(out / 'film.html')}")


def compare(eager: list[float], compiled: list[float]) -> Iterator[str]:
    """The time saved by compiling, in three lines: the first compiled step is the one that compiles."""
    first, *later = compiled
    once, step = median(eager), median(later)
    yield f"eager     {1e3 * once:8.2f} ms a step, {sum(eager):.2f} s for {len(eager)} steps"
    yield f"compiled  {1e3 * step:8.2f} ms a step, {sum(compiled):.2f} s, of which {first:.2f} s to compile"
    yield f"          {once / step:8.0f} times as fast a step, {sum(eager) / sum(compiled):.0f} times as fast in all"


def draw_graphs(model: MLP, point: list[float]) -> dict[str, Picture]:
    """The computation graph of a neuron that is active on one example, and that of the network's score there."""

    def inputs() -> list[Value]:
        return [Value(x, label=f"x{i}") for i, x in enumerate(point, start=1)]

    outputs = [neuron(inputs()) for neuron in model.layers[0].neurons]
    neuron = next((out for out in outputs if out.data > 0), outputs[0])
    (score,) = model.flow(inputs())
    pictures = []
    for root, name in ((neuron, "neuron"), (score, "score")):
        model.zero_grad()
        root.label = name
        root.backward()
        pictures.append(draw(root, collapse="layer" if root is score else None))
    return {"neuron.svg": pictures[0], "network.svg": pictures[1], "network.html": pictures[1]}
