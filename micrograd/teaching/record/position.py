"""A position in the record of one backward pass, which moves forwards and backwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType

from micrograd.engine import Value, topological
from micrograd.teaching.record.record import Contribution, borrow_grads, named_leaves, record
from micrograd.text.terminal import fitted


class Position:
    """How far one backward pass has come; at 0 nothing has been pushed yet.

    The record is made once, from the graph as it is now: after changing data or adding nodes, make a new position.
    As a context, a position lends the graph its grads: inside, every node has the grad it has at this position.

    accumulate   whether leaves start from the grads that they hold, as in `backward()`, instead of 0
    earlier      the leaves with a name that hold a grad from an earlier pass, each with that grad
    """

    def __init__(self, root: Value, accumulate: bool = False):
        self.root, self.accumulate = root, accumulate
        self.record: list[Contribution] = record(root, accumulate)
        leaves = [c.parent for c in named_leaves(self.record).values()]
        self.earlier = [(v, v.grad) for v in leaves if v.grad != 0.0]
        self._position = 0
        self._loan: AbstractContextManager[None] | None = None

    @property
    def position(self) -> int:
        """How many contributions have been made; assign to it to jump."""
        return self._position

    @position.setter
    def position(self, to: int) -> None:
        if not isinstance(to, int) or not 0 <= to <= len(self.record):
            raise ValueError(f"position must be a whole number from 0 to {len(self.record)}, got {to!r}")
        while self._position < to:
            self.next()
        while self._position > to:
            self.back()

    def next(self) -> Contribution | None:
        """Make the next contribution and return it; None at the end."""
        if self._position == len(self.record):
            return None
        made = self.record[self._position]
        self._position += 1
        if self._loan is not None:
            made.parent.grad = made.after
        return made

    def back(self) -> Contribution | None:
        """Take back the last contribution and return it; None at the start."""
        if self._position == 0:
            return None
        self._position -= 1
        undone = self.record[self._position]
        if self._loan is not None:
            undone.parent.grad = undone.before
        return undone

    def run(self, to: Value | None = None) -> Contribution | None:
        """Go on to the end, or until the grad of `to` is complete; return the last contribution made, if any.

        Raises `ValueError` if no contribution goes to `to`.
        """
        goal = len(self.record)
        if to is not None and to is not self.root:
            goal = max((k for k, c in enumerate(self.record, start=1) if c.parent is to), default=0)
            if not goal:
                raise ValueError(f"{to.label or to!r} is not part of the graph below {self.root.label or self.root!r}")
        last = None
        while self._position < goal and to is not self.root:
            last = self.next()
        return last

    def reset(self) -> None:
        """Go back to the start."""
        self.position = 0

    def __iter__(self) -> Iterator[Contribution]:
        """The contributions from here on; each is made when it is yielded."""
        while (made := self.next()) is not None:
            yield made

    def __len__(self) -> int:
        return len(self.record)

    def __bool__(self) -> bool:
        return True

    def __enter__(self) -> Position:
        if self._loan is not None:
            raise RuntimeError("this stepper is already in use as a context")
        self._loan = borrow_grads(self.root, topological(self.root), self.accumulate)
        self._loan.__enter__()
        for made in self.record[: self._position]:
            made.parent.grad = made.after
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        loan, self._loan = self._loan, None
        if loan is not None:
            loan.__exit__(kind, error, trace)

    @fitted
    def __repr__(self) -> str:
        where = f"{type(self).__name__} at {self.position} of {len(self)}"
        if self.position == len(self):
            return f"<{where}: the end>"
        c = self.record[self.position]
        return f"<{where}: next {c.names[c.node]} → {c.names[c.parent]}>"

    @fitted
    def __str__(self) -> str:
        """The contributions made so far, line by line."""
        return "\n".join(map(str, self.record[: self.position])) or repr(self)
