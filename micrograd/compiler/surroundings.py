"""What a function finds around itself: the names that it takes from where it was defined, and what they stand for.

A trace holds as long as these are the same things. Where `rate = 0.1` stood and `rate = 0.2` stands now, another trace
is made. What is *inside* of such a thing (the third entry of a list, say) is not looked at again, except for the data
of Values, which are read at each call: what changes otherwise is to be passed as an argument.
"""

from __future__ import annotations

from types import CellType, CodeType, FunctionType, ModuleType
from typing import Any

PLAIN = (int, float, str, bool)


class Surroundings:
    """The names of a function, and of the functions it takes from there, with what they stand for now."""

    def __init__(self, f: Any):
        self.cells: list[tuple[CellType, Any]] = []
        self.names: list[tuple[dict[str, Any], str, Any]] = []
        self._look(f, set())

    @property
    def generators(self) -> list[Any]:
        """NumPy's random generators among them."""
        things = [thing for *_, thing in (*self.cells, *self.names)]
        return [thing for thing in things if hasattr(thing, "bit_generator")]

    def changed(self) -> bool:
        """Whether one of the names stands for another thing now."""
        try:
            for cell, thing in self.cells:
                if cell.cell_contents is not thing and other(cell.cell_contents, thing):
                    return True
        except ValueError:  # deleted since
            return True
        for names, name, thing in self.names:
            if names.get(name) is not thing and other(names.get(name), thing):
                return True
        return False

    def _look(self, f: Any, seen: set[Any]) -> None:
        f = getattr(f, "__func__", getattr(f, "_f", f))
        if not isinstance(f, FunctionType) or f in seen or (f.__module__ or "").partition(".")[0] == "micrograd":
            return
        seen.add(f)
        cells = [(cell, cell.cell_contents) for cell in f.__closure__ or () if assigned(cell)]
        names = [(f.__globals__, name, f.__globals__[name]) for name in _names(f.__code__) if name in f.__globals__]
        self.cells += [place for place in cells if not isinstance(place[-1], (ModuleType, type))]
        self.names += [place for place in names if not isinstance(place[-1], (ModuleType, type))]
        for *_, thing in (*cells, *names):
            self._look(thing, seen)


def other(now: Any, thing: Any) -> bool:
    """Whether it is another thing; equal numbers and texts are the same."""
    return type(now) is not type(thing) or type(now) not in PLAIN or now != thing


def assigned(cell: CellType) -> bool:
    try:
        return cell.cell_contents is not cell
    except ValueError:
        return False


def _names(code: CodeType) -> list[str]:
    """The global names of a function and of those defined in it."""
    inner = [name for constant in code.co_consts if isinstance(constant, CodeType) for name in _names(constant)]
    return list(dict.fromkeys([*code.co_names, *inner]))
