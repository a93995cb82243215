"""A function of numbers and its derivative, as somebody worked it out: compared with differences, point by point."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from micrograd.calculus import gradcheck
from micrograd.engine import Value, topological
from micrograd.teaching.check.advice import ADVICE, ENDLESS, FLOATS, INNER, ORDER
from micrograd.teaching.check.attempts import describe_error, number_in, same
from micrograd.teaching.check.naming import Name, Observation, name_mistake
from micrograd.teaching.check.report import Diagnosis, Finding
from micrograd.teaching.check.trials import all_forms
from micrograd.teaching.check.watch import Endless, Watch
from micrograd.teaching.check.wrong_passes import RULES

NUMBERS = (3.0, -4.0, 2.0, 0.5, -0.5, 5.0, -3.0, 1.5, 0.25, -1.5, 0.75, 7.0)
LINES = 1_000_000  # of Python for one point: the function is evaluated some twenty times
H = 1e-5  # the nudge in the line of Python that shows the difference
ROUNDING = 1e-5  # how far a difference quotient may be from a derivative that it confirms

Point = tuple[float, ...]


@dataclass(frozen=True)
class Pair:
    """The function, and its derivative or the list of its derivatives, one for each of `count` arguments."""

    fn: Callable[..., Any]
    derivative: Any
    count: int

    def partials(self, point: Point) -> list[Any]:
        """One number for each argument. Raises `TypeError`."""
        if isinstance(self.derivative, (list, tuple)):
            found = [d(*point) for d in self.derivative]
        else:
            given = self.derivative(*point)
            found = [given] if number_in(given) is not None else given
        try:
            numbers = [number_in(d) for d in found]
        except TypeError:
            numbers = [None]
        if None in numbers or len(numbers) != self.count:
            wanted = "a number" if self.count == 1 else f"{self.count} numbers, one for each argument"
            raise TypeError(f"the derivative should give {wanted}, got {found!r}")
        return numbers

    def operation(self, *values: Value) -> Value:
        """The function as an operation of ours, whose backward is the derivative."""
        point = tuple(v.data for v in values)
        out = Value(number_in(self.fn(*point)), values, self.name)

        def push() -> None:
            for v, d in zip(values, self.partials(point), strict=True):
                v.grad += d * out.grad

        out._backward = push
        return out

    @property
    def name(self) -> str:
        return name_to_type(self.fn, "fn")

    def line(self, point: Point, k: int) -> str:
        """Derivative k at the point beside a difference, as Python."""
        at = ", ".join(map(repr, point))
        up, down = (", ".join(repr(round(x + (i == k) * h, 10)) for i, x in enumerate(point)) for h in (H, -H))
        listed, name = isinstance(self.derivative, (list, tuple)), name_to_type(self.derivative, "derivative")
        theirs = f"{name}[{k}]({at})" if listed else f"{name}({at})" + f"[{k}]" * (self.count > 1)
        return f"print({theirs}, ({self.name}({up}) - {self.name}({down})) / {2 * H:.5f})"


def name_to_type(f: Any, otherwise: str) -> str:
    """The name of f if it can be typed, else `otherwise`."""
    name = getattr(f, "__name__", "")
    return name if name.isidentifier() else otherwise


def arguments(fn: Callable[..., Any], derivative: Any) -> int:
    """How many numbers the function takes."""
    if isinstance(derivative, (list, tuple)):
        return len(derivative)
    if not callable(fn) or not callable(derivative):
        raise TypeError(f"check(fn, derivative) takes two functions, got {fn!r} and {derivative!r}")
    try:
        parameters = inspect.signature(fn).parameters.values()
    except ValueError:  # some built-in functions have no signature
        return 1
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        raise TypeError(
            f"{name_to_type(fn, 'fn')} takes any number of arguments: give a list of its derivatives, one for each"
        )
    required = [
        p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
    ]
    return max(1, len(required))


@dataclass(frozen=True)
class Comparison:
    point: Point
    got: Point
    right: Point
    wrong: tuple[int, ...]


def check_derivative(fn: Any, derivative: Any, tolerance: float) -> Diagnosis:
    """See `check`. Raises `ValueError` where no point tried lies in the domain of fn."""
    pair = Pair(fn, derivative, arguments(fn, derivative))
    points = [(NUMBERS * 2)[k : k + pair.count] for k in range(len(NUMBERS))]
    rows: list[Comparison] = []
    for point in points:
        row = compare(pair, point, tolerance)
        if isinstance(row, Finding):
            return Diagnosis(pair.name, len(rows) + 1, (row,), unit="points")
        rows += [row] if row else []
    if not rows:
        raise ValueError(f"{pair.name} is defined at none of the points tried: {', '.join(map(str, points[:4]))}, …")
    first = next((row for row in rows if row.wrong), None)
    found = (describe_wrong(pair, first, rows, tolerance),) if first else ()
    return Diagnosis(pair.name, len(rows), found, unit="points")


def compare(pair: Pair, point: Point, tolerance: float) -> Comparison | Finding | None:
    """The derivatives at a point beside the differences; None outside the domain of the function."""
    subject, watch = pair.name, Watch(LINES)

    def stopped(sort: str, what: str, advice: str = "") -> Finding:
        at = ", ".join(map(repr, point))
        return Finding(sort, f"{subject}({at})", what, f"print({subject}({at}))", advice=advice)

    try:
        y = watch(pair.fn, *point)
        if number_in(y) is None:
            return stopped("result", f"It gives {y!r}, which is not a number.")
        subject = name_to_type(pair.derivative, "derivative")
        found = watch(gradcheck, pair.operation, *point, tolerance=tolerance, rng=random.Random(0)).rows
    except Endless:
        return stopped("endless", f"It had not ended after {LINES:,} lines of Python.", ENDLESS)
    except Exception as error:
        if subject == pair.name and isinstance(error, (ArithmeticError, ValueError)):
            return None
        hint = FLOATS if isinstance(error, AttributeError) else ""
        return stopped("error", f"It raises {describe_error(error)}.", hint)
    wrong = tuple(k for k, row in enumerate(found) if row.verdict == "wrong")
    right = tuple(row.numeric if k in wrong else row.analytic for k, row in enumerate(found))
    return Comparison(point, tuple(row.analytic for row in found), right, wrong)


def describe_wrong(pair: Pair, first: Comparison, rows: Sequence[Comparison], tolerance: float) -> Finding:
    """The finding for the first point at which a derivative is wrong."""
    name, advice = Name(), ""
    if build := graph(pair, rows):
        seen = {row.point: observe(build, row, tolerance) for row in rows}
        others = [seen[row.point] for row in rows if row is not first]
        name = name_mistake(seen[first.point], others, RULES)
        advice = ADVICE.get(name.mistake or "", "") or (INNER if stopped_early(build, rows) else "")
    at = f"{pair.name}({', '.join(f'{x:g}' for x in first.point)})"
    k = first.wrong[0]
    which = ["derivative"] if pair.count == 1 else [f"derivative by argument {k + 1}" for k in range(pair.count)]
    told = [f"The {which[k]} is given as {first.got[k]:.6g}, and {first.right[k]:.6g} is right" for k in first.wrong]
    return Finding(
        "derivative",
        at,
        "; ".join(told).replace("; The", "; the") + ".",
        pair.line(first.point, k),
        first.got[k],
        first.right[k],
        name.mistake,
        name.where,
        name.possible,
        advice or pattern(rows),
    )


def observe(build: Callable[..., Value], row: Comparison, tolerance: float) -> Observation:
    def graphs() -> list[tuple[Value, list[Value]]]:
        leaves = [Value(x) for x in row.point]
        return [(build(*leaves), leaves)]

    return Observation(graphs, row.right, row.got, tolerance)


def graph(pair: Pair, rows: Sequence[Comparison]) -> Callable[..., Value] | None:
    """The function as a graph of our operations: its result on Values, or the one operation that it equals."""
    single = [form.run for form in all_forms() if len(form.needs) == pair.count]
    return next((build for build in (pair.fn, *single) if all(fits(build, pair.fn, row) for row in rows)), None)


def fits(build: Callable[..., Any], fn: Callable[..., Any], row: Comparison) -> bool:
    """Whether it gives the function's value and the right derivatives."""
    leaves = [Value(x) for x in row.point]
    try:
        out = Watch(LINES)(build, *leaves)
    except (Exception, Endless):
        return False
    wanted = number_in(fn(*row.point))
    if not isinstance(out, Value) or wanted is None or not same(out.data, wanted, 1e-9):
        return False
    out.backward()
    return all(same(leaf.grad, d, ROUNDING) for leaf, d in zip(leaves, row.right, strict=True))


