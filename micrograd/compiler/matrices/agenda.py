"""The agenda: in which order rows are put together.

It goes along the program (Neubig, Goldberg and Dyer, On-the-fly operation batching, 2017): of the rows that are ready
run all that look alike, those first that wait for no others like them, then those that lie least deep on average. All
of the forward pass comes first.
"""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any, NamedTuple, TypeAlias

from micrograd.compiler.matrices.operands import NOWHERE, Operands, items
from micrograd.compiler.stages.native import extension

BACKWARD, RECURRENT = 1, 2
# From a row of each look from afar, of which looks read which, and of which rows are forward: the look of each from
# close, and what is known of it.
Judge: TypeAlias = "Callable[[Sequence[int], Sequence[int], bytes], tuple[array[int], bytes]]"


class Agenda(NamedTuple):
    """Batches of rows, in order, and for each row by its place whether it is one of the forward pass."""

    batches: list[array[int]]
    forward: bytes


def agenda(operands: Operands, results: Sequence[int], numbers: Iterable[int]) -> Agenda:
    """Rows that are ready at once and look alike from afar: of one kind, on operands of the same kinds.

    Rows that depend on others of their look, as the states of a recurrence, cannot wait for these.
    """
    known = bytearray(operands.count)
    for i in numbers:
        known[i] = 1

    def judge(first: Sequence[int], edges: Sequence[int], forward: bytes) -> tuple[array[int], bytes]:
        closer: dict[tuple[Any, ...], int] = {}
        near = [
            closer.setdefault(look_from_close(operands, known, place, forward[place]), len(closer)) for place in first
        ]
        below: dict[int, set[int]] = defaultdict(set)
        for user, read in zip(edges[::2], edges[1::2], strict=True):
            below[near[user]].add(near[read])
        looks = [(*look[:3], k in below and depends_on_itself(k, below)) for look, k in closer.items()]
        places = {look: k for k, look in enumerate(dict.fromkeys(looks))}
        flags = bytes(BACKWARD * look[0] + RECURRENT * look[-1] for look in places)
        return array("I", [places[looks[k]] for k in near]), flags

    find = find_batches if extension is None else extension.find_batches
    order, ends, forward = find(*operands.flat, operands.numbers, known, results, judge)
    return Agenda([order[begin:end] for begin, end in pairwise([0, *ends])], forward)


def look_from_close(operands: Operands, known: bytearray, place: int, forward: int) -> tuple[Any, ...]:
    """The look of a row from afar, and then what tells more: how many operands it has, and which of them in pairs."""
    where, of, table = operands.place, operands.kinds, operands.table
    kinds: list[str | bool] = [
        bool(known[p]) if (at := where[p]) == NOWHERE else table[of[at]]
        for p in items(place, operands.ends, operands.left, operands.right)
    ]
    read = frozenset({*kinds} - {True, False})
    kind, pairs = table[of[place]], frozenset(zip(kinds[::2], kinds[1::2], strict=True))
    return not forward, kind, read, len(kinds), pairs


def depends_on_itself(look: int, below: Mapping[int, set[int]]) -> bool:
    found: set[int] = set()
    waiting = [look]
    while waiting:
        more = below.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return look in found


# ---- the sweep over the rows, which is there in C too


def find_batches(
    place: Sequence[int],
    kinds: bytes,
    ends: Sequence[int],
    left: Sequence[int],
    right: Sequence[int],
    rows: Sequence[int],
    known: bytearray,
    results: Sequence[int],
    judge: Judge,
) -> tuple[array[int], array[int], bytes]:
    """The rows in the order of the agenda, where each batch ends, and for each whether it is of the forward pass."""
    terms = [items(k, ends, left, right) for k in range(len(rows))]
    forward = needed(terms, place, results)
    groups: dict[frozenset[int], list[int]] = defaultdict(list)  # the rows that read the same: mostly a whole layer
    numbered: dict[tuple[int, ...], int] = {}
    near = []
    for k, own in enumerate(terms):
        groups[frozenset(place[p] for p in own if place[p] != NOWHERE)].append(k)
        look = (forward[k], kinds[k], *(2 + kinds[place[p]] if place[p] != NOWHERE else known[p] for p in own))
        near.append(numbered.setdefault(look, len(numbered)))
    depth: dict[int, int] = {}
    links: set[tuple[int, int]] = set()
    for read, alike in groups.items():
        deep = 1 + max(map(depth.__getitem__, read), default=0)
        depth |= dict.fromkeys(alike, deep)
        links |= {(x, y) for x in {near[k] for k in alike} for y in {near[k] for k in read}}
    first = [near.index(k) for k in range(len(numbered))]
    look_of, flags = judge(array("I", first), array("I", chain.from_iterable(sorted(links))), forward)
    found = [*batches(groups, depth, [look_of[k] for k in near], flags, rows)]
    order = [rows[k] for batch in found for k in batch]
    return array("I", order), array("I", accumulate(map(len, found))), forward


def batches(
    groups: Mapping[frozenset[int], list[int]],
    depth: Mapping[int, int],
    look_of: Sequence[int],
    flags: bytes,
    rows: Sequence[int],
) -> Iterator[list[int]]:
    """Rows that are ready and have one look, in the order of the agenda; all by their places."""
    waits = {own: len(own) for own in groups}
    users: dict[int, list[frozenset[int]]] = defaultdict(list)
    for own in groups:
        for p in own:
            users[p].append(own)
    members = Counter(look_of)
    depths: Counter[int] = Counter()
    for k, look in enumerate(look_of):
        depths[look] += depth[k]
    ready: dict[int, list[int]] = defaultdict(list)
    for k in groups.get(frozenset(), ()):
        ready[look_of[k]].append(k)

    def rank_of(look: int) -> tuple[object, ...]:
        waiting, first = len(ready[look]) < members[look], rows[ready[look][0]]
        late = waiting and not flags[look] & RECURRENT
        return flags[look] & BACKWARD, late, waiting, depths[look] / members[look], first

    while ready:
        look = min(ready, key=rank_of)
        batch = ready.pop(look)
        yield batch
        members[look] -= len(batch)
        for k in batch:
            depths[look] -= depth[k]
            free: list[int] = []
            for own in users[k]:
                waits[own] -= 1
                if not waits[own]:
                    free += groups[own]
            for user in sorted(free):
                ready[look_of[user]].append(user)


def needed(terms: Sequence[Sequence[int]], place: Sequence[int], results: Iterable[int]) -> bytes:
    """Whether these results are made from a row, or are that row. Each row stands after its operands."""
    found = bytearray(len(terms))
    for i in results:
        if place[i] != NOWHERE:
            found[place[i]] = 1
    for k in range(len(terms) - 1, -1, -1):
        if found[k]:
            for p in terms[k]:
                if place[p] != NOWHERE:
                    found[place[p]] = 1
    return bytes(found)
