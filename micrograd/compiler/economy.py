"""Whether tracing pays: the time that traces have taken, and the time that their programs have saved."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from micrograd.compiler.causes import Cause
from micrograd.compiler.tracing.errors import TraceError
from micrograd.text.notation import count

FREE = 8  # traces that are made in any case
MANY = 64  # so many, if the same arguments come again
OFTEN = 16  # so many calls without a variant, out of twice as many, and the user is told why


class Economy:
    """The account of one compiled function.

    Each call that finds its variant saves the time that the function takes as it is. After a few traces, a call without
    a variant is traced only if as much has been saved as all traces have taken, or if its arguments come again; until
    then it runs as it is, which shows how long the function takes.
    """

    def __init__(self, clock: Callable[[], float] = perf_counter):
        self.clock = clock
        self.traces = self.runs = 0  # calls without a variant: traced, or run as they are
        self.spent = self.ran = 0.0  # the seconds that these took
        self.latest: deque[tuple[int, Cause | None]] = deque(maxlen=OFTEN)  # of them: at which call, and why
        self.complained = False
        self.keys: deque[Any] = deque(maxlen=MANY)  # of arguments that ran as they are

    def pays(self, calls: int, key: Any = None) -> bool:
        """Whether to trace in a call without a variant, the last of that many calls.

        The `key` of its arguments is given if they have never been traced.
        """
        if self.traces < FREE:
            return True
        if key is not None:
            if self.traces < MANY and key in tuple(self.keys):  # another thread may add one meanwhile
                return True
            self.keys.append(key)
        saved = (calls - self.traces - self.runs) * self.ran / self.runs if self.runs else 0.0
        return saved > self.spent

    @contextmanager
    def tracing(self) -> Iterator[None]:
        """In this context a trace and its program are made. One that is refused does not count."""
        start = self.clock()
        try:
            yield
        except TraceError:
            self.latest.clear()
            raise
        except BaseException:
            self._count(start)
            raise
        self._count(start)

    def _count(self, start: float) -> None:
        self.traces, self.spent = self.traces + 1, self.spent + self.clock() - start

    @contextmanager
    def running(self) -> Iterator[None]:
        """In this context the function runs as it is."""
        start = self.clock()
        try:
            yield
        finally:
            self.runs, self.ran = self.runs + 1, self.ran + self.clock() - start

    def note(self, calls: int, cause: Cause | None) -> None:
        """The last of that many calls found no variant because of this, if it is known."""
        self.latest.append((calls, cause))

    def complaint(self, title: str, calls: int) -> str | None:
        """What to tell the user, once, if most of the latest calls found no variant."""
        latest = tuple(self.latest)  # another thread may add to it meanwhile
        if self.complained or len(latest) < OFTEN or calls - latest[0][0] >= 2 * OFTEN:
            return None
        self.complained = True
        causes = {cause.what: cause for _, cause in latest if cause is not None}
        often = [causes[what] for what, _ in Counter(c.what for _, c in latest if c is not None).most_common(2)]
        why = "; ".join(f"{cause.what} ({cause.detail})" for cause in often)
        ways_out = " ".join(dict.fromkeys(cause.way_out for cause in often))
        ran = f", and ran as it is {count(self.runs, 'time')}," if self.runs else ""
        traced = f"{title} was traced {count(self.traces, 'time')}{ran} in {count(calls, 'call')}"
        return f"{traced}, because of {why or 'what differs from call to call'}. {ways_out}".strip()
