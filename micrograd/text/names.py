"""The name of a node: its label, its place in a Module, a number for a constant, else v1, v2, …"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from micrograd.engine import Value
from micrograd.text.escape import sanitise
from micrograd.text.module_calls import find_calls, parameter_names, tell_apart
from micrograd.text.notation import format_number
from micrograd.text.typeset import upright


class Names:
    """The names of the nodes below `root`: no two interior nodes, and no two labelled leaves, have the same one."""

    def __init__(self, root: Value, order: Sequence[Value]):
        self.root, self.order = root, order

    @cached_property
    def _names(self) -> dict[int, str]:
        order, names = self.order, dict[int, str]()
        places = {}
        if any(hasattr(v, "_calls") for v in order):
            places = tell_apart(parameter_names(find_calls(list(order))))
        taken: set[str] = set()

        def add(v: Value, wanted: str) -> None:
            name, k = wanted, 2
            while name in taken:
                name, k = f"{wanted}#{k}", k + 1
            taken.add(name)
            names[id(v)] = name

        nodes = {id(v): v for u in order for v in (*u.parents, u)} or {id(self.root): self.root}
        for v in nodes.values():
            if sanitise(v.label):
                add(v, sanitise(v.label))
        for key, v in nodes.items():
            if key in places and key not in names:
                add(v, sanitise(places[key]))
        if id(self.root) not in names and self.root.parents:
            add(self.root, "L")
        unnamed = [v for v in order if id(v) not in names]
        for k, v in enumerate(unnamed, start=1):
            add(v, f"v{k}")
        return names

    def __getitem__(self, v: Value) -> str:
        return self._names.get(id(v)) or sanitise(v.label) or format_number(v.data)

    def has_name(self, v: Value) -> bool:
        """Whether `v` has a name; a constant only has its number."""
        return id(v) in self._names or bool(sanitise(v.label))

    def in_sentence(self, v: Value) -> str:
        """The name in the middle of a sentence, where a bare number could be misread."""
        return self[v] if self.has_name(v) else f"the constant {self[v]}"

    def latex(self, v: Value) -> str:
        return latex_name(self[v])


def latex_name(name: str) -> str:
    """A name in formulas: w1 as w with an index, a longer one in upright letters."""
    if re.fullmatch(r"−?[\d.]+", name):
        return name.replace("−", "-")
    if match := re.fullmatch(r"([^\W\d_])(\d*)", name):
        letter, index = match.groups()
        return f"{letter}_{{{index}}}" if index else letter
    if match := re.fullmatch(r"([^\W\d_])\[([\d,]+)\]", name):
        return f"{match[1]}_{{{match[2]}}}"
    return upright(name)
