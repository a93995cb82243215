"""One call of a function that is being differentiated: f on fresh nodes, and a sweep back from its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from micrograd._core.adjoints import adjoints, between, differentiated, pusher
from micrograd._core.modes import entered, tracer
from micrograd._core.nodes import number
from micrograd._core.printable import sanitise
from micrograd._core.scalars import of_our_own
from micrograd.calculus.forward import as_number
from micrograd.calculus.gates import pass_back, reveal
from micrograd.calculus.levels import Level, holds_value, settle
from micrograd.calculus.numeric_kinds import run
from micrograd.calculus.structures import describe, flatten, is_array, leaves
from micrograd.engine import Value
from micrograd.ops import Primitive

Argnum = int | tuple[int, ...]  # the position of one argument, or of several

FLOATS = frozenset([float])


class Call:
    """f called on fresh nodes in place of the numbers of an argument, and what follows from its result.

    A fresh node of a Value is that Value times 1: results stay connected to it, while a sweep ends at the node. Where
    an argument carries derivatives of forward mode along, its coefficient of order 0 is made fresh: the derivative of
    f(x₀ + x₁ε + …) with respect to x₀, coefficient by coefficient, is that of f at the whole number.
    """

    __slots__ = ("fresh", "rebuild", "all_floats", "as_values", "out", "_variables")

    def __init__(self, f: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], argnum: Argnum):
        try:
            chosen = tuple([args[i] for i in argnum]) if isinstance(argnum, tuple) else args[argnum]
        except IndexError:
            raise TypeError(f"argnum={argnum}, but {name_of(f)} got {len(args)} positional arguments") from None
        self.as_values = False
        self._variables: frozenset[Value] | None = None
        self.all_floats = type(chosen) is list and FLOATS.issuperset(map(type, chosen)) and tracer() is None
        if self.all_floats:  # the everyday case, kept short
            inputs = self.fresh = [Value(x) for x in chosen]
            self.rebuild: Callable[[list[Any]], Any] = list
        else:
            found, self.rebuild = flatten(chosen)
            given = [as_number(x, f"the argument of {name_of(f)}", chosen) for x in found]
            inputs = [fresh_node(x) for x in given]
            self.fresh = [x.base if isinstance(x, Level) else x for x in inputs]
            self.as_values = any(map(holds_value, given))
        replaced = list(args)
        if isinstance(argnum, tuple):
            for i, x in zip(argnum, self.rebuild(inputs), strict=True):
                replaced[i] = x
        else:
            replaced[argnum] = self.rebuild(inputs)
        if (len(args) > 1 or kwargs) and not self.as_values:
            self.as_values = any(map(holds_value, leaves((args, kwargs))))
        entered[self] = None
        try:
            self.out = f(*replaced, **kwargs) if kwargs else f(*replaced)
        finally:
            del entered[self]

    @property
    def variables(self) -> frozenset[Value]:
        if self._variables is None:  # built on demand: most derivatives have none inside
            self._variables = frozenset(self.fresh)
        return self._variables

    def gradient(self, out: Any) -> Any:
        """The derivative of the number `out`, which f returned, in the structure of the argument."""
        if self.all_floats and isinstance(out, Value) and not (self.as_values or entered):
            adjoint = adjoints(out, self.fresh)
            return self.rebuild([adjoint[x] for x in self.fresh])
        adjoint = self.adjoints(out)
        return self.rebuild([settle(adjoint.get(x, 0.0), self.as_values) for x in self.fresh])

    def adjoints(self, out: Any) -> dict[Any, Any]:
        if isinstance(out, Level):
            parts = [None if c is None else self.adjoints(reveal(c)) for c in out.coefficients]
            return {
                x: out.build(tuple(None if part is None else part.get(x, 0.0) for part in parts)) for x in self.fresh
            }
        if not isinstance(out, Value):
            return {}
        if self.as_values or differentiated(out):
            return adjoint_values(out, self.fresh, through=False)
        return adjoint_numbers(out, self.fresh, through=False)


def fresh_node(x: Any) -> Any:
    """The fresh node for the number x."""
    if isinstance(x, Level):
        return x.with_base(fresh_node(x.base))
    if not isinstance(x, Value):
        return Value(x)
    fresh = x * 1.0
    if x.label:
        fresh.label = x.label
    return fresh


def adjoint_values(
    root: Value, targets: Iterable[Value], through: bool, seed: Any = 1.0, shut: float | None = None
) -> dict[Value, Any]:
    """As `adjoints`, but made of Values: the local derivatives are computed once more, by the functions of `ops`.

    With `through=False` the graph below a target is not looked at. `seed` is the upstream gradient of `root`, `shut`
    what passes a gate that is shut: by default nothing, so that no inf or nan behind it counts. A trace records the
    derivative as one operation, where it can.
    """
    if (watching := tracer()) is not None and shut is None and type(seed) is float and seed == 1.0:
        if (found := watching.gradient(root, targets, through, False)) is not None:
            return found  # type: ignore[no-any-return]
    reached: dict[Any, float] = dict.fromkeys(targets, 0.0)
    adjoint: dict[Value, Any] = {root: seed}
    for v in reversed(between(root, reached, through)):
        if v not in adjoint:  # it is behind gates that are shut
            continue
        upstream, parents = adjoint[v], v.parents
        amounts: Iterable[Any]
        if isinstance(v.primitive, Primitive):
            _, *partials = run(v.primitive, parents, v.constants, quiet=True)
            amounts = (pass_back(v.primitive, partial, upstream) for partial in partials)
        elif (push_values := pusher(v)) is not None:
            amounts = push_values(parents, upstream)
        else:
            raise TypeError(
                f"the operation {v.primitive!r} has a _backward of its own, which gives numbers: "
                "a derivative through it cannot be differentiated again. Declare it with micrograd.primitive; if it is "
                "the copied result of a compiled function, call that function again"
            )
        for parent, amount in zip(parents, amounts, strict=True):
            amount = shut if amount is None else amount
            if parent in reached and amount is not None:
                adjoint[parent] = adjoint[parent] + amount if parent in adjoint else amount
    return adjoint


def adjoint_numbers(root: Value, targets: Sequence[Value], through: bool) -> dict[Value, Any]:
    """As `adjoints`; in a trace, Values that no derivative goes through: each begins at 0, and 0 passes a shut gate."""
    if (watching := tracer()) is None:
        return adjoints(root, targets, through)
    if (found := watching.gradient(root, targets, through, True)) is None:
        amounts = adjoint_values(root, targets, through, shut=0.0)
        found = {x: 0.0 + grad for x, grad in amounts.items()}
    return found  # type: ignore[no-any-return]


def one_number(out: Any, f: Callable[..., Any]) -> Any:
    """The result of f; `TypeError` unless it is one number."""
    if of_our_own(out):
        return out
    if out is None:
        raise TypeError(f"{name_of(f)} returned None: is a return missing?")
    if is_array(out, 0) and out.ndim == 0:
        return one_number(out.item(), f)
    try:
        return number(out)
    except TypeError:
        raise TypeError(
            f"a gradient is that of one number, but {name_of(f)} returned {describe(out)}: "
            "jacobian takes functions with several results"
        ) from None


def name_of(f: Callable[..., Any]) -> str:
    try:
        name = getattr(f, "__name__", None) or type(f).__name__
    except Exception:  # of its own `__getattr__`
        name = type(f).__name__
    return "the function" if name == "<lambda>" else sanitise(name)
