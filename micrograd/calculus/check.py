"""Is this gradient right? Backpropagation against differences.

    >>> print(gradcheck(lambda x, y: x**3 * y, 3.0, 2.0))
    gradcheck of the function: 2 of 2 agree (tolerance 1e-06)
    input  backpropagation  differences  relative     step
    x                   54           54   8.6e-12  1.5e-05  ok
    y                   27           27   0.0e+00  1.5e-05  ok

A derivative is the limit of (f(x + h) − f(x − h)) / 2h. Computed, this has an error that shrinks as h² and a rounding
error that grows as ε/h; they balance near h = ∛ε times the scale of x (Nocedal and Wright, Numerical Optimization,
section 8.1). Where backpropagation disagrees, smaller steps have the next word, and then the neighbourhood: at a kink
the slopes on the two sides differ however small the step, and beside it everything agrees.
"""

from __future__ import annotations

import inspect
import math
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from micrograd._core.nodes import local, number
from micrograd.calculus.report import GradcheckError, Report, Row
from micrograd.calculus.reverse import name_of, one_number
from micrograd.calculus.structures import named, transform
from micrograd.engine import Value, topological
from micrograd.ops import Primitive

EPSILON = sys.float_info.epsilon
NUDGES = (1e-3, 1e-3, 1e-3, 1e-4, 1e-5)  # how far beside a kink one looks, relative to the scale of an input

Evaluate = Callable[[Sequence[float]], Any]


def gradcheck(
    f: Any,
    *xs: Any,
    tolerance: float = 1e-6,
    directional: bool = False,
    raise_on_failure: bool = False,
    rng: Any = random,
) -> Report:
    """Compare what `backward()` says about f at `xs` with central differences, input by input.

    f takes numbers, or lists, tuples, dicts and arrays of them, and returns one number; it is called with Values. For
    a network, `gradcheck(model, loss, (inputs, targets))` checks the gradient of `loss(model(inputs), targets)` with
    respect to every parameter, and `gradcheck(model, loss)` that of `loss(model)`. Whatever is touched for this, data
    and grads, is as before afterwards.

    That takes two evaluations for each input; `directional=True` compares one derivative along a random direction
    instead, which costs two evaluations in all and misses a mistake only by an improbable accident.

    The report is true if nothing is wrong. With `raise_on_failure` a wrong gradient raises `GradcheckError`, a
    `ValueError` with the report as its text. Raises `ValueError` if f gives two results at the same point, `TypeError`
    if it does not return one number; an error of f at `xs` itself is passed on.
    """
    subject = Network(f, *xs) if hasattr(f, "named_parameters") else Function(f, xs)
    with subject:
        rows = tuple(compared(subject, tolerance, directional, rng))
    report = Report(f"gradcheck of {subject.title}", rows, tolerance)
    if raise_on_failure and not report.ok:
        raise GradcheckError(report)
    return report


# ---- what is checked: a function of a list of floats, whose result is a graph over `leaves`


class Function:
    """An ordinary function, called on fresh Values."""

    def __init__(self, f: Callable, xs: tuple):
        self.f, self.xs, self.title = f, xs, name_of(f)
        inputs = [pair for x, name in zip(xs, argument_names(f, len(xs)), strict=True) for pair in named(x, name)]
        inputs = [(getattr(x, "label", "") or name, x) for name, x in inputs if is_number(x)]
        self.names = [name for name, _ in inputs]
        self.point = [float(x) for _, x in inputs]
        self.leaves: list[Value] = []

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        pass

    def __call__(self, point: Sequence[float]) -> Any:
        self.leaves = [Value(x, label=name) for x, name in zip(point, self.names, strict=True)]
        fresh = iter(self.leaves)
        return self.f(*transform(lambda x: next(fresh) if is_number(x) else x, self.xs))


class Network:
    """A model's parameters, changed in place and put back."""

    def __init__(self, model: Any, loss: Any = None, batch: Any = None):
        if not callable(loss):
            raise TypeError(f"for a network: gradcheck(model, loss, (inputs, targets)), got {loss!r} as loss")
        self.model, self.f, self.batch = model, loss, batch
        self.title = f"{type(model).__name__} with {name_of(loss)}"
        pairs = list(model.named_parameters())
        self.names = [name for name, _ in pairs]
        self.leaves = [p for _, p in pairs]
        self.point = [p.data for p in self.leaves]

    def __enter__(self) -> None:
        self.kept = [(p.data, p.grad) for p in self.leaves]

    def __exit__(self, *error: object) -> None:
        for p, (data, grad) in zip(self.leaves, self.kept, strict=True):
            p.data, p.grad = data, grad

    def __call__(self, point: Sequence[float]) -> Any:
        for p, x in zip(self.leaves, point, strict=True):
            p.data, p.grad = x, 0.0
        if self.batch is None:
            return self.f(self.model)
        inputs, targets = self.batch
        return self.f(self.model(inputs), targets)


