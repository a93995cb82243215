"""What is said of an export, and the errors of a call that does not fit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from micrograd.calculus.structures import describe
from micrograd.compiler.exports import files
from micrograd.compiler.exports.arguments import Taken
from micrograd.compiler.exports.plan import CHECK, LISTED, NAN, Plan
from micrograd.compiler.exports.source import Source
from micrograd.engine import Value
from micrograd.text.notation import count as counted

GUARDS = {NAN: "nan", CHECK: "an error"}
KEY = "key"  # of random numbers, which JAX cannot do without


class Described:
    """What a plan and its source say of an export."""

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
            lines.append(f"built in: {counted(self.built_in, 'Value')} besides the parameters, with their numbers now")
        if self.sides > 1:
            lines.append(f"{counted(self.sides, 'trace')}, of which each example takes the one that decides as it does")
        if self.guards:
            lines.append(f"{self.guards} where it decides otherwise: {'; '.join(self.places)}")
        return "\n  ".join(lines)

    def check(self, theta: Sequence[Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Raise `TypeError` or `ValueError` for a call that does not fit."""
        named = {name: x for name, x in kwargs.items() if name != self.source_of_draws}
        if named:
            theta = [*theta, *([named.pop("theta")] if "theta" in named else [])]
            given = {**dict(zip(self.names, args, strict=False)), **named}
            if {*given} != {*self.names} or len(given) != len(args) + len(named):
                return  # Python says what is wrong with the names
            args = [given[name] for name in self.names]
            kwargs = {name: x for name, x in kwargs.items() if name == self.source_of_draws}
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
        if self.batched:
            self.check_examples(args)

    def check_examples(self, args: Sequence[Any]) -> None:
        """Raise `ValueError` if some arguments have more examples than others."""
        counts: dict[str, int] = {}

        def count(structure: Any, x: Any) -> None:
            if isinstance(structure, Taken):
                shape = shape_of(x)
                if shape:
                    counts[structure.access] = shape[0]
                return
            for key, part in structure.items() if isinstance(structure, dict) else enumerate(structure):
                count(part, x[key])

        for structure, x in zip(self.structures, args, strict=True):
            count(structure, x)
        if len(set(counts.values())) > 1:
            texts = [f"{name} has {n}" for name, n in counts.items()]
            raise ValueError(f"{self.title} takes as many examples of each argument: {', '.join(texts)}")

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
        if x is None or isinstance(x, str):
            raise TypeError(f"{taken.access} is an array of numbers, got {describe(x)}")
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
