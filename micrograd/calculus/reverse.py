"""Reverse mode: derivatives of functions, of any order, by backpropagation over Values.

    >>> grad(lambda x, y: x**2 * y)(3.0, 2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0

`grad(f)` enters f through fresh nodes, one for each number of the argument, sweeps back from the result, and keeps what
it adds up beside the nodes (`grad` of no Value is touched). For a derivative that is to be derived again the local
derivatives are not the stored numbers but new Values, computed by the same functions of `ops`: the backward pass is
then a graph as well (Griewank and Walther, Evaluating Derivatives, chapter 5).

**Which numbers come out.** Of floats, floats; if an argument holds a Value, Values, connected to it. Inside another
derivative, whatever depends on its variable stays connected to that, so nesting needs no care: the inner derivative is
one with respect to its own fresh nodes and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from micrograd._core.modes import entered, paused, recorded, recording, tracer
from micrograd._core.nodes import number
from micrograd._core.adjoints import adjoints, between
from micrograd.calculus.forward import as_number, jvp
from micrograd.calculus.levels import Layer, depends_on_entered, holds_value, settled
from micrograd.calculus.numeric_kinds import run, times
from micrograd.calculus.structures import array, flattened, is_array, leaves, shown, transform
from micrograd.engine import Value
from micrograd.ops import Primitive

Argnum = int | tuple[int, ...]  # which argument, or which several

FLOATS = frozenset([float])


def grad(f: Callable, argnum: Argnum = 0) -> Callable:
    """The function that computes the gradient of f: ∂f/∂argument, in the structure of that argument.

    f returns one number; the argument may be a number, or lists, tuples, dicts and NumPy arrays of them, nested. The
    other arguments are constants, and may be anything. `argnum` may be a tuple: the gradient is then one, too. An
    input that f ignores has the derivative 0, and so has everything if f returns a constant; to `grad`, a constant is
    also what f turns into a float on the way (`math.sin(x)`: write `micrograd.sin(x)`).

    Raises `TypeError` if the argument holds something else than numbers, or if f does not return one number.
    """
    check_argnum(argnum)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        if paused():
            return resumed(gradient, args, kwargs)
        call = Call(f, args, kwargs, argnum)
        out = call.out
        return call.gradient(out if type(out) is Value else one_number(out, f))

    return titled(gradient, "gradient", f)


def value_and_grad(f: Callable, argnum: Argnum = 0) -> Callable:
    """The function that computes the pair (f, gradient of f), for the price of the gradient; see `grad`."""
    check_argnum(argnum)

    def both(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        if paused():
            return resumed(both, args, kwargs)
        call = Call(f, args, kwargs, argnum)
        out = one_number(call.out, f)
        return settled(out, call.as_values), call.gradient(out)

    return titled(both, "value and gradient", f)


def jacobian(f: Callable, argnum: Argnum = 0) -> Callable:
    """The function that computes the Jacobian of f: the structure of the result, with a gradient for each number of it.

    For lists of m results and n inputs a list of m rows of n numbers, ∂fᵢ/∂xⱼ; for NumPy arrays an array of the shape
    of the result followed by the shape of the argument; for one number in and one out, the derivative. f is evaluated
    once, and swept back from each of its results. Arguments and errors as for `grad`.
    """
    check_argnum(argnum)

    def rows(*args: Any, **kwargs: Any) -> Any:
        if paused():
            return resumed(rows, args, kwargs)
        call = Call(f, args, kwargs, argnum)
        outs = call.out
        if not is_array(outs):
            return transform(lambda out: call.gradient(as_number(out, "the result of f", outs)), outs)
        gradients = [call.gradient(as_number(out, "the result of f", outs)) for out in outs.ravel().tolist()]
        return stacked(gradients, outs.shape)

    return titled(rows, "Jacobian", f)


def hessian(f: Callable, argnum: Argnum = 0) -> Callable:
    """The function that computes the Hessian of f, its second derivatives ∂²f/∂xᵢ∂xⱼ: the Jacobian of the gradient.

    For a list of n numbers a list of n rows, for an array of shape s one of shape s + s, for one number the second
    derivative; with `argnum=(0, 1)` the blocks of two arguments, ((∂²f/∂x∂x, ∂²f/∂x∂y), (∂²f/∂y∂x, ∂²f/∂y∂y)). The
    graph of the gradient is built once, and each of its numbers swept back along what it depends on, so that a sparse
    Hessian is cheap. Arguments and errors as for `grad`.
    """
    return titled(jacobian(grad(f, argnum), argnum), "Hessian", f)


def hvp(f: Callable, primals: Any, tangents: Any) -> Any:
    """The Hessian of f at `primals` times the direction `tangents`, in their structure, without making the Hessian.

    It is the gradient of the directional derivative, reverse over forward, for a small multiple of the cost of f
    (Pearlmutter 1994). Arguments as for `jvp`: the tuple of all arguments of f, or its only one.
    """
    if not isinstance(primals, tuple):
        return hvp(f, (primals,), (tangents,))[0]
    return grad(lambda *xs: jvp(f, xs, tangents)[1], tuple(range(len(primals))))(*primals)


def derivatives(y: Any, xs: Any, create_graph: bool = True) -> Any:
    """∂y/∂x for each Value x in the structure `xs`, on the graph that is there; no `grad` changes.

    With `create_graph` they are Values that depend on the same leaves, to be derived or backpropagated again; without,
    floats. An x on which y does not depend has the derivative 0. The graph is read as it is: after changing data by
    hand, call `y.refresh()` first.

    Raises `TypeError` if y or something in `xs` is not a Value, or, with `create_graph`, if an operation with an
    assigned `_backward` lies between them.
    """
    targets = leaves(xs)
    for x in [y, *targets]:
        if not isinstance(x, Value):
            raise TypeError(f"derivatives are those of a Value with respect to Values, got {shown(x)}")
    with recording():
        as_graph = create_graph or tracer() is not None
        adjoint = adjoint_values(y, targets, through=True) if as_graph else adjoints(y, targets)
        return transform(lambda x: settled(adjoint.get(x, 0.0), create_graph), xs)


# ---- one call of a function that is being derived


class Call:
    """f called on fresh nodes in place of the numbers of an argument, and what follows from its result.

    A fresh node of a Value is that Value times 1: results stay connected to it, while a sweep ends at the node. Where
    an argument carries derivatives of forward mode along, its coefficient of order 0 is made fresh: the derivative of
    f(x₀ + x₁ε + …) with respect to x₀, coefficient by coefficient, is that of f at the whole number.
    """

    __slots__ = ("fresh", "rebuild", "plain", "as_values", "out", "_variables")

    def __init__(self, f: Callable, args: tuple, kwargs: dict[str, Any], argnum: Argnum):
        try:
            chosen = tuple([args[i] for i in argnum]) if isinstance(argnum, tuple) else args[argnum]
        except IndexError:
            raise TypeError(f"argnum={argnum}, but {name_of(f)} got {len(args)} positional arguments") from None
        self.as_values, self._variables = False, None
        self.plain = type(chosen) is list and FLOATS.issuperset(map(type, chosen)) and tracer() is None
        if self.plain:  # the everyday case, kept short
            inputs = self.fresh = [Value(x) for x in chosen]
            self.rebuild: Callable[[list], Any] = list
        else:
            found, self.rebuild = flattened(chosen)
            given = [as_number(x, f"the argument of {name_of(f)}", chosen) for x in found]
            inputs = [entrance(x) for x in given]
            self.fresh = [x.base if isinstance(x, Layer) else x for x in inputs]
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
        if self._variables is None:  # made when another derivative asks: most have none inside
            self._variables = frozenset(self.fresh)
        return self._variables

    def gradient(self, out: Any) -> Any:
        """The derivative of the number `out`, which f returned, in the structure of the argument."""
        if self.plain and isinstance(out, Value) and not (self.as_values or entered):
            adjoint = adjoints(out, self.fresh)
            return self.rebuild([adjoint[x] for x in self.fresh])
        adjoint = self.adjoints(out)
        return self.rebuild([settled(adjoint.get(x, 0.0), self.as_values) for x in self.fresh])

    def adjoints(self, out: Any) -> dict[Any, Any]:
        if isinstance(out, Layer):
            parts = [None if c is None else self.adjoints(c) for c in out.coefficients]
            return {
                x: out.build(tuple(None if part is None else part.get(x, 0.0) for part in parts)) for x in self.fresh
            }
        if not isinstance(out, Value) or recorded(out):
            return {}
        if self.as_values or depends_on_entered(out) or tracer() is not None:
            return adjoint_values(out, self.fresh, through=False)
        return adjoints(out, self.fresh)


def entrance(x: Any) -> Any:
    """The fresh node for the number x."""
    if isinstance(x, Layer):
        return x.based_on(entrance(x.base))
    if not isinstance(x, Value) or recorded(x):
        return Value(x)
    fresh = x * 1.0
    if x.label:
        fresh.label = x.label
    return fresh


def adjoint_values(root: Value, targets: Iterable[Value], through: bool) -> dict[Value, Any]:
    """As `adjoints`, but made of Values: the local derivatives are computed once more, by the functions of `ops`.

    With `through=False` the graph below a target is not looked at.
    """
    reached: dict[Any, float] = dict.fromkeys(targets, 0.0)
    adjoint: dict[Value, Any] = {root: 1.0}
    for v in reversed(between(root, reached, through)):
        if not isinstance(v.primitive, Primitive):
            raise TypeError(
                f"the operation {v.primitive!r} has a _backward of its own, which gives numbers: "
                "a derivative through it cannot be derived again"
            )
        upstream, parents = adjoint[v], v.parents
        _, *partials = run(v.primitive, parents, v.constants, quiet=True)
        for parent, partial in zip(parents, partials, strict=True):
            if parent in reached:
                amount = times(partial, upstream)
                adjoint[parent] = adjoint[parent] + amount if parent in adjoint else amount
    return adjoint


# ---- small things


def one_number(out: Any, f: Callable) -> Any:
    """What f returned, if that is one number."""
    if isinstance(out, (Value, Layer)):
        return out
    if out is None:
        raise TypeError(f"{name_of(f)} returned None: is a return missing?")
    if is_array(out) and out.ndim == 0:
        return one_number(out.item(), f)
    try:
        return number(out)
    except TypeError:
        raise TypeError(
            f"a gradient is that of one number, but {name_of(f)} returned {shown(out)}: "
            "jacobian takes functions with several results"
        ) from None


def check_argnum(argnum: Any) -> None:
    if not isinstance(argnum, int) and not (isinstance(argnum, tuple) and all(isinstance(i, int) for i in argnum)):
        raise TypeError(f"argnum must be the position of an argument or a tuple of positions, got {argnum!r}")


def resumed(function: Callable, args: tuple, kwargs: dict[str, Any]) -> Any:
    """What `function` returns inside `no_grad`: computed with a graph, handed out without."""
    with recording():
        result = function(*args, **kwargs)

    def alone(x: Any) -> Any:
        return x.map(alone) if isinstance(x, Layer) else x.detach() if isinstance(x, Value) else x

    return transform(alone, result)


def stacked(gradients: list, shape: tuple[int, ...]) -> Any:
    """The gradients of an array of results as one array, if they are numbers or arrays themselves."""
    if gradients and is_array(gradients[0]):
        return array([x for g in gradients for x in g.ravel().tolist()], shape + gradients[0].shape)
    return array(gradients, shape)


def titled(function: Callable, title: str, f: Callable) -> Callable:
    """`function` under a name that says what it is, with the signature of f."""
    function.__name__ = function.__qualname__ = f"{title} of {name_of(f)}"
    function.__wrapped__ = f  # type: ignore[attr-defined]
    return function


def name_of(f: Callable) -> str:
    name = getattr(f, "__name__", None) or type(f).__name__
    return "the function" if name == "<lambda>" else name
