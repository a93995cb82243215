"""The closure cells and globals a function depends on, and the objects they refer to.

A trace is valid as long as these names are bound to the same things: after `rate = 0.1` becomes `rate = 0.2`, the
function is traced again. What is *inside* these things is not compared, except for the data of Values.

Functions, methods and partials are followed, and the methods of classes from the user's own package.
"""

from __future__ import annotations

from collections.abc import Iterator
from dis import get_instructions
from functools import lru_cache, partial
from io import IOBase
from types import CellType, CodeType, FunctionType, MethodType, ModuleType
from typing import Any

from micrograd.compiler.tracing.errors import TraceError
from micrograd.engine import Value

SCALARS = (int, float, str, bool)
MOST = 100_000  # objects to search for places where a result may be kept


class Surroundings:
    """The names of a function, and of the functions it calls by them, with the things they refer to now.

    Raises `TraceError` for an iterator among these things or the arguments: each call would take different items.
    """

    def __init__(self, f: Any, *arguments: Any):
        self.cells: list[tuple[CellType, Any]] = []
        self.names: list[tuple[dict[str, Any], str, Any]] = []
        self.absent: list[tuple[dict[str, Any], str]] = []  # perhaps Python's built-in names
        self.home = home(_function(f))
        seen: set[int] = set()
        for thing in (f, *arguments):
            self._look(thing, seen)
        things = [*arguments, *(thing for *_, thing in (*self.cells, *self.names))]
        for thing in things:
            if hasattr(type(thing), "__next__") and not isinstance(thing, IOBase):
                raise TraceError(
                    f"a traced function uses an iterator, {type(thing).__name__}, which goes on from call to "
                    "call. Call next() on it outside the function, and pass the item in."
                )

    def things(self, f: Any, *arguments: Any) -> Iterator[Any]:
        """Everything the function can reach now: through its names, attributes, lists and dicts."""
        cells = [cell.cell_contents for cell, _ in self.cells if assigned(cell)]
        names = [names.get(name) for names, name, _ in self.names]
        return within([getattr(f, "__self__", f), *arguments, *cells, *names])

    def changed(self) -> bool:
        """Whether one of the names now refers to something else."""
        try:
            for cell, thing in self.cells:
                if cell.cell_contents is not thing and other(cell.cell_contents, thing):
                    return True
        except ValueError:  # deleted since
            return True
        for names, name, thing in self.names:
            if names.get(name) is not thing and other(names.get(name), thing):
                return True
        for names, name in self.absent:
            if name in names:
                return True
        return False

    def _look(self, f: Any, seen: set[int]) -> None:
        if isinstance(f, MethodType):
            self._look(f.__self__, seen)
        if isinstance(f, partial):
            for thing in (*f.args, *f.keywords.values()):
                self._look(thing, seen)
        f = _function(f)
        if id(f) in seen or home(f) == "micrograd":
            return
        seen.add(id(f))
        if not isinstance(f, FunctionType):
            for kind in (f if isinstance(f, type) else type(f)).__mro__:
                if home(kind) == self.home and id(kind) not in seen:
                    seen.add(id(kind))
                    for member in vars(kind).values():
                        self._look(getattr(member, "fget", member), seen)
            return
        cells = [(cell, cell.cell_contents) for cell in f.__closure__ or () if assigned(cell)]
        there = f.__globals__
        names = [(there, name, there[name]) for name in _names(f.__code__) if name in there]
        self.cells += cells
        self.names += names
        self.absent += [(there, name) for name in _names(f.__code__) if name not in there]
        for *_, thing in (*cells, *names):
            self._look(thing, seen)


def _function(f: Any) -> Any:
    """The function that a method, a compiled function or a partial calls."""
    for _ in range(8):
        f = f.func if isinstance(f, partial) else getattr(f, "__func__", getattr(f, "_f", f))
    return f


def home(thing: Any) -> str:
    """The package of a function, of a class, or of the class of an object."""
    module = thing.__module__ if isinstance(thing, (FunctionType, type)) else type(thing).__module__
    return module.partition(".")[0] if isinstance(module, str) else ""  # the class of Cython functions has a descriptor


def within(things: list[Any]) -> Iterator[Any]:
    """The things and everything in their lists, dicts and attributes, up to MOST of them. Values are not opened."""
    seen: set[int] = set()
    waiting: list[Any] = [things]
    while waiting and len(seen) < MOST:
        x = waiting.pop()
        if id(x) in seen or isinstance(x, (ModuleType, FunctionType, type)):
            continue
        seen.add(id(x))
        yield x
        if isinstance(x, (list, tuple, set, frozenset)):
            waiting += [part for part in x if not isinstance(part, (float, int, str))]
        elif isinstance(x, dict):
            waiting += x.values()
        elif not isinstance(x, Value):
            waiting += [getattr(x, "__self__", None), getattr(x, "__dict__", None)]


def other(now: Any, thing: Any) -> bool:
    """Whether a name now refers to something else; equal numbers and strings count as the same."""
    return type(now) is not type(thing) or type(now) not in SCALARS or now != thing


def assigned(cell: CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


@lru_cache
def _names(code: CodeType) -> list[str]:
    """The global names of a function and of those defined in it."""
    found = [step.argval for step in get_instructions(code) if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")]
    inner = [name for constant in code.co_consts if isinstance(constant, CodeType) for name in _names(constant)]
    return list(dict.fromkeys([*found, *inner]))
