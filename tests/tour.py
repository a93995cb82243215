"""A tour of the package: what a page or a notebook calls, as plain results that compare, wherever Python runs.

It needs nothing but the package: `tour()` goes through all of it, in this process, in one where no other package can be
imported, or in a browser's Python. A stop is a function without arguments; what it returns is put into JSON, texts and
pages by their length and a sum of their characters, so that a difference shows.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import random
import warnings
from array import array
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import micrograd
from micrograd import Value, datasets, interop, losses
from micrograd.nn import MLP, BatchNorm, Dropout, Layer, Sequential
from micrograd.nn import activations as activated
from micrograd.nn.four_equations import four_equations
from micrograd.ops import PRIMITIVES, Floats, quietly
from micrograd.optim import SGD, Adam
from micrograd.text.expression import from_words, names

STOPS: dict[str, Callable[[], Any]] = {}
EXPRESSION, WORDS = "tanh(w*x + b) * relu(x - w)^2", ["w=-0.5", "x=2", "b=0.25"]


def stop(f: Callable[[], Any]) -> Callable[[], Any]:
    STOPS[f.__name__] = f
    return f


def tour() -> dict[str, Any]:
    """The results of all stops; an error is one, too."""
    found = {}
    for name, run in STOPS.items():
        try:
            found[name] = plain(run())
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


def plain(x: Any) -> Any:
    if isinstance(x, Value):
        return plain([x.data, x.grad])
    if isinstance(x, dict):
        return {str(key): plain(part) for key, part in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(part) for part in x]
    if hasattr(x, "tolist"):
        return plain(x.tolist())
    if isinstance(x, float) and not math.isfinite(x):
        return repr(x)
    return x if isinstance(x, (int, float, bool, type(None))) else str(x)


def page(text: str) -> list[int]:
    """A long text: how long it is, and a sum of its characters."""
    return [len(text), sum(map(ord, text))]


def said(run: Callable[[], Any]) -> str:
    """The error that a call raises."""
    try:
        return f"no error: {run()!r}"
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def expression() -> Value:
    root = from_words(EXPRESSION, WORDS)
    root.backward()
    return root


# ---- the engine, the functions, derivatives


@stop
def engine() -> Any:
    root = expression()
    with micrograd.no_grad():
        alone = root * 2
    leaves = sorted((v for v in root._prev for v in (v, *v._prev)), key=lambda v: v.data)
    return [root, names(EXPRESSION), leaves, alone.parents, said(lambda: Value(0.0).log()), said(lambda: Value(1) / 0)]


@stop
def primitives() -> Any:
    found = {}
    for name, op in PRIMITIVES.items():
        operands = [float(name == "acosh") + 0.25 * (k + 1) for k in range(5 if op.variadic else len(op.operands))]
        constants = () if name != "power" else (operands.pop(),)
        operands = [1.0, *operands[1:]] if name == "cross_entropy" else operands
        quiet = [quietly(op, [x] * len(operands), constants) for x in (0.0, -2.0, 1e300, math.inf)]
        found[name] = [op.run(Floats, *operands, *constants), quiet]
    return found


@stop
def derivatives() -> Any:
    def f(x: Any, y: Any) -> Any:
        return micrograd.sin(x) * y**3 + micrograd.exp(x * y)

    def rows(xs: Any) -> Any:
        return [xs[0] * xs[1], xs[0] ** 2]

    v = Value(0.5)
    return [
        micrograd.grad(f)(0.5, 0.25),
        micrograd.value_and_grad(f, argnum=(0, 1))(0.5, 0.25),
        micrograd.hessian(lambda v: f(v["x"], v["y"]))({"x": 0.5, "y": 0.25}),
        micrograd.jacobian(rows)([1.0, 2.0]),
        micrograd.jvp(f, (0.5, 0.25), (1.0, -1.0)),
        micrograd.hvp(lambda xs: f(*xs), [0.5, 0.25], [1.0, -1.0]),
        micrograd.taylor(micrograd.tanh, 0.5, 6),
        micrograd.derivatives(v**3, [v]),
        str(micrograd.gradcheck(f, 0.5, 0.25)),
        micrograd.grad(micrograd.sqrt)(0.0),
    ]


# ---- pictures and lessons


@stop
def pictures() -> Any:
    root = expression()
    drawn = micrograd.draw(root)
    made = [page(text) for text in (drawn.svg, drawn.html, drawn.dot, micrograd.draw(root, direction="down").svg)]
    with TemporaryDirectory() as folder:
        path = drawn.save(Path(folder) / "graph.svg")
        return [*made, page(path.read_text(encoding="utf-8"))]


@stop
def lessons() -> Any:
    root = expression()
    stepper = micrograd.step(root)
    lines = [str(stepper.next()) for _ in range(3)]
    told = [micrograd.explain(root), micrograd.explain("a*b + c", a=2, b=-3, c=4)]
    return [page(stepper.html), lines, str(stepper), told]


@stop
def exercises() -> Any:
    found = []
    for level in range(1, 9):
        exercise = micrograd.practice(level=level, seed=level)
        found += [page(exercise.html), exercise.question, exercise.answer("17"), exercise.hint(), exercise.skip()]
        found += [str(exercise), str(exercise.score), page(exercise.next().html)]
    with TemporaryDirectory() as folder:
        for ending in ("tex", "md", "html"):
            path = exercise.export(Path(folder) / f"sheet.{ending}", solutions=True)
            found.append(page(path.read_text(encoding="utf-8")))
    return found


@stop
def bugs() -> Any:
    bug = micrograd.practice(level=4, seed=3).bug()
    return [page(bug.html), bug.question, bug.answer(0), bug.hint(), str(bug), bug.score]


# ---- checks of other people's code, which is typed as text and has no file


CLASS = """
import math

