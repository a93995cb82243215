"""Which scenes a training has: by its data, its model, and what can be drawn of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from micrograd.engine import Value
from micrograd.training.watching.scenes.classes import ConfusionTable, Images
from micrograd.training.watching.scenes.layers import Layers
from micrograd.training.watching.scenes.network import Network
from micrograd.training.watching.scenes.plane import Fit, Line, Plane
from micrograd.training.watching.scenes.sheet import Scene
from micrograd.training.watching.subject import Subject
from micrograd.training.watching.twin import Twin

GRAPH = 5_000  # parameters, beyond which the graph of one example is not built


def choose_scenes(subject: Subject | None, twin: Twin | None, loss: Any, model: Any, parameters: Any) -> list[Scene]:
    scenes: list[Scene] = []
    if twin is None:
        return scenes
    if subject is not None:
        with suppress(Exception):  # data that are not what the first of them looks like; the training goes on
            scenes += _of_data(subject, twin)
        if len(parameters) <= GRAPH and (network := _network(subject, twin, loss)) is not None:
            scenes.append(network)
    if parameters and not any(scene.name == "network" for scene in scenes):
        scenes.append(Layers(model, parameters))
    return scenes


def _of_data(subject: Subject, twin: Twin) -> list[Scene]:
    numbers = not subject.classes and all(isinstance(y, (int, float)) for y in subject.targets)
    if subject.kind == "plane" and (subject.classes or numbers):
        return [Plane(subject, twin)]
    if subject.kind == "line" and (numbers or len(subject.classes) == 2):
        return [Line(subject, twin)]
    if not subject.classes:
        return [Fit(subject)] if numbers else []
    return [*([Images(subject)] if subject.kind == "image" else []), ConfusionTable(subject)]


def _network(subject: Subject, twin: Twin, loss: Any) -> Network | None:
    """The graph of the first example, where it has one that can be read."""
    x, y = subject.inputs[0], subject.targets[0]
    if isinstance(x, list) and all(isinstance(part, (int, float)) for part in x):
        x = [Value(part, label=f"x{i}") for i, part in enumerate(x, start=1)]

    def outcome(model: Callable[[Any], Any]) -> Value:
        """The output, which has a gradient also where the loss has none any more; of several outputs the loss."""
        outs: Any = model([x])
        several = isinstance(outs[0], list) and len(outs[0]) > 1
        found: Value = loss(outs, [y]) if several else outs[0][0] if isinstance(outs[0], list) else outs[0]
        return found

    try:
        return Network(twin, outcome)
    except Exception:  # a graph that is too large, or a loss that needs more than one example
        return None
