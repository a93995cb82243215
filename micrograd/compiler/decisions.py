"""The variants of a function that differ in nothing but their decisions: a tree, in which a call finds its own.

A function that has decided alike so far asks the same next. So the k-th decision of two variants is the same question
if they agree on all before it, and the first one on which they differ is where their ways part:

    x > 10 ── yes ── A                      asked for A's decisions, a call with x = 7 says "no" to the first;
           └─ no ─── x > 5 ── yes ── B      asked for those of B or C, it says "yes" to the second: B
                           └─ no ─── C
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from typing import Any, TypeAlias

from micrograd.compiler.tracing.arguments import Arguments
from micrograd.compiler.variant import Variant

uses = count()  # of variants: the larger, the later
Answer = Any  # to a decision, see `variant.answer`; None where a variant has no further ones


class Branch:
    """Where ways part: variants that agree on the first `depth` decisions, by their answer to the next.

    The `longest` of them has the most decisions: of a loop that ends after more and more rounds, it shows at once
    where a call leaves.
    """

    __slots__ = ("depth", "ways", "longest")

    def __init__(self, depth: int, ways: dict[Answer, Node]):
        self.depth, self.ways = depth, ways
        self.update()

    def update(self) -> None:
        self.longest = max(map(longest, self.ways.values()), key=lambda variant: len(variant.path))

    def other_than(self, wrong: Variant | None) -> Node | None:
        """The only way that is left if there are two, and one of them is known to be wrong."""
        ways = list(self.ways.values())
        if len(ways) != 2:
            return None
        a, b = ways
        return b if a is wrong else a if b is wrong else None


Node: TypeAlias = "Branch | Variant"


def longest(node: Node) -> Variant:
    return node.longest if isinstance(node, Branch) else node


class Tree:
    """The variants; `latest` is the one that was added or used last, which a call tries first.

    Threads may look for variants while another one adds or removes some: they may miss one, but never get a wrong one,
    since a variant itself says whether its decisions hold.
    """

    def __init__(self) -> None:
        self.root: Node | None = None
        self.latest: Variant | None = None
        self.left: tuple[Variant, int] | None = None  # where the latest call that was asked left: a variant's decision

    def __iter__(self) -> Iterator[Variant]:
        waiting = [] if self.root is None else [self.root]
        while waiting:
            node = waiting.pop()
            if isinstance(node, Branch):
                waiting += node.ways.values()
            else:
                yield node

    def __len__(self) -> int:
        return sum(1 for _ in self)

    # ---- calls

    def call(self, arguments: Arguments, gradient: bool) -> tuple[Any, ...] | None:
        """`Variant.call` of the variant that decides as this call does; None if there is none."""
        if (latest := self.latest) is None:
            return None
        result = latest.call(arguments, gradient)
        if result is None and (found := self.find(arguments, None, latest)) is not None:
            result = found.call(arguments, gradient)
            self._use(found)
        return result

    def value_and_grad(self, arguments: Arguments, theta: Any) -> tuple[Any, ...] | None:
        """The same for `Variant.value_and_grad`."""
        if (latest := self.latest) is None:
            return None
        result = latest.value_and_grad(arguments, theta)
        if result is None and (found := self.find(arguments, theta, latest)) is not None:
            result = found.value_and_grad(arguments, theta)
            self._use(found)
        return result

    def find(self, arguments: Arguments, theta: Any, wrong: Variant | None = None) -> Variant | None:
        """The only variant that may decide as this call does; None if there is none. One is known to be `wrong`."""
        node = self.root
        while isinstance(node, Branch):
            if (other := node.other_than(wrong)) is not None:
                node = other
                continue
            asked = node.longest
            if (difference := asked.first_difference(arguments, theta)) is None:
                return asked
            k, answer = difference
            self.left = asked, k
            while isinstance(node, Branch) and node.depth < k:
                node = node.ways.get(asked.path[node.depth])
            node = node.ways.get(answer) if isinstance(node, Branch) and node.depth == k else None
        return None if node is wrong else node

    # ---- changes

    def add(self, variant: Variant) -> None:
        """A new variant; it takes the place of one that decides alike."""
        self._use(variant)
        path, way = variant.path, []
        node = self.root
        while node is not None:
            k = common(path, longest(node).path)
            if not isinstance(node, Branch) or k < node.depth:
                break
            way.append(node)
            node = node.ways.get(path[node.depth])
        if node is not None and longest(node).path != path:
            self._put(way, Branch(k, {longest(node).path[k]: node, path[k]: variant}), path)
        else:
            self._put(way, variant, path)

    def remove(self, variant: Variant) -> None:
        path, way = variant.path, []
        node = self.root
        while isinstance(node, Branch):
            way.append(node)
            node = node.ways.get(path[node.depth])
        if node is not variant:
            return
        if way:
            branch = way.pop()
            ways = {answer: other for answer, other in branch.ways.items() if other is not variant}
            self._put(way, next(iter(ways.values())) if len(ways) == 1 else Branch(branch.depth, ways), path)
        else:
            self.root = None
        if self.latest is variant:
            self.latest = None if self.root is None else longest(self.root)

    def remove_oldest(self) -> None:
        """Remove the variant that has not been used for the longest time."""
        self.remove(min(self, key=lambda variant: variant.used))

    def _use(self, variant: Variant) -> None:
        self.latest, variant.used = variant, next(uses)

    def _put(self, way: list[Branch], node: Node, path: list[Answer]) -> None:
        """Put the node where the way along the path ends."""
        if way:
            branch = way[-1]
            branch.ways = {**branch.ways, path[branch.depth]: node}  # another one: threads may go through the old one
        else:
            self.root = node
        for branch in reversed(way):
            branch.update()


def common(a: list[Answer], b: list[Answer]) -> int:
    """The number of answers with which both begin."""
    return next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
