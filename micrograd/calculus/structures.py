"""Numbers inside lists, tuples, dicts and arrays, nested in any way: arguments of a function and its results.

    >>> transform(lambda x: 2 * x, {"w": [1.0, 2.0], "b": 3.0})
    {'w': [2.0, 4.0], 'b': 6.0}
    >>> dict(named_leaves({"w": [1.0, 2.0], "b": 3.0}, "p"))
    {"p['w'][0]": 1.0, "p['w'][1]": 2.0, "p['b']": 3.0}

A structure is rebuilt with its own shape: a list as a list, a tuple (a named one too) as a tuple, a dict as a dict with
its keys in their order, one of a class of its own as a copy, a NumPy array as an array, of floats where all its entries
are floats, likewise of integers or truth values, and of objects otherwise. Anything else is a leaf. NumPy is not
imported for this: an array exists only where it is loaded already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from copy import copy
from operator import itemgetter
from typing import Any

from micrograd.engine import Value

ATOMS = frozenset([float, Value])  # the commonest leaves


def is_array(x: Any, dimensions: int = 1) -> bool:
    """Whether x is a NumPy array of at least so many dimensions: one of none is a number."""
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(x, numpy.ndarray) and x.ndim >= dimensions


def held(x: Any) -> Any:
    """What an array of no dimension holds; anything else itself."""
    return x[()] if is_array(x, 0) else x


def entries(x: Any) -> list[Any]:
    """The entries of an array, row by row; a `numpy.matrix` would stay one, whose rows are matrices again."""
    found: list[Any] = sys.modules["numpy"].asarray(x).ravel().tolist()
    return found


def transform(change: Callable[[Any], Any], x: Any, whole: Callable[[Any], bool] = lambda x: False) -> Any:
    """`x` with every leaf changed, in the same structure; what is `whole` is a leaf, whatever is in it."""
    if type(x) in ATOMS or whole(x):
        return change(x)
    if isinstance(x, dict):
        parts: Any = {key: transform(change, part, whole) for key, part in x.items()}
        return parts if type(x) is dict else filled(x, parts)
    if isinstance(x, (list, tuple)):
        parts = like(x, [transform(change, part, whole) for part in x])
        return parts if type(x) is list or isinstance(x, tuple) else filled(x, parts)
    if is_array(x):
        return to_array([change(part) for part in entries(x)], x.shape)
    return change(held(x))


def filled(x: Any, parts: Any) -> Any:
    """The parts in a list or a dict of a class of its own, such as a `defaultdict`: a copy of x."""
    made = copy(x)
    if isinstance(x, dict):
        dict.update(made, parts)  # that of a Counter adds
    else:
        made[:] = parts
    return made


def transform_pairs(change: Callable[[Any, Any], Any], x: Any, y: Any, name: str = "", other: str = "") -> Any:
    """The structure of `x` with `change(leaf of x, leaf of y)` at each leaf; `ValueError` where `y` is built otherwise.

    `name` and `other` are the names of the two in that message.
    """
    if isinstance(x, dict):
        fits = isinstance(y, dict) and x.keys() == y.keys()
        keys = list(x)
    elif isinstance(x, (list, tuple)):
        fits = isinstance(y, (list, tuple)) and len(x) == len(y)
        keys = list(range(len(x)))
    elif is_array(x):
        fits = hasattr(y, "__len__") and getattr(sys.modules["numpy"].asarray(y), "shape", None) == x.shape
        if fits:
            ys = sys.modules["numpy"].asarray(y).ravel().tolist()
            return to_array([change(a, b) for a, b in zip(entries(x), ys, strict=True)], x.shape)
    elif isinstance(y, (dict, list, tuple)) or is_array(y):
        fits = False
    else:
        return change(held(x), held(y))
    if not fits:
        raise ValueError(f"{other} must be built like {name}, {describe(x)}, got {describe(y)}")
    parts = [transform_pairs(change, x[k], y[k], f"{name}[{k!r}]", f"{other}[{k!r}]") for k in keys]
    return dict(zip(keys, parts, strict=True)) if isinstance(x, dict) else like(x, parts)


def like(x: list[Any] | tuple[Any, ...], parts: list[Any]) -> Any:
    """The parts as a sequence of the kind of `x`."""
    if isinstance(x, list):
        return parts
    return type(x)(*parts) if hasattr(x, "_fields") else tuple(parts)


def to_array(parts: list[Any], shape: tuple[int, ...]) -> Any:
    """The parts as a NumPy array: of floats, integers or truth values if all of them are, of objects otherwise."""
    numpy = sys.modules["numpy"]
    if all(isinstance(part, float) for part in parts):
        return numpy.array(parts, dtype=float).reshape(shape)
    if all(isinstance(part, (bool, numpy.bool_)) for part in parts):
        return numpy.array(parts, dtype=bool).reshape(shape)
    if all(type(part) is int or isinstance(part, numpy.integer) for part in parts):
        return numpy.array(parts).reshape(shape)
    made = numpy.empty(len(parts), dtype=object)
    for i, part in enumerate(parts):
        made[i] = part
    return made.reshape(shape)


def named_leaves(x: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every leaf with the expression that reaches it from `name`, such as `name['w'][0]`."""
    if isinstance(x, dict):
        for key, part in x.items():
            yield from named_leaves(part, f"{name}[{key!r}]")
    elif isinstance(x, (list, tuple)):
        for i, part in enumerate(x):
            yield from named_leaves(part, f"{name}[{i}]")
    elif is_array(x):
        for index in sys.modules["numpy"].ndindex(x.shape):
            yield f"{name}[{', '.join(map(str, index))}]" if index else name, x[index]
    else:
        yield name, held(x)


def leaves(x: Any) -> list[Any]:
    found: list[Any] = []
    transform(found.append, x)
    return found


def flatten(x: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves of `x` in order, and the function that rebuilds `x` around as many other leaves."""
    if type(x) in ATOMS:
        return [x], itemgetter(0)
    if type(x) is list and ATOMS.issuperset(map(type, x)):
        return x, list

    def rebuild(parts: list[Any]) -> Any:
        following = iter(parts)
        return transform(lambda leaf: next(following), x)

    return leaves(x), rebuild


def describe(x: Any) -> str:
    """A description of `x`, for messages."""
    if isinstance(x, dict):
        return f"a dict with the keys {list(x)}"
    if isinstance(x, (list, tuple)):
        return f"a {type(x).__name__} of {len(x)}"
    if is_array(x):
        return f"an array of shape {x.shape}"
    return f"{type(x).__name__} {x!r}"
