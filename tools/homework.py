"""The homework to notebook 4: its tasks with blanks, in a notebook that checks itself.

The code is that of notebook 4, less the lines that a student is to write. So the two cannot drift apart: a line that is
no longer there stops `python -m tools.generate`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import micrograd
from micrograd.teaching.record.record import named_leaves

SOURCE = Path(__file__).parent.parent / "notebooks/4-practice.ipynb"
PLACE = "notebooks/homework/4-practice.ipynb"
TITLE = "Homework 4 · Practice"
YOURS = "# your turn"
EXERCISES = {"1": 2, "2": 5, "3": 6, "4": 7}  # the level of each task
POINTS = {"1": 2, "2": 2, "3": 3, "4": 5, "5": 3, "6": 4, "7": 2, "8": 3, "9": 1, "10": 3, "11": 2}
ZERO = "self.grad += 0.0"

INTRODUCTION = f"""\
# {TITLE}

Name: …

Fill in what is left blank: numbers where it says `None`, code where it says *your turn*. Run each cell: it says what is
right, and what a wrong answer looks like. Try as often as you like; the last run counts. At the end stands your score.

[Notebook 4](../4-practice.ipynb) is what you need, and you may look into it. This notebook holds no solutions: every
answer is compared with what the engine computes.

Write the number that you were given for `seed`: it chooses the numbers of your exercises. Then run the cells in
order."""
BY_HAND = """\
## By hand

Go back through each expression on paper, and write the gradients of its leaves. A fraction such as `"3/4"` counts as an
answer, too."""
BY_LEVEL = {
    2: "A sum inside a product: what arrives at `a` and at `b`?",
    5: "A value that is used twice.",
    6: "A result that is used twice: which grad must be complete before it is passed on?",
    7: "A neuron. `t` is given by its value; $\\tanh'(x) = 1 - \\tanh^2(x)$.",
}
WRITE = """\
## Write your own `Value`

What is given here is the class without its backward pass."""
BACKWARD = """\
**5. The order.** Write `backward(self)`: put the nodes below `self` in a topological order, start the grads of those in
between at 0 and that of `self` at 1, and let each node push once, the last one first. Every node has `parents`, `grad`
and `_backward()`, which pushes its grad to its parents. It is tried on the Values of the package."""
PUSHES = """\
**6. Plus and times.** What does each operation push to its operands? Every value may be used more than once. This task
needs your `backward`, and those below need these two operations: make this one right first."""
POWER = "**7. Powers.** The other operations are given: they are made of these three."
CURVES = "**8. Something that is not linear.** What do tanh and relu push?"
EXP = "**9. One more operation.** And the exponential function?"
DEEP = """\
**10. As deep as you like.** Sort without recursion: a list can do what the calls did. A chain of ten thousand nodes
must be no problem."""
DERIVATIVE = "**11. A derivative on paper.** Differentiate $f(x) = x\\,e^{-x^2}$."
SCORE = """\
## Your score

