"""Which Module's call made which Values: neurons inside layers inside a network.

The call of a Module leaves a note on every Value it returns: `_calls`, pairs of (module, inputs), innermost call first.
The nodes between the inputs and the results were made inside the call. A Module needs nothing else; if it has
`named_parameters()`, its parameters get their names from there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from micrograd.engine import Value


@dataclass(eq=False)
class Call:
    """One call of a Module.

    outs      the Values it returned, as far as the graph uses them
    members   the interior nodes made inside it, including `outs`, by their ids
    parent    the call inside which this one was made
    inner     the calls made directly inside this one
    height    0 if there are none, else one more than the highest of them: a neuron has 0, a layer 1, an MLP 2
    """

    module: Any
    inputs: list[Value]
    outs: list[Value] = field(default_factory=list)
    members: dict[int, Value] = field(default_factory=dict)
    parent: Call | None = None
    inner: list[Call] = field(default_factory=list)
    height: int = 0

    @property
    def title(self) -> str:
        """The kind of module, and its place among the parts of the enclosing one: Neuron 3."""
        kind = type(self.module).__name__
        if self.parent is not None:
            for part in vars(self.parent.module).values():
                if isinstance(part, (list, tuple)):
                    for place, module in enumerate(part):
                        if module is self.module:
                            return f"{kind} {place}"
        return kind

    @property
    def path(self) -> str:
        """The titles from this call outwards: Neuron 3 of Layer 0 of MLP."""
        titles = []
        call: Call | None = self
        while call is not None:
            titles.append(call.title)
            call = call.parent
        return " of ".join(titles)


@dataclass
class Calls:
    """All calls noted in a graph, and the innermost one of each interior node, by the node's id."""

    all: list[Call]
    home: dict[int, Call]

    def outermost(self, v: Value, height: int) -> Call | None:
        """The largest call around `v` that is no higher than `height`."""
        call, found = self.home.get(id(v)), None
        while call is not None and call.height <= height:
            found, call = call, call.parent
        return found


def find_calls(order: list[Value]) -> Calls:
    """The calls noted on the nodes of `order`, nested as they happened.

    A call that overlaps another without lying inside it is left out: it could not be drawn as a box.
    """
    noted, depth = _noted_calls(order)
    calls: list[Call] = []
    home: dict[int, Call] = {}
    for call in sorted(noted, key=lambda call: (len(call.members), depth[call])):
        inner = _outermost_within(call, home)
        if not call.members or not all(other.members.keys() <= call.members.keys() for other in inner):
            continue
        for other in inner:
            other.parent = call
        for member in call.members:
            home.setdefault(member, call)
        calls.append(call)
    for call in calls:  # the inner ones come first
        if call.parent is not None:
            call.parent.inner.append(call)
            call.parent.height = max(call.parent.height, call.height + 1)
    return Calls(calls, home)


def _noted_calls(order: list[Value]) -> tuple[list[Call], dict[Call, int]]:
    """The calls with their results and members, and how deep inside other calls each was made."""
    noted: dict[tuple[int, ...], Call] = {}
    depth: dict[Call, int] = {}
    for v in order:
        for place, (module, inputs) in enumerate(getattr(v, "_calls", ())):
            key = (id(module), *map(id, inputs))
            call = noted.setdefault(key, Call(module, inputs))
            call.outs.append(v)
            depth[call] = max(depth.get(call, 0), place)
    outs_of: dict[int, set[int]] = {}
    for call in noted.values():
        outs_of.setdefault(id(call.module), set()).update(map(id, call.outs))
    for call in noted.values():
        call.members = _members(call, outs_of[id(call.module)])
    return list(noted.values()), depth


def _outermost_within(call: Call, home: dict[int, Call]) -> list[Call]:
    """The largest of the calls nested so far that share a member with `call`."""
    inner: dict[Call, None] = {}
    for member in call.members:
        around = home.get(member)
        while around is not None and around.parent is not None:
            around = around.parent
        if around is not None:
            inner[around] = None
    return list(inner)


def _members(call: Call, same_module: set[int]) -> dict[int, Value]:
    """The nodes between the inputs and the results of a call, except those of another call of the same module."""
    own = set(map(id, call.outs))
    border = set(map(id, call.inputs)) | (same_module - own)
    members: dict[int, Value] = {}
    stack = [v for v in call.outs if id(v) not in border]
    while stack:
        v = stack.pop()
        if id(v) not in members:
            members[id(v)] = v
            stack += [p for p in v.parents if p.parents and id(p) not in border]
    return members


def parameter_names(calls: Calls) -> dict[int, tuple[str, str]]:
    """For the id of each parameter: its name inside the innermost module, and inside the outermost: w[1], layers[0]…"""
    names: dict[int, tuple[str, str]] = {}
    modules = {id(call.module): call.module for call in calls.all}
    for module in modules.values():
        for name, parameter in getattr(module, "named_parameters", tuple)():
            name = with_subscripts(name)
            short, long = names.get(id(parameter), (name, name))
            names[id(parameter)] = min(short, name, key=len), max(long, name, key=len)
    return names


def with_subscripts(path: str) -> str:
    """A dotted path as Python writes it: layers.0.w.1 becomes layers[0].w[1]."""
    return re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", path)


def tell_apart(names: dict[int, tuple[str, str]]) -> dict[int, str]:
    """The shortest form that tells all of these parameters apart, from `parameter_names`.

    w[1], or with all indices w[0,3,1] (layer 0, neuron 3, input 1), or layers[0].neurons[3].w[1].
    """
    near, far = [name for name, _ in names.values()], [name for _, name in names.values()]
    forms = near, [_with_indices(name) for name in far], far
    return dict(zip(names, next((form for form in forms if len(set(form)) == len(form)), far), strict=True))


def _with_indices(path: str) -> str:
    title = re.sub(r"\[.*", "", path.rpartition(".")[2])
    return f"{title}[{','.join(re.findall(r'[0-9]+(?=])', path))}]"
