"""What really happens when a node is nudged: the graph is run again with that node held at its new number.

Nothing is said about a slope that was not tried. What happens tells places apart: at a kink each side has a slope of
its own, at a jump the change does not shrink with the nudge, at a steep place it shrinks too slowly.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from micrograd.engine import Value
from micrograd.ops import Primitive, evaluate
from micrograd.teaching.record.record import Contribution

SIZES = (0.01, 1e-4, 1e-6)  # tried in this order
Change = Callable[[float], "float | None"]  # how far something moves for a nudge; None if that cannot be computed


@dataclass(frozen=True)
class Nudge:
    """What two nudges showed, `by` upwards and downwards; None where that cannot be computed.

    place   smooth: the changes are those that the derivative promises; kink: each side has its own slope;
            jump: however small the nudge, the change stays; steep: the slope grows without end
    """

    place: Literal["smooth", "kink", "jump", "steep"]
    by: float
    up: float | None
    down: float | None = None

    @property
    def slopes(self) -> tuple[float, float]:
        """The slopes below and above, at a kink."""
        assert self.up is not None and self.down is not None
        return -self.down / self.by, self.up / self.by

    @property
    def first(self) -> tuple[float, float]:
        """The nudge upwards and its change; downwards where that is the only one."""
        return (self.by, self.up) if self.up is not None else (-self.by, self.down or 0.0)

    @property
    def farther(self) -> tuple[float, float]:
        """Of the two nudges the one that moves farther, upwards if they are alike, and its change."""
        tried = [(by, x) for by, x in ((self.by, self.up), (-self.by, self.down)) if x is not None]
        return max(tried, key=lambda pair: abs(pair[1]))


def find_place(change: Change, slope: float, both: bool, sizes: Sequence[float], noise: float = 0.0) -> Nudge | None:
    """The largest nudge that does what `slope` promises, on both sides if `both`; otherwise what else happens.

    None if nothing can be concluded.
    """
    for by in sizes:
        up = change(by)
        down = change(-by) if both or up is None else None
        tried = [(x, step) for x, step in ((up, by), (down, -by)) if x is not None]
        if tried and all(_keeps(x, slope, step, noise, 0.01 if both else 0.1) for x, step in tried):
            return Nudge("smooth", by, up, down)
    *_, large, small = sizes
    ends = {sign: (change(sign * large), change(sign * small)) for sign in (1.0, -1.0)}
    known = [(a, b) for a, b in ends.values() if a is not None and b is not None]
    if not known or not all(math.isfinite(a) and math.isfinite(b) for a, b in known):
        return None
    if slope == 0 and all(abs(b) / small <= 0.2 * abs(a) / large for a, b in known):
        return Nudge("smooth", sizes[0], change(sizes[0]), change(-sizes[0]))
    if all(_is_near(a / large, b / small) for a, b in known):
        return _enlarge(Nudge("kink", small, ends[1.0][1], ends[-1.0][1]), change, sizes) if len(known) == 2 else None
    jumps = any(abs(b) > 0.5 * abs(a) for a, b in known)
    return Nudge("jump" if jumps else "steep", large, ends[1.0][0], ends[-1.0][0])


def _enlarge(kink: Nudge, change: Change, sizes: Sequence[float]) -> Nudge:
    """The largest nudge that shows the same slopes."""
    for by in sizes:
        up, down = change(by), change(-by)
        if up is not None and down is not None:
            found = Nudge("kink", by, up, down)
            if all(map(_is_near, found.slopes, kink.slopes)):
                return found
    return kink


def _keeps(change: float, slope: float, by: float, noise: float, tolerance: float) -> bool:
    """Whether a change is about what the slope promises."""
    return math.isfinite(slope) and abs(change - slope * by) <= tolerance * abs(slope * by) + 1e-9 * abs(by) + noise


def _is_near(a: float, b: float) -> bool:
    return abs(a - b) <= 0.01 * max(abs(a), abs(b)) + 1e-6


# ---- one operation


def nudge_operand(c: Contribution) -> Nudge | None:
    """What nudging the operand of a contribution, in its slot alone, does to its node; None if nothing can be said."""
    v = c.node
    operands, x = [p.data for p in v.parents], c.parent.data
    size = max(map(abs, (v.data, *operands)))
    if not _is_current(v) or not math.isfinite(size):
        return None
    scale = 10.0 ** max(0, math.floor(math.log10(abs(x)))) if x else 1.0
    sizes = {*(by * scale for by in (*SIZES, 1e-9)), 1e-6 * abs(x) or 1e-9}  # the last for operands close to 0

    def change(by: float) -> float | None:
        moved = list(operands)
        moved[c.slot] += by
        out = _compute(v, moved)
        return None if out is None else out - v.data

    found = find_place(change, c.local, True, sorted(sizes, reverse=True), 1e-15 * size)
    if found is None or found.place == "smooth" or _may_be_rough(c):
        return found
    return None  # smooth, but too curved for such nudges


def _may_be_rough(c: Contribution) -> bool:
    kink = isinstance(c.node.primitive, Primitive) and c.node.primitive.kink
    return kink or c.local == 0 or not math.isfinite(c.local)


# ---- the whole graph


class Trials:
    """Nudges of the nodes of one graph. Where all operations are smooth, one side is enough."""

    def __init__(self, root: Value, order: Sequence[Value], places: Iterable[Nudge | None]):
        self.root, self.order = root, order
        self.is_smooth = all(found is None or found.place == "smooth" for found in places)
        self.is_current = all(map(_is_current, order))

    def nudge(self, node: Value, grad: float) -> Nudge | None:
        """What nudging `node` does to the root, of which `grad` is promised; None if nothing can be said."""
        if not self.is_current:
            return None
        found = find_place(lambda by: self.measure(node, by), grad, not self.is_smooth, SIZES)
        return None if found is None or (self.is_smooth and found.place != "smooth") else found

    def measure(self, node: Value, by: float) -> float | None:
        """How far the root moves when `node` moves by `by`; None if that cannot be computed.

        This fails at a learner's own operation, or if the nudge leaves the domain of an operation.
        """
        data = run_again(self.order, {id(node): node.data + by})
        return None if data is None else data.get(id(self.root), self.root.data) - self.root.data


def run_again(order: Sequence[Value], moved: Mapping[int, float]) -> dict[int, float] | None:
    """The data of nodes that are `moved`, by id, and of all that depend on them; None if that cannot be computed."""
    data = dict(moved)
    for v in order:
        if id(v) in moved or not any(id(p) in data for p in v.parents):
            continue
        out = _compute(v, [data.get(id(p), p.data) for p in v.parents])
        if out is None:
            return None
        data[id(v)] = out
    return data


def _compute(v: Value, operands: list[float]) -> float | None:
    """The result of the operation of `v` on these operands."""
    if not isinstance(v.primitive, Primitive):
        return None
    try:
        return evaluate(v.primitive, operands, v.constants, [""] * len(operands))[0]
    except (ArithmeticError, ValueError):
        return None


def _is_current(v: Value) -> bool:
    """Whether the data of a node is what its operation computes; false once data were changed by hand."""
    out = _compute(v, [p.data for p in v.parents])
    return out is None or out == v.data or out != out or _is_near(out, v.data)
