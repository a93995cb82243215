"""Which variant runs which examples of a batch: they are told apart by their keys, and by what Python decides.

Nothing is added up before each example has its variant, so that a trace, an error or an interrupt comes before that.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol

from micrograd.compiler.batches.columns import Column, Places, Uneven, same_truths
from micrograd.compiler.batches.deciding import descend
from micrograd.compiler.batches.examples import Examples
from micrograd.compiler.batches.groups import Alike, Group, naming
from micrograd.compiler.batches.passes import Pass
from micrograd.compiler.decisions import Tree
from micrograd.compiler.programs import DECISIONS
from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.tracing.errors import TraceError
from micrograd.compiler.tracing.standins.rewinding import generators_of, mark, rewind
from micrograd.compiler.variant import Variant
from micrograd.compiler.variants import MOST, Variants
from micrograd.engine import Value

EFFECTS = (
    "{0} keeps numbers of each call, by `afterwards`, which a batch would not do for each example: leave that out "
    "of the compiled function, or call it in a loop"
)


class Plan(NamedTuple):
    """The groups, by their first examples; and the examples that run one by one, of which some are not compiled."""

    groups: list[Group]
    alone: Places
    uncompiled: Places = ()


class Tracing(Protocol):
    """How a compiled function makes a variant for a call that has none."""

    def _pays(self, arguments: Arguments) -> bool: ...
    def _trace(
        self, arguments: Arguments, args: tuple[Any, ...], kwargs: dict[str, Any], theta: Any, gradient: bool
    ) -> Variant | None: ...


class Again(Exception):
    """The examples have to be read again: a trace looked at more of them than those before."""


class OneByOne(Exception):
    """All examples have to run one by one."""


class Gathered:
    """Examples of one key, read one by one."""

    def __init__(self, first: Arguments):
        self.first, self.places, self.numbers = first, array("I"), array("d")
        self.values: list[list[Value]] = []

    def add(self, i: int, arguments: Arguments) -> None:
        self.places.append(i)
        self.numbers.extend(arguments.floats())
        if arguments.values:
            self.values.append([v for _, v in arguments.values])

    def alike(self) -> Alike:
        columns = [Column(self.numbers, self.first.count)] if self.first.count else []
        return Alike(self.first, self.places, columns, self.values)


class Planner:
    """Plans one batch of a compiled function.

    `theta` holds the numbers of its parameters, if they are given; `known` are the arguments of an example by the
    shapes of its arrays.
    """

    def __init__(
        self,
        compiled: Tracing,
        variants: Variants,
        examples: Examples,
        known: dict[Any, Arguments],
        theta: Any,
        gradient: bool,
    ):
        self.compiled, self.variants, self.examples, self.known = compiled, variants, examples, known
        self.theta, self.gradient = theta, gradient
        self.traces = 0
        self.made: list[Variant] = []
        self.alone: list[int] = []
        self.uncompiled: list[int] = []

    def plan(self) -> Plan:
        while True:
            self.alone = []
            try:
                groups = [group for alike in self.alikes() for group in self.split(alike)]
            except Again:
                continue
            except OneByOne:
                self.give_back()
                return Plan([], range(self.examples.count), self.uncompiled)
            return Plan(sorted(groups, key=lambda group: group.places[0]), sorted(self.alone))

    # ---- by key

    def alikes(self) -> list[Alike]:
        variants, examples = self.variants, self.examples
        looks = examples.shapes, variants.looks, *variants.shared
        first = self.known.get(looks) or self.arguments(0)
        try:
            columns = examples.columns(variants.looks, variants.shared)
            if examples.shapes is not None:
                self.known[looks] = first
            if sum(column.width for column in columns) == first.count and not first.values:
                if not (truths := examples.truths()):
                    return [Alike(first, range(examples.count), columns)]
                if len(places := same_truths(truths)) <= MOST:
                    return [Alike(self.arguments(some[0]), some, [x.at(some) for x in columns]) for some in places]
        except Uneven:
            pass
        found: dict[Any, Gathered] = {}
        for i in range(examples.count):
            arguments = self.arguments(i)
            if arguments.in_forward_mode or (arguments.values and arguments.seen is not None):
                self.alone.append(i)  # whose Values are which, or what they carry along, counts for each of them
            else:
                found.setdefault(arguments.key, Gathered(arguments)).add(i, arguments)
        return [gathered.alike() for gathered in found.values()]

    def arguments(self, i: int) -> Arguments:
        with naming(i):
            return self.variants.arguments(*self.examples[i])

    # ---- by decisions

    def split(self, alike: Alike) -> Iterator[Group]:
        """The groups of these examples; those that no variant covers are left to run one by one."""
        waiting: list[Places] = [alike.rows]
        while waiting:
            rows, tree = waiting.pop(0), self.tree(alike)
            groups: list[tuple[Variant, Places]] = []
            missing = [rows]
            if tree is not None:
                if any(variant.tape.fresh for variant in tree):
                    yield self.draw(alike, tree)
                    continue
                groups, missing = descend(tree, rows, lambda v, rows: self.decisions(Group(v, alike, rows)))
            for variant, rows in groups:
                picking = self.picking(group := Group(variant, alike, rows))
                if len(picking) < len(rows):
                    self.alone += [alike.places[row] for row in {*rows} - {*picking}]
                if picking:
                    yield group._replace(rows=picking)
            for rows in missing:
                if self.make(alike, rows[0]):
                    waiting.append(rows)
                else:
                    self.alone += [alike.places[row] for row in rows]

    def tree(self, alike: Alike) -> Tree | None:
        """The variants for the surroundings as they are."""
        cases = self.variants.cases.get(alike.arguments.key, ())
        case = next((case for case in cases if case.holds(alike.arguments)), None)
        return None if case is None or case.tree.root is None else case.tree

    def make(self, alike: Alike, row: int) -> bool:
        """Trace the function on that example; False if that does not pay.

        Raises `Again` if the trace looked at more of the arguments than those before, `OneByOne` if the function has
        changed what it reads, as one that fills a cache does.
        """
        i = alike.places[row]
        arguments = alike.arguments if row == 0 else self.arguments(i)
        if self.traces >= MOST or not self.compiled._pays(arguments):
            return False
        self.traces += 1
        looks, shared = self.variants.looks, self.variants.shared
        with naming(i):
            variant = self.compiled._trace(arguments, *self.examples[i], self.theta, self.gradient)
        if variant is None:
            self.uncompiled.append(i)
            raise OneByOne
        self.made.append(variant)
        if self.variants.looks != looks or self.variants.shared is not shared:
            self.give_back()
            raise Again
        return True

    def give_back(self) -> None:
        """Give back the random numbers that traces have drawn: the examples draw them in their order."""
        while self.made:
            variant = self.made.pop()
            if variant.drawn:
                variant.drawn.clear()
                rewind(variant.tape.undrawn)

    def decisions(self, group: Group) -> Sequence[memoryview]:
        """The numbers by which the variant decides, each for all examples."""
        asked = Pass(group.variant.programs, DECISIONS, keep=slice(None))
        return asked.over(group.inputs(self.theta), group.rows).each

    def picking(self, group: Group) -> Places:
        """The rows of a group without those of which an index picks nothing: f says itself what is wrong with them.

        Raises `TraceError` for a variant with effects.
        """
        if group.variant.tape.effects:
            raise TraceError(EFFECTS.format(group.variant.programs.title))
        rows = group.rows
        for k, among in group.variant.picks:
            fits = [0 <= x < among and x == int(x) for x in group.alike.input(k, rows)]
            if not all(fits):
                rows = array("I", [row for row, fit in zip(rows, fits, strict=True) if fit])
        return rows

    def draw(self, alike: Alike, tree: Tree) -> Group:
        """One group of all examples, with the random numbers that a loop would draw.

        Raises `OneByOne` where the examples decide differently, so that only a loop knows what each draws.
        """
        variant = tree.root
        if not isinstance(variant, Variant) or len(alike.places) < self.examples.count:
            raise OneByOne
        reads = [read for _, read, _ in variant.tape.fresh]
        before = mark(generators_of(reads)) if variant.picks or len(variant.path) > 1 else ()
        try:
            kept = [variant.drawn.pop()]  # by the trace, for the first example
        except IndexError:
            kept = []
        numbers = array("d", *kept)
        for _ in range(len(alike.places) - len(kept)):
            numbers.extend([float(read()) for read in reads])
        group = Group(variant, alike, alike.rows, [Column(numbers, len(reads))])
        others = descend(tree, alike.rows, lambda v, rows: self.decisions(group._replace(rows=rows)))[1]
        if others or len(self.picking(group)) < len(group.rows):
            rewind(before)
            variant.drawn += kept
            raise OneByOne
        return group
