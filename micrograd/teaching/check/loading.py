"""A learner's file: what it defines, or why it cannot be loaded, with the line."""

from __future__ import annotations

import ast
import json
import sys
import traceback
from collections.abc import Sequence
from difflib import get_close_matches
from importlib.util import module_from_spec, spec_from_loader
from inspect import isclass, isfunction
from pathlib import Path
from types import ModuleType
from typing import Any

NAMES_SHOWN = 8  # of what a file has, where a name is missing


class NotLoaded(Exception):
    """The file or a name in it cannot be had; the message is for its author."""


def load(path: Path) -> ModuleType:
    """The module in a .py file or in the code cells of a notebook. Raises `NotLoaded`, or `MemoryError`.

    Files beside it can be imported. What stands under `if __name__ == "__main__":` does not run.
    """
    source = _read(path)
    name = path.stem if path.stem.isidentifier() and path.stem not in sys.modules else "homework"
    spec = spec_from_loader(name, None, origin=str(path))
    assert spec is not None
    module = module_from_spec(spec)
    module.__file__ = str(path)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))
    try:
        exec(compile(source, str(path), "exec"), vars(module))
    except SyntaxError as error:
        raise NotLoaded(_describe_syntax(path, error)) from None
    except MemoryError:
        raise
    except BaseException as error:  # also SystemExit and KeyboardInterrupt: the author's
        raise NotLoaded(f"{path.name} cannot be loaded: {describe(error, path)}.") from None
    return module


def find(module: ModuleType, path: Path, names: Sequence[str]) -> list[Any]:
    """What the names stand for. Raises `NotLoaded`."""
    missing = [name for name in names if not hasattr(module, name)]
    if not missing:
        return [getattr(module, name) for name in names]
    own = [name for name, thing in vars(module).items() if (isclass(thing) or isfunction(thing)) and name[0] != "_"]
    near = get_close_matches(missing[0], own, n=1)
    hint = f" Did you mean {near[0]}?" if near else ""
    there = f"it has {', '.join(own[:NAMES_SHOWN])}" if own else "it defines no class and no function"
    raise NotLoaded(f"{path.name} has no {missing[0]}: {there}.{hint}")


def describe(error: BaseException, path: Path) -> str:
    """The exception, and the last line of the file that led to it."""
    said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    if isinstance(error, RecursionError) or not frames:
        return said
    line = f": {frames[-1].line}" if frames[-1].line else ""
    return f"{said} (line {frames[-1].lineno}{line})"


def _describe_syntax(path: Path, error: SyntaxError) -> str:
    if error.filename != str(path):  # of a file that this one imports
        return f"{path.name} cannot be loaded: {type(error).__name__}: {error}."
    text = (error.text or "").rstrip("\n")
    lines = [f"{path.name} cannot be loaded: {type(error).__name__} in line {error.lineno}: {error.msg}."]
    if text.strip():
        offset = max(0, (error.offset or 1) - 1 - (len(text) - len(text.lstrip())))
        lines += ["", f"    {text.strip()}", f"    {' ' * offset}^"]
    return "\n".join(lines)


def _read(path: Path) -> str | ast.Module | bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise NotLoaded(f"{path} cannot be read: {error.strerror}.") from None
    if path.suffix != ".ipynb":
        return content
    try:
        cells = json.loads(content)["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError):
        raise NotLoaded(f"{path.name} is not a notebook.") from None
    lines = "\n\n".join(code).splitlines()
    return "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in lines)
