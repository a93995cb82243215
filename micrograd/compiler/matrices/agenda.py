"""The agenda: in which order rows are put together.

It goes along the program (Neubig, Goldberg and Dyer, On-the-fly operation batching, 2017): of the rows that are ready
run all that look alike, those first that wait for no others like them, then those that lie least deep on average. All
of the forward pass comes first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from typing import TypeAlias

Operands: TypeAlias = dict[int, tuple[str, list[int]]]  # of each computed row its kind and its terms, in order


def agenda(operands: Operands, forward: set[int], numbers: Container[int]) -> Iterator[list[int]]:
    """Rows that are ready at once and look alike from afar: of one kind, on operands of the same kinds.

    Rows that depend on others of their look, as the states of a recurrence, cannot wait for these.
    """
    depth: dict[int, int] = {}
    looks: dict[int, tuple[object, ...]] = {}
    closer: dict[int, tuple[object, ...]] = {}
    below: dict[object, set[object]] = defaultdict(set)
    reads = {i: {p for p in terms if p in operands} for i, (_, terms) in operands.items()}
    for i, (kind, terms) in operands.items():
        depth[i] = 1 + max((depth[p] for p in reads[i]), default=0)
        looks[i] = i not in forward, kind, frozenset(operands[p][0] for p in reads[i])
        kinds = [operands[p][0] if p in operands else p in numbers for p in terms]
        closer[i] = (*looks[i], len(terms), frozenset(zip(kinds[::2], kinds[1::2], strict=False)))
        below[closer[i]] |= {closer[p] for p in reads[i]}
    recurrent = {look for look in below if depends_on_itself(look, below)}
    waits: dict[int, int] = {}
    users: dict[int, list[int]] = defaultdict(list)
    depths: Counter[tuple[object, ...]] = Counter()
    members: Counter[tuple[object, ...]] = Counter()
    ready: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for i in operands:
        look = looks[i] = (*looks[i], closer[i] in recurrent)
        waits[i] = len(reads[i])
        for p in reads[i]:
            users[p].append(i)
        depths[look] += depth[i]
        members[look] += 1
        if not reads[i]:
            ready[look].append(i)

    def rank_of(look: tuple[object, ...]) -> tuple[object, ...]:
        waiting = len(ready[look]) < members[look]
        return look[0], waiting and not look[-1], waiting, depths[look] / members[look], ready[look][0]

    while ready:
        look = min(ready, key=rank_of)
        batch = ready.pop(look)
        yield batch
        for i in batch:
            depths[look] -= depth[i]
            members[look] -= 1
            for user in users[i]:
                waits[user] -= 1
                if not waits[user]:
                    ready[looks[user]].append(user)


def depends_on_itself(look: object, below: Mapping[object, set[object]]) -> bool:
    found: set[object] = set()
    waiting = [look]
    while waiting:
        more = below.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return look in found