def argument_names(f: Callable, n: int) -> list[str]:
    """The names of the parameters of f, for its n positional arguments."""
    try:
        parameters = list(inspect.signature(f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    plain = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    rest = next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "x")
    return [*plain, *(f"{rest}[{i}]" for i in range(n - len(plain)))][:n]


def is_number(x: Any) -> bool:
    try:
        return isinstance(x, Value) or number(x) is not None
    except TypeError:
        return False


# ---- backpropagation


def backpropagated(subject: Any, point: Sequence[float]) -> tuple[Any, list[float]]:
    """The result of f and its gradient, by `backward()` itself; the grads of all Values are as before."""
    out = one_number(subject(point), subject.f)
    if not isinstance(out, Value):
        return out, [0.0] * len(point)
    nodes = list(dict.fromkeys([out, *(p for v in topological(out) for p in v.parents)]))
    kept = [v.grad for v in nodes]
    try:
        out.backward()
        return out, [leaf.grad for leaf in subject.leaves]
    finally:
        for v, grad in zip(nodes, kept, strict=True):
            v.grad = grad


def on_kink(out: Any) -> bool:
    """Whether some operation below `out` has another local derivative a little to the left than to the right."""
    for v in topological(out) if isinstance(out, Value) else ():
        if isinstance(v.primitive, Primitive):
            for i, p in enumerate(v.parents):
                d = 1e-6 * max(1.0, abs(p.data))
                left, right = (beside(v, i, x) for x in (p.data - d, p.data + d))
                if abs(left - right) > 1e-2 * max(abs(left), abs(right)):
                    return True
    return False


def beside(v: Value, i: int, x: float) -> float:
    """The local derivative of the node v for its operand i, if that were x; nan outside the domain."""
    operands = [Value(p.data) for p in v.parents]
    operands[i].data = x
    try:
        return local(v.primitive, operands, v.constants)[1 + i]  # type: ignore[arg-type]
    except (ArithmeticError, ValueError):
        return math.nan


# ---- differences


def compared(subject: Any, tolerance: float, directional: bool, rng: Any) -> Iterator[Row]:
    point = list(subject.point)
    out, gradient = backpropagated(subject, point)
    again = float(one_number(subject(point), subject.f))
    if again != float(out) and not (math.isnan(again) and math.isnan(out)):
        raise ValueError(
            f"{subject.title} gave {float(out)!r} and then {again!r} at the same point: "
            "a function that draws random numbers cannot be checked"
        )
    for name, direction in directions(subject, directional, rng):
        line = Line(subject, point, direction, gradient, tolerance)
        yield Row(name, line.analytic, *line.judged(float(out), rng))


def directions(subject: Any, directional: bool, rng: Any) -> Iterator[tuple[str, dict[int, float]]]:
    """Where to go from the point: along each input, or once along all of them."""
    if not directional:
        yield from ((name, {i: 1.0}) for i, name in enumerate(subject.names))
    elif subject.point:
        yield "a random direction", {i: rng.gauss(0.0, 1.0) * scale(x) for i, x in enumerate(subject.point)}


def scale(x: float) -> float:
    return max(1.0, abs(x))


class Line:
    """f along one direction: t ↦ f(point + t · direction), and what backpropagation says of its slope at 0."""

    def __init__(
        self, subject: Any, point: list[float], direction: dict[int, float], gradient: list[float], tolerance: float
    ):
        self.subject, self.point, self.direction, self.tolerance = subject, point, direction, tolerance
        self.analytic = sum(gradient[i] * d for i, d in direction.items())

    def value(self, t: float) -> Any:
        moved = list(self.point)
        for i, d in self.direction.items():
            moved[i] += t * d
        return one_number(self.subject(moved), self.subject.f)

    def at(self, *ts: float) -> list[float] | None:
        """f at several places, None if one of them lies outside the domain of f."""
        try:
            return [float(self.value(t)) for t in ts]
        except (ArithmeticError, ValueError):
            return None

    def steps(self) -> list[float]:
        """The steps to try, each a power of 2 so that moving by it hardly rounds."""
        x = abs(self.point[next(iter(self.direction))]) if len(self.direction) == 1 else 1.0
        best, near = EPSILON ** (1 / 3) * scale(x), EPSILON ** (1 / 3) * x
        small = [near] if 0.0 < near < best else []
        return [2.0 ** round(math.log2(h)) for h in (best, *small, best / 10, best / 100, best * 10)]

    def difference(self, numeric: float, noise: float = 0.0) -> float:
        off = abs(self.analytic - numeric)
        if off == 0.0 or math.isnan(off):
            return off if off == 0.0 else math.inf
        return off / max(abs(self.analytic), abs(numeric), noise / self.tolerance)

    def judged(self, f0: float, rng: Any) -> tuple[float, float, float, str]:
        """(numeric, difference, step, verdict)."""
        if not math.isfinite(self.analytic):
            return self.at_singularity(f0)
        found = self.two_sided()
        numeric, difference, step, verdict = self.one_sided(f0) if found is None else (*found, "wrong")
        if found and difference <= self.tolerance:
            verdict = "ok"
        if verdict == "wrong" and (self.slopes_jump(f0) or on_kink(self.value(0.0))) and self.right_beside(rng):
            verdict = "kink"
        return numeric, difference, step, verdict

    def two_sided(self) -> tuple[float, float, float] | None:
        """(numeric, difference, step) for the first step that agrees, or else the one that comes closest."""
        best: tuple[float, float, float] | None = None
        for step in self.steps():
            if (both := self.at(step, -step)) is None:
                continue
            up, down = both
            numeric, noise = (up - down) / (2 * step), rounding(up, down, step)
            if best and noise > 1e-3 * max(abs(self.analytic), abs(numeric)):
                continue  # a second opinion must not be a blind one
            difference = self.difference(numeric, noise)
            if best is None or difference < best[1]:
                best = numeric, difference, step
            if difference <= self.tolerance:
                break
        return best

    def one_sided(self, f0: float) -> tuple[float, float, float, str]:
        """At an edge of the domain: second-order differences into it, which must come close as the step shrinks."""
        tried: list[tuple[float, float, float]] = []
        for side in (1.0, -1.0):
            for step in (h * side for h in sorted(self.steps(), reverse=True)):
                if ahead := self.at(step, 2 * step):
                    numeric = (4 * ahead[0] - ahead[1] - 3 * f0) / (2 * step)
                    tried.append((numeric, self.difference(numeric), abs(step)))
            if tried:
                break
        if not tried:
            return math.nan, 0.0, self.steps()[0], "edge"
        numeric, difference, step = tried[-1]
        nearer = abs(self.analytic - numeric) <= 0.5 * abs(self.analytic - tried[0][0])
        return numeric, difference, step, "edge" if difference < 1e-3 or nearer else "wrong"

    def at_singularity(self, f0: float) -> tuple[float, float, float, str]:
        """For an infinite derivative the slopes must grow, in its direction, as the step shrinks."""
        slopes = []
        step = self.steps()[0]
        for h in (step, step / 256):
            here = [(ends[0] - f0) / t for t in (h, -h) if (ends := self.at(t))]
            slopes.append(max(here, key=abs, default=math.nan))
        grows = math.copysign(1.0, self.analytic) * slopes[1] > 2 * abs(slopes[0])
        return slopes[1], math.inf, step / 256, "singular" if math.isinf(self.analytic) and grows else "wrong"

    def slopes_jump(self, f0: float) -> bool:
        """Whether left and right slope stay apart as the step shrinks: by curvature they differ in proportion to it."""
        gaps = []
        step = self.steps()[0]
        for h in (step, step / 16):
            if (both := self.at(h, -h)) is None:
                return False
            right, left = (both[0] - f0) / h, (f0 - both[1]) / h
            gaps.append(abs(right - left))
            seen = 10 * self.tolerance * max(abs(right), abs(left)) + rounding(both[0], both[1], h)
        return gaps[1] > 0.5 * gaps[0] and gaps[1] > seen

    def right_beside(self, rng: Any) -> bool:
        """Whether backpropagation and differences agree a little beside the point."""
        for nudge in NUDGES:
            point = [x + nudge * scale(x) * rng.choice((-1, 1)) * rng.uniform(0.5, 1.0) for x in self.point]
            try:
                _, gradient = backpropagated(self.subject, point)
            except (ArithmeticError, ValueError):
                continue
            found = Line(self.subject, point, self.direction, gradient, self.tolerance).two_sided()
            if found and found[1] <= self.tolerance:
                return True
        return False


def rounding(up: float, down: float, step: float) -> float:
    """What rounding alone may do to a difference quotient."""
    return 64 * EPSILON * max(abs(up), abs(down)) / step
