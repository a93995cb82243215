"""The checker's findings, as data and in words."""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass

from micrograd.text.notation import count
from micrograd.text.terminal import NO_BREAK, columns, fitted

WIDTH = 100  # or the terminal's, if that is less


@dataclass(frozen=True)
class Finding:
    """The smallest expression on which something is wrong.

    sort        grad, value, operand, result, error, endless; passes, depth, limit; derivative
    expression  the expression, as Python
    what        what is wrong, in a sentence
    got, right  the two numbers, if it is about numbers
    mistake     the mistake that it looks like, from the table in `record.mistakes` or of `check.wrong_passes`, or None
    where       the operation that has it, if it is only one
    possible    mistakes that the expressions could not tell apart
    advice      what to do about it
    line        Python that shows it again
    size        how many operations the expression has
    """

    sort: str
    expression: str
    what: str
    line: str
    got: float | None = None
    right: float | None = None
    mistake: str | None = None
    where: str = ""
    possible: tuple[str, ...] = ()
    advice: str = ""
    size: int = 0

    @property
    def text(self) -> str:
        """In words, with the code in lines that are not to be broken."""
        lines = [f"    {self.expression}", "", *fill(self.what)]
        said = [self.suspicion, self.advice]
        lines += fill(" ".join(filter(None, said)))
        return "\n".join([*lines, "", "To see it again:", textwrap.indent(self.line, "    ").replace(" ", NO_BREAK)])

    @fitted
    def __str__(self) -> str:
        return self.text

    @property
    def suspicion(self) -> str:
        """The mistake that it looks like, as a sentence; empty if none fits."""
        if self.mistake:
            return f"It looks like this mistake: {self.mistake}{f' (in {self.where})' if self.where else ''}."
        if self.possible:
            return f"It may be one of these: {'; '.join(self.possible)}."
        return ""


@dataclass(frozen=True)
class Diagnosis:
    """The checker's answer. It is true if no difference was found, which proves nothing.

    expressions  how many were tried
    findings     what is wrong, at most one of each kind of trial: one backward pass, several, deep graphs
    notes        what is right, but has a limit
    checked      the operations, as they are written
    missing      those of the original and its lectures that the candidate does not have
    """

    title: str
    expressions: int
    findings: tuple[Finding, ...]
    checked: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notes: tuple[Finding, ...] = ()
    unit: str = "expressions"

    def __bool__(self) -> bool:
        return not self.findings

    @property
    def finding(self) -> Finding | None:
        """The first one, None if no difference was found."""
        return self.findings[0] if self.findings else None

    @fitted
    def __str__(self) -> str:
        parts = [f"{self.heading(finding, k)}\n\n{finding.text}" for k, finding in enumerate(self.findings)]
        if not self.findings:
            parts.append(self.all_clear)
        parts += [f"A limitation:\n\n{note.text}" for note in self.notes]
        if self.checked:
            parts.append(list_items("Checked", self.checked))
        if self.missing:
            parts.append(list_items("Not there yet", self.missing))
        return "\n\n".join(parts)

    __repr__ = __str__

    @property
    def tried(self) -> str:
        """How many: 1 expression; 1,388 expressions, in their values alone."""
        unit, comma, manner = self.unit.partition(",")
        return f"{count(self.expressions, unit.removesuffix('s'))}{comma}{manner}"

    @property
    def all_clear(self) -> str:
        """The sentence for a check that found no difference."""
        return f"{self.title}: no difference found in {self.tried}."

    def heading(self, finding: Finding, k: int) -> str:
        """The line above finding number `k`: on what it was found."""
        if finding.sort not in ("passes", "depth"):
            if self.expressions == 1:
                return f"{self.title}: wrong on the first of the {self.unit}."
            which = "first" if finding.sort == "derivative" else "smallest"
            return f"{self.title}: wrong. Of {self.tried} this is the {which} that shows it:"
        kind = "two passes" if finding.sort == "passes" else "a deep graph"
        if k:
            return f"With {kind} there is another difference:"
        return (
            f"{self.title}: no difference found in {self.tried} with one backward pass each.\nWith {kind} there is one:"
        )


def list_items(title: str, items: tuple[str, ...]) -> str:
    """The items in lines; no item is broken across lines."""
    return "\n".join(fill(f"{title}: {', '.join(item.replace(' ', NO_BREAK) for item in items)}."))


def fill(text: str) -> list[str]:
    """The text in lines; a formula is not broken at its signs."""
    for sign in "−·":
        text = text.replace(f" {sign} ", f"{NO_BREAK}{sign}{NO_BREAK}")
    width = min(WIDTH, columns(sys.stdout) or WIDTH)
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
