"""The examples that decide alike, found in a tree of variants: each program of decisions is asked for many at once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeAlias

from micrograd.compiler.batches.columns import Places
from micrograd.compiler.batches.passes import CHUNK
from micrograd.compiler.decisions import Branch, Node, Tree, longest
from micrograd.compiler.variant import Variant

# The numbers by which a variant decides, each for all examples.
Ask: TypeAlias = "Callable[[Variant, Places], Sequence[memoryview]]"


def descend(tree: Tree, rows: Places, ask: Ask) -> tuple[list[tuple[Variant, Places]], list[Places]]:
    """The variants of a tree, each with the rows that decide as it does; and rows that decide as none, sorted alike."""
    found: dict[Variant, list[Places]] = {}
    missing: list[Places] = []
    waiting: list[tuple[Node | None, Places]] = [(tree.root, rows)]
    while waiting:
        node, rows = waiting.pop()
        if node is None:
            missing.append(rows)
            continue
        asked = longest(node)
        if len(asked.path) == 1:  # it decides nothing
            found.setdefault(asked, []).append(rows)
            continue
        for numbers, some in told_apart(rows, partial(ask, asked)):
            difference = asked.tape.guards.first_difference(numbers)
            if difference is None:
                found.setdefault(asked, []).append(some)
            else:
                waiting.append((way(node, asked, *difference), some))
    groups = [(variant, parts[0] if len(parts) == 1 else joined(parts)) for variant, parts in found.items()]
    return groups, sorted(missing, key=lambda rows: rows[0])


def way(node: Node, asked: Variant, k: int, answer: Any) -> Node | None:
    """Where those go on who answer so to the k-th decision, and as `asked` to all before it."""
    there: Node | None = node
    while isinstance(there, Branch) and there.depth < k:
        there = there.ways.get(asked.path[there.depth])
    return there.ways.get(answer) if isinstance(there, Branch) and there.depth == k else None


def told_apart(rows: Places, ask: Callable[[Places], Sequence[memoryview]]) -> Iterator[tuple[Sequence[float], Places]]:
    """The rows whose numbers are the same, with those numbers."""
    found: dict[tuple[float, ...], array[int]] = {}
    for k in range(0, len(rows), CHUNK):
        some = rows[k : k + CHUNK]
        numbers = ask(some)
        if all(column.tobytes() == column[:1].tobytes() * len(some) for column in numbers):  # the usual case
            found.setdefault(tuple([column[0] for column in numbers]), array("I")).extend(some)
            continue
        for row, key in zip(some, zip(*numbers, strict=True), strict=True):
            found.setdefault(key, array("I")).append(row)
    for key, places in found.items():
        yield key, rows if len(found) == 1 else places


def joined(parts: Sequence[Places]) -> Places:
    return array("I", sorted(row for part in parts for row in part))
