"""The stepper: move forwards and backwards through one backward pass.

    s = micrograd.step(loss)      # nothing pushed yet
    print(s.next())               # the first contribution, as a line of a worked solution
    s.run(to=w1)                  # until w1.grad is complete
    s.back()
    for contribution in s: ...    # from here to the end

    with s:                       # inside, the graph has the grads of this position; afterwards it has its own again
        s.next()
        print(w1.grad)

The pass is one of its own: every grad starts from 0. `step(loss, accumulate=True)` goes on from the grads that an
earlier pass has left, as `loss.backward()` does. A text with its numbers is stepped through as well:
`step("tanh(w*x + b)", w=2, x=3, b=-5)`.

In a notebook, `s` shows itself as a page to click through; `s.save("lesson.html")` writes the same page. Its button
*Present* (key F) shows the pass as slides, and a page whose name says so, `s.save("slides.html")`, opens as slides.
`s.save("slides.gif")` makes a moving picture of them, "slides.png" a picture of each, "slides.mp4" a film.

`s.update("w b", rate=0.1)` is the lesson of what follows the pass: how the parameters move, update by update.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from micrograd._core.writing import write_file
from micrograd.engine import Value
from micrograd.optim import SGD, Optimiser
from micrograd.teaching.record.freezing import freeze
from micrograd.teaching.record.position import Position
from micrograd.teaching.update import Lesson, find_parameters, make_lesson
from micrograd.teaching.views import page
from micrograd.teaching.views.document import choose_attributes
from micrograd.teaching.views.slide_files import PAGES, check_options, write_slides
from micrograd.teaching.words.describe import describe_earlier
from micrograd.text.names import Names
from micrograd.text.output import read_output


def step(output: Value | str, /, *, accumulate: bool = False, **values: float) -> Stepper:
    """A stepper through `output.backward()`, placed before the first contribution. The graph stays as it is.

    `output` may be a text with a number for each of its names: `step("a*b + c", a=2, b=3, c=4)`. With `accumulate`,
    leaves start from the grads that they hold, instead of 0.
    """
    return Stepper(read_output(step, output, values), accumulate)


class Stepper(Position):
    """A position in the record of one backward pass that shows itself as a page.

    The record is made once, from the graph as it is now: after changing data or adding nodes make another stepper.
    """

    @property
    def html(self) -> str:
        """The stepper as a self-contained page, opened at this position."""
        return self._page().html

    def _page(self, attributes: Mapping[str, str] | None = None) -> page.Page:
        return page.Page(self.root, self.record, self.position, earlier=describe_earlier(self), attributes=attributes)

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        slides: bool | None = None,
        width: int | None = None,
        seconds: float | None = None,
        theme: str = "auto",
    ) -> Path:
        """Write the stepper to `path`, in the form of its ending, and return the path.

        .html   the page; it opens as slides with `slides=True`, or if its name has "slides" in it: `slides.html`
        .png    the slides of the whole pass, a picture each: `steps.png` becomes `steps-01.png`, …; returns the first
        .gif    the slides as a moving picture
        .mp4    the same as a film; needs ffmpeg

        width     of the pictures, in pixels; their height is 9/16 of it, and 1280 × 720 without
        seconds   how long a slide stays; as long as it takes to read without
        theme     "light" or "dark"; "auto" is light in pictures, and in a page what the reader's system prefers

        Raises `ValueError` for another ending or an option that does not fit it, `ImportError` or `FileNotFoundError`
        where a picture lacks the package or the program that it needs; each says what to do.
        """
        path = Path(path)
        check_options(path, width, seconds)
        attributes = choose_attributes(path, slides, theme)
        if path.suffix.lower() not in PAGES:
            return write_slides(self._page(), path, width, seconds, theme)[0]
        return write_file(path, self._page(attributes).html)

    def update(
        self,
        wrt: str | Value | Sequence[str | Value] | None = None,
        rate: float = 0.1,
        updates: int = 3,
        *,
        rule: Callable[..., Optimiser] = SGD,
        rates: Sequence[float] | None = None,
        accumulate: bool = False,
        **options: Any,
    ) -> Lesson:
        """What follows the pass: updates of the parameters `wrt`, "w b", as a lesson; see `step_update`.

        Without `wrt`, every leaf with a name moves. `rule` is an optimiser, and `options` are its own: `momentum=0.9`,
        or `rule=Adam`. The graph stays as it is.
        """
        if not callable(rule):
            raise TypeError(f"rule must be an optimiser, such as micrograd.optim.Adam, got {rule!r}")
        root, twins = freeze(self.root)
        names = self.record[0].names if self.record else Names(self.root, [])
        leaves = {names[v]: twins[id(v)] for u in names.order for v in u.parents if v.label and not v.parents}
        optimiser = rule(find_parameters(wrt, leaves, names), lr=rate, **options)

        def forward(k: int) -> Value:
            root.refresh()
            return root

        return make_lesson(forward, optimiser, updates, rates, accumulate)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if len(self.record) > page.MOST:
            return {
                "text/plain": f"{self!r}\nToo many steps for a page (at most {page.MOST:,}): step through one example."
            }
        plain = "\n".join(filter(None, [repr(self), describe_earlier(self)]))
        return {"text/html": self._page().frame, "text/plain": plain}

    def _mime_(self) -> tuple[str, str]:
        """The output in marimo."""
        bundle = self._repr_mimebundle_()
        form = "text/html" if "text/html" in bundle else "text/plain"
        return form, bundle[form]
