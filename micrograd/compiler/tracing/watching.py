"""The class `Value` while a thread traces: reads give a `Number`, and operations that cannot be repeated are refused.

Other threads see members that do what they always do. Afterwards the class is as it was, even if a lecture has
patched it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import get_ident
from typing import Any

from micrograd._core.lending import DATA, data_of, data_slot, detour
from micrograd._core.modes import enter, leave, tracer
from micrograd.compiler.surroundings.same import same
from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.numbers import values
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.patching import Patch
from micrograd.compiler.tracing.tracer import Tracer
from micrograd.engine import Value

BACKWARD = "Return the loss and call backward() on what the compiled function returns, or compile micrograd.grad(f)."
PRIMITIVES_ONLY = "Build it from the operations of micrograd, or leave it out of the compiled function."


class Watched:
    """A change (`exclusive.Change`): this thread is traced."""

    def __init__(self, watching: Tracer, given: bool = False):
        self.watching = watching
        self.patch = Patch(Value, watching_members(given))

    def make(self) -> None:
        self.patch.make()
        enter(self.watching)

    def undo(self) -> None:
        leave(self.watching)
        self.patch.undo()
        self.watching.forget()


class Lent:
    """A change (`exclusive.Change`): to this thread, and to no other, the Values have these data."""

    def __init__(self, lent_to: Sequence[Value], data: Any):
        self.lent_to, self.data = lent_to, data
        self.patch = Patch(Value, {})

    def make(self) -> None:
        """Look at the slot now: until this thread has the lock, another one may have lent data."""
        slot, borrower = data_slot(Value), get_ident()
        usual = slot.__get__
        lent = {id(v): x for v, x in zip(self.lent_to, map(float, self.data), strict=True) if not same(usual(v), x)}

        def read(v: Any) -> Any:
            return lent[id(v)] if id(v) in lent and get_ident() == borrower else usual(v)

        if lent:
            self.patch = Patch(Value, {DATA: property(read, slot.__set__)})
            detour(self, True)
            self.patch.make()

    def undo(self) -> None:
        self.patch.undo()
        detour(self, False)


def watching_members(given: bool) -> dict[str, Any]:
    """The members of `Value` for a trace. In untraced code each does what the present member does."""
    data, grad, push = (getattr(Value, name) for name in ("data", "grad", "_backward"))  # the descriptors

    def read_data(v: Any) -> Any:
        watching = tracer()
        return data.__get__(v) if watching is None else watching.read(v)

    return {
        "data": property(
            read_data,
            refusing_call(data.__set__, "set the data of a Value", "Return the number, and set it afterwards."),
        ),
        "grad": property(
            refusing_call(grad.__get__, "read a grad", BACKWARD),
            refusing_call(grad.__set__, "set a grad", "It would be set only once: do it outside the function."),
        ),
        "_backward": property(push.__get__, refusing_call(push.__set__, "assigned _backward", PRIMITIVES_ONLY)),
        "__init__": initialiser(Value.__init__),
        **values.members(given),
        **{
            name: refusing_call(getattr(Value, name), f"called {name}()", BACKWARD)
            for name in ("backward", "refresh", "zero_grad")
        },
    }


def refusing_call(usual: Callable[..., Any], what: str, way_out: str) -> Callable[..., Any]:
    """The function, which a traced function must not call."""

    def method(*args: Any, **kwargs: Any) -> Any:
        if tracer() is not None:
            raise refusal(f"a traced function {what}", way_out)
        return usual(*args, **kwargs)

    return method


def initialiser(usual: Callable[..., None]) -> Callable[..., None]:
    """`__init__`: in a trace a new leaf is a constant, or a Value in place of the number that it is given."""

    def initialise(v: Any, data: Any, _children: Any = (), _op: str = "", label: str = "", **others: Any) -> None:
        watching = tracer()
        if watching is None:
            data = float(data) if isinstance(data, Number) else data  # one that is lent
            usual(v, data, _children, _op, label, **others)
            return
        if children := tuple(_children):
            raise refusal(f"the operation {_op!r} of {len(children)} operands is a custom one", PRIMITIVES_ONLY)
        known = isinstance(data, Number)
        usual(v, float(data.true) if known else data, (), _op, label, **others)
        watching.at[v] = watching.variable(data) if known else watching.constant(data_of(v))

    return initialise
