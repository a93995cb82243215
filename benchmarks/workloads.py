"""The networks that the engines run, written once for every engine; no engine is imported here.

W1  one gradient step of the moons classifier: an MLP 2-16-16-1 with ReLU on all 100 points at once, max-margin loss
    plus 10⁻⁴ Σ p²; 65,818 nodes including leaves, if every sum is a chain of single additions
W2  one training step of a small character GPT on a document of eight predictions: width 16, 4 heads, one layer,
    4,192 parameters

and the Rosenbrock function in two and in a hundred dimensions.

`check` compares the loss and the norm of the gradient with the reference; only then is `step` timed.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from itertools import pairwise
from operator import add, methodcaller, mul
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.peers import load

if TYPE_CHECKING:
    import numpy as np

# The file alone: a process that runs another engine does not load ours.
moons = load("moons", Path(__file__).parent.parent / "micrograd" / "datasets.py").moons
MOONS = moons(100, noise=0.1, seed=1337)


def chained_dot(weights: Sequence[Any], inputs: Sequence[Any]) -> Any:
    """Σ wᵢ xᵢ, one node for each product and one for each addition."""
    return reduce(add, map(mul, weights, inputs))


class Engine(NamedTuple):
    """What the workloads need from an engine: its leaf, its `MLP`, its sums, its functions, and its largest number."""

    leaf: Callable[[Any], Any]
    mlp: Callable[[int, list[int]], Any]
    dot: Callable[[Sequence[Any], Sequence[Any]], Any] = chained_dot
    total: Callable[[Any], Any] = sum
    largest: Callable[[Sequence[Any]], Any] = lambda values: max(v.data for v in values)
    relu: Callable[[Any], Any] = methodcaller("relu")
    exp: Callable[[Any], Any] = methodcaller("exp")
    log: Callable[[Any], Any] = methodcaller("log")


class PlainMLP:
    """The original's `MLP` for numbers of any kind, with the same parameters in the same order from the same draws."""

    def __init__(self, leaf: Callable[[float], Any], relu: Callable[[Any], Any], nin: int, nouts: list[int]):
        self.relu = relu
        self.layers = [
            [([leaf(random.uniform(-1, 1)) for _ in range(inputs)], leaf(0.0)) for _ in range(outputs)]
            for inputs, outputs in pairwise([nin, *nouts])
        ]

    def __call__(self, x: Sequence[Any]) -> Any:
        *hidden, (output,) = self.layers
        for layer in hidden:
            x = [self.relu(self.weighted(neuron, x)) for neuron in layer]
        return self.weighted(output, x)

    def weighted(self, neuron: tuple[list[Any], Any], x: Sequence[Any]) -> Any:
        weights, bias = neuron
        return sum((w * xi for w, xi in zip(weights, x, strict=True)), bias)

    def parameters(self) -> list[Any]:
        return [p for layer in self.layers for weights, bias in layer for p in (*weights, bias)]


class Workload(NamedTuple):
    """A function, its data and its parameters, with the loss and the gradient norm that it must give.

    Every step builds the loss again.
    """

    function: Callable[..., Any]
    data: tuple[Any, ...]
    parameters: list[Any]
    loss: float
    norm: float

    def build(self) -> Any:
        return self.function(*self.data)

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The parameters as one flat array, then each piece of data as an array."""
        import numpy as np

        return np.array([p.data for p in self.parameters]), *(np.array(x, dtype=float) for x in self.data)


def step(workload: Workload) -> float:
    """Run forward, set the gradients to zero, run backward; only the loss remains, and the graph is dropped."""
    loss = workload.build()
    for p in workload.parameters:
        p.grad = 0.0
    loss.backward()
    return loss.data


def check(name: str, workload: Workload) -> None:
    """Raise `ArithmeticError` unless one step gives the loss and the gradient norm of the reference, to 10⁻¹⁰."""
    compare(name, workload, step(workload), (p.grad for p in workload.parameters))


def compare(name: str, workload: Workload, loss: float, gradient: Iterable[float]) -> None:
    """Raise `ArithmeticError` unless the loss and the gradient's norm are those of the reference, to 10⁻¹⁰."""
    got = float(loss), math.sqrt(sum(float(g) ** 2 for g in gradient))
    for what, is_, wanted in zip(("loss", "gradient norm"), got, (workload.loss, workload.norm), strict=True):
        if not math.isclose(is_, wanted, rel_tol=1e-10):
            raise ArithmeticError(f"{name}: the {what} is {is_!r}, not {wanted!r}")


