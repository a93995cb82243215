"""Traced numbers: user code gets them instead of floats, and every use of one is recorded or refused."""

from __future__ import annotations

from typing import Any

from micrograd._core.lending import data_of
from micrograd._core.modes import tracer
from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.tape import AT_MOST, EQUAL, LESS
from micrograd.engine import Value

USE_OURS = "Write micrograd.exp, micrograd.sqrt and the like instead of math's, and micrograd.pick to choose by it."


class Number(Value):
    """A float of the traced function: read from `.data`, passed in as an argument, or computed from such.

    It behaves like a float. Results computed from it are computed again at each call, as constants of every derivative;
    a decision that Python makes by it is checked at each call.
    """

    __slots__ = ()

    position: int

    def _refuse(self, *args: Any) -> Any:
        raise refusal(
            "cannot convert a traced number to a plain one: the compiled function would reuse this one value forever",
            USE_OURS,
        )

    __float__ = __int__ = __index__ = __trunc__ = __round__ = __floor__ = __ceil__ = _refuse  # type: ignore[assignment]
    __mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __divmod__ = __hash__ = _refuse

    @property
    def real(self) -> Number:
        return self

    def __pos__(self) -> Number:
        return self

    def __format__(self, spec: str) -> str:
        return format(data_of(self), spec)

    def __repr__(self) -> str:
        return repr(data_of(self))

    __str__ = __repr__

    # ---- comparisons

    def __lt__(self, other: Any) -> Any:
        return tracing(self).compare(LESS, self, other)

    def __gt__(self, other: Any) -> Any:
        return tracing(self).compare(LESS, other, self)

    def __le__(self, other: Any) -> Any:
        return tracing(self).compare(AT_MOST, self, other)

    def __ge__(self, other: Any) -> Any:
        return tracing(self).compare(AT_MOST, other, self)

    def __eq__(self, other: Any) -> Any:
        return tracing(self).compare(EQUAL, self, other)

    def __ne__(self, other: Any) -> Any:
        same = self == other
        return ~same if isinstance(same, Condition) else NotImplemented if same is NotImplemented else not same

    def __bool__(self) -> bool:
        return bool(self != 0.0)


class Condition(Number):
    """A bool of the traced function, 1 or 0. Where Python asks for its truth, the answer is checked at each call."""

    __slots__ = ()

    def __bool__(self) -> bool:
        outcome: bool = tracing(self).decided_by(self)
        return outcome

    def __invert__(self) -> Any:
        return tracing(self).compare(EQUAL, self, 0.0)

    def __and__(self, other: Any) -> Any:
        return tracing(self).compare(LESS, 1.0, self + other)

    def __or__(self, other: Any) -> Any:
        return tracing(self).compare(LESS, 0.0, self + other)

    def __xor__(self, other: Any) -> Any:
        return tracing(self).compare(EQUAL, self + other, 1.0)

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def choose(self, a: Any, b: Any) -> Any:
        """a where it is true, else b."""
        return tracing(self).choose(self, a, b)

    def __format__(self, spec: str) -> str:
        return format(bool(data_of(self)), spec)

    def __repr__(self) -> str:
        return repr(bool(data_of(self)))

    __str__ = __repr__


def tracing(number: Number) -> Any:
    """The tracer, while the trace that the number belongs to is under way."""
    found = tracer()
    if found is None or found is not number.of:  # type: ignore[attr-defined]
        raise refusal(
            "a number was kept from the trace of a compiled function, which does not repeat what is kept elsewhere",
            "Return it from the function.",
        )
    return found
