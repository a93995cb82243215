"""Arguments: what each argument of a function is in array code, an array, or a structure of arrays.

A list of lists of numbers is one array, a dict or a ragged list a structure. What is no number is static: it is built
into the program, and the exported function does not take it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

from micrograd.calculus.structures import is_array, named_leaves, transform
from micrograd.compiler.backends.names import titled
from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.tracing.arguments import ARRAYS, Substitution, familiar
from micrograd.compiler.tracing.tape import Tape

MIXED = (
    "{0} holds numbers next to {1!r}, which is static: an export takes arrays of numbers. Pass what is static as an "
    "argument of its own."
)


@dataclass(frozen=True)
class Taken:
    """An array that the exported function takes: what it is called, how it is reached, its first input, its shape."""

    name: str
    access: str  # pair["a"]
    first: int
    shape: tuple[int, ...]

    @property
    def texts(self) -> Iterator[str]:
        """What the inputs would like to be called."""
        for index in indices(self.shape):
            yield self.name + "".join(f"[{k}]" for k in index)

    @property
    def members(self) -> range:
        return range(self.first, self.first + prod(self.shape))


class Signature(NamedTuple):
    """What the exported function takes beside theta: names, and structures with a `Taken` for each array.

    `static` is what is built in, by the names of the arguments.
    """

    names: list[str]
    structures: list[Any]
    static: dict[str, Any]

    @property
    def alike(self) -> object:
        """What two signatures have in common that one function may have."""
        return self.names, self.structures, {name: repr(x) for name, x in self.static.items()}

    @property
    def arrays(self) -> list[Taken]:
        found: list[Taken] = []
        for structure in self.structures:
            transform(found.append, structure)
        return found


class Input:
    """Stands for a number among the arguments."""

    def __init__(self, place: int):
        self.place = place


def read_signature(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    tape: Tape,
    shared: Mapping[int, Any],
    scope: Namespace,
) -> Signature:
    """The signature for these arguments, with names that are free in the scope.

    Raises `TypeError` where numbers stand next to what is static.
    """
    inputs: list[Input] = []

    def stand_in(x: Any, size: float) -> Input:
        inputs.append(Input(len(inputs)))
        return inputs[-1]

    substitution = Substitution(stand_in, "is" in tape.looks, ARRAYS in tape.looks, shared)
    found, seen = list[tuple[str, str, Any]](), set[int]()
    static: dict[str, Any] = {}
    for title, x in titled(f, args, kwargs):
        made = transform(familiar, substitution(x))
        places = {leaf.place for _, leaf in named_leaves(made, title) if isinstance(leaf, Input)}
        if places <= seen:
            static[title] = x
        else:
            found.append((title, scope.give(title), made))
        seen |= places
    structures = [structure(made, title, name, name, static, scope) for title, name, made in found]
    return Signature([name for _, name, _ in found], structures, static)


def structure(x: Any, title: str, name: str, access: str, static: dict[str, Any], scope: Namespace) -> Any:
    """The same with a `Taken` for each box of numbers; `title` is what messages call it.

    None for what is `static`, which is noted there.
    """

    def part_of(entry: Any, key: object) -> Any:
        inner = scope.give(f"{name}_{key}")
        return structure(entry, f"{title}[{key!r}]", inner, f"{access}[{key!r}]", static, scope)

    if isinstance(x, dict):
        made = {key: part_of(entry, key) for key, entry in x.items()}
        return {key: of for key, of in made.items() if of is not None} or None
    leaves = [leaf for _, leaf in named_leaves(x, title)]
    others = [leaf for leaf in leaves if not isinstance(leaf, Input)]
    if len(others) == len(leaves):
        static[title] = x
        return None
    shape = shape_of(x)
    if shape is not None and not others:
        return Taken(name, access, leaves[0].place, shape)
    if shape is not None and len(shape) == 1:
        raise TypeError(MIXED.format(title, others[0]))
    parts = [part_of(part, k) for k, part in enumerate(x)]
    if None in parts:
        raise TypeError(MIXED.format(title, x[parts.index(None)]))
    return tuple(parts)


def shape_of(x: Any) -> tuple[int, ...] | None:
    """The shape of nested lists as an array; None if they are ragged or hold dicts."""
    if isinstance(x, dict):
        return None
    if is_array(x):
        return tuple(x.shape)
    if not isinstance(x, (list, tuple)):
        return ()
    shapes = [shape_of(part) for part in x]
    if not shapes or any(shape is None or shape != shapes[0] for shape in shapes):
        return None if shapes else (0,)
    assert shapes[0] is not None
    return (len(x), *shapes[0])


def indices(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if not shape:
        yield ()
        return
    for k in range(shape[0]):
        for rest in indices(shape[1:]):
            yield (k, *rest)
