"""The stepper: a position in the record of one backward pass, to be moved forwards and backwards.

    s = micrograd.step(loss)      # nothing pushed yet
    print(s.next())               # the first contribution, as a line of a worked solution
    s.run(to=w1)                  # until w1.grad is complete
    s.back()
    for contribution in s: ...    # from here to the end

    with s:                       # the grads in the graph are those of the position; afterwards they are as before
        s.next()
        print(w1.grad)

In a notebook, `s` shows itself as a page to click through; `s.save("lesson.html")` writes the same page.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from micrograd.engine import Value, topological
from micrograd.teaching.record.record import Contribution, borrowed, record
from micrograd.teaching.views.page import MOST, Page, written


def step(root: Value) -> Stepper:
    """A stepper through `root.backward()`, standing before the first contribution. The graph stays as it is."""
    if not isinstance(root, Value):
        raise TypeError(f"step needs a Value, the output to go back from, got {type(root).__name__} {root!r}")
    return Stepper(root)


class Stepper:
    """A position in `record`, the list of the contributions of one backward pass; 0 is before the first of them.

    The record is made once, from the graph as it is now: after changing data or adding nodes make another stepper.
    """

    def __init__(self, root: Value):
        self.root = root
        self.record: list[Contribution] = record(root)
        self._position = 0
        self._lent: AbstractContextManager | None = None

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
        """Make the next contribution, and return it; None at the end."""
        if self._position == len(self.record):
            return None
        made = self.record[self._position]
        self._position += 1
        if self._lent is not None:
            made.parent.grad = made.after
        return made

    def back(self) -> Contribution | None:
        """Take the last contribution back, and return it; None at the start."""
        if self._position == 0:
            return None
        self._position -= 1
        undone = self.record[self._position]
        if self._lent is not None:
            undone.parent.grad = undone.before
        return undone

    def run(self, to: Value | None = None) -> Contribution | None:
        """Go on to the end, or until the grad of `to` is complete; returns the last contribution made, if any.

        Raises `ValueError` if no contribution goes to `to`.
        """
        goal = len(self.record)
        if to is not None and to is not self.root:
            goal = max((k for k, c in enumerate(self.record, start=1) if c.parent is to), default=0)
            if not goal:
                raise ValueError(f"{to.label or to!r} is no part of the graph below {self.root.label or self.root!r}")
        last = None
        while self._position < goal and to is not self.root:
            last = self.next()
        return last

    def reset(self) -> None:
        """Go back to the start."""
        self.position = 0

    def __iter__(self) -> Iterator[Contribution]:
        """The contributions from here on, each one made as it is yielded."""
        while (made := self.next()) is not None:
            yield made

    def __len__(self) -> int:
        return len(self.record)

    def __bool__(self) -> bool:
        return True

    # ---- lending the grads

    def __enter__(self) -> Stepper:
        if self._lent is not None:
            raise RuntimeError("this stepper is already in use as a context")
        self._lent = borrowed(self.root, topological(self.root))
        self._lent.__enter__()
        for made in self.record[: self._position]:
            made.parent.grad = made.after
        return self

    def __exit__(self, *error: Any) -> None:
        lent, self._lent = self._lent, None
        if lent is not None:
            lent.__exit__(*error)

    # ---- showing

    def __repr__(self) -> str:
        where = f"Stepper at {self.position} of {len(self)}"
        if self.position == len(self):
            return f"<{where}: the end>"
        c = self.record[self.position]
        return f"<{where}: next {c.names[c.node]} → {c.names[c.parent]}>"

    def __str__(self) -> str:
        return "\n".join(map(str, self.record[: self.position])) or repr(self)

    @property
    def html(self) -> str:
        """The stepper as a page of its own, opened at this position."""
        return Page(self.root, self.record, self.position).html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to `path`, which ends in .html; returns the path."""
        return written(self.html, path, "a stepper is saved as .html, got {name}")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if len(self.record) > MOST:
            return {"text/plain": f"{self!r}\nToo many steps for a page (at most {MOST:,}): step through one example."}
        return {"text/html": Page(self.root, self.record, self.position).frame, "text/plain": repr(self)}

    def _mime_(self) -> tuple[str, str]:
        """What marimo shows."""
        bundle = self._repr_mimebundle_()
        form = "text/html" if "text/html" in bundle else "text/plain"
        return form, bundle[form]