def stopped_early(build: Callable[..., Value], rows: Sequence[Comparison]) -> bool:
    """Whether at every point the derivative is with respect to one and the same interior node."""
    inner: set[int] | None = None
    for row in rows:
        leaves = [Value(x) for x in row.point]
        out = build(*leaves)
        out.backward()
        nodes = topological(out)[:-1]
        fitting = {k for k, v in enumerate(nodes) if all(same(v.grad, x, ROUNDING) for x in row.got)}
        inner = fitting if inner is None else inner & fitting
    return bool(inner)


def pattern(rows: Sequence[Comparison]) -> str:
    """A pattern common to the wrong derivatives, if no mistake was named."""
    pairs = [(x, y) for row in rows for x, y in zip(row.got, row.right, strict=True)]
    ratios = list(_ratios(pairs))
    if len(ratios) > 2 and all(same(r, ratios[0], ROUNDING) for r in ratios) and ratios[0]:
        return f"Everywhere it is {ratios[0]:.4g} times the right one."
    if len(rows[0].got) > 1 and all(agrees_sorted(row) for row in rows):
        return ORDER
    return ""


def _ratios(pairs: Sequence[tuple[float, float]]) -> Iterator[float]:
    for x, y in pairs:
        if abs(y) > ROUNDING or abs(x) > ROUNDING:
            yield x / y if y else float("inf")


def agrees_sorted(row: Comparison) -> bool:
    return all(same(x, y, ROUNDING) for x, y in zip(sorted(row.got), sorted(row.right), strict=True))
