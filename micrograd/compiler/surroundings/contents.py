"""How the walk looks at containers, and how their contents are read and written."""

from __future__ import annotations

import abc
import builtins
import decimal
import gc
import warnings
from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable
from contextvars import ContextVar
from math import prod
from typing import Any

from micrograd._core.lending import has_attributes, with_attributes
from micrograd.compiler.surroundings.attributes import dict_of
from micrograd.compiler.surroundings.other_rows import ContentRow, SlotsRow
from micrograd.compiler.surroundings.rows import DictRow, ListRow
from micrograd.compiler.surroundings.same import ABSENT
from micrograd.compiler.surroundings.walk import PLAIN, Walk
from micrograd.engine import Value


def look_at_value(walk: Walk, v: Any) -> None:
    """Its data is read at each call; what a user hung on it is watched, and his own class."""
    walk.values[id(v)] = v
    if has_attributes(v):
        walk.hung.append(v)
        for name, x in list(dict_of(v).items()):
            walk.follow(x, v, ".", name)


def look_at_list(walk: Walk, x: Any) -> None:
    walk.row(ListRow, x)
    look_at_items(walk, x, tuple(list.__iter__(x)))


def look_at_dict(walk: Walk, x: Any) -> None:
    if x is vars(builtins):  # code run by `exec` finds it in its globals, where anybody may have put more
        walk.follow(builtins, x, "", "")
        return
    walk.row(DictRow, x)
    for key, part in list(dict.items(x)):
        if type(part) not in PLAIN:
            walk.follow(part, x, "[]", key)
        walk.follow(key, x, "[]", key)
    if isinstance(x, defaultdict):
        walk.row(SlotsRow, x, {"default_factory": FACTORY})
        walk.follow(FACTORY.__get__(x), x, ".", "default_factory")


FACTORY: Any = defaultdict.__dict__["default_factory"]


def look_at_parts(walk: Walk, x: Any) -> None:
    """A container that cannot change, of things that may."""
    look_at_items(walk, x, tuple(tuple.__iter__(x) if isinstance(x, tuple) else frozenset.__iter__(x)))


def look_at_items(walk: Walk, x: Any, items: tuple[Any, ...]) -> None:
    """What a list, a tuple or a set holds. Values, of which a network has many, are looked at all at once."""
    kinds = set(map(type, items))
    if kinds == {Value} and not with_attributes(items):
        if Value not in walk.looked:  # at their class the walk looks with the first one
            walk.follow(items[0], x, "[]", 0)
        walk.values |= walk.follow_all(items, x)
    elif not kinds <= PLAIN:
        for k, part in enumerate(items):
            walk.follow(part, x, "[]", k)


def content(read: Callable[[Any], tuple[Any, ...]], write: Callable[[Any, Any], None]) -> Callable[[Walk, Any], None]:
    """How to look at a container whose content these two read and write."""

    def look(walk: Walk, x: Any) -> None:
        walk.row(ContentRow, x, read, write)
        for k, part in enumerate(read(x)):
            walk.follow(part, x, "[]", k)

    return look


def nothing(x: Any, was: Any) -> None:
    """Nothing to put back: whatever changed stands elsewhere."""


def write_deque(x: Any, was: Any) -> None:
    deque.clear(x)
    deque.extend(x, was)


def write_set(x: Any, was: Any) -> None:
    set.clear(x)
    set.update(x, was)


def write_ordered(x: Any, was: Any) -> None:
    OrderedDict.clear(x)
    for key, part in was:
        OrderedDict.__setitem__(x, key, part)


def read_variable(x: ContextVar[Any]) -> tuple[Any, ...]:
    try:
        return (x.get(),)
    except LookupError:
        return (ABSENT,)


def write_variable(x: ContextVar[Any], was: Any) -> None:
    if was[0] is not ABSENT:
        x.set(was[0])


def read_local(x: Any) -> tuple[Any, ...]:
    return tuple(x.__dict__.items())


def write_local(x: Any, was: Any) -> None:
    space = x.__dict__
    space.clear()
    space.update(was)


def look_at_cached(walk: Walk, x: Any) -> None:
    """A function that keeps its results, in a dict: somebody may clear it, and a trace may enter results of its own."""
    walk.follow(x.__wrapped__, x, "", "")
    if not walk.is_users(getattr(x.__wrapped__, "__module__", "")):
        return
    for kept in gc.get_referents(x):
        if type(kept) is dict and kept is not x.__dict__:
            if x.cache_parameters()["maxsize"] is None:
                walk.follow(kept, x, "", "")
            elif id(kept) not in walk.reached:
                walk.reached[id(kept)] = kept
                walk.ways[id(kept)] = walk.ways[id(x)]
                walk.row(BoundedRow, kept, x.cache_clear)


