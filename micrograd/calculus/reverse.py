"""Reverse mode: derivatives of functions, of any order, by backpropagation over Values.

    >>> grad(lambda x, y: x**2 * y)(3.0, 2.0)
    12.0
    >>> grad(grad(lambda x: x**3))(2.0)
    12.0

`grad(f)` enters f through fresh nodes, one for each number of the argument, sweeps back from the result, and adds up
beside the nodes (no Value's `grad` is touched). For a derivative that is to be differentiated again, the local
derivatives are not the stored numbers but new Values, computed by the same functions of `ops`: the backward pass is
then a graph as well (Griewank and Walther, Evaluating Derivatives, chapter 5).

**Which numbers come out.** Floats give floats; if an argument holds a Value, the results are Values, connected to it.
Inside another derivative, whatever depends on its variable stays connected to it, so nesting needs no care: the inner
derivative is taken with respect to its own fresh nodes and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, Literal, overload

from micrograd._core.modes import paused, recording, tracer
from micrograd.calculus.calls import Argnum, Call, adjoint_numbers, adjoint_values, name_of, one_number
from micrograd.calculus.forward import as_number, jvp, without_tangents
from micrograd.calculus.levels import Level, settle
from micrograd.calculus.signatures import Gradient, Hessian, Jacobian, P, Result, S, Structure, ValueAndGradient
from micrograd.calculus.structures import describe, is_array, leaves, to_array, transform, transform_pairs
from micrograd.engine import Value
from micrograd.functions import dot


@overload  # argnum = 0 is an int as well, and the better type comes first
def grad(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[Any, P], Result], argnum: Literal[0] = 0
) -> Gradient[P]: ...
@overload
def grad(f: Callable[P, Result], argnum: int) -> Callable[P, Structure]: ...
@overload
def grad(f: Callable[P, Result], argnum: tuple[int, ...]) -> Callable[P, tuple[Structure, ...]]: ...
def grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function that computes the gradient of f: ∂f/∂argument, in the structure of that argument.

    f returns one number; the argument may be a number, or lists, tuples, dicts and NumPy arrays of them, nested. The
    other arguments are constants, and may be anything. With a tuple of positions as `argnum` the gradient is a tuple,
    too. An input that f ignores has the derivative 0, and so have all inputs if f returns a constant.

    Raises `TypeError` if the argument holds something other than numbers, or if f does not return one number, and
    `GradientLost` (a `TypeError`) if f turns its input into a float: instead of `math.sin(x)` write `micrograd.sin(x)`.
    """
    check_argnum(argnum)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        if paused():
            return run_recorded(gradient, args, kwargs)
        call = Call(f, args, kwargs, argnum)
        out = call.out
        return call.gradient(out if type(out) is Value else one_number(out, f))

    return give_title(gradient, "gradient", f)


