"""Derivatives that a function takes: reverse mode on expressions (Griewank and Walther, Evaluating Derivatives, ch. 6).

A gradient is made of nodes like any other, so that what follows may differentiate it again: the second derivative goes
back over the nodes of the first. An adjoint is one sum of products, whatever the number of its terms; so 30 × 30 second
derivatives of a sum over 569 examples are 900 such sums.

While derivatives are taken, a variable of one is a node of its own, even where it is equal to another: of y · x with
y = x, the derivative by y is x. Afterwards (`dissolve`) it is what it is equal to, and equal nodes become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

from micrograd import ops
from micrograd.compiler.stages.expressions import ADD, GATE, RELU_GATE, SUM, SUMMED, Expressions
from micrograd.compiler.stages.primitives import apply
from micrograd.compiler.stages.program import ONE, name_of
from micrograd.compiler.tracing.tape import COMPARISONS, EQUAL, PLAIN, STOP, VARIABLE
from micrograd.ops import PRIMITIVES

LEVEL = COMPARISONS | {"constant", STOP, "step"}  # without a derivative
RULED = {"div": ops.div, "pow": ops.power_value}  # the primitives of kinds that are not called as they are


class Taken:
    """The derivatives that a tape takes.

    values      the nodes that are results of operations, not steps inside of one or of its derivative
    gradients   the numbers of each gradient, by its position
    """

    def __init__(self, e: Expressions, targets: Iterable[int]):
        self.e, self.targets = e, frozenset(targets)
        self.values: set[int] = set()
        self.by: dict[tuple[int, ...], Gradients] = {}
        self.gradients: dict[int, list[int]] = {}

    def settle(self, position: int, i: int) -> int:
        """The node at a position of the tape, where an operation has made node i."""
        self.values.add(i)
        if position in self.targets:
            x, i = i, self.e.node(VARIABLE, i, position)
            self.e.store(i, [(x, ONE)], False)
            self.values.add(i)
        return i

    def take(self, position: int, operands: Sequence[int], how: Any) -> None:
        """The gradient of the first operand by the others."""
        root, *targets = operands
        if (by := self.by.get(tuple(targets))) is None:
            by = self.by[tuple(targets)] = Gradients(self.e, targets, self.values)
        self.gradients[position] = by.of(root, bool(int(how) & PLAIN))

    def part(self, position: int, gradient: int, which: Any) -> int:
        """The node of one of its numbers."""
        i = self.gradients[gradient][int(which)]
        return self.settle(position, i) if position in self.targets else i


class Gradients:
    """The derivatives of nodes with respect to these `targets`.

    dependent   the nodes up to some place that depend on a target, so that they can be differentiated
    used        how many of these use one of them
    steps       for such a node its operands among them, each followed by the derivative by it
    chosen      the nodes that take one of two ways inside of an operation: each way is differentiated by itself
    """

    def __init__(self, e: Expressions, targets: Sequence[int], values: set[int]):
        self.e, self.targets, self.values = e, targets, values
        self.known = min(targets)
        self.dependent: set[int] = set()
        self.used: dict[int, int] = {}
        self.steps: dict[int, list[int]] = {}
        self.chosen: set[int] = set()

    def of(self, root: int, plain: bool) -> list[int]:
        """The nodes of ∂root/∂x for each target x; `plain` as on a tape."""
        self._look(max(root, *self.targets))
        missing = self.e.constant(0.0)
        found = self._sweep(root, set(self.targets), plain, through=True)
        if plain:
            found = {x: self.e.add(missing, g) for x, g in found.items()}
        return [found.get(x, missing) for x in self.targets]

    def _sweep(self, root: int, ends: set[int], plain: bool, through: bool) -> dict[int, int]:
        """∂root/∂x for those x of `ends` on which it depends; what is behind an end does not count unless `through`."""
        e, steps, dependent = self.e, self.steps, self.dependent
        found: dict[int, int] = {}
        received = {root: [ONE, ONE]} if root in dependent else {}
        waiting = [-i for i in received]
        while waiting:
            i = -heappop(waiting)
            terms = received.pop(i)
            terms.reverse()  # the contributions of the first nodes first, as in `differentiate`
            g = add_up(e, terms)
            if i in ends:
                found[i] = g
                if not through:
                    continue
            pairs = iter(steps[i] if i in steps else self._steps(i))
            gate = i in e.gates and i not in self.chosen
            for operand, partial in zip(pairs, pairs):  # noqa: B905 (one iterator, and the loop that everything takes)
                pair = self._pass_gate(i, partial, g, plain) if gate else (partial, g)
                if operand in received:
                    received[operand] += pair
                elif pair:
                    received[operand] = [*pair]
                    heappush(waiting, -operand)
        return found

    def _look(self, last: int) -> None:
        """Look at the nodes up to the last one."""
        nodes, dependent, used = self.e.nodes, self.dependent, self.used
        partials, targets = self.e.partials, set(self.targets)
        for i in range(self.known, last + 1):
            kind, *operands = nodes[i]
            if kind in SUMMED:
                a, b = operands
                if a in dependent or b in dependent:
                    dependent.add(i)
                    used[a] = used.get(a, 0) + 1
                    used[b] = used.get(b, 0) + 1
            elif kind in LEVEL:
                continue
            elif i in targets:
                dependent.add(i)
            elif not dependent.isdisjoint([x for x, _ in partials[i]] if i in partials else operands):
                dependent.add(i)
                for p in operands if kind != VARIABLE else operands[:1]:
                    used[p] = used.get(p, 0) + 1
        self.known = max(self.known, last + 1)

    def _steps(self, i: int) -> list[int]:
        """What `steps` has for node i; a sum takes the place of the sums and products in it that nothing else uses.

        And of multiples, whoever uses them: so equal numbers in the data do not make alike sums differ.
        """
        e, dependent = self.e, self.dependent
        kind = e.nodes[i][0]
        if kind in SUMMED or (kind == SUM and i not in e.partials):
            terms = iter(self._terms(i))
            pairs = [pair for x, y in zip(terms, terms, strict=True) for pair in ((x, y), (y, x))]
        else:
            if i not in e.partials:
                complete(e, i)
            if kind == "choose" and i in e.gates and i not in self.values:
                pairs = self._of_both_ways(i)
            else:
                pairs = list(e.partials[i])
        found = self.steps[i] = [p for pair in pairs if pair[0] in dependent for p in pair]
        return found

    def _of_both_ways(self, i: int) -> list[tuple[int, int]]:
        """The derivatives of a choice inside of an operation, by values: that of the way that is taken."""
        e = self.e
        _, condition, a, b = e.nodes[i]
        missing = e.constant(0.0)
        one, other = (self._sweep(x, self.values, False, through=False) for x in (a, b))
        self.chosen.add(i)
        return [(x, e.choose(condition, one.get(x, missing), other.get(x, missing))) for x in sorted({*one, *other})]

    def _pass_gate(self, i: int, partial: int, g: int, plain: bool) -> tuple[int, ...]:
        """The product that passes the gate i, as its factors."""
        e = self.e
        opened = e.number(partial)
        if opened is not None:
            return (partial, g) if opened else (ONE, e.constant(0.0)) if plain else ()
        kind, x = e.nodes[partial][:2]
        if kind == "step":
            return ONE, gate(e, RELU_GATE, i if e.nodes[i] == ("relu", x) else x, partial, g)
        if is_level(e, partial):
            return ONE, gate(e, GATE, partial, partial, g)
        zero = e.constant(0.0)
        passed = e.choose(e.compare(EQUAL, partial, zero), zero, e.mul(partial, g))
        self.values.add(passed)
        return ONE, passed

    def _is_multiple(self, i: int) -> bool:
        """Whether node i is a product with one factor to differentiate by, or a known number and such a product."""
        factors = self.e.product_in(i)
        return bool(factors) and not self.dependent.issuperset(factors)

    def _terms(self, i: int) -> list[int]:
        """The factors of the products that add up to node i, two for each."""
        nodes, used = self.e.nodes, self.used
        found: list[int] = []
        waiting = [i]
        while waiting:
            x = waiting.pop()
            kind = nodes[x][0]
            if x != i and not (kind in SUMMED and used.get(x, 0) == 1) and not self._is_multiple(x):
                found += (x, ONE)
            elif kind == ADD:
                waiting += nodes[x][:0:-1]
            else:
                found += nodes[x][1:]
        return found


def add_up(e: Expressions, terms: Sequence[int]) -> int:
    """The node for a sum of products, given as their factors."""
    if len(terms) == 2:
        return e.mul(*terms)
    if all(e.number(x) is not None for x in terms):
        total = e.mul(*terms[:2])
        for k in range(2, len(terms), 2):
            total = e.add(total, e.mul(terms[k], terms[k + 1]))
        return total
    return e.node(SUM, *terms)


def gate(e: Expressions, kind: str, opened: int, partial: int, g: int) -> int:
    """The node of a gate of a program: what passes of g."""
    i = e.node(kind, opened, g)
    e.store(i, [(g, partial)], True)
    return i


def is_level(e: Expressions, i: int) -> bool:
    """Whether a node is made of comparisons and numbers only, so that it has no derivative."""
    waiting = [i]
    while waiting:
        kind, *operands = e.nodes[waiting.pop()]
        if kind in SUMMED or kind in (SUM, "choose"):
            waiting += operands
        elif kind not in LEVEL:
            return False
    return True


def complete(e: Expressions, i: int) -> None:
    """Give a node its partials that has none: one inside of a primitive, not the result."""
    kind, *operands = e.nodes[i]
    if kind == "choose":
        condition, a, b = operands
        e.store(i, [(a, condition), (b, e.sub(ONE, condition))], True)
        return
    k = e.number(operands[-1]) if kind == "pow" else None
    op, constants = (ops.power, (k,)) if k is not None else (RULED.get(kind) or PRIMITIVES[name_of(kind)], ())
    made = apply(e, op, operands[:-1] if constants else operands, constants)
    if made != i:
        e.store(i, e.partials[made], made in e.gates)
