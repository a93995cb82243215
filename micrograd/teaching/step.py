"""The stepper: move forwards and backwards through one backward pass.

    s = micrograd.step(loss)      # nothing pushed yet
    print(s.next())               # the first contribution, as a line of a worked solution
    s.run(to=w1)                  # until w1.grad is complete
    s.back()
    for contribution in s: ...    # from here to the end

    with s:                       # inside, the graph has the grads of this position; afterwards it has its own again
        s.next()
        print(w1.grad)

In a notebook, `s` shows itself as a page to click through; `s.save("lesson.html")` writes the same page.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from micrograd.engine import Value
from micrograd.teaching.record.position import Position
from micrograd.teaching.views import page
from micrograd.teaching.views.document import write_page


def step(root: Value) -> Stepper:
    """A stepper through `root.backward()`, placed before the first contribution. The graph stays as it is."""
    if not isinstance(root, Value):
        raise TypeError(f"step needs a Value, the output to go back from, got {type(root).__name__} {root!r}")
    return Stepper(root)


class Stepper(Position):
    """A position in the record of one backward pass that shows itself as a page.

    The record is made once, from the graph as it is now: after changing data or adding nodes make another stepper.
    """

    @property
    def html(self) -> str:
        """The stepper as a self-contained page, opened at this position."""
        return page.Page(self.root, self.record, self.position).html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to `path`, which ends in .html; returns the path."""
        return write_page(self.html, path, "a stepper is saved as .html, got {name}")

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if len(self.record) > page.MOST:
            return {
                "text/plain": f"{self!r}\nToo many steps for a page (at most {page.MOST:,}): step through one example."
            }
        return {"text/html": page.Page(self.root, self.record, self.position).frame, "text/plain": repr(self)}

    def _mime_(self) -> tuple[str, str]:
        """The output in marimo."""
        bundle = self._repr_mimebundle_()
        form = "text/html" if "text/html" in bundle else "text/plain"
        return form, bundle[form]
