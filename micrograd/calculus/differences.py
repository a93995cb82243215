"""The derivative along one direction: by differences, and by the gradient. Which of the two is right?"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any

from micrograd._core.floats import as_float
from micrograd._core.keeping import keep
from micrograd._core.nodes import local
from micrograd.calculus.calls import one_number
from micrograd.calculus.subjects import Subject
from micrograd.engine import Value, topological
from micrograd.ops import Primitive

EPSILON = sys.float_info.epsilon
NUDGES = (1e-3, 1e-3, 1e-3, 1e-4, 1e-5)  # how far beside a kink to look, relative to the scale of an input


class Slice:
    """f along one direction: t ↦ f(point + t · direction), and its slope at 0 by backpropagation (`analytic`)."""

    def __init__(
        self, subject: Subject, point: list[float], direction: dict[int, float], gradient: list[float], tolerance: float
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
            return [as_float(self.value(t)) for t in ts]
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

    def judge(self, f0: float, rng: Any) -> tuple[float, float, float, str]:
        """(numeric, difference, step, verdict), as in a `Row`."""
        if not math.isfinite(self.analytic):
            return self.at_singularity(f0)
        found = self.two_sided()
        numeric, difference, step, verdict = self.one_sided(f0) if found is None else (*found, "wrong")
        if found and difference <= self.tolerance:
            verdict = "ok"
        if verdict == "wrong" and (self.slopes_jump(f0) or on_kink(self.value(0.0))) and self.agrees_nearby(rng):
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
                continue  # a smaller step helps only if rounding stays far below the derivative
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

    def agrees_nearby(self, rng: Any) -> bool:
        """Whether backpropagation and differences agree at points close by."""
        for nudge in NUDGES:
            point = [x + nudge * scale(x) * rng.choice((-1, 1)) * rng.uniform(0.5, 1.0) for x in self.point]
            try:
                _, gradient = backpropagate(self.subject, point)
            except (ArithmeticError, ValueError):
                continue
            found = Slice(self.subject, point, self.direction, gradient, self.tolerance).two_sided()
            if found and found[1] <= self.tolerance:
                return True
        return False


def rounding(up: float, down: float, step: float) -> float:
    """How much rounding alone may change a difference quotient."""
    return 64 * EPSILON * max(abs(up), abs(down)) / step


def scale(x: float) -> float:
    """The size of x, for choosing steps."""
    return max(1.0, abs(x))


def backpropagate(subject: Subject, point: Sequence[float]) -> tuple[Any, list[float]]:
    """The result of f and its gradient, by `backward()` itself; afterwards the grads of all Values are as before."""
    out = one_number(subject(point), subject.f)
    if not isinstance(out, Value):
        return out, [0.0] * len(point)
    nodes = list(dict.fromkeys([out, *(p for v in topological(out) for p in v.parents)]))
    kept = keep(nodes, "grad")
    try:
        out.backward()
        return out, [leaf.grad for leaf in subject.leaves]
    finally:
        any(kept)


def on_kink(out: Any) -> bool:
    """Whether some operation below `out` has different local derivatives a little to the left and to the right."""
    for v in topological(out) if isinstance(out, Value) else ():
        if isinstance(v.primitive, Primitive) and v.primitive.kink:
            for i, p in enumerate(v.parents):
                d = 1e-6 * max(1.0, abs(p.data))
                left, right = (partial_at(v, i, x) for x in (p.data - d, p.data + d))
                if abs(left - right) > 1e-2 * max(abs(left), abs(right)):
                    return True
    return False


def partial_at(v: Value, i: int, x: float) -> float:
    """The local derivative of the node v with respect to its operand i, if that were x; nan outside the domain."""
    operands = [Value(p.data) for p in v.parents]
    operands[i].data = x
    try:
        return local(v.primitive, operands, v.constants)[1 + i]  # type: ignore[arg-type]
    except (ArithmeticError, ValueError):
        return math.nan
