"""Traced numbers: user code gets them instead of floats, and every use of one is recorded or refused."""

from __future__ import annotations

import math
import operator
import sys
from collections.abc import Callable, Sequence
from typing import Any

from micrograd import ops
from micrograd._core.elementary import apply
from micrograd._core.in_numpy import InNumPy
from micrograd._core.modes import tracer
from micrograd._core.nodes import add_methods, pass_on
from micrograd.compiler.tracing.errors import refusal
from micrograd.compiler.tracing.numbers.arithmetic import WHOLE, is_integer
from micrograd.compiler.tracing.numbers.honest import Answer, asked_by_user, home, itself
from micrograd.compiler.tracing.numbers.percent import is_remainder, specifications, texts
from micrograd.compiler.tracing.numbers.shown import is_only_shown
from micrograd.compiler.tracing.tape import AT_MOST, EQUAL, LESS
from micrograd.functions import COMPOSITES
from micrograd.ops import PRIMITIVES, Primitive

USE_OURS = "Write micrograd.exp, micrograd.sqrt and the like instead of math's, and micrograd.pick to choose by it."
NEAR = (
    "micrograd.trunc(x), micrograd.floor(x) and micrograd.floor(100 * x + 0.5) / 100 are computed at each call; choose "
    "with comparisons, or with micrograd.pick by a whole number."
)
AS_KEY = "Compare it, as in x == 1.0, which is checked at each call, or use a whole number or a text as the key."
REMAINDER = "Write x - y * micrograd.floor(x / y), which is computed at each call, and micrograd.floor(x / y)."
COMPARE = "Write max(x, y) or min(x, y), or compare the two."
KEPT = "a number was kept from the trace of a compiled function, which does not repeat what is kept elsewhere"


def is_exact(x: Any) -> bool:
    """Whether the program, which has x as a float, has all of it: not of a `Fraction` or a `Decimal`."""
    return isinstance(x, (float, int)) or hasattr(x, "dtype")


