"""A graph at one moment: a copy with numbers of its own, which stays as it is while the parameters move on."""

from __future__ import annotations

from copy import deepcopy

from micrograd.engine import Value, topological
from micrograd.text.names import Names


def freeze(root: Value) -> tuple[Value, dict[int, Value]]:
    """A copy of the graph below `root`, and by the id of each node its copy.

    Names become labels, so that the copy is called what the original is called: the name of a parameter inside its
    module, too. Raises `TypeError` for an operation with a `_backward` of its own.
    """
    order = topological(root)
    names = Names(root, order)
    frozen = deepcopy(root)
    twins = {id(root): frozen}
    for v, twin in zip(order, topological(frozen), strict=True):
        twins[id(v)] = twin
        twins.update(zip(map(id, v.parents), twin.parents, strict=True))
    for v in {id(v): v for u in order for v in (*u.parents, u)}.values():
        twin = twins[id(v)]
        if names.has_name(v):
            twin.label = names[v]
        if calls := getattr(v, "_calls", None):
            noted = [(module, [twins.get(id(x), x) for x in inputs]) for module, inputs in calls]
            vars(twin)["_calls"] = noted
    return frozen, twins