class Value:
    def __init__(self, data, parents=()):
        self.data, self.grad, self._prev = data, 0.0, set(parents)
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other))
        def _backward():
            self.grad {0} out.grad
            other.grad {0} out.grad
        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other))
        def _backward():
            self.grad += other.data * out.grad
            other.grad += self.data * out.grad
        out._backward = _backward
        return out

    def log(self):
        out = Value(math.log(self.data), (self,))
        def _backward():
            self.grad += out.grad / self.data
        out._backward = _backward
        return out

    def backward(self):
        topo, visited = [], set()
        def build(v):
            if v not in visited:
                visited.add(v)
                for child in v._prev:
                    build(child)
                topo.append(v)
        build(self)
        self.grad = 1.0
        for v in reversed(topo):
            v._backward()
"""
AROUND = CLASS.format("+=").replace(
    "other = other if isinstance(other, Value) else Value(other)", "return other + self"
)
ENDLESS = CLASS.format("+=").replace("        self.grad = 1.0\n", "        while True:\n            pass\n")
RAISING = CLASS.format("+=").replace("out.grad / self.data", "out.gard / self.data")
FUNCTIONS = """
import math
f = lambda x: math.log(x) * x
right = lambda x: 1 + math.log(x)
wrong = lambda x: 1 / x
def backward(root):
    for v in [root, *root._prev]:
        v.grad = 1.0
