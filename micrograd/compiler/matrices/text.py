"""The matrix form as text: forward, then backward, with the shape of every array in a column."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from micrograd.compiler.backends.namespace import Namespace
from micrograd.compiler.matrices.form import Form
from micrograd.compiler.matrices.lines import Line
from micrograd.compiler.matrices.lowering import lower_whole, spread
from micrograd.compiler.matrices.operations import Operation, sizes
from micrograd.compiler.matrices.spelling import (
    ATOM,
    CONDITION,
    POWER,
    PRODUCT,
    SUM,
    Dialect,
    Spelling,
    Writer,
    is_whole,
)
from micrograd.compiler.stages.program import name_of

TEXT = Dialect(
    {
        "relu gate": Spelling(PRODUCT, "({0:sum} > 0) * {1:product}"),
        "step": Spelling(CONDITION, "{0:sum} > 0"),
        "gate": Spelling(PRODUCT, "{0:product} * {1:power}"),
        "div": Spelling(PRODUCT, "{0:product} / {1:power}"),
        "pow": Spelling(POWER, "{0:atom}**{1:power}"),
        "less": Spelling(CONDITION, "{0:sum} < {1:sum}"),
        "at most": Spelling(CONDITION, "{0:sum} <= {1:sum}"),
        "equal": Spelling(CONDITION, "{0:sum} == {1:sum}"),
        "cross_entropy": Spelling(ATOM, "cross_entropy({1}, {0})"),
        "cross_entropy slope": Spelling(SUM, "softmax({1}) - onehot({0})"),
        "choose": Spelling(ATOM, "where({0}, {1}, {2})"),
        "plain softmax": Spelling(ATOM, "softmax({0})"),
    },
    name_of,
    "",
    lambda x: str(int(x)) if is_whole(x) else f"{x:.4g}",
)


WIDTH = 92  # characters of a formula; a longer one is broken before a sign
COLUMN = 72  # the shapes stand here at most; those of longer lines stand apart


def as_text(form: Form) -> str:
    writer = Writer(TEXT, Namespace(form.names.taken).free)
    inputs = [(array.name, shape(array.shape)) for array in form.inputs]
    forward, backward = ([*written(lines, writer)] for lines in (form.forward, form.backward))
    constants = [(name, shape(of)) for name, (_, of) in writer.constants.items()]
    groups = [("inputs", inputs), ("constants", constants), ("forward", forward), ("backward", backward)]
    lengths = [len(text) for _, lines in groups for text, _ in lines]
    width = max((length for length in lengths if length <= COLUMN), default=COLUMN)
    out: list[str] = []
    for title, lines in groups:
        if lines:
            out.append(title)
            for text, of in lines:
                *before, last = broken(text, WIDTH)
                out += [f"  {piece}" for piece in before] + [f"  {last:<{width}}  {of}".rstrip()]
            out.append("")
    return "\n".join(out).rstrip()


def written(lines: Sequence[Line], writer: Writer) -> Iterator[tuple[str, str]]:
    """Each line with its shape, and a line before those of a loop."""
    for loop, own in groupby(lines, lambda line: line.loop):
        if loop:
            yield f"for t in {loop.first} … {loop.last}:", ""
        for line in own:
            yield f"{'  ' * bool(loop)}{assignment(line, writer)}", shape(sizes(line.axes))


def broken(text: str, width: int) -> list[str]:
    """A sum as lines that are not longer, if signs outside of all brackets allow it."""
    if len(text) <= width:
        return [text]
    pieces, depth, start = [], 0, 0
    for k, c in enumerate(text):
        depth += (c in "([") - (c in ")]")
        if depth == 0 and text[k : k + 3] in (" + ", " - "):
            pieces.append(text[start:k])
            start = k
    pieces.append(text[start:])
    lines = [pieces[0]]
    for piece in pieces[1:]:
        if len(lines[-1]) + len(piece) <= width:
            lines[-1] += piece
        else:
            lines.append(f"    {piece[1:]}")
    return lines


def shape(of: tuple[int, ...]) -> str:
    return f"({of[0]},)" if len(of) == 1 else str(of)


def assignment(line: Line, writer: Writer) -> str:
    return f"{target(line, writer)} = {writer.text(lower_line(line))}"


def lower_line(line: Line) -> Operation:
    """What the line computes; a part of an array is filled with as few numbers as there are."""
    return (lower_whole if line.part is None else spread)(line.expression, line.axes)


def target(line: Line, writer: Writer) -> str:
    """The array, or the part of it that is written."""
    if line.part is None:
        return line.array.name
    if line.is_flat:
        return f"{line.array.name}.flat[{writer.listed(tuple(line.part[0]))}]"

    def listed(places: list[int]) -> str:
        return writer.listed(tuple(places))

    index = [slice_of(places, size, listed) for places, size in zip(line.part, line.array.shape, strict=True)]
    while len(index) > 1 and index[-1] == ":":
        index.pop()
    return f"{line.array.name}[{', '.join(index)}]"


def slice_of(places: list[int], size: int, listed: Callable[[list[int]], str]) -> str:
    if len(places) == 1:
        return str(places[0])
    step = places[1] - places[0]
    if places != list(range(places[0], places[-1] + 1, step)):
        return listed(places)
    if len(places) == size:
        return ":"
    return f"{places[0] or ''}:{places[-1] + 1 if places[-1] + step < size else ''}{f':{step}' if step > 1 else ''}"


def first_lines(form: Form) -> str:
    """The first lines of the forward pass, for a `repr`."""
    writer = Writer(TEXT, Namespace(form.names.taken).free)
    lines = [assignment(line, writer) for line in form.forward[:2]]
    return ", ".join([*lines, "…"][: 2 + (len(form.lines) > 2)])
