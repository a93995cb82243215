"""What an export returns: its result as text, in which a list of numbers is an array."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from micrograd.calculus.structures import is_array
from micrograd.compiler.exports.arguments import shape_of
from micrograd.compiler.exports.plan import NAN, Plan
from micrograd.compiler.matrices.arrays import Array
from micrograd.compiler.tracing.errors import TraceError
from micrograd.compiler.tracing.tape import Output

CANNOT = "{0} returns {1} {2!r}, which array code cannot: return numbers, or lists, tuples, dicts and arrays of them"


class Returned:
    """Writes the result of a plan; `varying` arrays have a first axis of examples, `listed` ones are lists of steps.

    `typed` comes after what is 1 or nan, for the type of the result.
    """

    def __init__(self, plan: Plan, module: str, varying: Collection[Array], listed: Collection[Array], typed: str = ""):
        self.plan, self.module, self.varying, self.listed, self.typed = plan, module, varying, listed, typed

    def text(self) -> str:
        return self.of(self.plan.result)

    def of(self, x: Any) -> str:
        if isinstance(x, Output):
            array, index = self.plan.outputs[x.position]
            return self.guarded(self.element(array, index), 0)
        if isinstance(x, dict):
            return "{" + ", ".join(f"{key!r}: {self.of(part)}" for key, part in x.items()) + "}"
        if isinstance(x, (list, tuple)) or is_array(x):
            if (whole := self.array(x)) is not None:
                return self.guarded(self.whole(whole, shape_of(x) or ()), len(shape_of(x) or ()))
            texts = [self.of(part) for part in x]
            return f"({', '.join(texts)}{',' * (len(texts) == 1)})"
        if x is None or isinstance(x, (bool, int, float, str)):
            return repr(x)
        raise TraceError(CANNOT.format(self.plan.title, type(x).__name__, x))

    def guarded(self, text: str, axes: int) -> str:
        """A result with so many axes; with `NAN`, it is nan where a decision comes out otherwise."""
        flipped = self.plan.flipped
        if flipped is None or self.plan.guards != NAN:
            return text
        one = f"{self.module}where({flipped.name} == 0, 1.0, {self.module}nan){self.typed}"
        index = ", ".join([":", *["None"] * axes]) if flipped in self.varying and axes else ""
        return f"{text} * {one}{f'[{index}]' if index else ''}"

    def element(self, array: Array, index: Sequence[int]) -> str:
        places = [*map(str, index)]
        name = array.name
        if array in self.listed:
            name, places = f"{name}[{places[0]}]", places[1:]
        if not places:
            return name
        return f"{name}[{', '.join([*([':'] if array in self.varying else []), *places])}]"

    def whole(self, array: Array, shape: tuple[int, ...]) -> str:
        """The array, which has no axis of one step, in the shape of the result."""
        stacked = f"torch.stack({array.name}, {int(array in self.varying)})"
        text = stacked if array in self.listed else array.name
        if shape == array.shape:
            return text
        sizes = [-1, *shape] if array in self.varying else shape
        return f"{text}.reshape({', '.join(map(str, sizes))})"

    def array(self, x: Any) -> Array | None:
        """The array of the program that a list or an array of numbers is, if it is one."""
        found = [] if isinstance(x, tuple) else flat(x)
        outputs = [self.plan.outputs[output.position] for output in found]
        if outputs and outputs == [(outputs[0][0], index) for index in outputs[0][0].whole()]:
            return outputs[0][0]
        return None


def flat(x: Any) -> list[Output]:
    """The outputs in nested lists or in an array; [] if there is anything else."""
    if isinstance(x, Output):
        return [x]
    if is_array(x):
        x = x.ravel().tolist() if x.dtype == object else []
    parts = [flat(part) for part in x] if isinstance(x, list) else []
    return [output for part in parts for output in part] if all(parts) else []