@overload
def value_and_grad(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[Any, P], Result], argnum: Literal[0] = 0
) -> ValueAndGradient[P]: ...
@overload
def value_and_grad(f: Callable[P, Result], argnum: int) -> Callable[P, tuple[Result, Structure]]: ...
@overload
def value_and_grad(
    f: Callable[P, Result], argnum: tuple[int, ...]
) -> Callable[P, tuple[Result, tuple[Structure, ...]]]: ...
def value_and_grad(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function that computes the pair (f, gradient of f), for the price of the gradient; see `grad`."""
    check_argnum(argnum)

    def both(*args: Any, **kwargs: Any) -> Any:
        if paused():
            return run_recorded(both, args, kwargs)
        call = Call(f, args, kwargs, argnum)
        out = one_number(call.out, f)
        return settle(out, call.as_values), call.gradient(out)

    return give_title(both, "value and gradient", f)


@overload
def jacobian(f: Callable[Concatenate[Any, P], Result], argnum: Literal[0] = 0) -> Gradient[P]: ...
@overload
def jacobian(
    f: Callable[Concatenate[Any, P], list[float] | list[Value] | list[Result]], argnum: Literal[0] = 0
) -> Jacobian[P]: ...
@overload
def jacobian(f: Callable[P, Any], argnum: Argnum = 0) -> Callable[P, Structure]: ...
def jacobian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function that computes the Jacobian of f: the structure of the result, with a gradient for each number of it.

    For lists of m results and n inputs a list of m rows of n numbers, ∂fᵢ/∂xⱼ; for NumPy arrays an array of the shape
    of the result followed by the shape of the argument; for one number in and one out, the derivative. f is evaluated
    once, and swept back from each of its results. Arguments and errors as for `grad`.
    """
    check_argnum(argnum)

    def rows(*args: Any, **kwargs: Any) -> Any:
        if paused():
            return run_recorded(rows, args, kwargs)
        call = Call(f, args, kwargs, argnum)
        outs = call.out
        if not is_array(outs):
            return transform(lambda out: call.gradient(as_number(out, "the result of f", outs)), outs)
        gradients = [call.gradient(as_number(out, "the result of f", outs)) for out in outs.ravel().tolist()]
        return stack(gradients, outs.shape)

    return give_title(rows, "Jacobian", f)


@overload
def hessian(  # type: ignore[overload-overlap]
    f: Callable[Concatenate[Any, P], Result], argnum: Literal[0] = 0
) -> Hessian[P]: ...
@overload
def hessian(f: Callable[P, Result], argnum: Argnum) -> Callable[P, Structure]: ...
def hessian(f: Callable[..., Any], argnum: Argnum = 0) -> Callable[..., Any]:
    """The function that computes the Hessian of f, its second derivatives ∂²f/∂xᵢ∂xⱼ: the Jacobian of the gradient.

    For a list of n numbers a list of n rows, for an array of shape s one of shape s + s, for one number the second
    derivative; with `argnum=(0, 1)` the blocks of two arguments, ((∂²f/∂x∂x, ∂²f/∂x∂y), (∂²f/∂y∂x, ∂²f/∂y∂y)). The
    graph of the gradient is built once, and each of its numbers swept back along what it depends on, so that a sparse
    Hessian is cheap. Arguments and errors as for `grad`.
    """
    gradient: Callable[..., Any] = grad(f, argnum)
    return give_title(jacobian(gradient, argnum), "Hessian", f)


@overload
def hvp(f: Callable[..., Result], primals: float, tangents: float) -> float: ...
@overload
def hvp(f: Callable[..., Result], primals: list[float], tangents: list[float]) -> list[float]: ...
@overload
def hvp(f: Callable[..., Result], primals: S, tangents: S) -> S: ...
def hvp(f: Callable[..., Any], primals: Any, tangents: Any) -> Any:
    """The Hessian of f at `primals` times the direction `tangents`, in their structure, without computing the Hessian.

    It is the gradient of the directional derivative, reverse over forward, for a small multiple of the cost of f
    (Pearlmutter 1994). Arguments as for `jvp`: the tuple of all arguments of f, or its only one.
    """
    if not isinstance(primals, tuple):
        return hvp(f, (primals,), (tangents,))[0]
    slope = slope_by_sweep if tracer() is None else slope_by_gradient
    return grad(lambda *xs: slope(f, xs, tangents), tuple(range(len(primals))))(*primals)


@overload
def derivatives(y: Value, xs: S, create_graph: Literal[True] = True) -> S: ...
@overload
def derivatives(y: Value, xs: Value, create_graph: Literal[False]) -> float: ...
@overload
def derivatives(y: Value, xs: list[Value], create_graph: Literal[False]) -> list[float]: ...
@overload
def derivatives(y: Value, xs: dict[str, Value], create_graph: Literal[False]) -> dict[str, float]: ...
@overload
def derivatives(y: Value, xs: Structure, create_graph: bool = True) -> Structure: ...
def derivatives(y: Value, xs: Any, create_graph: bool = True) -> Any:
    """∂y/∂x for each Value x in the structure `xs`, on the existing graph; no `grad` changes.

    With `create_graph` they are Values that depend on the same leaves, to be differentiated or backpropagated again;
    without, floats. An x on which y does not depend has the derivative 0. The graph is read as it is: after changing
    data by hand, call `y.refresh()` first.

    Raises `TypeError` if y or something in `xs` is not a Value, or, with `create_graph`, if an operation with an
    assigned `_backward` lies between them.
    """
    targets = leaves(xs)
    for x in [y, *targets]:
        if not isinstance(x, Value):
            raise TypeError(f"derivatives are those of a Value with respect to Values, got {describe(x)}")
    with recording():
        adjoint = (adjoint_values if create_graph else adjoint_numbers)(y, targets, through=True)
        return transform(lambda x: settle(adjoint.get(x, 0.0), create_graph), xs)


# ---- helpers


def slope_by_sweep(f: Callable[..., Any], primals: tuple[Any, ...], tangents: Any) -> Any:
    """The derivative of f along the tangents, ∇f · ẋ."""
    return jvp(f, primals, tangents)[1]


def slope_by_gradient(f: Callable[..., Any], primals: tuple[Any, ...], tangents: Any) -> Any:
    """The same for a trace, which records a gradient as one operation, but every step of a forward sweep."""

    def number_at(x: Any, t: Any) -> Any:
        return as_number(t, "tangents", tangents)

    direction = leaves(transform_pairs(number_at, primals, tangents, "primals", "tangents"))
    gradient = grad(lambda *xs: without_tangents(f, xs), tuple(range(len(primals))))
    return dot(leaves(gradient(*primals)), direction)


def check_argnum(argnum: Any) -> None:
    if not isinstance(argnum, int) and not (isinstance(argnum, tuple) and all(isinstance(i, int) for i in argnum)):
        raise TypeError(f"argnum must be the position of an argument or a tuple of positions, got {argnum!r}")


def run_recorded(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call `function` with recording on, also inside `no_grad`, and detach its results from the graph."""
    with recording():
        result = function(*args, **kwargs)

    def detach(x: Any) -> Any:
        return x.map(detach) if isinstance(x, Level) else x.detach() if isinstance(x, Value) else x

    return transform(detach, result)


def stack(gradients: list[Any], shape: tuple[int, ...]) -> Any:
    """Stack the gradients of an array of results, numbers or arrays, into one array."""
    if gradients and is_array(gradients[0]):
        return to_array([x for g in gradients for x in g.ravel().tolist()], shape + gradients[0].shape)
    return to_array(gradients, shape)


def give_title(function: Callable[..., Any], title: str, f: Callable[..., Any]) -> Callable[..., Any]:
    """Name `function` by what it computes, and let it show the signature of f."""
    function.__name__ = function.__qualname__ = f"{title} of {name_of(f)}"
    function.__wrapped__ = f  # type: ignore[attr-defined]
    return function
