"""The room of networks: one training, which the page asks for a frame at a time.

`settings` are what a training starts from: {"data", "n", "noise", "hidden", "act", "seed"}, and "points", rows of
[x, y, label], where the reader has set them. What may change while it runs comes with each frame.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import perf_counter
from typing import Any

import micrograd
from docs.playground.bridge.planes import COARSE, Planes, packed
from docs.playground.bridge.training import Point, Training
from micrograd import datasets
from micrograd.losses import max_margin
from micrograd.teaching.views.page import MOST_WITH_MISTAKES, Page

__all__ = ["frame", "look", "part", "prepare", "set_points", "start", "step"]

DATA = {f.__name__: f for f in (datasets.moons, datasets.circles, datasets.xor, datasets.spiral)}
HUGE = 1e6  # a loss beyond it does not come back
OWN_BOX = [-2.5, 2.5, -2.0, 2.0]  # where points are set by clicking
RATIO = 1.25  # width to height of the plane

training: Training | None = None
planes: Planes | None = None
box: list[float] = OWN_BOX


class NotStarted(LookupError):
    """Python was started again, and the training is gone."""


def start(settings: dict[str, Any], resumed: dict[str, Any] | None = None) -> dict[str, Any]:
    """A new training, shown before its first update; `resumed` has the "weights", "steps" and "seen" of another one."""
    global training, planes, box
    points, labels = make_data(settings)
    box = OWN_BOX if settings["data"] == "points" else box_around(points)
    shape = settings["hidden"], settings["act"]
    if training is None or planes is None or training.shape != shape:
        training = Training(*shape, settings["seed"])
        planes = Planes(training.model)
    training.restart(settings["seed"])
    training.set_data(points, labels)
    if resumed is not None:
        training.resume(resumed["weights"], resumed["steps"], resumed["seen"])
    shown = show(training, {"field": 50, "maps": True})
    shown.get("field", {}).pop("ms", None)  # the build stores this answer, and another machine shows it
    return {"points": [[*p, y] for p, y in zip(points, labels, strict=True)], "box": box, **shown}


def make_data(settings: dict[str, Any]) -> tuple[list[Point], list[float]]:
    if settings["data"] == "points":
        return set_by_reader(settings["points"])
    points, labels = DATA[settings["data"]](settings["n"], noise=settings["noise"], seed=settings["seed"])
    return points, [float(label) for label in labels]


def set_by_reader(rows: Sequence[Sequence[float]]) -> tuple[list[Point], list[float]]:
    """Points and labels; JavaScript sends a whole number as an int, which would be another type to a trace."""
    return [[float(x), float(y)] for x, y, _ in rows], [float(label) for *_, label in rows]


def box_around(points: Sequence[Point]) -> list[float]:
    """A box of the plane's shape with some room around the points, rounded: left, right, bottom, top."""
    xs, ys = [x for x, _ in points], [y for _, y in points]
    middle = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    height = 1.15 * max(max(ys) - min(ys), (max(xs) - min(xs)) / RATIO)
    half = math.ceil(10 * height) / 20
    x, y = round(middle[0], 1), round(middle[1], 1)
    return [x - RATIO * half, x + RATIO * half, y - half, y + half]


def set_points(rows: Sequence[Sequence[float]], orders: dict[str, Any]) -> dict[str, Any]:
    """Other points for the same weights: the reader has added, moved or removed one."""
    global box
    it = current()
    box = OWN_BOX
    it.set_data(*set_by_reader(rows))
    return {"box": box, **show(it, orders)}


def frame(orders: dict[str, Any]) -> dict[str, Any]:
    """Train for "budget" ms, or for "steps" updates if that is sooner, up to the grads of the next update; then show.

    "rate", "decay", "batch" and "how" hold from now on. See `show` for what else is asked for.
    """
    it = current()
    follow(it, orders)
    losses: list[float] = []
    begun, spent = perf_counter(), 0.0
    try:
        complete(it)
        while it.points and len(losses) < orders["steps"] and spent < orders["budget"]:
            losses.append(it.loss)
            it.update(orders["rate"])
            complete(it)
            if not exists(it.loss):
                break
            spent = 1e3 * (perf_counter() - begun)
    except ArithmeticError:  # where a program has inf or nan, Python's own functions raise an error
        return {"lost": True, "losses": losses, "step": it.steps, "loss": None}
    each = spent / len(losses) if losses else None
    shown = show(it, orders)
    return {"losses": losses, "how": it.how, "ms": each, "took": 1e3 * (perf_counter() - begun), **shown}


