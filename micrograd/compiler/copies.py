"""Copies of compiled functions, by pickle and deepcopy: of the function and its options; programs are made again.

Like a function, a compiled one is pickled by its name where it has one in a module: there it is the same object, and it
is traced once in each process. Otherwise the function is pickled, as the pickler at hand pickles functions and
methods: cloudpickle takes a lambda, and a function of the main script, with all that it reaches. Plain pickle takes no
function without a name, and an error says so before pickle does.

`deepcopy` leaves functions as they are, and so their parameters would stay shared. A copy of a compiled function has
parameters of its own, those of the model that is copied along.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Iterable
from copy import deepcopy
from functools import WRAPPER_ASSIGNMENTS, partial
from importlib import import_module
from types import CellType, FrameType, FunctionType, MethodType, ModuleType
from typing import Any

from micrograd.compiler.surroundings.watch import Watch

PICKLERS = pickle.Pickler, pickle._Pickler  # in C and in Python
Place = tuple[str, str]  # a module, and a name in there, with dots

NAMELESS = (
    "cannot pickle the compiled function {}: plain pickle takes a function by its name, and this one has none at the "
    "top of a module. Define it there, or send it with cloudpickle, as joblib and Dask do: cloudpickle.dumps(f), which "
    "pickle.loads reads."
)
NOT_HERE = "cannot load a compiled function: it was pickled by its name, {}, which nothing has here"
OTHER_PARAMETERS = (
    "cannot load a copy of {}: it reads its parameters from its module, and would get other ones than those of this "
    "module. Bind the compiled function to a name at the top of a module, or leave out parameters=."
)


def find(place: Place) -> Any:
    """What has that name; None if nothing has."""
    module, path = place
    try:
        thing = sys.modules.get(module) or import_module(module)
        for name in path.split("."):
            thing = getattr(thing, name)
    except (ImportError, AttributeError, ValueError):
        return None
    return thing


def place_of(thing: Any, home: str = "") -> Place | None:
    """Where `thing` can be found: under its own name, or under any in the module `home`."""
    place = getattr(thing, "__module__", None) or "", getattr(thing, "__qualname__", None) or ""
    if all(place) and find(place) is thing:
        return place
    names = [name for name, it in list(vars(sys.modules.get(home, object)).items()) if it is thing]
    return (home, names[0]) if names else None


# ---- pickle


def reduce(
    protocol: int, compiled: Any, f: Any, home: str, given: Iterable[Any] | None, *options: Any
) -> tuple[Any, ...]:
    """The return value of `compiled.__reduce_ex__`."""
    place = place_of(compiled, home)
    if isinstance(f, FunctionType) and find((f.__module__, f.__qualname__)) is compiled:
        f.__qualname__ += ".__wrapped__"  # a decorated function: pickle finds it there, not under the name itself
    function = innermost(f)
    nameless = isinstance(function, FunctionType) and not place_of(function) and is_plain(sys._getframe(2))
    if nameless and not place:
        raise pickle.PicklingError(NAMELESS.format(function.__qualname__))
    if nameless or (place and protocol < 4 and isinstance(f, FunctionType)):  # old protocols have no names with dots
        return by_name, (place,)
    return restore, (type(compiled), place, f, given, given is not None and reaches(f, given), *options)


def innermost(f: Any) -> Any:
    """The function below methods and partial applications."""
    while isinstance(f, (MethodType, partial)):
        f = f.__func__ if isinstance(f, MethodType) else f.func
    return f


def is_plain(frame: FrameType | None) -> bool:
    """Whether pickle itself is at work in that frame, and no pickler of another kind, which may know more functions."""
    while frame is not None:
        if any(isinstance(x, PICKLERS) and type(x) not in PICKLERS for x in list(frame.f_locals.values())):
            return False
        frame = frame.f_back
    return True


def by_name(place: Place) -> Any:
    if (known := find(place)) is None:
        raise pickle.UnpicklingError(NOT_HERE.format(".".join(place)))
    return known


def restore(kind: type[Any], place: Place | None, f: Any, given: Any, reached: bool, *options: Any) -> Any:
    """The compiled function of that name, if it is the one of f; otherwise a new one."""
    known = find(place) if place else None
    if isinstance(known, kind) and (known._f is f or (place and place[0] != "__main__" and is_copy(f, known._f))):
        return known
    compiled = kind(f, given, *options)
    if reached and not reaches(f, given):
        raise pickle.UnpicklingError(OTHER_PARAMETERS.format(compiled._title))
    return compiled


def is_copy(f: Any, original: Any) -> bool:
    """Whether f is a function without a name, such as a lambda, that came by value: with the code of the original."""
    nameless = isinstance(original, FunctionType) and not place_of(original)
    return nameless and isinstance(f, FunctionType) and f.__code__ == original.__code__


def reaches(f: Any, values: Iterable[Any]) -> bool:
    wanted = set(map(id, values))
    return not wanted.isdisjoint(Watch([f]).values)


# ---- deepcopy


def assigned(cell: CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def deep_copy(x: Any, memo: dict[int, Any]) -> Any:
    """`copy.deepcopy`, which opens functions too: what they reach by closures and defaults is copied along."""
    if id(x) in memo:
        return memo[id(x)]
    if isinstance(x, FunctionType):
        return _copy_function(x, memo)
    if isinstance(x, MethodType):
        return MethodType(deep_copy(x.__func__, memo), deep_copy(x.__self__, memo))
    if type(x) is partial:
        return partial(deep_copy(x.func, memo), *deep_copy(x.args, memo), **deep_copy(x.keywords, memo))
    if type(x) is list:
        memo[id(x)] = parts = []
        parts += [deep_copy(part, memo) for part in x]
        return parts
    if type(x) is tuple:
        return tuple([deep_copy(part, memo) for part in x])
    if type(x) is dict:
        memo[id(x)] = entries = {}
        entries.update({deep_copy(key, memo): deep_copy(part, memo) for key, part in x.items()})
        return entries
    return x if isinstance(x, ModuleType) else deepcopy(x, memo)


def _copy_function(f: FunctionType, memo: dict[int, Any]) -> FunctionType:
    if place_of(f) or not (f.__closure__ or f.__defaults__ or f.__kwdefaults__ or f.__dict__):
        return f
    cells = tuple([memo.setdefault(id(cell), CellType()) for cell in f.__closure__ or ()])
    made = memo[id(f)] = FunctionType(f.__code__, f.__globals__, f.__name__, None, cells)
    for cell, copy in zip(f.__closure__ or (), cells, strict=True):
        if assigned(cell) and not assigned(copy):
            copy.cell_contents = deep_copy(cell.cell_contents, memo)
    made.__defaults__, made.__kwdefaults__ = deep_copy((f.__defaults__, f.__kwdefaults__), memo)
    for name in WRAPPER_ASSIGNMENTS:
        if hasattr(f, name):
            setattr(made, name, getattr(f, name))
    made.__dict__.update(deep_copy(f.__dict__, memo))
    return made
