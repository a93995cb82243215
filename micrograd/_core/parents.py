"""The parents of a node as walkers of graphs see them: in order, and at the same time a set."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import Any

from micrograd._core.nodes import Node
from micrograd._core.scalars import describe


class Parents(tuple[Any, ...]):
    """The parents of a node, in operand order with repeats; compared and combined with a set, it is a set too.

    Lectures write `out._prev == {a, b}`, `seen |= out._prev`, `out._prev - seen`, `out._prev.issubset(seen)`.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return frozenset(self) == other if isinstance(other, Set) else tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__

    def __getattr__(self, name: str) -> Any:
        if name not in METHODS:
            hint = ": assign _prev again instead" if hasattr(set, name) else ""
            raise AttributeError(f"the parents of a node have no {name!r}{hint}")
        return getattr(frozenset(self), name)


METHODS = frozenset(name for name in dir(frozenset) if not name.startswith("_"))


def as_set(operator: str) -> Callable[..., Any]:
    def method(self: Parents, other: Any) -> Any:
        if not isinstance(other, Set) and not isinstance(other, Parents):
            return NotImplemented
        return getattr(set(self), operator)(set(other))

    return method


for _operator in ("or", "and", "sub", "xor"):
    setattr(Parents, f"__{_operator}__", as_set(f"__{_operator}__"))
    setattr(Parents, f"__r{_operator}__", as_set(f"__r{_operator}__"))
for _operator in ("lt", "le", "gt", "ge"):  # of two tuples, too: a subset is what a walker asks for
    setattr(Parents, f"__{_operator}__", as_set(f"__{_operator}__"))


def operands_of(children: Any) -> tuple[Any, ...]:
    """The `_children` of a Value made by hand, as a tuple. Raises `TypeError` unless they are Values."""
    hint = ""
    if isinstance(children, str):
        hint = f"; a name is a label: Value(…, label={children!r})"
    elif isinstance(children, Node):
        hint = "; of one Value write (v,)"
    if hint or not hasattr(children, "__iter__"):
        raise TypeError(f"_children must be a tuple of Values, got {describe(children)}{hint}")
    operands = tuple(children)
    for v in operands:
        if not isinstance(v, Node):
            raise TypeError(f"_children must be Values, got {describe(v)}")
    return operands


def assign_parents(v: Any, parents: tuple[Any, ...]) -> None:
    """Give the node `v` other parents, as walkers and the topological sort see them.

    Its contributions go on going where they went; a leaf has none until its `_backward` is assigned.
    """
    if v._prev == set(parents):
        return
    if v.partials:
        v._backward = v._backward
    v.primitive, v._a, v._da, v._db = v.primitive or "", parents, v._da or (), ...
