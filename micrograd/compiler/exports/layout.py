"""Layout: statements on one line or on several, and the text of a module from its parts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from micrograd.compiler.matrices.text import WIDTH, broken

WIDEST = 100  # characters of a line that takes parts of theta


class Parts(NamedTuple):
    """Statements for the constants, the functions that the function needs, and itself."""

    names: list[str]  # of the constants
    constants: list[str]
    functions: list[str]
    function: str


def module_text(docstring: str, imports: Mapping[str, str], constants: Sequence[str], functions: Sequence[str]) -> str:
    parts = ["\n".join(constants)] if constants else []
    rest = "\n\n".join([*parts, *(f"\n{text}" for text in functions)])

    def needed(part: str) -> bool:
        return re.search(rf"(?<![\w.]){re.escape(part)}", rest) is not None

    head = "\n".join(text for part, text in imports.items() if needed(part))
    return f'"""{docstring}"""\n\n{head}\n\n{rest.rstrip()}\n'


def in_lines(statement: str) -> str:
    """The statement, on several lines if it is long."""
    first, *more = broken(statement, WIDTH)
    return first.replace(" = ", " = (", 1) + "\n" + "\n".join(more) + ")" if more else first


def number(name: str) -> str:
    """The number of a layer: 1 for W1."""
    return name[len(name.rstrip("0123456789")) :]


def assignments(pairs: Sequence[tuple[str, str]], mark: Any) -> Iterator[str]:
    """Statements; neighbours of one mark, if it is not empty, share a line."""
    line: list[tuple[str, str]] = []
    for pair in pairs:
        together = mark(pair[0]) and line and mark(pair[0]) == mark(line[0][0])
        if line and not (together and len(assignment([*line, pair])) <= WIDEST):
            yield assignment(line)
            line = []
        line.append(pair)
    if line:
        yield assignment(line)


def assignment(pairs: Sequence[tuple[str, str]]) -> str:
    return f"{', '.join(name for name, _ in pairs)} = {', '.join(text for _, text in pairs)}"
