"""A graph as one flat list, so that pickle and deepcopy need no recursion, however deep it is.

Interior nodes refer to their parents by position in the list, to leaves as objects: a leaf that several graphs of one
pickle share stays one leaf.
"""

from typing import Any

SLOTS = ("_data", "grad", "primitive", "_da", "_db")


def reduce(root: Any, order: list[Any]) -> tuple[Any, ...]:
    """The return value of `root.__reduce__`; `order` is the topological order of its graph."""
    order = order or [root]
    position = {id(v): i for i, v in enumerate(order)}
    rows = []
    for v in order:
        if callable(v._da):
            raise TypeError(f"cannot copy {v._op!r}: its own _backward knows only the nodes of this graph")
        parents = [position.get(id(p), p) for p in v.parents]
        rows.append((type(v), [getattr(v, slot) for slot in SLOTS], parents, v.constants, v is not root and own(v)))
    return rebuild, (rows,), own(root)


def own(v: Any) -> dict[str, Any] | None:
    """The attributes set on a node, without the note of the module that made it, which leads to other graphs."""
    return {name: content for name, content in v.__dict__.items() if name != "_calls"} or None


def rebuild(rows: list[tuple[Any, ...]]) -> Any:
    """Rebuild the nodes that `reduce` listed; returns the last one, the root."""
    made: list[Any] = []
    for kind, slots, parents, constants, attributes in rows:
        v = kind.__new__(kind)
        for slot, content in zip(SLOTS, slots, strict=True):
            setattr(v, slot, content)
        parents = [made[p] if p.__class__ is int else p for p in parents]
        v._seen = v._b = None
        if v._db is ...:
            v._a = tuple(parents)
        else:
            v._a, v._b = (*parents, *constants, None, None)[:2]
        v.__dict__.update(attributes or {})
        made.append(v)
    return made[-1]
