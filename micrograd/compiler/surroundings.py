"""What a function finds around itself: the names that it takes from where it was defined, and what they stand for.

A trace holds as long as these are the same things. Where `rate = 0.1` stood and `rate = 0.2` stands now, another trace
is made. What is *inside* of such a thing (the third entry of a list, say) is not looked at again, except for the data
of Values, which are read at each call: what changes otherwise is to be passed as an argument.
"""

from __future__ import annotations

from types import CodeType, FunctionType, ModuleType
from typing import Any

MISSING = object()
PLAIN = (int, float, str, bool)


class Surroundings:
    """The names of a function, and of the functions it takes from there, with what they stand for now."""

    def __init__(self, f: Any):
        self.found: list[tuple[Any, Any, Any]] = []
        self._look(f, set())

    @property
    def generators(self) -> list[Any]:
        """NumPy's random generators among them."""
        return [thing for _, _, thing in self.found if hasattr(thing, "bit_generator")]

    def changed(self) -> bool:
        """Whether one of the names stands for another thing now."""
        for where, name, thing in self.found:
            now = _content(where) if name is None else where.get(name, MISSING)
            if now is not thing and not (type(now) is type(thing) and type(now) in PLAIN and now == thing):
                return True
        return False

    def _look(self, f: Any, seen: set[Any]) -> None:
        f = getattr(f, "__func__", getattr(f, "_f", f))
        if not isinstance(f, FunctionType) or f in seen or f.__module__.partition(".")[0] == "micrograd":
            return
        seen.add(f)
        around: list[tuple[Any, Any, Any]] = [(cell, None, _content(cell)) for cell in f.__closure__ or ()]
        around += [(f.__globals__, name, f.__globals__[name]) for name in _names(f.__code__) if name in f.__globals__]
        around = [place for place in around if not isinstance(place[2], (ModuleType, type))]
        self.found += around
        for _, _, thing in around:
            self._look(thing, seen)


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # not assigned yet
        return MISSING


def _names(code: CodeType) -> list[str]:
    """The global names of a function and of those defined in it."""
    inner = [name for constant in code.co_consts if isinstance(constant, CodeType) for name in _names(constant)]
    return list(dict.fromkeys([*code.co_names, *inner]))
