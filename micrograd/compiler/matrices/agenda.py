"""The agenda: in which order rows are put together.

It goes along the program (Neubig, Goldberg and Dyer, On-the-fly operation batching, 2017): of the rows that are ready
run all that look alike, those first that wait for no others like them, then those that lie least deep on average. All
of the forward pass comes first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from itertools import chain
from typing import TypeAlias

Operands: TypeAlias = dict[int, tuple[str, list[int]]]  # of each computed row its kind and its terms, in order


def agenda(operands: Operands, forward: set[int], numbers: Container[int]) -> Iterator[list[int]]:
    """Rows that are ready at once and look alike from afar: of one kind, on operands of the same kinds.

    Rows that depend on others of their look, as the states of a recurrence, cannot wait for these.
    """
    depth: dict[int, int] = {}
    afar: dict[int, tuple[object, ...]] = {}
    closer: dict[int, int] = {}  # the number of a look that says more, and which of these it reads
    below: dict[int, set[int]] = defaultdict(set)
    numbered: dict[tuple[object, ...], int] = {}
    reads = {i: operands.keys() & terms for i, (_, terms) in operands.items()}
    leaves = set(chain.from_iterable(terms for _, terms in operands.values())) - operands.keys()
    kind_of: dict[int, str | bool] = {p: p in numbers for p in leaves}
    kind_of |= {i: kind for i, (kind, _) in operands.items()}
    for i, (kind, terms) in operands.items():
        depth[i] = 1 + max(map(depth.__getitem__, reads[i]), default=0)
        afar[i] = i not in forward, kind, frozenset(map(kind_of.__getitem__, reads[i]))
        kinds = [*map(kind_of.__getitem__, terms)]
        near = (*afar[i], len(terms), frozenset(zip(kinds[::2], kinds[1::2], strict=False)))
        closer[i] = numbered.setdefault(near, len(numbered))
        below[closer[i]].update(map(closer.__getitem__, reads[i]))
    recurrent = {look for look in below if depends_on_itself(look, below)}
    look_of: dict[int, int] = {}
    looks: dict[tuple[object, ...], int] = {}
    waits: dict[int, int] = {}
    users: dict[int, list[int]] = defaultdict(list)
    depths: Counter[int] = Counter()
    members: Counter[int] = Counter()
    ready: dict[int, list[int]] = defaultdict(list)
    for i in operands:
        look = look_of[i] = looks.setdefault((*afar[i], closer[i] in recurrent), len(looks))
        waits[i] = len(reads[i])
        for p in reads[i]:
            users[p].append(i)
        depths[look] += depth[i]
        members[look] += 1
        if not reads[i]:
            ready[look].append(i)
    listed = [*looks]

    def rank_of(look: int) -> tuple[object, ...]:
        waiting = len(ready[look]) < members[look]
        return listed[look][0], waiting and not listed[look][-1], waiting, depths[look] / members[look], ready[look][0]

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
                    ready[look_of[user]].append(user)


def depends_on_itself(look: int, below: Mapping[int, set[int]]) -> bool:
    found: set[int] = set()
    waiting = [look]
    while waiting:
        more = below.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return look in found
