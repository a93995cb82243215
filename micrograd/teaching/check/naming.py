"""Which mistake is it? The one that predicts the observed grads on every expression tried.

Two mistakes often give the same number, but hardly ever the same grads on many expressions. A mistake is named only if
no other explains what was seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from micrograd.engine import Value
from micrograd.ops import PRIMITIVES, Primitive
from micrograd.teaching.check.attempts import same
from micrograd.teaching.check.wrong_passes import (
    EVERYWHERE,
    Seen,
    WrongOrder,
    WrongPass,
    grads_after,
    operation,
    within,
)
from micrograd.teaching.record.mistake import Mistake
from micrograd.teaching.record.record import record

STYLES = (0, 1)  # the graph as written; the graph as the lectures build it, from fewer operations
MUST_EXPLAIN = 3  # a mistake is named if it explains this many wrong expressions, or all of fewer
MOST_LISTED = 4  # possible mistakes: if there are more, none is listed


@dataclass(frozen=True)
class Observation:
    """The grads of the candidate, the right ones, and the graphs that its pass may have used."""

    graphs: Callable[[], Sequence[tuple[Value, Sequence[Value]]]]
    right: tuple[float, ...]
    got: tuple[float, ...]
    tolerance: float
    memo: dict[tuple[int, int], bool] = field(default_factory=dict, repr=False)

    def agrees(self, grads: Sequence[float]) -> bool:
        return all(same(x, y, self.tolerance) for x, y in zip(grads, self.got, strict=True))

    @cached_property
    def wrong(self) -> bool:
        return not self.agrees(self.right)

    @cached_property
    def records(self) -> list[tuple[Value, Sequence[Value], Seen]]:
        return [(root, leaves, Seen(record(root))) for root, leaves in self.graphs()]

    @cached_property
    def operations(self) -> frozenset[str]:
        return self.records[0][2].operations

    def explained_by(self, wrong_pass: WrongPass, style: int) -> bool:
        """Whether the mistake leaves exactly these grads, in the graph of this style (or the only graph)."""
        key = id(wrong_pass), min(style, len(self.records) - 1)
        if key not in self.memo:
            self.memo[key] = any(self.agrees(grads) for grads in self._grads_after(wrong_pass, key[1]))
        return self.memo[key]

    def _grads_after(self, wrong_pass: WrongPass, style: int) -> Iterator[list[float]]:
        root, leaves, seen = self.records[style]
        if not seen.record:
            yield [wrong_pass.seed(root) if isinstance(wrong_pass, Mistake) else 1.0]
            return
        for grads in grads_after(wrong_pass, seen):
            yield [grads.get(id(leaf), 0.0) for leaf in leaves]


@dataclass
class Hypothesis:
    """A mistake, everywhere or in one operation, in one style of graph, and how many wrong expressions it explains."""

    wrong_pass: WrongPass
    where: str
    style: int
    explains: int = 1
    fails: list[Observation] = field(default_factory=list)  # the wrong ones that it does not explain

    def certain(self) -> bool:
        """Whether it allows only one order of the operands."""
        return not isinstance(self.wrong_pass, WrongOrder) or self.wrong_pass.in_order

    def everywhere(self) -> bool:
        return not self.where


@dataclass(frozen=True)
class Name:
    """The mistake, or the possible ones; `where` is the only operation that has it, '' if all have it.

    `rest` says whether other wrong expressions remain that it does not explain.
    """

    mistake: str | None = None
    where: str = ""
    possible: tuple[str, ...] = ()
    rest: bool = False


def name_mistake(
    first: Observation, others: Sequence[Observation], wrong_passes: Sequence[WrongPass] = EVERYWHERE
) -> Name:
    """The mistake behind the `first` wrong observation, in the light of the others, right and wrong.

    It is one of `wrong_passes`, or a mistake made in a single operation only.
    """
    pool = [h for h in hypotheses(first, wrong_passes) if first.explained_by(h.wrong_pass, h.style)]
    wrong, sound = 1, set(first.operations)
    for observation in others:
        if not pool:
            return Name()
        wrong += observation.wrong
        if not observation.wrong and len(observation.operations) == 1:
            sound |= observation.operations
        for hypothesis in list(pool):
            if observation.explained_by(hypothesis.wrong_pass, hypothesis.style):
                hypothesis.explains += observation.wrong
            elif observation.wrong:
                hypothesis.fails.append(observation)
            else:
                pool.remove(hypothesis)
    # a failure that another mistake, in another operation, may explain does not count
    pool = [h for h in pool if not any(observation.operations <= sound for observation in h.fails)]
    most = max((h.explains for h in pool), default=0)
    best = [h for h in pool if h.explains == most]
    for simpler in (Hypothesis.certain, Hypothesis.everywhere):
        best = list(filter(simpler, best)) or best
    names = list(dict.fromkeys(h.wrong_pass.name for h in best))
    if len(names) == 1 and most >= min(MUST_EXPLAIN, wrong):
        return Name(names[0], best[0].where, rest=most < wrong)
    return Name(possible=tuple(names) if len(names) <= MOST_LISTED else ())


def hypotheses(first: Observation, wrong_passes: Sequence[WrongPass]) -> Iterator[Hypothesis]:
    for style in STYLES:
        _, _, seen = first.records[min(style, len(first.records) - 1)]
        for wrong_pass in wrong_passes:
            yield Hypothesis(wrong_pass, "", style)
        for name in dict.fromkeys(map(operation, seen.record)):
            if name:
                yield from (Hypothesis(wrong_pass, sign(PRIMITIVES[name]), style) for wrong_pass in within(name))


def sign(op: Primitive) -> str:
    """The operation in a sentence: ×, tanh, a power."""
    return {"power": "a power", "power_value": "a power", "relu": "relu", "abs": "abs"}.get(op.name, op.symbol)
