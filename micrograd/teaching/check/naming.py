"""Which mistake is it? The one that predicts the grads that came out, on every expression tried.

One number is often the same for two mistakes; the grads of many expressions hardly are. A mistake is named only where
it is the only one that explains what was seen.
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

STYLES = (0, 1)  # the graph as written; and as the lectures build it, out of fewer operations
MANY = 3  # how many wrong expressions a mistake must explain to be named, if there are that many
FEW = 4  # list the possible mistakes only if there are no more than these


@dataclass(frozen=True)
class Observation:
    """The grads that came out, the right ones, and the graphs that may have been gone through."""

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

    def explained(self, wrong_pass: WrongPass, style: int) -> bool:
        """Whether the mistake leaves just these grads, in the graph of this style (or the only graph)."""
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
        """Whether it allows one order of the operands only."""
        return not isinstance(self.wrong_pass, WrongOrder) or self.wrong_pass.in_order

    def everywhere(self) -> bool:
        return not self.where


@dataclass(frozen=True)
class Name:
    """The mistake that it is, or those that it may be; `where` is the only operation that has it, '' for all of them.

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

    It is one of `wrong_passes`, or one that is made in a single operation.
    """
    pool = [h for h in hypotheses(first, wrong_passes) if first.explained(h.wrong_pass, h.style)]
    wrong, sound = 1, set(first.operations)
    for observation in others:
        if not pool:
            return Name()
        wrong += observation.wrong
        if not observation.wrong and len(observation.operations) == 1:
            sound |= observation.operations
        for hypothesis in list(pool):
            if observation.explained(hypothesis.wrong_pass, hypothesis.style):
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
    if len(names) == 1 and most >= min(MANY, wrong):
        return Name(names[0], best[0].where, rest=most < wrong)
    return Name(possible=tuple(names) if len(names) <= FEW else ())


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
