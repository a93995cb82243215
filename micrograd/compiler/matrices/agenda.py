"""The agenda: in which order rows are put together.

It goes along the program (Neubig, Goldberg and Dyer, On-the-fly operation batching, 2017): of the rows that are ready
run all that look alike, those first that wait for no others like them, then those that lie least deep on average. All
of the forward pass comes first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, TypeAlias

Operands: TypeAlias = dict[int, tuple[str, list[int]]]  # of each computed row its kind and its terms, in order


def agenda(operands: Operands, forward: set[int], numbers: Container[int]) -> Iterator[list[int]]:
    """Rows that are ready at once and look alike from afar: of one kind, on operands of the same kinds.

    Rows that depend on others of their look, as the states of a recurrence, cannot wait for these.
    """
    leaves = set(chain.from_iterable(terms for _, terms in operands.values())) - operands.keys()
    kind_of: dict[int, str | bool] = {p: p in numbers for p in leaves}
    kind_of |= {i: kind for i, (kind, _) in operands.items()}
    groups: dict[frozenset[int], list[int]] = defaultdict(list)  # the rows that read the same: mostly a whole layer
    numbered: dict[tuple[bool, str, tuple[str | bool, ...]], int] = {}
    near: dict[int, int] = {}
    for i, (kind, terms) in operands.items():
        groups[frozenset(operands.keys() & terms)].append(i)
        near[i] = numbered.setdefault((i not in forward, kind, tuple(map(kind_of.__getitem__, terms))), len(numbered))
    closer = [look_from_close(*look) for look in numbered]
    depth: dict[int, int] = {}
    links: set[tuple[frozenset[int], frozenset[int]]] = set()
    for own, rows in groups.items():
        deep = 1 + max(map(depth.__getitem__, own), default=0)
        for i in rows:
            depth[i] = deep
        links.add((frozenset(map(near.__getitem__, rows)), frozenset(map(near.__getitem__, own))))
    below: dict[object, set[object]] = defaultdict(set)
    for users, read in links:
        for k in users:
            below[closer[k]].update(closer[p] for p in read)
    recurrent = {look for look in below if depends_on_itself(look, below)}
    looks = [(*look[:3], look in recurrent) for look in closer]
    places = {look: k for k, look in enumerate(dict.fromkeys(looks))}
    alike = [places[look] for look in looks]
    return batches(groups, depth, {i: alike[k] for i, k in near.items()}, [*places])


def look_from_close(backward: bool, kind: str, kinds: Sequence[str | bool]) -> tuple[Any, ...]:
    """The look of a row from afar, and then what tells more: how many operands it has, and which of them in pairs."""
    read = frozenset(kind for kind in kinds if isinstance(kind, str))
    return backward, kind, read, len(kinds), frozenset(zip(kinds[::2], kinds[1::2], strict=False))


def batches(
    groups: Mapping[frozenset[int], list[int]],
    depth: Mapping[int, int],
    look_of: Mapping[int, int],
    looks: Sequence[tuple[Any, ...]],
) -> Iterator[list[int]]:
    """Rows that are ready and have one look, in the order of the agenda."""
    order: dict[int, int] = {}
    waits = {own: len(own) for own in groups}
    users: dict[int, list[frozenset[int]]] = defaultdict(list)
    for own in groups:
        for p in own:
            users[p].append(own)
    members = Counter(look_of.values())
    depths: Counter[int] = Counter()
    for i, look in look_of.items():
        depths[look] += depth[i]
    ready: dict[int, list[int]] = defaultdict(list)
    for i in groups.get(frozenset(), ()):
        ready[look_of[i]].append(i)

    def rank_of(look: int) -> tuple[object, ...]:
        waiting = len(ready[look]) < members[look]
        return looks[look][0], waiting and not looks[look][-1], waiting, depths[look] / members[look], ready[look][0]

    while ready:
        look = min(ready, key=rank_of)
        batch = ready.pop(look)
        yield batch
        members[look] -= len(batch)
        for i in batch:
            depths[look] -= depth[i]
            free: list[list[int]] = []
            for own in users[i]:
                waits[own] -= 1
                if not waits[own]:
                    free.append(groups[own])
            if len(free) > 1:
                order = order or {i: k for k, i in enumerate(look_of)}
                free = [sorted(chain.from_iterable(free), key=order.__getitem__)]
            for user in free[0] if free else ():
                ready[look_of[user]].append(user)


def depends_on_itself(look: object, below: Mapping[object, set[object]]) -> bool:
    found: set[object] = set()
    waiting = [look]
    while waiting:
        more = below.get(waiting.pop(), set()) - found
        found |= more
        waiting += more
    return look in found
