"""An export: the function, its source, and what is to be known of it."""

from __future__ import annotations

import linecache
import os
import sys
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from micrograd.compiler.exports import files
from micrograd.compiler.exports.described import Described
from micrograd.compiler.exports.jax_file import jax_file
from micrograd.compiler.exports.source import Source

numbers = count(1)


def run_source(text: str, title: str) -> dict[str, Any]:
    """The names of the source; a traceback shows its lines."""
    name = f"{title}_export_{next(numbers)}"
    file = f"<{name}>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    module = sys.modules[name] = ModuleType(name)  # torch.compile looks there
    try:
        exec(compile(text, file, "exec"), vars(module))
    except ImportError as error:
        if error.name not in files.TITLES:
            raise
        raise ImportError(
            f"this needs {files.TITLES[error.name]}: pip install 'micrograd-lab[{error.name}]'"
        ) from error
    return vars(module)


def export(source: Source) -> Export:
    return Export(source.text, Described(source.plan, source))


class Export:
    """A function made by an export; `source` is a module that needs its engine and nothing else."""

    def __init__(self, source: str, about: Described):
        self.source, self.about = source, about
        self.__name__ = self.__qualname__ = about.title
        self._function = run_source(source, about.title)[about.title]

    def __reduce__(self) -> Any:
        return Export, (self.source, self.about)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        first = 1 if self.about.theta else 0
        self.about.check(args[:first], args[first:], kwargs)
        return self._function(*args, **kwargs)

    def save(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Write a file that runs without this package, and return its path. Its ending says what it holds.

        .py          the source
        .jaxexport   of an export to JAX, the function of a batch, for `jax.export.deserialize`: it takes `theta` and n
                     examples, and gives n results, which can be differentiated once. `dtype` is "float32", or "float64"
                     if `jax_enable_x64` is set; `platforms` are ("cpu", "cuda"). Needs the package flatbuffers.

        Raises `ValueError` for another ending, `TraceError` for what only the source can do, such as random numbers.
        """
        forms: dict[str, files.Form] = {files.SOURCE: lambda: self.source}
        if self.about.engine == "JAX":
            forms[files.JAX] = partial(jax_file, self._function, self.about.given)
        return files.save(path, forms, self.about.engine, options)

    def __repr__(self) -> str:
        return f"<{self.about}>"