class Number(InNumPy):
    """A number of the traced function: read from `.data`, passed in as an argument, or computed from such.

    It stands for `true`, which user code has outside of a trace, and behaves like it: it is no Value, its class and its
    texts are those of `true`. Results computed from it are computed again at each call, as constants of every
    derivative; a decision that Python makes by it is checked at each call. A whole number may also be an index, a key
    or a length: that is a decision by its value.

    of        the tracer
    position  on its tape
    size      of a whole number: how large it may be at most, at any call
    lent      whether it stands in a place that others read: to them it is the number
    """

    __slots__ = ("lent", "of", "position", "size", "true")

    of: Any
    position: int
    true: Any
    size: float
    lent: bool

    def __init__(self, of: Any, position: int, true: Any, size: float = 0.0, lent: bool = False):
        self.of, self.position, self.true, self.size, self.lent = of, position, true, size, lent

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        return self.kind() if asked_by_user() else type(self)

    def kind(self) -> type[Any]:
        """The class that user code sees: from here on, arguments of another one need another trace."""
        if (found := tracer()) is not None and found is self.of:
            found.tape.looks.add("__class__")
        return type(self.true)

    def __getattr__(self, name: str) -> Any:
        """What numbers of that kind have, and traced ones do not: known without the number, or by its value."""
        if name.startswith("_") or (name == "dtype" and home(sys._getframe(1)).startswith("numpy.")):
            # NumPy would make a scalar of its own of the number
            raise AttributeError(f"{type(self.true).__name__!r} object has no attribute {name!r}")
        self.kind()
        found = getattr(self.true, name)
        if name in ("item", "tolist"):
            return lambda: Number(self.of, self.position, self.true.item(), self.size)
        if is_integer(self.true):
            return getattr(self.by_value(), name)
        if self.lent and self.outside():
            return found
        if callable(found):
            return lambda *args: self.refuse()
        return found if is_exact(self.true) else self.refuse()

    @property
    def data(self) -> Number:
        if asked_by_user():
            raise AttributeError(f"{type(self.true).__name__!r} object has no attribute 'data'")
        return self

    def is_integer(self) -> bool:
        answer: bool = self.of.answer(self, Answer(float.is_integer)) if not self.outside() else self.true.is_integer()
        return answer

    def as_integer_ratio(self) -> Any:
        return self.by_value().as_integer_ratio() if is_integer(self.true) else self.refuse()

    @property
    def real(self) -> Number:
        return self

    def __pos__(self) -> Number:
        return self

    def __copy__(self) -> Number:
        return self

    def __deepcopy__(self, memo: Any) -> Number:
        return self

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc.__name__ in ("maximum", "minimum", "fmax", "fmin") and any(
            x != x for x in inputs if type(x) is Number
        ):
            raise refusal(f"np.{ufunc.__name__} is given a nan, which has another place among traced numbers", COMPARE)
        out = super().__array_ufunc__(ufunc, method, *inputs, **options)
        return sys.modules["numpy"].bool_(out) if type(out) is bool else out

    # ---- as a plain number

    def outside(self) -> bool:
        """Whether it is not this trace that asks: then it is a number, if it is `lent`."""
        found = tracer()
        if found is self.of and found is not None:
            return False
        if not self.lent or found is not None:  # to a trace inside this one it would be a constant
            raise refusal(KEPT, "Return it from the function.")
        return True

    def by_value(self) -> Any:
        """The number itself, where it is whole: another one is another decision."""
        if self.outside():
            return self.true
        return self.of.answer(self, Answer(itself, type(self.true)))

    def as_float(self) -> Any:
        """What `float(x)` is where user code asks for it by that name."""
        if self.outside():
            return float(self.true)
        return self if type(self.true) is float else Number(self.of, self.position, float(self.true))

    def refuse(self, way_out: str = USE_OURS) -> Any:
        raise refusal(
            "cannot convert a traced number to a plain one: the compiled function would reuse this one value forever",
            way_out,
        )

    def __float__(self) -> float:
        frame = sys._getframe(1)
        if not self.outside() and not (asked_by_user() and is_only_shown(self.of, frame)):
            if (ways := specifications(frame)) is None:
                return self.refuse()  # type: ignore[no-any-return]
            self.of.answer(self, Answer(texts, float, ways))
        return float(self.true)

    def _whole(ask: Callable[..., Any], way_out: str = USE_OURS) -> Any:  # type: ignore[misc] # noqa: N805
        """A question that a whole number answers by its value."""

        def method(self: Number, *args: Any) -> Any:
            if is_integer(self.true) or (self.lent and self.outside()):
                return ask(self.by_value(), *args)
            return self.refuse(way_out)

        return method

    __hash__ = _whole(hash, AS_KEY)
    __index__ = _whole(operator.index)

    def __int__(self) -> int:
        if is_integer(self.true) or self.outside():
            return int(self.by_value())
        if asked_by_user() and (is_only_shown(self.of, sys._getframe(1)) or is_remainder(sys._getframe(1))):  # "%d" % x
            return int(self.of.answer(self, Answer(int, self.kind())))
        return self.refuse(NEAR)  # type: ignore[no-any-return]

    def _near(ask: Callable[[Any], int]) -> Any:  # type: ignore[misc] # noqa: N805
        """The whole number near a number is a decision."""

        def method(self: Number, *digits: Any) -> Any:
            if self.outside():
                return ask(self.true, *digits)
            if is_integer(self.true):
                return ask(self.by_value(), *digits)
            return self.refuse(NEAR) if digits else self.of.answer(self, Answer(ask, self.kind()))

        return method

    __round__, __floor__, __ceil__, __trunc__ = _near(round), _near(math.floor), _near(math.ceil), _near(math.trunc)
    __lshift__, __rlshift__ = _whole(operator.lshift), _whole(lambda x, y: y << x)
    __rshift__, __rrshift__ = _whole(operator.rshift), _whole(lambda x, y: y >> x)
    __and__, __rand__ = _whole(operator.and_), _whole(lambda x, y: y & x)
    __or__, __ror__ = _whole(operator.or_), _whole(lambda x, y: y | x)
    __xor__, __rxor__ = _whole(operator.xor), _whole(lambda x, y: y ^ x)
    __invert__ = _whole(operator.invert)

    # ---- as text

    def _text(self, ask: Callable[..., str], *args: Any) -> str:
        how = Answer(ask, self.kind(), args)
        found = tracer()
        if found is None or found is not self.of:
            return str(ask(self.true, *args))
        if is_only_shown(found, sys._getframe(2)):
            return str(ask(self.true, *args))
        if not is_exact(self.true):
            self.refuse()
        return str(found.answer(self, how))

    def __format__(self, spec: str) -> str:
        return self._text(format, spec)

    def __repr__(self) -> str:
        return self._text(repr)

    def __str__(self) -> str:
        return self._text(str)

    # ---- arithmetic

    @staticmethod
    def _apply(op: Primitive, operands: Sequence[Any]) -> Any:
        """The package's functions call this for a number of this kind."""
        out = next(x for x in operands if isinstance(x, Number))._combine(op, operands)
        if isinstance(out, Number) and type(out.true) is not float:
            return Number(out.of, out.position, float(out.true))
        return out

    def _combine(self, op: Primitive, operands: Sequence[Any], constants: tuple[Any, ...] = ()) -> Any:
        if self.outside():
            return apply(op, [x.true if isinstance(x, Number) else x for x in operands])
        return self.of.combine(op, operands, constants)

    def __pow__(self, k: Any) -> Any:
        if isinstance(k, Number):
            if not is_integer(k.true):
                return self._combine(ops.power_value, (self, k))
            k = k.by_value()
        if self.outside():
            return self.true**k
        return self.of.power(self, k)

    def __rpow__(self, other: Any) -> Any:
        if self.outside():
            return other**self.true
        return other ** self.by_value() if is_integer(self.true) else self._combine(ops.power_value, (other, self))

    def __divmod__(self, other: Any) -> Any:
        return self // other, self % other

    def __rdivmod__(self, other: Any) -> Any:
        return other // self, other % self

    # ---- comparisons

    def _compare(self, how: str, ask: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
        if self.outside():
            return ask(*(z.true if isinstance(z, Number) else z for z in (x, y)))
        return self.of.compare(how, ask, x, y)

    def __lt__(self, other: Any) -> Any:
        return self._compare(LESS, operator.lt, self, other)

    def __gt__(self, other: Any) -> Any:
        return self._compare(LESS, operator.lt, other, self)

    def __le__(self, other: Any) -> Any:
        return self._compare(AT_MOST, operator.le, self, other)

    def __ge__(self, other: Any) -> Any:
        return self._compare(AT_MOST, operator.le, other, self)

    def __eq__(self, other: Any) -> Any:
        return self._compare(EQUAL, operator.eq, self, other)

    def __ne__(self, other: Any) -> Any:
        same = self == other
        return same.opposite() if isinstance(same, Condition) else not same

    def __bool__(self) -> bool:
        return bool(self != 0.0)


class Condition(Number):
    """A bool of the traced function, 1 or 0. Where Python asks for its truth, the answer is checked at each call."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return bool(self.true if self.outside() else self.of.decided_by(self))

    def opposite(self) -> Any:
        return self._compare(EQUAL, operator.eq, self, 0.0)

    def __invert__(self) -> Any:
        if type(self.true) is bool:
            raise refusal(
                f"~ of a bool of Python is a whole number, {~self.true} here, and always true",
                "Write `not c`, or micrograd.where(c, b, a).",
            )
        return self.opposite()

    def __and__(self, other: Any) -> Any:
        return self._logical(operator.and_, other, lambda of: of.compare(LESS, operator.lt, 1.0, of.count(self, other)))

    def __or__(self, other: Any) -> Any:
        return self._logical(operator.or_, other, lambda of: of.compare(LESS, operator.lt, 0.0, of.count(self, other)))

    def __xor__(self, other: Any) -> Any:
        return self._logical(operator.xor, other, lambda of: of.compare(EQUAL, operator.eq, of.count(self, other), 1.0))

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def _logical(self, ask: Callable[[Any, Any], Any], other: Any, combined: Callable[[Any], Any]) -> Any:
        if isinstance(other, Condition) or type(other) is bool:
            return ask(self.true, other) if self.outside() else combined(self.of)
        return ask(self.by_value(), other)

    def choose(self, a: Any, b: Any) -> Any:
        """a where it is true, else b."""
        if self.outside():
            return a if self.true else b
        return apply(ops.where, (self, a, b))


def method(op: Primitive) -> Callable[..., Any]:
    """The method of a Number that applies `op` to it and to further operands."""

    def function(*operands: Any) -> Any:
        first = next(x for x in operands if isinstance(x, Number))
        if op in WHOLE and not all(is_integer(z.true if isinstance(z, Number) else z) for z in operands):
            if not any(hasattr(type(z), "_prev") for z in operands):
                first.refuse(REMAINDER)
        out = first._combine(op, operands)
        return pass_on(op, operands) if out is NotImplemented else out

    function.__name__, function.__doc__ = op.name, op.__doc__
    return function


def reflect(made: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, other: made(other, self)


_kept = {name: vars(Number)[name] for name in ("__trunc__", "__floor__", "__ceil__")}  # Values have them too
for _op in PRIMITIVES.values():
    add_methods(Number, _op, method(_op), reflect)
for _composite in COMPOSITES:
    setattr(Number, _composite.__name__, _composite)
for _name, _method in _kept.items():
    setattr(Number, _name, _method)
