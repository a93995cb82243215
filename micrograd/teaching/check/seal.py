"""Is the checker still what it was? Code that is checked runs beside it, and can reach it.

A seal remembers every function, class and constant of the package, what its tables hold, and the modules that carry
the verdict, before the learner's code is loaded. It keeps out accidents (a homework that patches `micrograd.Value`) and
simple tricks; whoever is out to cheat, and knows Python well, needs a container around the whole, or a person who reads
the code.
"""

from __future__ import annotations

import builtins
import json
import math
import os
import sys
from types import FunctionType
from typing import Any

BESIDE = (builtins, json, json.encoder, math, os, sys)
MAY_CHANGE = frozenset(
    "_ last_exc last_type last_value last_traceback path argv stdin stdout stderr ps1 ps2 meta_path path_hooks modules "
    "path_importer_cache displayhook excepthook".split()
)


class Seal:
    """The state of the modules at the time it is made."""

    def __init__(self) -> None:
        package = [module for name, module in sys.modules.items() if name.partition(".")[0] == "micrograd"]
        self._things: list[tuple[str, Any, dict[str, Any]]] = []
        self._tables: list[tuple[str, Any, Any]] = []
        for module in (*package, *BESIDE):
            self._things.append((module.__name__, module, dict(vars(module))))
            if module not in package:
                continue
            for name, thing in vars(module).items():
                if isinstance(thing, (dict, list)) and name.isupper():
                    self._tables.append((f"{module.__name__}.{name}", thing, thing.copy()))
                if isinstance(thing, type) and thing.__module__ == module.__name__:
                    self._things.append((f"{module.__name__}.{name}", thing, dict(vars(thing))))
        self._code = {id(f): (f, _inside(f)) for f in self._functions()}

    def _functions(self) -> list[FunctionType]:
        return [x for _, _, names in self._things for x in names.values() if isinstance(x, FunctionType)]

    def broken(self) -> str:
        """The first thing that is no longer what it was; empty if all is as before.

        New names in a module or a table, and new methods in a class, are no change; a method with a special name is.
        """
        missing = object()
        for path, thing, before in self._things:
            now = vars(thing)
            for name, value in before.items():
                if now.get(name, missing) is not value and name not in MAY_CHANGE and not name.startswith("__"):
                    return f"{path}.{name}"
                if isinstance(thing, type) and name in SPECIAL and now.get(name, missing) is not value:
                    return f"{path}.{name}"
            if isinstance(thing, type) and (new := SPECIAL & now.keys() - before.keys()):
                return f"{path}.{min(new)}"
        for path, table, before in self._tables:
            if table != before and not (isinstance(table, dict) and table.items() >= before.items()):
                return path
        for function, inside in self._code.values():
            if any(x is not y for x, y in zip(_inside(function), inside, strict=True)):
                return f"{function.__module__}.{function.__qualname__}"
        return ""


def _inside(function: FunctionType) -> tuple[object, ...]:
    return function.__code__, function.__defaults__, function.__kwdefaults__


# the special methods that a class has for its users, and not for Python's own book-keeping
SPECIAL = frozenset(
    f"__{name}__"
    for name in (
        "init new call bool str repr eq hash len iter getattr getattribute setattr add radd sub rsub mul rmul truediv "
        "rtruediv pow rpow neg pos abs lt le gt ge float"
    ).split()
)