def part(orders: dict[str, Any]) -> dict[str, Any]:
    """The next part of an update: forward, backward or update."""
    it = current()
    follow(it, orders)
    losses = []
    if it.phase == "update":
        it.forward()
    elif it.phase == "forward":
        it.backward()
    else:
        losses.append(it.loss)
        it.update(orders["rate"])
    return {"losses": losses, **show(it, orders)}


def look(orders: dict[str, Any]) -> dict[str, Any]:
    """The training as it is."""
    it = current()
    follow(it, orders)
    return show(it, orders)


def prepare(orders: dict[str, Any]) -> dict[str, Any]:
    """Compile what the next update needs; the training stays as it is, unless an update was begun for another batch."""
    it = current()
    follow(it, orders)
    if it.points and it.phase == "update":
        it.rehearse()
    return show(it, orders)


def step(k: int) -> dict[str, Any]:
    """The stepper's page for the loss of example k, if the network is small."""
    stepper = micrograd.step(current().graph_of(k))
    if (pushed := len(stepper.record)) > MOST_WITH_MISTAKES:
        return {"refused": pushed, "most": MOST_WITH_MISTAKES}
    return {"html": stepper.html, "height": Page(stepper.root, stepper.record).height}


def current() -> Training:
    if training is None:
        raise NotStarted("there is no training: start one")
    return training


def follow(it: Training, orders: dict[str, Any]) -> None:
    """Take over what may change while the training runs; an update begun for another batch is begun again."""
    asked = orders["batch"], orders["decay"], orders["how"]
    if asked != (it.batch, it.decay, it.how):
        it.batch, it.decay, it.how = asked
        it.abandon()


def complete(it: Training) -> None:
    """Go on to the end of the backward pass."""
    if it.points and it.phase == "update":
        it.forward()
    if it.phase == "forward":
        it.backward()


def exists(loss: float) -> bool:
    return math.isfinite(loss) and loss < HUGE


def show(it: Training, wanted: dict[str, Any]) -> dict[str, Any]:
    """What the page shows of a training.

    "field"   the score on a grid of so many points a side
    "maps"    whether to tell what each neuron makes of the plane
    "probe"   a point: what each neuron makes of it
    """
    assert planes is not None
    shown: dict[str, Any] = {
        "step": it.steps,
        "seen": it.seen,
        "phase": it.phase,
        "loss": it.loss if it.terms else None,
        "chosen": it.chosen if it.phase != "update" and len(it.chosen) < len(it.points) else None,
        "weights": [p.data for p in it.parameters],
        "grads": [p.grad for p in it.parameters],
    }
    if not all(map(math.isfinite, shown["weights"])) or (it.terms and not exists(it.loss)):
        return {"lost": True, "step": it.steps, "loss": None}
    told = planes.activations(it.points)
    scores = [row[-1] for row in told]
    shown["accuracy"] = sum((s > 0) == (y > 0) for s, y in zip(scores, it.labels, strict=True)) / max(1, len(scores))
    shown["whole"] = max_margin(scores, it.labels) + it.decay * sum(w.data**2 for w in it.weights) if scores else None
    if it.shape[1] == "relu":
        hidden = list(zip(*told, strict=True))[:-1]
        shown["dead"] = [k for k, outs in enumerate(hidden) if not any(outs)]
    if it.phase != "update" and len(it.chosen) == 1:
        k = it.chosen[0]
        shown["example"] = {"k": k, "loss": max_margin(scores[k], it.labels[k]), "activations": told[k]}
    if probe := wanted.get("probe"):
        shown["probe"] = planes.activations([probe])[0]
    if n := wanted.get("field"):
        begun = perf_counter()
        shown["field"] = {"n": n, "scores": packed(planes.field(box, n)), "ms": 1e3 * (perf_counter() - begun)}
    if wanted.get("maps"):
        shown["maps"] = {"n": COARSE, "numbers": packed(planes.maps(box))}
    return shown


def warm_up() -> None:
    start({"data": "moons", "n": 6, "noise": 0.1, "hidden": [1], "act": "tanh", "seed": 1})
    frame({"rate": 0.5, "decay": 1e-4, "batch": 0, "how": "compiled", "steps": 2, "budget": 1e3})
    step(0)
    global training
    training = None
