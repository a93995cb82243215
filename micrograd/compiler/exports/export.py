"""An export: the function, its source, and what is to be known of it."""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from micrograd.calculus.structures import describe
from micrograd.compiler.exports import files
from micrograd.compiler.exports.arguments import Taken
from micrograd.compiler.exports.jax_file import jax_file
from micrograd.compiler.exports.plan import CHECK, LISTED, NAN, Plan
from micrograd.compiler.exports.source import Source
from micrograd.engine import Value
from micrograd.text.notation import count as counted

EXTRAS = {"jax": "JAX", "torch": "PyTorch", "numpy": "NumPy"}
GUARDS = {NAN: "nan", CHECK: "an error"}
KEY = "key"  # of random numbers, which JAX cannot do without

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
        if error.name not in EXTRAS:
            raise
        raise ImportError(f"this needs {EXTRAS[error.name]}: pip install 'micrograd-lab[{error.name}]'") from error
    return vars(module)


class Described:
    """What is said of an export, and the errors of a call that does not fit."""

    def __init__(self, plan: Plan, source: Source):
        self.title, self.engine, self.batched = plan.title, source.engine, source.batched
        self.sides = plan.sides
        self.names, self.structures = plan.signature.names, plan.signature.structures
        self.static = {name: repr(x) for name, x in plan.signature.static.items()}
        self.theta, self.built_in = len(plan.theta), len(plan.built_in)
        self.guards = GUARDS[plan.guards] if plan.flipped is not None else ""
        self.places, self.modes, self.draws = plan.places[:LISTED], plan.modes, len(plan.draws)
        self.source_of_draws = source.source_of_draws if plan.draws else ""
        self.indices = plan.indices

    @property
    def call(self) -> str:
        """How it is called: loss(theta, x, y)."""
        draws = [self.source_of_draws] if self.draws else []
        return f"{self.title}({', '.join([*(['theta'] if self.theta else []), *self.names, *draws])})"

    @property
    def given(self) -> files.Given:
        """What its function takes in a file."""
        stops = self.guards == GUARDS[CHECK]
        obstacle = files.DRAWS if self.draws else files.STOPS if stops else ""
        return files.Given(self.title, self.theta, self.names, self.structures, self.indices, obstacle)

    def __str__(self) -> str:
        of = "a batch of examples" if self.batched else "one example"
        lines = [f"{self.call} of {of}, in {self.engine}"]
        if self.theta:
            lines.append(f"theta: {counted(self.theta, 'number')} in the order of {self.title}.parameters")
        lines += [f"{name}: {shapes(structure)}" for name, structure in zip(self.names, self.structures, strict=True)]
        if self.draws:
            lines.append(f"{self.source_of_draws}: {counted(self.draws, 'random number')} at each call")
        lines += [f"built in: {name} = {text}" for name, text in self.static.items()]
        lines += [f"built in: {mode}" for mode in self.modes]
        if self.built_in:
            lines.append(f"built in: {counted(self.built_in, 'Value')} beside the parameters, with their numbers now")
        if self.sides > 1:
            lines.append(f"{counted(self.sides, 'trace')}, of which each example takes the one that decides as it does")
        if self.guards:
            lines.append(f"{self.guards} where it decides otherwise: {'; '.join(self.places)}")
        return "\n  ".join(lines)

    def check(self, theta: Sequence[Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Raise `TypeError` or `ValueError` for a call that does not fit."""
        if kwargs.keys() - {self.source_of_draws}:
            return  # Python says what is wrong with the names
        if self.draws and not kwargs and len(args) == 1 + len(self.names):
            args = args[:-1]
        elif self.source_of_draws == KEY and not kwargs:
            raise TypeError(
                f"{self.title} draws random numbers: pass {KEY}=jax.random.key(0), another one for each call"
            )
        if len(args) != len(self.names):
            built_in = f"; {', '.join(self.static)} is built in" if self.static else ""
            after = " after theta" if self.theta else ""
            raise TypeError(
                f"{self.call} takes {counted(len(self.names), 'argument')}{after}, got {len(args)}{built_in}"
            )
        for x in theta:
            check_numbers(x, "theta", f"[p.data for p in {self.title}.parameters]")
            shape = shape_of(x)
            if shape is not None and shape != (self.theta,):
                raise ValueError(
                    f"theta holds {counted(self.theta, 'number')}, in the order of {self.title}.parameters, "
                    f"got {described(shape)}"
                )
        for name, structure, x in zip(self.names, self.structures, args, strict=True):
            self.check_shapes(structure, x, name)

    def check_shapes(self, structure: Any, x: Any, name: str) -> None:
        if isinstance(structure, dict):
            if not isinstance(x, Mapping) or not structure.keys() <= x.keys():
                raise TypeError(f"{name} must be a dict with the keys {list(structure)}, got {describe(x)}")
            for key, part in structure.items():
                self.check_shapes(part, x[key], f"{name}[{key!r}]")
        elif isinstance(structure, tuple):
            if not isinstance(x, (list, tuple)) or len(x) != len(structure):
                raise TypeError(f"{name} must be a tuple of {len(structure)}, got {describe(x)}")
            for k, part in enumerate(structure):
                self.check_shapes(part, x[k], f"{name}[{k}]")
        else:
            self.check_shape(structure, x)

    def check_shape(self, taken: Taken, x: Any) -> None:
        check_numbers(x, taken.access, f"{taken.access}.data" if isinstance(x, Value) else "the data of each")
        shape = shape_of(x)
        if shape is None:
            return
        if self.batched and (not shape or shape[1:] != taken.shape):
            wanted = described(("n", *taken.shape))
            raise ValueError(f"{taken.access} is {wanted} for n examples, got {described(shape)}")
        if not self.batched and shape != taken.shape:
            axes = ", ".join(["None"] * bool(self.theta) + ["0"] * len(self.names))
            more = f". For a batch: jax.vmap({self.title}, ({axes}))" if shape[1:] == taken.shape else ""
            raise ValueError(f"{taken.access} is {described(taken.shape)} in one example, got {described(shape)}{more}")


def shape_of(x: Any) -> tuple[Any, ...] | None:
    """The shape of an array, of a number, of nested lists; None if x has none."""
    shape = getattr(x, "shape", None)
    if shape is not None:
        return tuple(shape)
    if isinstance(x, (list, tuple)):
        parts = {shape_of(part) for part in x}
        inner = parts.pop() if len(parts) == 1 else None
        return None if inner is None else (len(x), *inner)
    return () if isinstance(x, (int, float)) else None


def check_numbers(x: Any, name: str, instead: str) -> None:
    """Raise `TypeError` for Values, whose derivatives would be lost."""
    if isinstance(x, Value) or isinstance(x, (list, tuple)) and any(isinstance(part, Value) for part in x):
        raise TypeError(f"an export takes numbers, and {name} holds Values, got {describe(x)}: pass {instead}")


def described(shape: Sequence[Any]) -> str:
    return f"an array of shape ({', '.join(map(str, shape))}{',' * (len(shape) == 1)})" if shape else "a number"


def shapes(structure: Any) -> str:
    if isinstance(structure, dict):
        return "{" + ", ".join(f"{key!r}: {shapes(part)}" for key, part in structure.items()) + "}"
    if isinstance(structure, Taken):
        return described(structure.shape)
    return f"({', '.join(map(shapes, structure))})"


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
