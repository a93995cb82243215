"""Run a function once and record what it computes: from a function and its arguments to a tape.

The engine runs as always, on real numbers, and reports each node to the tracer. What user code reads, `.data`
and comparisons, becomes a `Number`.
"""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from enum import Enum
from functools import partial
from threading import active_count
from typing import Any

from micrograd._core.scalars import describe
from micrograd.calculus import numeric_kinds
from micrograd.calculus.structures import transform
from micrograd.compiler.surroundings.watch import ABSENT, Member, Watch
from micrograd.compiler.tracing.arguments import (
    ARRAYS,
    NOTHING_SHARED,
    Substitution,
    holds_integers,
    holds_value,
    plainest,
)
from micrograd.compiler.tracing.attempts import Message
from micrograd.compiler.tracing.culprits import Follower
from micrograd.compiler.tracing.errors import (
    Changed,
    ChangedArgument,
    ImportedMeanwhile,
    InForwardMode,
    LooksAtIdentity,
    LooksInsideDerivative,
    RandomNumberDrawn,
    TraceError,
)
from micrograd.compiler.tracing.exclusive import exclusively
from micrograd.compiler.tracing.identity import tells_apart
from micrograd.compiler.tracing.lending import Lending
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.standins import clocks
from micrograd.compiler.tracing.standins.placing import StandIns
from micrograd.compiler.tracing.standins.randomness import Randomness
from micrograd.compiler.tracing.standins.rewinding import rewind
from micrograd.compiler.tracing.tape import Itself, Output, Tape
from micrograd.compiler.tracing.tracer import Tracer
from micrograd.compiler.tracing.watching import Lent, Watched
from micrograd.engine import Value
from micrograd.text.notation import count

TRIES = 5  # while other threads draw random numbers, or change what the function reads
ATOMS = (numbers.Number, str, bytes, type(None), Enum, type)
RESULTS = "Return Values and numbers, or lists, tuples, dicts and arrays of them."


class Raised(Exception):
    """The traced function raised an error."""

    def __init__(self, error: Exception):
        self.error = error


class ChangedMembers(Changed):
    """Members of the surroundings, which the function reads too."""

    def __init__(self, members: Sequence[Member], tape: Tape):
        self.members = members
        member = members[0]
        was, now = (
            briefly(list(x) if type(x) is tuple and type(member.thing) is list else x) for x in (member.was, member.now)
        )
        values = f"was {was} and is {now} after it" if was != now else "is another one after it"
        more = f", and {count(len(members) - 1, 'more member')}" if len(members) > 1 else ""
        super().__init__(
            f"what it reads: {member.title}, which {values}{more}",
            "Later calls would not repeat that: return it and keep it outside, or pass it in as an argument.",
            tape,
        )


def briefly(x: Any) -> str:
    """The beginning of the text of x."""
    if x is ABSENT:
        return "not there"
    kind, _, shown = describe(x).partition(" ")
    return shown or f"a {kind}"


class Restoring:
    """A change (`exclusive.Change`): what is not as it was is put back, after an interrupt too, until all is `done`."""

    def __init__(self, watch: Watch):
        self.watch, self.done = watch, False

    def make(self) -> None:
        """Nothing: the function changes what it will."""

    def undo(self) -> None:
        if not self.done:
            self.watch.restore(self.watch.changed())


