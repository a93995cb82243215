"""How a node is made: from a primitive of `ops` and its operands to a new Value.

An operation evaluates its primitive on the data of its operands and stores the outcome in one new node: the
result, the parents, the local derivatives. A number among the operands becomes a leaf.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from micrograd._core.modes import Oblivious, alive, current, get_modes, one_pass, tracer
from micrograd._core.native import extension
from micrograd._core.printable import sanitise
from micrograd._core.scalars import PLAIN, got, of_our_own, real_of
from micrograd.ops import SHUT, Floats, Primitive, evaluate, quietly


class PythonNode:
    """The base class of Value: what a node holds.

    One or two parents have slots of their own, _a and _b: a tuple would be one more object for each node. _b without a
    _db is a constant; `...` in _db says that _a and _da hold any number of parents and derivatives, or that _da is the
    function that a learner assigned to _backward. (_b is then the pusher of a compiled node.) _seen is the mark of a
    walk over the graph; _calls is set on results of modules only.
    """

    __slots__ = ("__dict__", "_a", "_b", "_calls", "_da", "_data", "_db", "_grad", "_seen", "primitive")


if TYPE_CHECKING or extension is None:
    Node = PythonNode  # code below the engine asks `isinstance(x, Node)`
else:
    Node = extension.Node

V = TypeVar("V", bound=Node)
Method = Callable[..., Any]

new = Node.__new__


def number(data: Any, taker: str = "") -> float:
    """`data` as a Python float if it is one real number of any kind and library.

    Raises `TypeError` for anything else, with what to write instead; `taker` is the function that was given it.
    """
    if isinstance(data, (float, int)):
        return float(data)
    if isinstance(data, Node) or (x := real_of(data)) is None:
        raise misfit(data, taker, f"{taker}(x)") if taker else TypeError(f"a Value holds a real number, {got(data)}")
    return x


def misfit(x: Any, taker: str, each: str) -> TypeError:
    hint = ": is a return missing?" if x is None else ""
    return TypeError(f"{taker} takes a Value or a real number, {got(x, each)}{hint}")


def set_data(v: Any, data: Any) -> None:
    """The setter of `Value.data`."""
    v._data = data if type(data) is float else number(data)


def keep_data(v: Any) -> NoReturn:
    """The deleter of `Value.data`."""
    raise AttributeError("the data of a Value cannot be deleted")


# The same slots under two names: the engine uses `_data` and `_grad`, everybody else `data`, which takes numbers only,
# and `grad`. The compiler watches these two during a trace.
PythonNode.data = property(attrgetter("_data"), set_data, keep_data, "The number.")  # type: ignore[attr-defined]
PythonNode.grad = PythonNode.__dict__["_grad"]  # type: ignore[attr-defined]

if extension is not None:
    extension.connect(number, SHUT, alive, current, Oblivious, one_pass)


def equals(data: float, other: Any) -> Any:
    """Whether the data of a Value equal something that is not one; `NotImplemented` if that is not a number."""
    if type(other) is not float and type(other) is not int:
        try:
            if (other := real_of(other)) is None:
                return NotImplemented
        except (TypeError, OverflowError):
            return NotImplemented
    return data == other


def operand(kind: type[V], other: Any) -> Any:
    """`other` as a Value: itself, or a new leaf for a number.

    `NotImplemented` if it is neither, but may know what to do with a Value, as an array does; otherwise `TypeError`.
    """
    if type(other) is float or type(other) is int:
        return node(kind, None, float(other), None, None)
    if isinstance(other, Node):
        return other
    if hasattr(type(other), "_apply"):
        return NotImplemented
    if isinstance(other, (float, int)):
        return node(kind, None, float(other), None, None)
    if (x := real_of(other)) is not None:
        return node(kind, None, x, None, None)
    if isinstance(other, PLAIN) or (hasattr(other, "tolist") and not hasattr(other, "__array_ufunc__")):
        raise misfit(other, "an operation", "v * x")
    return NotImplemented


def python_node(kind: type[V], op: Primitive | None, data: float, a: Any, da: Any, b: Any = None, db: Any = None) -> V:
    """The Value that `op` computes from its operands `a` and `b`, with the local derivatives `da` and `db`."""
    v: Any = new(kind)
    v._data, v._grad, v._seen = data, 0.0, None
    v.primitive, v._a, v._da = op, a, da
    v._b, v._db = b, db
    if alive and (modes := get_modes()):
        modes[-1].made(v, op, a, b, db)
    return v  # type: ignore[no-any-return, unused-ignore]


node = python_node if extension is None else extension.node


def local(op: Primitive, parents: Sequence[Any], constants: tuple[Any, ...] = ()) -> tuple[float, ...]:
    """The result of `op` and its local derivatives, at regular points and singular ones.

    A function that is being traced goes on with inf or nan where floats have no result, as its program will, unless
    somebody may catch the error.
    """
    operands = [p._data for p in parents]
    try:
        return evaluate(op, operands, constants, [p.label and sanitise(p.label) for p in parents])
    except (ArithmeticError, ValueError) as error:
        if (watching := tracer()) is None or watching.fails(op, parents, constants, error):
            raise
        return quietly(op, operands, constants)


def read(values: Iterable[Any]) -> list[float]:
    """The data of Values. Raises `AttributeError` for anything else."""
    return [v._data for v in values]


# ---- from primitives to methods


def method(op: Primitive) -> Method:
    """The method of a Value that applies `op` to it and to further operands."""
    if op.variadic or len(op.operands) > 2:
        return several(op)
    return binary(op) if len(op.operands) == 2 else unary(op)


def unary(op: Primitive) -> Method:
    run = op.run

    def method(self: Any) -> Any:
        try:
            out, da = run(Floats, self._data)
        except (ArithmeticError, ValueError):
            out, da = local(op, (self,))
        return node(type(self), op, out, self, da)

    return give_name(method, op)


def binary(op: Primitive) -> Method:
    run = op.run

    def method(self: Any, other: Any) -> Any:
        kind = type(self)
        if type(other) is not kind:
            if (value := operand(kind, other)) is NotImplemented:
                return pass_on(op, (self, other))
            other = value
        try:
            out, da, db = run(Floats, self._data, other._data)
        except (ArithmeticError, ValueError):
            out, da, db = local(op, (self, other))
        return node(kind, op, out, self, da, other, db)

    return give_name(method, op)


def several(op: Primitive) -> Method:
    """The same for any other number of operands."""

    def method(self: Any, *others: Any) -> Any:
        kind = type(self)
        operands = [self, *(operand(kind, x) for x in others)]
        if any(x is NotImplemented for x in operands):
            return pass_on(op, (self, *others))
        return join(kind, op, operands)

    return give_name(method, op)


def pass_on(op: Primitive, operands: Sequence[Any]) -> Any:
    """What a method returns if one of the operands is neither of its kind nor a plain number.

    Python asks the other operand of an operator; a named method asks a number of another kind itself.
    """
    if any(name.startswith("__") for name in op.methods):
        return NotImplemented
    strange = [x for x in operands if not isinstance(x, Node) and real_of(x) is None]
    for x in strange:
        if not of_our_own(x):
            raise misfit(x, op.name, f"v.{op.name}(x)")
    return type(strange[0])._apply(op, operands)


def join(kind: type[V], op: Primitive, operands: Sequence[Any]) -> V:
    """The node of `op` with these Values as its parents, as many as there are."""
    parents = tuple(operands)
    try:
        out, *partials = op.run(Floats, *[p._data for p in parents])
    except (ArithmeticError, ValueError):
        out, *partials = local(op, parents)
    if len(parents) <= 2 and not op.variadic:
        return node(kind, op, out, *(x for pair in zip(parents, partials, strict=True) for x in pair))
    return node(kind, op, out, parents, tuple(partials), None, ...)


def reflect(method: Method) -> Method:
    """The method for a number on the left."""

    def swapped(self: Any, other: Any) -> Any:
        return NotImplemented if (other := operand(type(self), other)) is NotImplemented else method(other, self)

    return give_name(swapped, method)


def give_name(method: Any, like: Any) -> Method:
    """`method` under the name and the docstring of a primitive, for help() and error messages."""
    method.__name__, method.__doc__ = getattr(like, "name", None) or like.__name__, like.__doc__
    method.__qualname__ = f"Value.{method.__name__}"
    return method  # type: ignore[no-any-return, unused-ignore]


def add_methods(kind: type, op: Primitive, made: Method, reflect: Callable[[Method], Method] = reflect) -> None:
    """Give a kind of number the methods and operators that `op` declares, `made` under each name.

    A native node that has them already calls `made` where its own ways end.
    """
    if extension is not None and issubclass(kind, Node) and extension.declare(op.name, op, made, reflect(made)):
        document(op)
        return
    for name in op.methods:
        setattr(kind, name, made)
        if name.startswith("__") and len(op.operands) == 2:
            setattr(kind, f"__r{name[2:]}", reflect(made))


def document(op: Primitive) -> None:
    """Give the methods of the native node the docstrings that those in Python have, and signatures for `inspect`."""
    reflected = [f"__r{name[2:]}" for name in op.methods if name.startswith("__") and len(op.operands) == 2]
    for name in (*op.methods, *reflected):
        operands = ["other"] * (len(op.operands) - 1)
        operands.insert(len(operands) if name.startswith("__") else 0, "/")  # an operator takes none by name
        extension.document(name, f"{name}($self, {', '.join(operands)})\n--\n\n{op.__doc__}")
