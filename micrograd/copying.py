"""A graph as one flat list, so that pickle and deepcopy need no recursion, however deep it is.

Interior nodes refer to their parents by position in the list, to leaves as objects: a leaf that several graphs of one
pickle share stays one leaf.
"""

from typing import Any

SLOTS = ("data", "grad", "primitive", "_da", "_db")


def flatten(root: Any, order: list) -> list[tuple]:
    """The rows of `order`, a topological order that ends with `root`: what `rebuild` makes the same nodes of."""
    order = order or [root]
    position = {id(v): i for i, v in enumerate(order)}
    rows = []
    for v in order:
        if callable(v._da):
            raise TypeError(
                f"cannot copy the operation {v._op!r}: its own _backward knows only the nodes of this graph"
            )
        parents = [position.get(id(p), p) for p in v.parents]
        own = None if v is root else v.__dict__
        rows.append((type(v), [getattr(v, slot) for slot in SLOTS], parents, v.constants, own))
    return rows


def rebuild(rows: list[tuple]) -> Any:
    """The last of the nodes that `flatten` wrote down."""
    made: list[Any] = []
    for kind, slots, parents, constants, own in rows:
        v = object.__new__(kind)
        for slot, content in zip(SLOTS, slots, strict=True):
            setattr(v, slot, content)
        parents = [made[p] if p.__class__ is int else p for p in parents]
        v._seen = v._b = None
        if v._db is ...:
            v._a = tuple(parents)
        else:
            v._a, v._b = (*parents, *constants, None, None)[:2]
        v.__dict__.update(own or {})
        made.append(v)
    return made[-1]
