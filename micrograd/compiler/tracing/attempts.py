"""Operations without a result, while somebody may catch the error: then Python decides by whether there is one.

    try:
        return w / x
    except ZeroDivisionError:
        return w

Inside a `try` or a `with` of the traced function, whether a partial operation has a result is a decision like any
other, and where it has none the trace raises the error of eager mode. Elsewhere a program goes on with inf or nan.
"""

from __future__ import annotations

import dis
import math
import sys
import warnings
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any, NamedTuple

from micrograd._core.lending import data_of
from micrograd._core.modes import tracer
from micrograd._core.printable import sanitise
from micrograd.compiler.tracing.errors import OURS, refusal
from micrograd.compiler.tracing.exclusive import exclusively
from micrograd.compiler.tracing.numbers.arithmetic import PYTHON, on_floats
from micrograd.compiler.tracing.tape import LESS
from micrograd.ops import Primitive, abs_, evaluate, power_value

OUTERMOST = exclusively.__code__  # of all frames of a trace: what is above it belongs to the caller
OPERATORS = PYTHON | {power_value: pow}
SETUPS = ("SETUP_FINALLY", "SETUP_WITH", "SETUP_ASYNC_WITH")  # Python 3.10


known: dict[int, tuple[CodeType, list[tuple[int, int]]]] = {}  # by identity: the hash of code takes its time
MOST = 10_000


def may_be_caught() -> bool:
    """Whether a `try` or a `with` is open, in the code of this call or in what called it since the trace began."""
    frame, get = sys._getframe(1), known.get
    while frame is not None and (code := frame.f_code) is not OUTERMOST:
        _, found = get(id(code)) or learn(code)
        if found:
            at = frame.f_lasti
            if any(start <= at < end for start, end in found):
                return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def learn(code: CodeType) -> tuple[CodeType, list[tuple[int, int]]]:
    if len(known) >= MOST:
        known.clear()
    found = known[id(code)] = code, attempts(code)
    return found


def attempts(code: CodeType) -> list[tuple[int, int]]:
    """From where to where in the code a handler of the user's gets what is raised; the package's own do not count.

    Since Python 3.11 a table has a handler for each instruction that is in the reach of one. Some only clean up and
    raise the error again, to the next handler: after a comprehension, at the end of a generator, of an `except`. What
    this package catches, it goes on from with inf or nan, as a program does.
    """
    if code.co_filename.startswith(OURS):
        return []
    table = getattr(dis.Bytecode(code), "exception_entries", ())
    steps = list(dis.get_instructions(code))
    if sys.version_info < (3, 11):
        return [(step.offset, step.argval) for step in steps if step.opname in SETUPS]

    def catches(handler: int) -> bool:
        for step in steps:
            if step.offset >= handler:
                if step.opname == "PUSH_EXC_INFO":
                    return True
                if step.opname == "RERAISE":
                    return any(catches(entry.target) for entry in table if entry.start <= step.offset < entry.end)
        return False

    return [(entry.start, entry.end) for entry in table if catches(entry.target)]


class Failure(NamedTuple):
    """What becomes of an operation, as an answer: the kind of error that it raises for these operands, or None.

    The `names` of its operands are for the message. Among plain numbers these are of `kinds`: Python's operator runs.
    """

    op: Primitive
    constants: tuple[Any, ...]
    names: tuple[str, ...] = ()
    kinds: tuple[type[Any], ...] = ()

    def __call__(self, *operands: float) -> Any:
        error = self.error(operands)
        return None if error is None else type(error)

    def error(self, operands: Sequence[float]) -> Exception | None:
        try:
            if self.kinds:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    OPERATORS[self.op](
                        *[kind(x) for kind, x in zip(self.kinds, operands, strict=True)], *self.constants
                    )
            else:
                evaluate(self.op, list(operands), self.constants, list(self.names))
        except (ArithmeticError, ValueError) as error:
            return error
        return None

    def text(self, *operands: float) -> str:
        return str(self.error(operands))


class Message(str):
    """The text of an error, with the numbers of this call: whoever reads it, in any way, decides by it."""

    note: Callable[[], None]


def reading(name: str) -> Callable[..., Any]:
    """The method of a text that reads it."""
    usual = getattr(str, name)

    def method(self: Message, *args: Any, **named: Any) -> Any:
        self.note()
        return usual(self, *args, **named)

    return method


for _name, _member in vars(str).items():
    if callable(_member) and _name not in ("__new__", "__getattribute__", "__doc__"):
        setattr(Message, _name, reading(_name))


def decide(
    watching: Any, failure: Failure, operands: Sequence[float], places: Sequence[int], position: int, x: float
) -> None:
    """A decision of the trace: whether the operation on these operands has the result x, at this position.

    It has one if it is finite. If not, the operation is asked: inf / inf is nan without an error.
    """
    size = watching.add(abs_, (position,))
    watching.decide(abs(x) < math.inf, None, watching.add(LESS, (size, watching.constant(math.inf))))
    if not math.isfinite(x):
        watching.decide(failure(*operands), failure, *places)


def leave_message(watching: Any, failure: Failure, error: Exception, places: Sequence[int]) -> None:
    """Whoever reads the message of the error decides by it."""
    text = str(error)

    def note() -> None:
        if tracer() is watching:
            watching.decide(text, failure.text, *places)

    message = Message(text)
    message.note = note
    error.args = (message,)


# ---- called by the tracer


def attempted(watching: Any, op: Primitive, parents: Sequence[Any], constants: tuple[Any, ...], v: Any) -> None:
    """An operation on Values has a result: to some, that is a decision."""
    places = [watching.position(p) for p in parents]
    decide(
        watching,
        failure_of(op, parents, constants),
        list(map(data_of, parents)),
        places,
        watching.position(v),
        data_of(v),
    )


def fails(watching: Any, op: Primitive, parents: Sequence[Any], constants: tuple[Any, ...], error: Exception) -> bool:
    """Whether the error of an operation on Values is to be raised, instead of going on with inf or nan."""
    if not may_be_caught():
        return False
    operands, places = list(map(data_of, parents)), list(map(watching.position, parents))
    position = watching.add(op, tuple(places), constants[0] if constants else None)
    failure = failure_of(op, parents, constants)
    decide(watching, failure, operands, places, position, on_floats(op, operands, constants))
    leave_message(watching, failure, error, places)
    return True


def failure_of(op: Primitive, parents: Sequence[Any], constants: tuple[Any, ...]) -> Failure:
    return Failure(op, constants, tuple([sanitise(p.label) for p in parents]))


def try_numbers(
    watching: Any,
    op: Primitive,
    operands: Sequence[Any],
    constants: tuple[Any, ...],
    places: Sequence[int],
    position: int,
) -> None:
    """The same among plain numbers, whose operators are Python's: raises their error."""
    if op in OPERATORS:
        watching.tape.looks.add("__class__")  # a number of NumPy's has a result where a float raises an error
    floats = [float(x) for x in operands]
    failure = Failure(op, constants, ("",) * len(floats), tuple(map(type, operands)) if op in OPERATORS else ())
    x = on_floats(op, floats, constants)
    decide(watching, failure, floats, places, position, x)
    if (error := failure.error(floats)) is not None:
        if op not in OPERATORS:
            leave_message(watching, failure, error, places)
        raise error
    if op.sign == "**" and x != x and not any(z != z for z in floats):
        raise refusal(
            "a negative number to a fractional power is complex, and no program computes with complex numbers",
            "Check its sign first.",
        )
