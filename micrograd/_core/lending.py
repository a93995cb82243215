"""Access to nodes for compiler and optimisers: the only functions outside the engine that touch their slots.

While a function is traced, `Value.data` and `Value.grad` are watched; these functions read and write behind their back.
The native node (`_core/native`) does some of it for many nodes in one call.
"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from micrograd._core.columns import is_column
from micrograd._core.listing import Listing
from micrograd._core.native import extension
from micrograd._core.nodes import Node

new = Node.__new__


def data_of(v: Any) -> Any:
    """The data of a node, a float, unobserved."""
    return v._data


DATA = "_data"  # the name of the slot that holds them


def living() -> list[Any]:
    """The nodes that there are. The collector does not know all of those that are native."""
    known = [thing for thing in gc.get_objects() if issubclass(type(thing), Node)]
    return known if extension is None else [*known, *extension.untracked()]


def has_attributes(v: Any) -> bool:
    """Whether something has been hung on a node: only then it has a dict, and asking for it makes none."""
    if extension is not None:
        return extension.has_attributes(v)  # type: ignore[no-any-return]
    return len(gc.get_referents(v)) > OWN


def with_attributes(nodes: Iterable[Any]) -> list[Any]:
    """Those of the nodes on which something has been hung."""
    return list(filter(has_attributes if extension is None else extension.has_attributes, nodes))


OWN = 9  # what a Python node without attributes refers to: what is in its slots, and its class
borrowers: set[Any] = set()  # of other data than those in the nodes


def detour(borrower: Any, on: bool) -> None:
    """From now on, until it is called again, some thread is lent other data than those in the nodes.

    Meanwhile the native node leaves every operation to Python, which asks for the attribute.
    """
    (borrowers.add if on else borrowers.discard)(borrower)
    if extension is not None:
        extension.detour(bool(borrowers))


def is_direct(kind: type[Any]) -> bool:
    """Whether objects of a class are nodes that keep their data in the slot: `data` of a subclass may be its own."""
    return issubclass(kind, Node) and kind.data is Node.data  # type: ignore[attr-defined]


def read_floats(nodes: Iterable[Any]) -> list[float]:
    """The data of nodes that `is_direct`."""
    return [v._data for v in nodes] if extension is None else extension.read_floats(nodes)


def copy_floats(nodes: Sequence[Any]) -> array[float] | None:
    """Their data as an array, in one call; None from the Python node, which has no such call."""
    if extension is None:
        return None
    out = array("d", bytes(8 * len(nodes)))
    extension.copy_floats(nodes, out)
    return out


def write_floats(nodes: Iterable[Any], data: Any) -> None:
    """Give them other data, floats that need no check, in half the time of assignments; a list of a column too."""
    if is_column(data):
        (column,) = data
        if extension.write_column(nodes, column):
            return
        data = column.tolist()
    if extension is not None:
        extension.write_floats(nodes, data)
        return
    for v, x in zip(nodes, data, strict=True):
        v._data = x


def data_slot(kind: type[Any]) -> Any:
    """The descriptor of the data of a node."""
    return kind._data


def notes(kind: type[Any]) -> tuple[Callable[[Any, int], None], Callable[[Any], Any]]:
    """`note(v, position)` and `noted(v)`: a node's position on a tape, stored in the slot of its grad."""
    slot = kind._grad
    return slot.__set__, slot.__get__


def erase_note(v: Any) -> None:
    v._grad = 0.0


def erase_notes(rows: list[Any]) -> None:
    """The same for all nodes among these rows; the others are tuples."""
    if extension is not None:
        extension.erase_notes(rows)
        return
    for v in rows:
        if v.__class__ is not tuple:
            v._grad = 0.0


def leaf(kind: type[Any], x: float) -> Any:
    """A node without parents, made without being observed."""
    v: Any = new(kind)
    v._data, v._grad, v.primitive, v._seen, v._a, v._b, v._da, v._db = x, 0.0, None, None, None, None, None, None
    return v


def recorder(tracer: Any, rows: list[Any]) -> Callable[..., None] | None:
    """`Tracer.made` in C, which adds each node to the rows and notes its position; None from the Python engine."""
    return None if extension is None else extension.Recorder(tracer, rows)


def flatten(rows: list[Any], leaf_operation: str, known: dict[Any, int], find: Callable[[Any], int]) -> Listing:
    """The listing of `rows`, which are nodes or tuples of an operation, the positions of its operands, and a number.

    The position of an operand is the one noted on it, if that row is the operand; else the `known` one, else the result
    of `find`, which may add rows. A leaf has the `leaf_operation`, and its data as a number.
    """
    if extension is not None:
        return Listing(*extension.flatten(rows, leaf_operation, known, find))
    codes, ends, places, numbers = array("I"), array("I"), array("I"), array("d")
    table: list[tuple[Any, bool]] = []
    plain: dict[Any, int] = {}  # the codes of operations without a number, and with one
    numbered: dict[Any, int] = {}
    count = len(rows)

    def position(p: Any) -> int:
        at: Any = p._grad
        if at.__class__ is not int or at >= count or rows[at] is not p:
            at = find(p) if (at := known.get(p)) is None else at
        return at  # type: ignore[no-any-return]

    for v in rows:  # `find` appends rows while this runs
        x: Any = None
        positions: Sequence[int] = ()
        if v.__class__ is tuple:
            op, positions, x = v
        else:
            op, a, db = v.primitive or leaf_operation, v._a, v._db
            if a is None:
                x = v._data
            elif db is ...:
                positions = [position(p) for p in a]
            elif db is None:
                x, positions = v._b, (position(a),)
            else:
                b = v._b
                p, q = a._grad, b._grad
                if p.__class__ is not int or p >= count or rows[p] is not a:
                    p = position(a)
                if q.__class__ is not int or q >= count or rows[q] is not b:
                    q = position(b)
                positions = p, q
        places.extend(positions)
        if x is not None:
            places.append(len(numbers))
            numbers.append(x)
        coded = plain if x is None else numbered
        if (code := coded.get(op)) is None:
            code = coded[op] = len(table)
            table.append((op, x is not None))
        codes.append(code)
        ends.append(len(places))
    return Listing(table, codes, ends, places, numbers)
