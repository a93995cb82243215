"""Find the bug: a pass with one mistake in it; the learner finds the first wrong line and names the mistake.

bug = micrograd.practice(level=5).bug()     # in a notebook: the page
print(bug)                                  # the mistaken pass, line by line, and the mistakes to choose from
bug.answer(3)                               # the first wrong line; 0 is the seed
bug.answer("b")                             # the mistake, by its letter or its name
bug.hint()                                  # after an attempt
bug.score
"""

from __future__ import annotations

import os
from pathlib import Path

from micrograd.teaching.practice.hunt import Hunt
from micrograd.teaching.practice.sentences import Said
from micrograd.teaching.views.bug_page import BugPage
from micrograd.teaching.views.document import write_page
from micrograd.teaching.views.practice_terminal import write_hunt
from micrograd.text.terminal import fitted


class Bug:
    """A hunt for one mistake, as it is used in a notebook; `print` shows it as text."""

    def __init__(self, hunt: Hunt):
        self.hunt = hunt

    @property
    def done(self) -> bool:
        """Whether the line is found and the mistake is named."""
        return self.hunt.done

    @property
    def question(self) -> str:
        """The current question."""
        return Said(self.hunt.question)

    def answer(self, typed: str | int) -> str:
        """The first wrong line by its number, then the mistake by its letter or name. Raises `ValueError`."""
        return Said("\n".join(self.hunt.answer(typed)))

    def hint(self) -> str:
        """After an attempt: where to look for the line, or what the mistake forgets."""
        return Said(self.hunt.hint())

    @property
    def score(self) -> str:
        """How many attempts the two answers took."""
        return Said(self.hunt.score)

    # ---- showing

    @fitted
    def __str__(self) -> str:
        return "\n".join(write_hunt(self.hunt))

    @fitted
    def __repr__(self) -> str:
        return f"<Bug in {self.hunt.task}: {self.hunt.question}>"

    @property
    def html(self) -> str:
        """The page, on its own."""
        return BugPage(self.hunt).html

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Write the page to `path`, which ends in .html; returns the path."""
        return write_page(self.html, path, "a page is saved as .html, got {name}")

    def _repr_html_(self) -> str:
        return BugPage(self.hunt).frame

    def _mime_(self) -> tuple[str, str]:
        """The output in marimo."""
        return "text/html", self._repr_html_()