class BoundedRow(DictRow):
    """What a function keeps of its latest results. In this dict are links to them, which nobody can put back."""

    parted = False

    def __init__(self, thing: dict[Any, Any], clear: Callable[[], None]):
        super().__init__(thing)
        self.clear = clear

    def put(self, key: Any, x: Any) -> None:
        self.clear()


def look_at_decimals(walk: Walk, x: Any) -> None:
    if not walk.decimals:
        walk.decimals = True
        walk.row(ContentRow, x, read_context, write_context)


def read_context(x: Any) -> tuple[Any, ...]:
    here = decimal.getcontext()
    return (here.prec, here.rounding, here.Emin, here.Emax, here.capitals, here.clamp)


def write_context(x: Any, was: Any) -> None:
    here = decimal.getcontext()
    here.prec, here.rounding, here.Emin, here.Emax, here.capitals, here.clamp = was


def read_logger(x: Any) -> tuple[Any, ...]:
    """Its level, by which code may decide; what it shows is no part of a result."""
    return (x.getEffectiveLevel(), x.disabled, x.manager.disable)


def read_subclasses(kind: Any) -> tuple[Any, ...]:
    return tuple(type.__subclasses__(kind))


def read_registered(kind: Any) -> tuple[Any, ...]:
    """The classes that were registered with an abstract one."""
    return tuple(abc._get_dump(kind)[0])  # type: ignore[attr-defined]


def read_names(f: Any) -> tuple[Any, ...]:
    return (f.__name__, f.__qualname__, f.__doc__)


def write_names(f: Any, was: Any) -> None:
    f.__name__, f.__qualname__, f.__doc__ = was


look_at_logger = content(read_logger, nothing)
look_at_subclasses = content(read_subclasses, nothing)
look_at_registered = content(read_registered, nothing)
look_at_names = content(read_names, write_names)
look_at_deque = content(lambda x: tuple(deque.__iter__(x)), write_deque)
look_at_set = content(lambda x: tuple(set.__iter__(x)), write_set)
look_at_ordered = content(lambda x: tuple(OrderedDict.items(x)), write_ordered)
look_at_variable = content(read_variable, write_variable)
look_at_local = content(read_local, write_local)
look_at_mapping = content(lambda x: tuple(x.items()), nothing)
look_at_view = content(lambda x: tuple(x), nothing)


# ---- numbers side by side


def read_bytes(x: Any) -> tuple[Any, ...]:
    view = memoryview(x)
    return (view.format, view.shape, view.tobytes())


def write_bytes(x: Any, was: Any) -> None:
    if memoryview(x).nbytes == len(was[2]):
        memoryview(x).cast("B")[:] = was[2]
    else:
        x[:] = type(x)(was[2]) if isinstance(x, bytearray) else type(x)(x.typecode, was[2])


def read_array(x: Any) -> tuple[Any, ...]:
    from numpy import ndarray, ravel

    if x.dtype.hasobject:
        return (x.dtype.str, x.shape, *ravel(x).tolist())
    return (x.dtype.str, x.shape, ndarray.tobytes(x))  # of a subclass too: a masked array would fill its gaps


def write_array(x: Any, was: Any) -> None:
    from numpy import frombuffer, ndindex

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy would rather not have arrays change in place
        if x.dtype.str != was[0]:
            x.dtype = was[0]
        if x.size != prod(was[1]):
            x.resize(was[1], refcheck=False)
        elif x.shape != was[1]:
            x.shape = was[1]
    if x.dtype.hasobject:
        for place, part in zip(ndindex(x.shape), was[2:], strict=True):
            x[place] = part
    else:
        x[...] = frombuffer(was[2], x.dtype).reshape(was[1])


def read_table(x: Any) -> tuple[Any, ...]:
    """The content of whatever turns itself into an array: a table of pandas with its names."""
    from numpy import asarray

    labels = [tuple(getattr(x, name)) for name in ("index", "columns") if hasattr(x, name)]
    return (*read_array(asarray(x)), *labels)


def write_table(x: Any, was: Any) -> None:
    from numpy import frombuffer, ndarray

    numbers = ndarray(was[1], object) if was[0] == "|O" else frombuffer(was[2], was[0]).reshape(was[1])
    if was[0] == "|O":
        numbers.ravel()[:] = was[2 : 2 + numbers.size]
    x.iloc[:] = numbers


look_at_bytes = content(read_bytes, write_bytes)
look_at_array = content(read_array, write_array)
look_at_table = content(read_table, write_table)
