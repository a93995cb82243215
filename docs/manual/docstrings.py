"""A docstring as Markdown.

Docstrings are prose with code indented by four, examples after `>>>`, and tables of names in two columns. Code becomes
fenced blocks, a table of names a definition list, and what is left is prose, in which only code and bold type mean
something.
"""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable

ROW = re.compile(r"""^(?P<name>[A-Za-z0-9_*`"(][\w*`"=.,() ]{0,30}?)  +(?P<said>\S.*)$""")
INLINE_CODE = re.compile(r"(`[^`]+`|\*\*[^*]+\*\*)")


def as_it_is(code: str) -> str:
    """Inline code without a link."""
    return f"`{code}`"


def markdown(docstring: str, inline: Callable[[str], str] = as_it_is, *, tables: bool = True) -> str:
    """The docstring as Markdown; `inline` says what becomes of inline code.

    Without `tables`, those are left out, with a paragraph before them that ends in a colon.
    """
    blocks: list[str] = []
    for lines in paragraphs(docstring):
        if is_code(lines):
            blocks.append(fenced(textwrap.dedent("\n".join(lines))))
        elif rows := table(lines):
            if tables:
                blocks.append("\n\n".join(definition(name, said, inline) for name, said in rows))
            elif blocks and blocks[-1].endswith(":"):
                blocks.pop()
        else:
            blocks.append(prose(" ".join(lines), inline))
    return "\n\n".join(blocks)


def paragraphs(docstring: str) -> list[list[str]]:
    """The lines between blank lines; indented code goes on behind a blank line."""
    found: list[list[str]] = []
    for text in re.split(r"\n[ ]*\n", docstring.strip("\n")):
        lines = text.split("\n")
        if found and lines[0].startswith("    ") and found[-1][0].startswith("    "):
            found[-1] += ["", *lines]
        else:
            found.append(lines)
    return found


def is_code(lines: list[str]) -> bool:
    return lines[0].startswith("    ") or lines[0].startswith(">>> ")


def fenced(code: str) -> str:
    """A block of code, coloured if it is Python."""
    language = "pycon" if code.startswith(">>> ") else "python"
    if language == "python":
        try:
            ast.parse(code)
        except SyntaxError:
            language = "text"
    return f"```{language}\n{code}\n```"


def table(lines: list[str]) -> list[tuple[str, str]]:
    """The rows of a table of names, or nothing."""
    rows: list[tuple[str, str]] = []
    column = 0
    for line in lines:
        if row := ROW.match(line):
            column = row.start("said")
            rows.append((row["name"], row["said"]))
        elif rows and line.startswith(" " * column):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line.strip()}")
        else:
            return []
    return rows


def definition(name: str, said: str, inline: Callable[[str], str]) -> str:
    parts = [name] if "(" in name else name.split(",")
    terms = ", ".join(part.strip() if "`" in part else f"`{part.strip()}`" for part in parts)
    return f"{terms}\n: {prose(said, inline)}"


def prose(text: str, inline: Callable[[str], str]) -> str:
    """Prose in which nothing but code and bold type is markup."""
    parts = INLINE_CODE.split(text)
    return "".join(
        inline(part[1:-1]) if part.startswith("`") else part if part.startswith("**") else escaped(part)
        for part in parts
    )


def escaped(text: str) -> str:
    return re.sub(r"([\\*$\[\]<{])", r"\\\1", text)


def first_sentence(docstring: str) -> str:
    """What the docstring says first, for tables: one sentence, on one line."""
    first = " ".join(paragraphs(docstring)[0]).strip()
    end = re.search(r"(?<!\bal)[.](?=\s+[A-Z`])", first)
    return (first[: end.end()] if end else first).rstrip(":")