# ---- W1


def w1(engine: Engine) -> Workload:
    random.seed(1337)
    model = engine.mlp(2, [16, 16, 1])
    parameters = model.parameters()

    def loss(points: Sequence[Sequence[Any]], labels: Sequence[Any]) -> Any:
        scores = [model([engine.leaf(x) for x in point]) for point in points]
        margins = [engine.relu(1 + -y * score) for y, score in zip(labels, scores, strict=True)]
        return engine.total(margins) * (1 / len(margins)) + 1e-4 * engine.total([p * p for p in parameters])

    return Workload(loss, MOONS, parameters, 0.8958441028683222, 2.928064045128692)


# ---- W2

WIDTH, HEADS = 16, 4
DOCUMENT = [26, 4, 12, 12, 0, 11, 8, 19, 26]
SHAPES = {
    "token": (27, 16),
    "position": (16, 16),
    "output": (27, 16),
    "query": (16, 16),
    "key": (16, 16),
    "value": (16, 16),
    "projection": (16, 16),
    "first": (64, 16),
    "second": (16, 64),
}


def w2(engine: Engine) -> Workload:
    rng = random.Random(42)
    weights = {
        name: [[engine.leaf(rng.gauss(0, 0.08)) for _ in range(columns)] for _ in range(rows)]
        for name, (rows, columns) in SHAPES.items()
    }
    parameters = [p for matrix in weights.values() for row in matrix for p in row]

    def loss() -> Any:
        losses = list(surprises(engine, weights))
        return engine.total(losses) / len(losses)

    return Workload(loss, (), parameters, 3.359581649371585, 2.0878186793347955)


def surprises(engine: Engine, weights: dict[str, list[list[Any]]]) -> Iterator[Any]:
    """−log of the probability that the GPT gives each next character of the document."""

    def linear(name: str, x: list[Any]) -> list[Any]:
        return [engine.dot(row, x) for row in weights[name]]

    def normalised(x: list[Any]) -> list[Any]:
        scale = (engine.dot(x, x) / len(x) + 1e-5) ** -0.5
        return [v * scale for v in x]

    def softmax(logits: list[Any]) -> list[Any]:
        largest = engine.largest(logits)
        powers = [engine.exp(v - largest) for v in logits]
        norm = engine.total(powers)
        return [power / norm for power in powers]

    keys: list[list[Any]] = []
    values: list[list[Any]] = []
    for t, (token, following) in enumerate(pairwise(DOCUMENT)):
        x = [a + b for a, b in zip(weights["token"][token], weights["position"][t], strict=True)]
        residual = x = normalised(x)
        x = normalised(x)
        query = linear("query", x)
        keys.append(linear("key", x))
        values.append(linear("value", x))
        attended = []
        for head in range(0, WIDTH, WIDTH // HEADS):
            part = slice(head, head + WIDTH // HEADS)
            scores = [engine.dot(query[part], key[part]) / math.sqrt(WIDTH // HEADS) for key in keys]
            attention = softmax(scores)
            attended += [engine.dot(attention, column) for column in zip(*(v[part] for v in values), strict=True)]
        residual = x = [a + b for a, b in zip(linear("projection", attended), residual, strict=True)]
        hidden = [engine.relu(v) for v in linear("first", normalised(x))]
        x = [a + b for a, b in zip(linear("second", hidden), residual, strict=True)]
        yield -engine.log(softmax(linear("output", x))[following])


# ---- Rosenbrock

START = [-1.2, 1.0]


def rosenbrock(x: Sequence[Any]) -> Any:
    return sum(100 * (b - a**2) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:], strict=False))


def rosenbrock_2d(x: Sequence[Any]) -> Any:
    a, b = x
    return 100 * (b - a**2) ** 2 + (1 - a) ** 2


def valley(dimensions: int, engine: Engine) -> Workload:
    """The Rosenbrock function at −1.2, 1, −1.2, 1, …; its value and its gradient's norm come from exact fractions."""
    x = [engine.leaf(START[i % 2]) for i in range(dimensions)]
    value, norm = {2: (24.2, 232.86768775422665), 100: (24926.0, 7200.758293402161)}[dimensions]

    def loss() -> Any:
        return rosenbrock(x)

    return Workload(loss, (), x, value, norm)


WORKLOADS: dict[str, Callable[[Engine], Workload]] = {
    "W1": w1,
    "W2": w2,
    "Rosenbrock 2-D": partial(valley, 2),
    "Rosenbrock 100-D": partial(valley, 100),
}
