"""The one function that the worker calls: `call("expression.picture", '["a*b", ["a=2", "b=3"]]')`.

A module offers what its `__all__` names; `warm_up`, if it has one, imports and runs what its first call needs.
"""

from __future__ import annotations

import json
import traceback
from importlib import import_module
from types import ModuleType
from typing import Any

ROOMS = ("expression", "network", "practice", "bug", "check")
TYPED = "<your code>"  # the file name under which a reader's own code is compiled


def room(name: str) -> ModuleType:
    return import_module(f"docs.playground.bridge.{name}")


def answer(name: str, *arguments: Any) -> Any:
    """What the function `name`, "room.function", returns for these arguments."""
    place, _, function = name.partition(".")
    module = room(place)
    if function not in module.__all__:
        raise LookupError(f"{place} has no function {function!r}, only {', '.join(module.__all__)}")
    return getattr(module, function)(*arguments)


def call(name: str, arguments: str) -> str:
    """The answer as JSON: {"result": …}, or {"error": {"kind", "message", "trace"}}."""
    try:
        return json.dumps({"result": answer(name, *json.loads(arguments))})
    except Exception as error:
        told = {"kind": type(error).__name__, "message": str(error), "trace": own_lines(error)}
        return json.dumps({"error": told})


def own_lines(error: BaseException) -> str:
    """Of a traceback, the part in the reader's own code."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == TYPED]
    return "".join(traceback.format_list(frames))


def warm_up() -> None:
    """Do everything once, so that a snapshot of the memory holds what is imported at first use."""
    for name in ROOMS:
        getattr(room(name), "warm_up", lambda: None)()