"""


def typed(text: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "typed"}
    exec(compile(text, "<typed>", "exec"), namespace)
    return namespace


@stop
def checks() -> Any:
    classes = [typed(text)["Value"] for text in (CLASS.format("+="), CLASS.format("="), AROUND, ENDLESS, RAISING)]
    functions = typed(FUNCTIONS)
    f = functions["f"]
    return [
        *map(micrograd.check, classes),
        micrograd.check(Value),
        micrograd.check(functions["backward"]),
        micrograd.check(f, functions["right"]),
        micrograd.check(f, functions["wrong"]),
        said(lambda: micrograd.check(f)),
        said(lambda: micrograd.check(Value(3.0))),
    ]


# ---- networks


def network() -> MLP:
    return MLP(2, [4, 4, 1], rng=random.Random(1))


@stop
def points() -> Any:
    return [make(20) for make in (datasets.moons, datasets.circles, datasets.xor, datasets.spiral)]


@stop
def training() -> Any:
    found = []
    for kind, options in ((SGD, {"lr": 0.1, "momentum": 0.9}), (Adam, {"lr": 0.05})):
        for compiled in (False, True):
            model, data = network(), datasets.split(*datasets.moons(40))[::2]
            optimiser = kind(model.parameters(), **options)
            found.append(
                micrograd.train(
                    model, losses.max_margin, data, optimiser, epochs=4, batch_size=16, rng=3, compile=compiled
                )
            )
            found.append([model.parameters(), model.predict(data[0][:5]), model.summary()])
            found.append(micrograd.training.field(model, data[0], data[1], resolution=4))
    return found


@stop
def layers() -> Any:
    rng = random.Random(2)
    model = Sequential(
        Layer(2, 5, rng=rng), BatchNorm(5), activated.GELU(), Dropout(0.2, rng=rng), Layer(5, 3, nonlin=False, rng=rng)
    )
    points, labels = datasets.circles(12)
    classes = [int(label > 0) for label in labels]
    loss = losses.cross_entropy(model(points), classes)
    loss.backward()
    state = model.state_dict()
    model.eval()
    scores = model(points[:3])
    model.load_state_dict(state)
    sigmoids = Sequential(*[Layer(m, n, activation="sigmoid", rng=rng) for m, n in ((2, 3), (3, 1))])
    deviations = four_equations(sigmoids, points[0], [1.0])
    return [loss, model.parameters(), scores, state, model.summary(), deviations]


@stop
def loss_functions() -> Any:
    outs = [Value(0.25), Value(-0.5), Value(2.0)]
    found = [
        losses.mse(outs, [1, 0, 2]),
        losses.max_margin(outs, [1, -1, 1]),
        losses.sigmoid_cross_entropy(outs, [1, 0, 1]),
        micrograd.softmax(outs),
        micrograd.logsumexp(outs),
    ]
    return found


# ---- compiled functions


@stop
def compiled() -> Any:
    model = network()
    points, labels = datasets.moons(30)

    @micrograd.compile
    def objective(points: Any, labels: Any) -> Any:
        scores = model(points)
        decay = 1e-4 * micrograd.dot(model.parameters(), model.parameters())
        return losses.max_margin(scores, labels) + decay, [s.data for s in scores]

    optimiser, found = SGD(model.parameters(), lr=0.2), []
    for _ in range(5):
        loss, scores = objective(points, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        found.append([loss, scores])
    field = micrograd.compile(lambda xs, ys: model([[x, y] for x, y in zip(xs, ys, strict=True)]))
    with micrograd.no_grad():
        found += [field([0.1 * k for k in range(8)], [0.5] * 8), field([0.2 * k for k in range(8)], [0.25] * 8)]
    return [found, repr(objective).splitlines()[0].split(",")[0], page(objective.source)]


@stop
def flat() -> Any:
    found = []
    for kind in (SGD, Adam):
        w, b = Value(0.5), Value(-1.0)
        f = micrograd.compile(lambda x, w=w, b=b: micrograd.tanh(w * x + b) ** 2 - 0.0 * b, parameters=[w, b])
        theta = array("d", [0.5, -1.0])
        optimiser = kind(theta, lr=0.1)
        for x in (2.0, -1.0, 0.5):
            value, gradient = f.value_and_grad(theta, x)
            optimiser.step(gradient)
            found.append([value, gradient, theta.tolist(), f.value_and_grad([1, 2], x)])
        found += [said(lambda f=f: f.value_and_grad([1.0], 2.0)), said(lambda f=f: f.value_and_grad("12", 2.0)), w, b]
    return found


w = Value(0.5)


def ratio(x: float) -> Any:
    return micrograd.log(w * x) / x


def steep(x: float) -> Any:
    if x > 1:
        return w * x**2
    return w * x if x > -1 else -w / x


def chosen(i: Any, xs: Any) -> Any:
    return w * micrograd.pick(xs, i)


@stop
def compiled_edges() -> Any:
    f, strict = micrograd.compile(ratio), micrograd.compile(ratio, strict=True)
    outs = [f(x) for x in (2.0, 0.0, -3.0, 1e308, math.inf, math.nan)]
    for out in outs:
        out.backward()
    branches = micrograd.compile(steep, check=3)
    choice = micrograd.compile(chosen)
    squares = micrograd.compile(lambda: [Value(k) * w for k in range(6)])
    return [
        outs,
        [f.value_and_grad([0.5], x) for x in (2.0, 0.0, -3.0)],
        [said(lambda x=x: strict(x)) for x in (0.0, -3.0)],
        [branches(x) for x in (3.0, 0.5, -2.0, 4.0, 0.25, -4.0)],
        branches._traces,
        [choice(micrograd.index(i), [1.0, 2.0, 3.0]) for i in (0, 2, 1)],
        choice._traces,
        squares(),
        micrograd.grad(f)(2.0),
        micrograd.hessian(f)(2.0),
        pickle.loads(pickle.dumps(branches))(3.0),
        said(lambda: micrograd.compile(lambda x: w * random.random())(1.0)),
        said(lambda: micrograd.compile(lambda x: w * int(x))(1.5)),
    ]


@stop
def changes() -> Any:
    """What a compiled function reads beside its arguments changes: it is traced again."""
    settings, weights = {"scale": 2.0, "names": ["a"]}, [Value(1.0), Value(2.0)]

    @micrograd.compile
    def f(x: float) -> Any:
        return settings["scale"] * sum((v * x for v in weights), Value(0.0)) * len(settings["names"])

    found = [f(2.0)]
    weights.append(Value(3.0))
    found.append(f(2.0))
    settings["names"] = ["a", "b"]
    found.append(f(2.0))
    weights[0].data = 5.0
    found += [f(2.0), f._traces]
    for scale in (3.0, 4.0, 5.0, 6.0):
        settings["scale"] = scale
        found.append(f(2.0))
    return [*found, f._traces < 7]


# ---- what needs more than the package says so


NEEDS = ["graphviz", "scikit-learn", "safetensors", "PyTorch", "matplotlib"]


def missing() -> list[str]:
    """Which of these are missed, by the errors that say so."""
    model = network()
    calls = [
        lambda: micrograd.draw_dot(w * w),
        datasets.digits,
        lambda: model.save(os.devnull),
        lambda: interop.to_torch(model),
        lambda: micrograd.training.plot([{"epoch": 1, "steps": 1, "loss": 0.5}]),
    ]
    errors = list(map(said, calls))
    return [
        name for name, error in zip(NEEDS, errors, strict=True) if error.startswith("ImportError") and name in error
    ]


def main() -> str:
    """The tour as JSON."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = tour()
    return json.dumps({"found": found, "warnings": [str(warning.message) for warning in heard]})
