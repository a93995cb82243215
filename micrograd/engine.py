"""`Value`, the topological sort and `backward`: numbers that remember how they were computed.

    >>> a, b = Value(2.0, label="a"), Value(-3.0, label="b")
    >>> loss = (a * b + 10) ** 2
    >>> loss.backward()
    >>> a.grad, b.grad
    (-24.0, 16.0)

Every operation makes one node. Each node stores its parents and, next to each, the local derivative ∂out/∂parent as a
number. `backward()` visits the nodes from the output to the leaves, each one after all that use it, and adds

    parent.grad += ∂out/∂parent · out.grad

along every operand: the chain rule, summed over all paths. It knows no operation by name; those are in `ops`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from micrograd._core.adjoints import differentiated
from micrograd._core.columns import zero_grads
from micrograd._core.copying import reduce
from micrograd._core.floats import GradientLost, leave_graph
from micrograd._core.modes import alone, no_grad, one_pass
from micrograd._core.native import extension, give_way
from micrograd._core.nodes import equals, local, number
from micrograd._core.operators import Operators
from micrograd._core.parents import Parents, assign_parents, operands_of
from micrograd.ops import Primitive

__all__ = ["GradientLost", "Value", "backend", "no_grad", "topological"]


class Value(Operators):
    """A number, and the operation that made it: a node of the computation graph.

    data      the number, a float
    grad      ∂root/∂self, from the last `root.backward()`; the grads of leaves add up from pass to pass
    label     a name for pictures and messages

    The rest of the package reads these, and only the engine writes them:

    primitive  the operation (`ops.Primitive`); the name of a learner's own operation; None for a leaf
    parents    the operands that are Values, in order, repeats kept
    constants  the operands that are not: the k of x ** k
    partials   the local derivatives ∂self/∂parent of the last forward; None for a learner's own operation

    For an operation of your own, pass the parents and a name, and assign `_backward`:

        out = Value(a.data ** 3, (a,), "cube")
        def push():
            a.grad += 3 * a.data ** 2 * out.grad
        out._backward = push

    (`micrograd.primitive` declares one that can be differentiated again, compiled and explained as well.)

    Values are equal by identity, so that they can be keys. `<`, `<=`, `>`, `>=`, formats and `==` with a plain number
    use the data; so do `==` and truth in a function that is being differentiated, where a Value stands for a number.
    `float()` warns (`GradientLost`), since a number that leaves the graph has no gradient: use `.data`.
    """

    __slots__ = ()  # they are those of `nodes.Node`, which explains them

    data: float
    grad: float
    primitive: Primitive | str | None
    label: str = ""
    _a: Any
    _b: Any
    _da: Any
    _data: float
    _db: Any
    _grad: float
    _seen: Any

    def __init__(self, data: Any, _children: Iterable[Value] = (), _op: str = "", label: str = ""):
        self._data = data if type(data) is float else number(data)
        self._grad = 0.0
        self.primitive = _op or None
        self._seen = self._a = self._b = self._da = self._db = None
        if label:
            self.label = label
        if _children != () and (parents := operands_of(_children)):
            self.primitive, self._a, self._da, self._db = _op, parents, (), ...

    # ---- the interface that other rooms read

    @property
    def parents(self) -> tuple[Value, ...]:
        if self._a is None:
            return ()
        if self._db is ...:
            return tuple(self._a)
        return (self._a,) if self._db is None else (self._a, self._b)

    @property
    def constants(self) -> tuple[Any, ...]:
        return () if self._b is None or self._db is not None else (self._b,)

    @property
    def partials(self) -> tuple[float, ...] | None:
        if self._a is None:
            return ()
        if self._db is ...:
            return None if callable(self._da) else tuple(self._da)
        return (self._da,) if self._db is None else (self._da, self._db)

    @property
    def _prev(self) -> Parents:
        return Parents(self.parents)

    @_prev.setter
    def _prev(self, parents: Iterable[Value]) -> None:
        assign_parents(self, tuple(parents))

    @property
    def _op(self) -> str:
        sign = self.primitive.sign if isinstance(self.primitive, Primitive) else self.primitive or ""
        return self.__dict__.get("_op") or sign + "".join(map(str, self.constants))

    @_op.setter
    def _op(self, name: str) -> None:
        if isinstance(self.primitive, Primitive):
            self.__dict__["_op"] = name  # for walkers only: the operation is what it was
        else:
            self.primitive = name or None

    @property
    def _backward(self) -> Callable[[], Any]:
        if callable(self._da):
            return self._da  # type: ignore[no-any-return]
        parents, partials = self.parents, self.partials or ()

        def push() -> None:  # also when it is called by what a learner then assigns
            for parent, partial in zip(parents, partials, strict=False):
                parent.grad += partial * self.grad

        return push

    @_backward.setter
    def _backward(self, push: Callable[[], Any]) -> None:
        self.primitive, self._a, self._b, self._da, self._db = self._op, self.parents, None, push, ...

    # ---- backpropagation

    def backward(self) -> None:
        """Set `grad` to ∂self/∂node on every node below: seed 1, then the chain rule from the output to the leaves.

        Interior grads belong to this pass; the grads of leaves are added to (`zero_grad()` clears them). The local
        derivatives are those of the last forward pass: after changing data by hand, call `refresh()` first.
        """
        with one_pass:
            order = sort(self)
            for v in order:
                v.grad = 0.0
            self.grad += 1.0
            for v in reversed(order):
                upstream, db = v.grad, v._db
                if db is not ...:
                    v._a.grad += v._da * upstream
                    if db is not None:
                        v._b.grad += db * upstream
                elif callable(v._da):
                    v._da()
                else:
                    for parent, partial in zip(v._a, v._da):  # noqa: B905 (equal lengths: asking takes a tenth longer)
                        parent.grad += partial * upstream

    @alone
    def zero_grad(self) -> None:
        """Set `grad` to 0 on this node and the whole graph below it."""
        order = topological(self)
        zero_grads([self, *order, *(p for v in order for p in v.parents)])

    @alone
    def refresh(self) -> None:
        """Compute the whole graph below again from the data of its leaves, with its local derivatives, or nothing."""
        order = topological(self)
        if own := next((v for v in order if isinstance(v.primitive, str)), None):
            raise TypeError(f"the operation {own.primitive!r} has no function to run again: build the graph again")
        before = [(v._data, v._da, v._db) for v in order]
        try:
            for v in order:
                v._data, *partials = local(v.primitive, v.parents, v.constants)  # type: ignore[arg-type]
                if v._db is None or v._db is ...:
                    v._da = partials[0] if v._db is None else tuple(partials)
                else:
                    v._da, v._db = partials
        except BaseException:
            for v, numbers in zip(order, before, strict=True):
                v._data, v._da, v._db = numbers
            raise

    def detach(self) -> Value:
        """A new leaf with the same data and label: no gradient flows through it."""
        return Value(self.data, label=self.label)

    # ---- as a number

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, Value):
            return equals(self.data, other)
        return self is other or ((differentiated(self) or differentiated(other)) and self.data == other.data)

    __hash__ = Operators.__hash__

    def __bool__(self) -> bool:
        return not differentiated(self) or bool(self.data != 0.0)

    def __lt__(self, other: Any) -> bool:
        return self.data < (other.data if isinstance(other, Value) else other)

    def __le__(self, other: Any) -> bool:
        return self.data <= (other.data if isinstance(other, Value) else other)

    def __gt__(self, other: Any) -> bool:
        return self.data > (other.data if isinstance(other, Value) else other)

    def __ge__(self, other: Any) -> bool:
        return self.data >= (other.data if isinstance(other, Value) else other)

    def __float__(self) -> float:
        data = float(self.data)
        leave_graph(self)
        return data

    def __format__(self, spec: str) -> str:
        return format(self.data, spec) if spec else repr(self)

    def __repr__(self) -> str:
        return f"Value(data={self.data}, grad={self.grad})"

    def __reduce__(self) -> tuple[Any, ...]:
        return reduce(self, topological(self))


@alone
def topological(root: Value) -> list[Value]:
    """The interior nodes of the graph below `root`, each after its parents, the same in every run."""
    return sort(root)


def python_sort(root: Value) -> list[Value]:
    """`topological`, for those who hold the lock `one_pass`.

    Depth-first, the operands in order; an explicit stack instead of recursion, marks on the nodes instead of a set.
    A node is opened when its parents are put above it on the stack, and done when it comes up again.
    """
    opened, done = object(), object()
    order: list[Value] = []
    stack = [root]
    push, pop = stack.append, stack.pop
    while stack:
        v = pop()
        if v._seen is opened:
            v._seen = done
            order.append(v)
        elif v._seen is not done and v._a is not None:
            v._seen = opened
            push(v)
            if v._db is ...:
                for p in reversed(v._a):
                    if p._a is not None and p._seen is not done:
                        push(p)
                continue
            if v._db is not None and v._b._a is not None and v._b._seen is not done:
                push(v._b)
            if v._a._a is not None and v._a._seen is not done:
                push(v._a)
    return order


def backend() -> str:
    """Which engine runs: "native", the node in C where it was built, or "python", the one in this file."""
    return "python" if extension is None else "native"


sort = python_sort if extension is None else extension.sort

# What a native node has as well.
IN_PYTHON = {name: vars(Value)[name] for name in ("__init__", "backward", "parents", "constants", "partials")}

if extension is not None:
    give_way(Value, *IN_PYTHON)
    extension.adopt(Value, IN_PYTHON["__init__"], IN_PYTHON["backward"])
