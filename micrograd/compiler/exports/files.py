"""Files: an export is saved in the form that the ending of the path says.

A form is a function from options to the content; each engine has its own. What a file's function takes is `Given`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from micrograd._core.writing import write_file
from micrograd.calculus.structures import transform
from micrograd.compiler.exports.arguments import Taken
from micrograd.compiler.tracing.errors import TraceError

SOURCE, JAX, TORCH, ONNX = ".py", ".jaxexport", ".pt2", ".onnx"
OPTIONS = "dtype", "platforms"  # of a file of JAX's
ENGINES = {JAX: "jax", TORCH: "torch", ONNX: "torch"}  # whose exports have it

TITLES = {"jax": "JAX", "torch": "PyTorch", "numpy": "NumPy"}  # of packages, which are extras, too

Form = Callable[..., str | bytes]

DRAWS = (
    "{0} draws random numbers at each call, which only its source can: save it as .py, or export it without them "
    "(model.eval() turns dropout off)"
)
STOPS = (
    "{0} stops with an error where it decides otherwise, which only its source can: save it as .py, or export it with "
    'guards="nan"'
)


class Given(NamedTuple):
    """What a file's function takes: how many numbers theta has, and the arguments, with a `Taken` for each array.

    The arrays of the `indices` select and nothing else. `obstacle` says why there is only a file of the source.
    """

    title: str
    theta: int
    names: list[str]
    structures: list[Any]
    indices: frozenset[str]
    obstacle: str = ""

    def arrays(self, make: Callable[[tuple[int, ...], bool], Any]) -> list[Any]:
        """The arguments with what `make` gives for the shape of each array, and whether it is one of indices."""

        def of(taken: Taken) -> Any:
            return make(taken.shape, taken.name in self.indices)

        return [transform(of, structure) for structure in self.structures]

    def check(self) -> None:
        """Raise `TraceError` if the function cannot be in a file."""
        if self.obstacle:
            raise TraceError(self.obstacle.format(self.title))


def save(path: str | os.PathLike[str], forms: Mapping[str, Form], engine: str, options: Mapping[str, Any]) -> Path:
    """Write the form that the ending says, whole or not at all, and return the path.

    Raises `ValueError` for an ending that is not among the `forms`, `TypeError` for options that it does not have.
    """
    ending = Path(os.fsdecode(path)).suffix.lower()
    if ending not in forms:
        kinds = f"an export to {engine} is saved as {' or '.join(forms)}, got {Path(os.fsdecode(path)).name!r}"
        other = ENGINES.get(ending)
        raise ValueError(f"{kinds}; {ending} is for those of to_{other}" if other else kinds)
    if others := [name for name in options if ending != JAX or name not in OPTIONS]:
        more = "; the type of a module is that of its theta: module.float() first" if engine == "PyTorch" else ""
        raise TypeError(f"{JAX} has the options {' and '.join(OPTIONS)}, {ending} has not {' nor '.join(others)}{more}")
    return write_file(path, forms[ending](**options))


def need(extra: str, *packages: str) -> Any:
    """The first of these packages; an `ImportError` with the way out if one of them is missing."""
    try:
        return [import_module(package) for package in packages][0]
    except ImportError as error:
        missing = error.name or packages[-1]
        raise ImportError(f"this needs {TITLES.get(missing, missing)}: pip install 'micrograd-lab[{extra}]'") from error