def trace(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    parameters: Sequence[Value] = (),
    data: Sequence[float] | None = None,
    watch: Watch | None = None,
    lent: Sequence[Member] = (),
    follower: Follower | None = None,
    looks: frozenset[str] = frozenset(),
    shared: Mapping[int, Any] = NOTHING_SHARED,
) -> Tape:
    """The tape of `f(*args, **kwargs)`, on which the `parameters` come first, with `data` in them.

    `watch` knows what f reads beside its arguments; the members `lent` of it become inputs. A `follower` finds the line
    on which f changes something. `looks` is what f is known to look at (see `Tape`). What is `shared` among the
    arguments is passed as it is (see `Arguments`).

    Raises `TraceError` for what cannot be recorded, `InForwardMode`, `Changed` if f changes something, and what f
    raises, after everything was put back.
    """
    watch = Watch(()) if watch is None else watch
    for refused in watch.refused:
        raise TraceError(f"{refused.what} ({refused.place}). {refused.way_out}")
    identity, constant = "is" in looks or tells_apart(watch.others), ARRAYS in looks
    in_full = False  # the steps of each derivative that f takes

    def attempt() -> Tape:
        tape = run_traced(f, args, kwargs, parameters, data, watch, lent, identity, constant, follower, shared, in_full)
        changed = watch.changed()
        fresh = tape.fresh[len(lent) :]
        if changed and fresh:  # what is read again at each call may change by that
            reads = set(map(id, Watch([read for _, read, _ in fresh]).things))
            watch.ignore([member for member in changed if id(member.thing) in reads])
            changed = watch.changed()
        if changed:
            rewind(tape.undrawn)
            raise ChangedMembers(changed, tape)
        restoring.done = True
        return tape

    for left in reversed(range(TRIES)):
        restoring = Restoring(watch)
        try:
            return copy_context().run(exclusively, restoring, attempt)  # a variable, once set, cannot be unset
        except LooksAtIdentity:
            identity = True
        except LooksInsideDerivative:
            in_full = True
        except ImportedMeanwhile:
            pass
        except RandomNumberDrawn as drawn:  # by f, or by another thread meanwhile
            if not left or active_count() == 1:
                raise TraceError(*drawn.args) from None
        except (IndexError, TypeError):
            if constant or not holds_integers((args, kwargs)):
                raise
            constant = True  # NumPy may have wanted an array of integers
    raise AssertionError("the last of the tries returns or raises")


def run_traced(
    f: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    parameters: Sequence[Value],
    data: Sequence[float] | None,
    watch: Watch,
    lent: Sequence[Member],
    identity: bool,
    constant: bool,
    follower: Follower | None,
    shared: Mapping[int, Any],
    in_full: bool,
) -> Tape:
    watching = Tracer(Randomness(watch.others), watch.values if identity else None, in_full)

    def number(x: Any, size: float) -> Any:
        if isinstance(x, Value):
            return watching.argument_value(x)
        return watching.argument(plainest(x), size)

    def whole(x: Any) -> bool:
        return id(x) in things and not isinstance(x, (Value, Number))

    def output(x: Any) -> Any:
        if whole(x):
            return Itself(x)
        if not isinstance(x, (Value, Number)):
            if isinstance(x, numeric_kinds.Number):
                raise InForwardMode
            if not isinstance(x, ATOMS) and type(x).__module__ != "numpy":
                raise TraceError(
                    f"a traced function returned {describe(x)}, whose content no call would compute. {RESULTS}"
                )
            return str(x) if isinstance(x, Message) else x
        outputs.append(watching.position(x))
        if isinstance(x, Number):
            return Output(len(outputs) - 1, False, type(x.true))
        return Output(len(outputs) - 1, True, type(x), watching.source(x))

    def recorded() -> Tape:
        substituted = Substitution(number, identity, constant, shared)
        traced = [substituted(x) for x in args]
        named = {name: substituted(x) for name, x in kwargs.items()}
        watching.begin_with(parameters)
        run = partial(f, *traced, **named)
        if follower is not None:
            follower.arguments = substituted.changed
            run = partial(exclusively, follower, run)
        result = exclusively(Lending(watching, lent), run)
        standins.check()
        if watching.looked_inside:
            raise LooksInsideDerivative
        if watching.refusal:
            raise TraceError(watching.refusal)
        if (changed := substituted.changed()) is not None:
            raise ChangedArgument(*changed, watching.finish())
        if (name := watching.set_on_argument()) is not None:
            raise Changed(
                f"its argument: {name} of a Value",
                "Set it outside, on the Values that are passed in.",
                watching.finish(),
            )
        watching.randomness.check()
        watching.tape.result = transform(output, result, whole)
        tape = watching.finish()
        if constant:
            tape.looks.add(ARRAYS)
        clocks.check(tape, watching.clocks)
        return tape

    outputs, things, standins = watching.tape.outputs, set(map(id, watch.things)), StandIns(watch)
    run = partial(exclusively, standins, partial(exclusively, Watched(watching, holds_value((args, kwargs))), recorded))
    try:
        return run() if data is None else exclusively(Lent(parameters, data), run)
    except BaseException:
        rewind(watching.tape.undrawn)
        raise
