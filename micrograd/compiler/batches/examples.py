"""The examples of a batch: which arguments have one entry for each of them, and the numbers of all as columns.

An array, a list, an `array.array`, a tensor or a column of a table has an entry for each example. A tuple or a dict has
such things in it, and an example has a tuple or a dict of their entries. Anything else is the same for all examples: a
number, a text, an object, a Value.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from numbers import Integral
from typing import Any

from micrograd._core.modes import index
from micrograd._core.scalars import check_untracked, describe
from micrograd.calculus.structures import is_array, like
from micrograd.compiler.backends.names import positional_names
from micrograd.compiler.batches.columns import Column, Uneven, columns_of, is_series, same_for_all, truths_of
from micrograd.compiler.tracing.arguments import ARRAYS
from micrograd.compiler.tracing.keys import is_truth
from micrograd.compiler.tracing.numbers.foreign import is_table

ONE_ENTRY_EACH = (
    "a batch takes arrays or lists with one entry for each example, got none: for a single example, "
    "call the compiled function itself"
)
NUMBERS_ALONE = (
    "a batch got {0}, which has no list or array in it: write a list of one entry for each example, or shared={1!r} "
    "if it is the same for all"
)
ITERATORS = "a batch takes arrays or lists, got {0}, which is used up by one pass: write list({1})"
NO_NUMBERS = (
    "a batch takes arrays of numbers or Values, got one of dtype {0}: write x.astype(float), or x.tolist() if it holds "
    "no numbers"
)


class Examples:
    """The arguments of a batch: `count` examples, each with arguments of its own.

    Raises `ValueError` if there is no example, or if the arrays do not have equally many; `TypeError` for an argument
    that cannot be taken apart.
    """

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], shared: Any = ()):
        self.shapes: Hashable | None = None  # of arrays of floats, if there is nothing else
        self.args: Sequence[Any] = args
        self.kwargs: dict[str, Any] = {}
        if not kwargs and not shared and shared != 0 and (shapes := shapes_of(args)) is not None:
            self.shapes, self.count = shapes, len(args[0])
            return
        same = chosen(f, args, kwargs, shared) if shared or shared == 0 else set()
        try:
            self.read(args, kwargs, same, [""] * len(args))
        except (TypeError, ValueError):  # in whose message are names
            self.read(args, kwargs, same, names_of(f, args))
            raise

    def read(self, args: tuple[Any, ...], kwargs: dict[str, Any], same: set[Any], names: Sequence[str]) -> None:
        self.args = [Part(x, k in same, names[k]) for k, x in enumerate(args)]
        self.kwargs = {name: Part(x, name in same, name) for name, x in kwargs.items()}
        lengths = [found for part in (*self.args, *self.kwargs.values()) for found in part.lengths]
        if not lengths:
            raise TypeError(ONE_ENTRY_EACH)
        self.count = lengths[0][1]
        if any(n != self.count for _, n in lengths):
            found = ", ".join(f"{n} in {name}" for name, n in lengths)
            raise ValueError(f"a batch needs as many entries in each array, got {found}")
        if not self.count:
            raise ValueError("a batch holds at least one example, got none")

    def __getitem__(self, i: int) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """The arguments of one example."""
        return tuple([part[i] for part in self.args]), {name: part[i] for name, part in self.kwargs.items()}

    def columns(self, looks: frozenset[str], shared: Mapping[int, Any]) -> list[Column]:
        """The inputs of all examples, in the order of `Arguments`.

        Raises `Uneven` unless one key fits all.
        """
        if self.shapes is not None:
            return [Column(x, x.size // len(x)) for x in self.args if x.size]
        if "is" in looks or shared:
            raise Uneven
        parts = (*self.args, *self.kwargs.values())
        return [column for part in parts for column in part.columns(ARRAYS in looks)]

    def truths(self) -> list[Any]:
        """The arrays of truths among the arguments: constants of a program, that tell examples apart."""
        if self.shapes is not None:
            return []
        parts = (*self.args, *self.kwargs.values())
        return [x for part in parts if not part.same for x in truths_of(part.x)]


class Part:
    """One argument of all examples."""

    def __init__(self, x: Any, same: bool, name: str):
        self.x, self.same, self.name = x, same, name
        self.lengths: list[tuple[str, int]] = []
        if not same:
            self.x = self._read(x, name)
            if isinstance(x, (tuple, dict)) and x and not self.lengths:
                raise TypeError(NUMBERS_ALONE.format(describe(x), name))
            self.same = not self.lengths

    def _read(self, x: Any, name: str) -> Any:
        """x with its arrays made ready; their lengths are noted."""
        if isinstance(x, dict):
            return {key: self._read(part, f"{name}[{key!r}]") for key, part in x.items()}
        if isinstance(x, tuple):
            return like(x, [self._read(part, f"{name}[{k}]") for k, part in enumerate(x)])
        if isinstance(x, Iterator):
            raise TypeError(ITERATORS.format(describe(x), name))
        if is_series(x):
            check_untracked(x)
            x = x.to_numpy() if is_table(x) else x
            if is_array(x) and x.dtype.kind not in "fiubO":
                raise TypeError(NO_NUMBERS.format(x.dtype))
            self.lengths.append((name, len(x)))
        return x

    def __getitem__(self, i: int) -> Any:
        if self.same:
            return self.x
        x = entry(self.x, i)
        bare = isinstance(x, Integral) and not is_truth(x)
        return index(x) if bare and not isinstance(self.x, (tuple, dict)) else x

    def columns(self, constant: bool) -> list[Column]:
        if self.same:
            return same_for_all(self.x)
        return columns_of(self.x, constant)


def entry(x: Any, i: int) -> Any:
    """What example i has of x."""
    if isinstance(x, dict):
        return {key: entry(part, i) for key, part in x.items()}
    if isinstance(x, tuple):
        return like(x, [entry(part, i) for part in x])
    if not is_series(x):
        return x
    found = x[i]
    return found if isinstance(x, (list, array)) or is_array(x) or found.ndim else found.item()


def shapes_of(args: tuple[Any, ...]) -> Hashable | None:
    """What the key of an example depends on, if the arguments are arrays of floats, of equally many entries."""
    array_of_numpy = getattr(sys.modules.get("numpy"), "ndarray", None)
    lengths, found = set(), []
    for x in args:
        if type(x) is not array_of_numpy or x.dtype.char != "d" or not x.shape:
            return None
        lengths.add(x.shape[0])
        found.append(x.shape[1:])
    return tuple(found) if len(lengths) == 1 and 0 not in lengths else None


def names_of(f: Callable[..., Any], args: tuple[Any, ...]) -> list[str]:
    """What f calls the arguments that have a place."""
    return [name or f"argument {k}" for k, name in enumerate(positional_names(f, args), start=1)]


def chosen(f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], shared: Any) -> set[Any]:
    """The arguments that `shared` names, by their places and names."""
    names, found = names_of(f, args), set[Any]()
    for name in [shared] if isinstance(shared, (str, int)) else shared:
        if name in kwargs or (isinstance(name, int) and 0 <= name < len(args)):
            found.add(name)
        elif name in names:
            found.add(names.index(name))
        else:
            raise ValueError(f"shared names arguments of the call, {', '.join([*names, *kwargs])}, got {name!r}")
    return found
