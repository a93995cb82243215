"""Derivatives that a traced function takes: the tape has each as one operation, as long as the function and no longer.

    def step(w, x, y):
        return w - 0.1 * grad(loss)(w, x, y)      # the tape of loss, `gradient`, `part`, and a product and a difference

What it means stage `gradients` knows. During the trace, the numbers are those of eager mode, by a sweep back over the
same Values, which the tape does not see. Where the result may be differentiated again, its numbers are Values that
depend on what they were computed from, as in eager mode; the steps in between are on no tape. Should the function use
one of them, found by way of the parents of a Value, it is traced again with all steps.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any

from micrograd._core.adjoints import adjoints, between
from micrograd._core.modes import Recording, mode
from micrograd._core.nodes import join
from micrograd.calculus.calls import adjoint_values
from micrograd.compiler.tracing.tape import CONSTANT, GRADIENT, PART, PLAIN, THROUGH, VARIABLE
from micrograd.engine import Value
from micrograd.ops import SHUT, Primitive


class Inside(Recording):
    """The mode in which the numbers of a derivative are computed: no tape has what it makes."""

    def __init__(self, watching: Any):
        super().__init__(None)
        self.inside = watching.inside

    def made(self, v: Any, op: Any, a: Any, b: Any, db: Any) -> None:
        self.inside[v] = None


def _dependent(m: Any, x: Any, root: Any) -> tuple[Any, ...]:
    """x, which may depend on what `root` depends on, by ways that are shut here and now."""
    return x, 1.0, SHUT


@lru_cache(maxsize=1024)
def chooses(op: Primitive) -> bool:
    """Whether the rule of a primitive takes one of two ways: then its derivative here says little about elsewhere."""
    waiting: list[Any] = [op.run]
    for f in waiting:  # it grows meanwhile
        code = getattr(f, "__code__", f)
        if "where" in code.co_names:
            return True
        around = getattr(f, "__globals__", {})
        waiting += [part for part in code.co_consts if isinstance(part, CodeType)]
        called = [around.get(name) for name in code.co_names]
        waiting += [part for part in called if isinstance(part, FunctionType) and part not in waiting]
    return op.gate


DEPENDENT = Primitive(_dependent, "dependent", gate=True)


def gradient(watching: Any, root: Value, targets: Iterable[Value], through: bool, plain: bool) -> Any:
    """∂root/∂x for each target x, recorded as one operation; None if a trace has to record all steps of it.

    If `plain`, no derivative goes through the results. The other arguments are those of `calls.adjoint_values`.
    """
    targets = list(dict.fromkeys(targets))
    if watching.in_full or not all(is_alone(watching, x) for x in targets) or enters_elsewhere(watching, root, targets):
        return None
    with mode(Inside(watching)):
        found = plain_numbers(root, targets, through) if plain else connected_numbers(root, targets, through)
    places = tuple([watching.position(v) for v in (root, *targets)])
    position = watching.add(GRADIENT, places, PLAIN * plain + THROUGH * through)
    watching.tape.gradients.append(position)
    order = {x: k for k, x in enumerate(targets)}
    for x, part in found.items():
        watching.at[part] = watching.add(PART, (position,), order[x])
    return found


def is_alone(watching: Any, x: Value) -> bool:
    """Whether the position of a Value is that of no other Value or number."""
    position = watching.position(x)
    row = watching.rows[position]
    known = row is x or x in watching.tape.parameters or x in watching.given
    return known or row.__class__ is tuple and row[0] in (VARIABLE, CONSTANT, PART)


def enters_elsewhere(watching: Any, root: Value, targets: list[Value]) -> bool:
    """Whether a Value from before the trace depends on a target: how, the tape does not know."""
    watching.position(root)  # it may be such a Value itself
    parameters = watching.tape.parameters
    before = [x for x in targets if x in parameters]
    if not before:
        return False
    computed = [p for p in parameters if p.parents]
    return any(between(p, dict.fromkeys(before, 0.0)) for p in computed)


def plain_numbers(root: Value, targets: list[Value], through: bool) -> dict[Value, Value]:
    found = adjoints(root, targets, through)
    return {x: Value(found[x]) for x in targets}


def connected_numbers(root: Value, targets: list[Value], through: bool) -> dict[Value, Value]:
    """The same as Values that depend on what they were computed from, also by gates that are shut just now."""
    nodes = between(root, dict.fromkeys(targets, 0.0), through)
    numbers = adjoint_values(root, targets, through)
    if not any(map(chooses, {v.primitive for v in nodes})):
        return {x: fresh(numbers[x]) for x in targets if x in numbers}
    reached = {root, *(p for v in nodes for p in v.parents)}
    found = {x: fresh(numbers.get(x, 0.0)) for x in targets if x in reached}
    return {x: join(type(number), DEPENDENT, [number, root]) for x, number in found.items()}


def fresh(x: Any) -> Value:
    """A new Value with the number x, which depends on it."""
    return x * 1.0 if isinstance(x, Value) else Value(x)
