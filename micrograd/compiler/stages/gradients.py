"""Derivatives that a function takes: reverse mode on expressions (Griewank and Walther, Evaluating Derivatives, ch. 6).

A gradient is made of nodes like any other, so that what follows may differentiate it again: the second derivative goes
back over the nodes of the first. An adjoint is one sum of products, whatever the number of its terms; so 30 × 30 second
derivatives of a sum over 569 examples are 900 such sums.

While derivatives are taken, a variable of one is a node of its own, even where it is equal to another: of y · x with
y = x, the derivative by y is x. Afterwards (`dissolve`) it is what it is equal to, and equal nodes become one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import Any

from micrograd import ops
from micrograd.compiler.stages.expressions import ADD, GATE, RELU_GATE, SUM, SUMMED, Expressions
from micrograd.compiler.stages.primitives import apply
from micrograd.compiler.stages.program import ONE, name_of
from micrograd.compiler.tracing.numbers.choices import PICK
from micrograd.compiler.tracing.tape import COMPARISONS, EQUAL, PLAIN, STOP, VARIABLE
from micrograd.ops import PRIMITIVES

LEVEL = COMPARISONS | {"constant", STOP, "step"}  # without a derivative
READ_OFF = LEVEL | SUMMED | {SUM, "input"}  # with none that has to be known
OF_KNOWN = frozenset([STOP, "relu", "step", GATE, RELU_GATE])  # kinds of which a known first operand decides
RULED = {"div": ops.div, "pow": ops.power_value}  # the primitives of kinds that are not called as they are


def variable(e: Expressions, x: int) -> int:
    """A node with the number of node x, and equal to no other."""
    i = e.node(VARIABLE, x, len(e.nodes))
    e.partials[i] = ((x, ONE),)
    return i


class Taken:
    """The derivatives that a tape takes, by their positions."""

    def __init__(self, e: Expressions):
        self.e = e
        self.by: dict[tuple[int, ...], Gradients] = {}
        self.found: dict[int, list[int]] = {}

    def take(self, position: int, operands: Sequence[int], how: Any) -> None:
        """Those of the first operand by the others."""
        root, *targets = operands
        if (by := self.by.get(tuple(targets))) is None:
            by = self.by[tuple(targets)] = Gradients(self.e, targets)
        self.found[position] = by.of(root, bool(int(how) & PLAIN))

    def part(self, position: int, which: Any) -> int:
        return self.found[position][int(which)]


class Gradients:
    """The derivatives of nodes with respect to these `targets`.

    dependent   for each node up to some place whether it depends on a target, so that it can be differentiated
    used        for these, 1 if one node uses it, 2 if more do
    steps       for a node that depends on a target: its operands that do, each followed by the derivative by it
    """

    def __init__(self, e: Expressions, targets: Sequence[int]):
        self.e, self.targets = e, targets
        self.first = min(targets)
        self.dependent, self.used = bytearray(self.first), bytearray(self.first)
        self.steps: dict[int, list[int]] = {}

    def of(self, root: int, plain: bool) -> list[int]:
        """The nodes of ∂root/∂x for each target x; `plain` as on a tape."""
        self._look(root)
        e, steps, missing = self.e, self.steps, self.e.constant(0.0)
        adjoints: dict[int, int] = {}
        received = {root: [ONE, ONE]} if self.dependent[root] else {}
        waiting = [-root for root in received]
        targets = set(self.targets)
        while waiting:
            i = -heappop(waiting)
            terms = received.pop(i)
            terms.reverse()  # the contributions of the first nodes first, as in `differentiate`
            g = add_up(e, terms)
            if i in targets:
                adjoints[i] = g
            pairs, gate = iter(steps[i] if i in steps else self._steps(i)), i in e.gates
            for operand, partial in zip(pairs, pairs):  # noqa: B905 (one iterator, and the loop that everything takes)
                pair = pass_gate(e, i, partial, g, plain) if gate else (partial, g)
                if operand in received:
                    received[operand] += pair
                elif pair:
                    received[operand] = [*pair]
                    heappush(waiting, -operand)
        if plain:
            adjoints = {x: e.add(missing, g) for x, g in adjoints.items()}
        return [adjoints.get(x, missing) for x in self.targets]

    def _look(self, root: int) -> None:
        """Look at the nodes up to the root."""
        nodes, dependent, used = self.e.nodes, self.dependent, self.used
        partials, targets = self.e.partials, set(self.targets)
        for i in range(len(dependent), root + 1):
            dependent.append(0)
            used.append(0)
            kind, *operands = nodes[i]
            if kind in SUMMED:
                a, b = operands
                if dependent[a] or dependent[b]:
                    dependent[i] = 1
                    used[a] = 2 if used[a] else 1
                    used[b] = 2 if used[b] else 1
                continue
            if kind in LEVEL:
                continue
            if kind == VARIABLE:
                operands.pop()
            if any([dependent[p] for p in operands]):
                if i in partials and not any(dependent[p] for p, _ in partials[i]):
                    continue
                dependent[i] = 1
                for p in operands:
                    used[p] = 2 if used[p] else 1
            elif i in targets:
                dependent[i] = 1

    def _steps(self, i: int) -> list[int]:
        """What `steps` has for node i; a sum takes the place of the sums and products in it that nothing else uses."""
        e, dependent = self.e, self.dependent
        if e.nodes[i][0] in SUMMED or (e.nodes[i][0] == SUM and i not in e.partials):
            terms = iter(self._terms(i))
            pairs = [pair for x, y in zip(terms, terms, strict=True) for pair in ((x, y), (y, x))]
        else:
            if i not in e.partials:
                complete(e, i)
            pairs = list(e.partials[i])
        found = self.steps[i] = [p for pair in pairs if dependent[pair[0]] for p in pair]
        return found

    def _terms(self, i: int) -> list[int]:
        """The factors of the products that add up to node i, two for each."""
        nodes, dependent, used = self.e.nodes, self.dependent, self.used
        found: list[int] = []
        waiting = [i]
        while waiting:
            x = waiting.pop()
            kind = nodes[x][0]
            if x != i and (kind not in SUMMED or used[x] > 1 or not dependent[x]):
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


def pass_gate(e: Expressions, i: int, partial: int, g: int, plain: bool) -> tuple[int, ...]:
    """The product that passes the gate i, as its factors."""
    opened = e.number(partial)
    if opened is not None:
        return (partial, g) if opened else (ONE, e.constant(0.0)) if plain else ()
    kind, x = e.nodes[partial][:2]
    if kind == "step":
        return ONE, gate(e, RELU_GATE, i if e.nodes[i] == ("relu", x) else x, partial, g)
    if is_level(e, partial):
        return ONE, gate(e, GATE, partial, partial, g)
    zero = e.constant(0.0)
    return ONE, e.choose(e.compare(EQUAL, partial, zero), zero, e.mul(partial, g))


def gate(e: Expressions, kind: str, opened: int, partial: int, g: int) -> int:
    """The node of a gate of a program: what passes of g."""
    i = e.node(kind, opened, g)
    e.partials[i] = ((g, partial),)
    e.gates.add(i)
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
        e.partials[i] = ((a, condition), (b, e.sub(ONE, condition)))
        e.gates.add(i)
        return
    k = e.number(operands[-1]) if kind == "pow" else None
    op, constants = (ops.power, (k,)) if k is not None else (RULED.get(kind) or PRIMITIVES[name_of(kind)], ())
    made = apply(e, op, operands[:-1] if constants else operands, constants)
    if made != i:
        e.partials[i] = e.partials[made]


def dissolve(
    e: Expressions, inputs: int, roots: Iterable[int], results: Iterable[int]
) -> tuple[Expressions, list[int]]:
    """The same expressions without variables, and the place of each node that the `roots` need.

    The `results` among these may be differentiated: what they depend on has its partials.
    """
    nodes, partials = e.nodes, e.partials
    smooth = _needed(e, results, within=(STOP,))  # what may be differentiated
    inside = [partial for i, pairs in partials.items() if smooth[i] for _, partial in pairs]
    needed = _needed(e, [*roots, *results, *inside])
    made = Expressions(inputs)
    place = list(range(1 + inputs)) + [-1] * (len(nodes) - 1 - inputs)
    combine = made.combine
    for i in range(1 + inputs, len(nodes)):
        if needed[i]:
            kind, *operands = nodes[i]
            if kind in SUMMED:
                a, b = operands
                place[i] = combine(kind, place[a], place[b])
            else:
                place[i] = made.constant(*operands) if kind == "constant" else _again(e, made, i, place)
    for i in range(1 + inputs, len(nodes)):
        if smooth[i] and i in partials:
            _copy_partials(e, made, i, place)
    for i in {place[i] for i in range(len(nodes)) if smooth[i]}:
        if i not in made.partials and made.nodes[i][0] not in READ_OFF:
            complete(made, i)
    return made, place


def _needed(e: Expressions, roots: Iterable[int], within: tuple[str, ...] = ()) -> bytearray:
    """For each node whether a root is computed from it, without looking below nodes of the kinds `within`."""
    nodes = e.nodes
    needed = bytearray(len(nodes))
    for i in roots:
        needed[i] = 1
    for i in range(len(nodes) - 1, 0, -1):
        if needed[i]:
            node = nodes[i]
            kind = node[0]
            if kind == VARIABLE:
                needed[node[1]] = 1
            elif kind != "constant" and kind not in within:
                for p in node[1:]:
                    needed[p] = 1
    return needed


def _again(e: Expressions, made: Expressions, i: int, place: list[int]) -> int:
    """The node i, made of the nodes that its operands have become."""
    kind, *operands = e.nodes[i]
    at: list[int] = [place[p] for p in operands]
    if kind == VARIABLE:
        return at[0]
    if kind == SUM:
        return made.node(SUM, *at) if i in e.partials else add_up(made, at)
    if kind == "choose":
        return made.choose(*at)
    if kind == PICK.name:
        return made.pick(at[0], at[1:])
    x = made.number(at[0])
    if x is None or kind not in OF_KNOWN:
        return made.node(kind, *at) if kind in OF_KNOWN else made.make(kind, *at)
    if kind == STOP or (kind == GATE and x != 0.0):
        return made.mul(*at) if kind == GATE else at[0]
    if kind == RELU_GATE and x > 0.0:
        return at[1]
    above = x if kind == "relu" else 1.0
    return made.constant(above if x > 0.0 else 0.0 if x <= 0.0 else math.nan)


def _copy_partials(e: Expressions, made: Expressions, i: int, place: list[int]) -> None:
    """Give the partials of node i to what it has become, unless that is a simpler node."""
    kind, *operands = e.nodes[i]
    k = place[i]
    if made.nodes[k] == (kind, *[place[p] for p in operands]) and kind not in SUMMED:
        made.partials[k] = tuple((place[operand], place[partial]) for operand, partial in e.partials[i])
        (made.gates.add if i in e.gates else made.gates.discard)(k)
