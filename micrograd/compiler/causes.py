"""Why a call finds no variant of a compiled function: what differs from the calls before, and the way out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

from micrograd._core.scalars import describe
from micrograd.compiler.surroundings.watch import Member
from micrograd.compiler.tracing.guards import Guard
from micrograd.compiler.tracing.keys import Same

AS_INPUT = "Pass it as a float, or as micrograd.index(i) if it selects: these are inputs."
SAME_OBJECT = "Pass the same object each time, or the numbers in it."
FLOATS = "Pass an array of floats."
ONE_SHAPE = "Fill up to one shape, or compile what is done for one part."
ONE_KIND = "Pass the same kinds of arguments each time."
CONSTANT = "Each content of it needs a trace of its own: leave to numbers what changes, or compile a function for each."
INSTEAD_OF_IF = (
    "Choose by micrograd.max, micrograd.relu, micrograd.pick and the like instead of Python's if and max "
    "(micrograd.softmax and micrograd.logsumexp do), and compile the body of a loop instead of the loop."
)
TEXT_OUTSIDE = "Make the text outside of the function, or only print it."
PICK = "Take micrograd.pick and micrograd.index instead of an index, a key or a length that is computed."
NO_ERROR = "Make sure that the operation has a result, by micrograd.max, micrograd.where or the like."
UNCHANGED = "Set it before the first call, or pass it in as an argument."


class Cause(NamedTuple):
    """What changes, from what to what or where, and what to do about it."""

    what: str
    detail: str
    way_out: str


def of_arguments(f: Callable[..., Any], before: tuple[Any, ...], now: tuple[Any, ...]) -> Cause:
    """The first argument that is another constant of the trace than before; `Arguments.key` of both calls is given."""
    old, new = by_name(f, before), by_name(f, now)
    for name, part in new.items():
        if name in old and old[name] != part:
            return difference(name, old[name], part)
    return Cause("which arguments are passed", f"{', '.join(old)}, then {', '.join(new)}", ONE_KIND)


def by_name(f: Callable[..., Any], key: tuple[Any, ...]) -> dict[str, Any]:
    """The parts of a key by the names of the arguments."""
    try:
        parameters = inspect.signature(f).parameters.values()
        names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        names = []
    named = [(part[0], part[1]) for part in key if isinstance(part, tuple) and isinstance(part[0], str)]
    count = len(key) - len(named)
    return dict([*zip([*names[:count], *(f"argument {k + 1}" for k in range(len(names), count))], key), *named])  # noqa: B905


def difference(name: str, old: Any, new: Any) -> Cause:
    """The first difference between two parts of keys."""
    if isinstance(old, Same) and isinstance(new, Same):
        return Cause(name, f"another {type(new.it).__name__} each time", SAME_OBJECT)
    if isinstance(old, tuple) and isinstance(new, tuple) and old[0] == new[0] and len(old) == len(new) > 1:
        kind, a, b = old[0], old[1], new[1]
        p, q = next(pair for pair in zip(old[1:], new[1:], strict=True) if pair[0] != pair[1])
        if is_attribute(p) and is_attribute(q):
            return difference(f"{name}.{p[0]}", p[1], q[1])
        if not isinstance(a, tuple) or not isinstance(b, tuple):
            way_out = AS_INPUT if issubclass(kind, int) and not issubclass(kind, bool) else CONSTANT
            if isinstance(p, tuple) and isinstance(q, tuple):  # the label of a Value
                p, q = p[1], q[1]
            return Cause(name, f"{describe(p)}, then {describe(q)}", way_out)
        if not issubclass(kind, (list, tuple, dict)):
            return of_arrays(name, old[1:], new[1:])
        if len(a) != len(b):
            return Cause(f"the length of {name}", f"{len(a)}, then {len(b)}", ONE_SHAPE)
        for k, (x, y) in enumerate(zip(a, b, strict=True)):
            if x != y and not issubclass(kind, dict):
                return difference(f"{name}[{k}]", x, y)
            if x != y and x[0] == y[0]:
                return difference(f"{name}[{x[0][1]!r}]", x[1], y[1])
        return Cause(f"the keys of {name}", f"{[x[0][1] for x in a]}, then {[x[0][1] for x in b]}", ONE_SHAPE)
    return Cause(f"the kind of {name}", f"{kind_of(old)}, then {kind_of(new)}", ONE_KIND)


def is_attribute(part: Any) -> bool:
    """Whether a part of a key is an attribute of an object, its name and its key."""
    return isinstance(part, tuple) and len(part) == 2 and isinstance(part[0], str)


def of_arrays(name: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Cause:
    """The same for arrays of one class: shape, dtype and content; of another library's, what it tells and the rest."""
    (a, x, *_), (b, y, *_) = old, new
    ours = all(type(n) is int for n in a)
    if a != b:
        what, way_out = ("the shape", ONE_SHAPE) if ours else ("the dtype or the names", ONE_KIND)
        return Cause(f"{what} of {name}", f"{a}, then {b}", way_out)
    if not ours:
        return difference(name, x, y)
    if x == y:
        c, d = old[2], new[2]
        if isinstance(c, bytes):
            return Cause(f"the content of {name}", "an array that stays as it is in the program", CONSTANT)
        return Cause(f"how large the numbers in {name} are", f"up to {c:,.0f}, then up to {d:,.0f}", FLOATS)
    if isinstance(x, str):
        from numpy import dtype

        return Cause(f"the dtype of {name}", f"{dtype(x)}, then {dtype(y)}", ONE_KIND)
    k = next(k for k, (p, q) in enumerate(zip(x, y, strict=True)) if p != q)
    return difference(f"{name}.flat[{k}]", x[k], y[k])


def kind_of(part: Any) -> str:
    part = type(part.it) if isinstance(part, Same) else part[0] if isinstance(part, tuple) else part
    return str(getattr(part, "__name__", part))


def of_surroundings(member: Member) -> Cause:
    """A member of what the function reads, which has changed."""
    return Cause(member.title, f"{describe(member.was)}, then {describe(member.now)}", UNCHANGED)


def of_decisions(guard: Guard) -> Cause:
    """The first decision that was another one."""
    if guard.how is None:
        return Cause("a decision", guard.place, INSTEAD_OF_IF)
    if not guard.positions:
        return Cause("an attribute", guard.place, UNCHANGED)
    if isinstance(guard.outcome, str):
        return Cause("a text made of a number", guard.place, TEXT_OUTSIDE)
    if guard.outcome is None or isinstance(guard.outcome, type):
        return Cause("an error that is caught", guard.place, NO_ERROR)
    return Cause("a whole number", guard.place, PICK)