Save the notebook with what the next cell prints, and hand it in."""

LINE = r"^( *){}$"


def notebook() -> str:
    """The notebook with its blanks, as it is committed."""
    return _write(_cells(filled=False))


def filled(seed: int = 1) -> str:
    """The same with every blank filled in, as notebook 4 has it."""
    return _write(_cells(filled=True, seed=seed))


def _cells(filled: bool, seed: int = 1) -> Iterator[tuple[str, str]]:
    yield "markdown", INTRODUCTION
    points = ", ".join(f'"{task}": {most}' for task, most in POINTS.items())
    start = "from micrograd.teaching.homework import Homework\n\n"
    start += f"seed = {seed}                           {YOURS}: the number you were given\n"
    yield "code", f'{start}points = {{{points}}}\nhomework = Homework("{TITLE}", points=points, seed=seed)'
    yield "markdown", BY_HAND
    for task, level in EXERCISES.items():
        yield "markdown", f"**{task}.** {BY_LEVEL[level]}"
        yield "code", f'homework.exercise("{task}", level={level})'
        yield "code", f'homework.answer("{task}", {_answers(level, seed, filled)})'
    yield from _code(filled)
    yield "markdown", SCORE
    yield "code", "homework.score"


def _answers(level: int, seed: int, filled: bool) -> str:
    record = micrograd.practice(level=level, seed=seed).record
    leaves = named_leaves(record)
    return ", ".join(f"{name}={leaves[name].after!r}" if filled else f"{name}=None" for name in sorted(leaves))


def _code(filled: bool) -> Iterator[tuple[str, str]]:
    """The tasks in which code is written."""
    found = Source(filled)
    yield "markdown", WRITE
    yield "code", found.cell("class Value:", until="def __add__").rstrip()
    yield "markdown", BACKWARD
    body = found.cell("node.grad = 0.0", until="Value.backward = backward")
    yield "code", found.without_body(body, "def backward(self):")
    yield "code", 'homework.check("5", backward)'
    yield "markdown", PUSHES
    pushes = ("self.grad += out.grad", "other.grad += out.grad")
    pushes += ("self.grad += other.data * out.grad", "other.grad += self.data * out.grad")
    yield "code", found.blank(found.cell(pushes[2], until="Value.__add__, "), *pushes)
    given = "Value.__add__, Value.__mul__, Value.backward = __add__, __mul__, backward\n"
    yield "code", f'{given}homework.check("6", Value, needs=["a + b", "a * b"])'
    yield "markdown", POWER
    power = "self.grad += k * self.data ** (k - 1) * out.grad"
    yield "code", found.blank(found.cell(power, until="Value.__pow__ = "), power)
    rest = found.cell("Value.__radd__ = ", start="def wrapped(", until="def __pow__")
    others = found.cell("Value.__radd__ = ", start="Value.__add__, ", until="micrograd.check")
    others = others.replace("Value.__rsub__ = lambda self, other: self - other", found.line("Value(other) - self"))
    yield "code", f'{rest}\n{others}\nhomework.check("7", Value, needs=["a**2", "a / b", "2 - a"])'
    yield "markdown", CURVES
    curves = ("self.grad += (1 - t ** 2) * out.grad", "self.grad += out.grad if out.data > 0 else 0.0")
    start = "import math\n\n"
    yield "code", start + found.blank(found.cell(curves[0], until="Value.tanh, Value.relu"), *curves)
    line = found.line("Value.tanh, Value.relu = ")
    yield "code", f'{line}\nhomework.check("8", Value, needs=["a.tanh()", "a.relu()"])'
    yield from _exercises(found)


def _exercises(found: Source) -> Iterator[tuple[str, str]]:
    """Those at the end of notebook 4, which has them with blanks and with solutions."""
    yield "markdown", EXP
    yield "code", found.exercise("def exp(self)")
    yield "code", 'homework.check("9", Value, needs=["a.exp()"])'
    yield "markdown", DEEP
    yield "code", found.exercise("def topological(root)")
    test = found.cell("def is_sorted", until="try:")
    attempt = "try:\n    order = topological(chain)\n    passed = len(order) == 10_001 and is_sorted(order)\n"
    attempt += 'except RecursionError:\n    passed = False\nhomework.test("10", passed, "it goes too deep, or is in no '
    yield "code", f'{test}{attempt}topological order")'
    yield "markdown", DERIVATIVE
    question = found.cell("def derivative(x)", until="def derivative(x)")
    yield "code", question + found.exercise("def derivative(x)", within=True)
    yield "code", 'homework.check("11", f, derivative)'


class Source:
    """The cells of notebook 4, from which pieces are taken; with `filled`, nothing is left out."""

    def __init__(self, filled: bool):
        self.filled = filled
        cells = json.loads(SOURCE.read_text(encoding="utf-8"))["cells"]
        self.code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        self.text = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]

    def cell(self, having: str, start: str = "", until: str = "") -> str:
        """The last cell that has this, or the piece of it between two others. Raises `LookupError`."""
        found = [code for code in self.code if all(part in code for part in (having, start, until))]
        if not found:
            raise LookupError(f"notebook 4 has no cell with {having!r}, {start!r} and {until!r}: adapt {__name__}")
        _, first, rest = found[-1].partition(start) if start else ("", "", found[-1])
        piece = first + rest
        return (piece[: piece.index(until)] if until else piece).strip("\n") + "\n"

    def line(self, having: str) -> str:
        """The last line that has this."""
        return next(line for line in reversed(self.cell(having).splitlines()) if having in line)

    def blank(self, code: str, *lines: str) -> str:
        """The code without what these lines push."""
        for line in lines:
            pattern = re.compile(LINE.format(re.escape(line)), re.MULTILINE)
            if not pattern.search(code):
                raise LookupError(f"notebook 4 has no line {line!r} here: adapt {__name__}")
            if not self.filled:
                left = line.partition(" += ")[0]
                code = pattern.sub(lambda found, left=left: f"{found[1]}{left} += 0.0    {YOURS}", code)  # type: ignore[misc]
        return code.rstrip("\n")

    def without_body(self, code: str, head: str) -> str:
        """The function with nothing in it."""
        return code.rstrip("\n") if self.filled else f"{head}\n    pass    {YOURS}"

    def exercise(self, having: str, within: bool = False) -> str:
        """The cell to answer in, or its solution; `within`, from there on."""
        if self.filled:
            found = [text for text in self.text if having in text and "<summary>Solution" in text]
            code = re.findall(r"^```python\n(.*?)^```$", found[-1], re.DOTALL | re.MULTILINE)[-1]
            return str(code).rstrip("\n")
        code = next(code for code in self.code if having in code and YOURS in code)
        return code[code.index(having) :] if within else code


def _write(cells: Iterator[tuple[str, str]]) -> str:
    """A notebook of these cells, without outputs."""
    written = []
    for k, (kind, source) in enumerate(cells, start=1):
        lines = source.rstrip("\n").splitlines(keepends=True)
        more = {"execution_count": None, "outputs": []} if kind == "code" else {}
        written.append({"cell_type": kind, "id": f"cell-{k}", "metadata": {}, **more, "source": lines})
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    whole = {"cells": written, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"
