"""Several updates of a training, one by one, as facts: forward, loss, backward, and how each parameter moved.

The optimiser really steps, and the numbers are those of `fit`. Afterwards parameters and optimiser are as before.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from micrograd._core.keeping import keep
from micrograd._core.modes import recording
from micrograd.engine import Value, topological
from micrograd.optim import Optimiser
from micrograd.teaching.record.descent import Rule, Worked
from micrograd.teaching.record.freezing import freeze
from micrograd.teaching.record.nudge import run_again
from micrograd.teaching.record.record import Contribution, record
from micrograd.teaching.record.spelling import grad_of
from micrograd.text.formula import name
from micrograd.text.names import Names

ADVICE = "take a smaller rate, or fewer updates; parameters and optimiser are left as they were"
STILL = (
    "nothing would move: the loss depends on none of the optimiser's parameters, which must be those of this model, as "
    "in SGD(model.parameters(), lr=0.1)"
)


@dataclass(frozen=True, eq=False)
class Move:
    """How one parameter moved in one update.

    parameter      the parameter, as it was before
    before, after  its numbers
    grad           with which it moved
    arrived        the contributions of this pass, whose sum is the grad
    left           the grad that the update before has left, whether it was cleared or not; 0 in the first
    start          its number before the previous update; None in the first
    """

    parameter: Value
    before: float
    grad: float
    after: float
    arrived: Sequence[Contribution]
    left: float
    start: float | None
    rule: Rule
    names: Names = field(repr=False)

    @property
    def lines(self) -> Worked:
        """The rule, worked for this parameter; none for a learner's own optimiser: only its effect is known."""
        called, grad = self.names[self.parameter], grad_of(self.names, self.parameter)
        latex = self.names.latex(self.parameter)
        quotient = rf"\frac{{\partial {self.names.latex(self.names.root)}}}{{\partial {latex}}}"
        lines = self.rule.work(name(called, self.before, latex), name(grad, self.grad, quotient))
        near = lines and math.isclose(lines[-1].value, self.after, rel_tol=1e-9, abs_tol=1e-12)
        return lines if near else Worked()

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, eq=False)
class Update:
    """One update: the graph of its loss as it was, the backward pass, and the moves.

    number      from 1
    rate        the learning rate of this update
    after       the loss of the same examples with the new numbers, which was tried; None where that cannot be computed
    computed    all numbers of the graph then, by the ids of its nodes
    promised    the change of the loss that the slopes promise, Σ ∂L/∂p · (after − before)
    others      how many parameters this loss does not reach
    added       whether the grads were added to those of the update before
    """

    number: int
    rate: float
    record: Sequence[Contribution]
    names: Names = field(repr=False)
    moves: Sequence[Move]
    after: float | None
    computed: dict[int, float] = field(repr=False)
    promised: float
    others: int
    added: bool

    @property
    def root(self) -> Value:
        return self.names.root

    @property
    def loss(self) -> float:
        return float(self.root.data)

    @property
    def plain(self) -> bool:
        """Whether every parameter moved by −rate × grad."""
        return all(move.rule.plain for move in self.moves)

    def try_part(self, part: float) -> float | None:
        """The loss after this part of every move; None if that cannot be computed."""
        found = run_again(
            self.names.order, {id(move.parameter): move.before + part * move.change for move in self.moves}
        )
        return None if found is None else found.get(id(self.root), self.loss)


def run_updates(
    forward: Callable[[int], Any],
    optimiser: Optimiser,
    updates: int,
    rates: Sequence[float] | None = None,
    accumulate: bool = False,
) -> list[Update]:
    """So many updates of the parameters; `forward(k)` is the loss of the update at place k.

    rates       the learning rate of each update; None for that of the optimiser
    accumulate  grads are cleared before the first update only

    Raises `ArithmeticError` if a number is no longer finite, `TypeError` for a loss that is not a Value, `ValueError`
    for one that none of the parameters has a part in.
    """
    made: list[Update] = []
    kept, restore = keep(optimiser.params, "grad"), optimiser.snapshot()
    try:
        for k in range(updates):
            if rates is not None:
                optimiser.lr = rates[k]
            left = [p.grad if made else 0.0 for p in optimiser.params]
            if not (accumulate and made):
                optimiser.zero_grad()
            try:
                with recording():
                    loss = forward(k)
            except ArithmeticError as error:
                raise ArithmeticError(f"in update {k + 1}, {error}: {ADVICE}" if made else str(error)) from None
            if not isinstance(loss, Value):
                raise TypeError(f"a loss must be one Value, got {type(loss).__name__} {loss!r}")
            made.append(_update(loss, optimiser, left, made, accumulate))
    finally:
        try:
            restore()
        finally:
            any(kept)
    return made


def _update(loss: Value, optimiser: Optimiser, left: list[Any], made: Sequence[Update], accumulate: bool) -> Update:
    number = len(made) + 1
    frozen, twins = freeze(loss)
    steps = record(frozen, accumulate)
    names = steps[0].names if steps else Names(frozen, topological(frozen))
    before, state = [p.data for p in optimiser.params], copy.copy(optimiser)
    loss.backward()
    _check_finite(number, [loss.data, *(p.grad for p in optimiser.params)])
    optimiser.step()
    _check_finite(number, [p.data for p in optimiser.params])
    starts = {move.rule.index: move.before for move in made[-1].moves} if made else {}
    arrived: dict[int, list[Contribution]] = {}
    for c in steps:
        arrived.setdefault(id(c.parent), []).append(c)
    moves = []
    for k, (p, x) in enumerate(zip(optimiser.params, before, strict=True)):
        if (twin := twins.get(id(p))) is not None:
            pushed = arrived.get(id(twin), [])
            moves.append(Move(twin, x, p.grad, p.data, pushed, left[k], starts.get(k), Rule(state, k), names))
    if not moves:
        raise ValueError(STILL)
    computed = run_again(names.order, {id(move.parameter): move.after for move in moves})
    return Update(
        number=number,
        rate=optimiser.lr,
        record=steps,
        names=names,
        moves=moves,
        after=None if computed is None else computed.get(id(frozen), frozen.data),
        computed=computed or {},
        promised=sum(sum(c.amount for c in move.arrived) * move.change for move in moves),
        others=len(optimiser.params) - len(moves),
        added=accumulate and bool(made),
    )


def _check_finite(number: int, numbers: Sequence[float]) -> None:
    if not all(map(math.isfinite, numbers)):
        raise ArithmeticError(f"a number is no longer finite in update {number}: {ADVICE}")
