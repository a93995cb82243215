"""The tape of a trace while other threads go on: which changes are the function's own, and which are theirs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import active_count
from typing import Any

from micrograd.compiler.surroundings.same import ABSENT, same
from micrograd.compiler.surroundings.watch import Member, Watch, get, put
from micrograd.compiler.tracing.errors import Unsteady
from micrograd.compiler.tracing.numbers.number import Number
from micrograd.compiler.tracing.tape import Tape
from micrograd.compiler.tracing.trace import TRIES, ChangedMembers


def record(
    trace: Callable[[Watch], Tape], roots: Sequence[Any], titles: Sequence[str], lent: Sequence[Member]
) -> tuple[Tape, Watch]:
    """The tape of a trace, and the watch over everything that the roots reach, which is as it was before.

    Messages call the roots by their `titles`. The members `lent` may be any float from then on.

    Raises what `trace` raises; `Unsteady` if other threads do not let it finish; `Changed` only if the function itself
    changes something. While there are other threads, this is what two traces from the same state change in the same
    way; the rest is theirs, and stays.
    """
    for _ in range(TRIES):
        watch = Watch(roots, titles)
        try:
            tape = trace(watch)
        except ChangedMembers as changed:
            first = changed
        else:
            watch.exempt(lent)
            return tape, watch
        if active_count() == 1:
            raise first
        again = Watch(roots, titles)
        second: Sequence[Member] = ()
        try:
            tape = trace(again)
        except ChangedMembers as changed:
            second, tape = changed.members, changed.tape
        own = [member for member in first.members if any(alike(member, other) for other in second)]
        marks = {member.mark for member in own}
        for member in (*second, *first.members):  # the later ones first: others are entered before them
            if member.mark not in marks:
                carry_over(member)
        if own:
            raise ChangedMembers(own, tape)
        if not second:
            again.exempt(lent)
            return tape, again
    raise Unsteady


def alike(one: Member, other: Member) -> bool:
    """Whether two traces changed the same member, and in the same way as far as can be seen."""
    return one.mark == other.mark and similar(one.now, other.now)


def similar(x: Any, y: Any) -> bool:
    """Equal numbers and texts; of anything else, which a function may make afresh in each trace, the same kind."""
    if type(x) is not type(y) or isinstance(x, Number):
        return type(x) is type(y)
    if isinstance(x, (tuple, list)):
        return len(x) == len(y) and all(map(similar, x, y))
    if isinstance(x, dict):
        return len(x) == len(y) and all(map(similar, x.items(), y.items()))
    return same(x, y) or not isinstance(x, (int, float, str, bytes, type(None)))


def carry_over(member: Member) -> None:
    """Set again what another thread had set before it was put back; its later changes stay."""
    was, now, here = member.was, member.now, get(member)
    if same(here, was):
        put(member, now)
    elif isinstance(was, tuple) and isinstance(now, tuple) and same(now[: len(was)], was):  # it appends to a list
        if isinstance(here, tuple) and same(here[: len(was)], was):
            put(member, now + here[len(was) :])
    elif isinstance(was, dict) and isinstance(now, dict) and isinstance(here, dict):
        for key in {**was, **now}:
            x = now.get(key, ABSENT)
            if same(x, was.get(key, ABSENT)) or not same(here.get(key, ABSENT), was.get(key, ABSENT)):
                continue
            if x is ABSENT:
                del here[key]
            else:
                here[key] = x
        put(member, here)
