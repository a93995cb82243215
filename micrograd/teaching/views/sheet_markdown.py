"""A sheet as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from micrograd.teaching.views.sheet import BLANK, HEAD, MISTAKES_TITLE, TASK, Entry, Sheet
from micrograd.teaching.words.describe import forward_line
from micrograd.text.escape import escape_markdown


def write_markdown(sheet: Sheet, solutions: bool, picture: str) -> str:
    """The same in Markdown, with the picture in a file beside the sheet."""
    parts = [
        f"# {escape_markdown(sheet.title)}",
        "\n".join(f"- {escape_markdown(forward_line(v, sheet.names))}" for v in sheet.nodes),
        f"![graph]({picture.replace(' ', '%20')})",
        TASK,
        escape_markdown(write_seed(sheet, False)),
        _markdown_table(HEAD, (write_cells(entry, False) for entry in sheet.entries)),
        escape_markdown(write_gradients(sheet, False)),
        "\n".join(f"- **{name}**: {escape_markdown(rule)}" for name, rule in sheet.rules.items()),
    ]
    if solutions:
        leaves = [f"{name}.grad" for name, _ in sheet.gradients]
        parts += [
            "## Solutions",
            escape_markdown(write_seed(sheet, True)),
            _markdown_table(HEAD, (write_cells(entry, True) for entry in sheet.entries)),
            escape_markdown(write_gradients(sheet, True)),
            f"### {MISTAKES_TITLE}",
            _markdown_table(["mistake", *leaves], ([name, *values] for name, values in sheet.mistakes)),
        ]
    return "\n\n".join(parts) + "\n"


def _markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    table = [head, ["---"] * len(head), *([*map(escape_markdown, row)] for row in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in table)


def write_cells(entry: Entry, solved: bool) -> tuple[str, str, str, str]:
    """A row of the table."""
    words = entry.words
    if entry.blank and not solved:
        product, after = f"{BLANK} × {BLANK} = {BLANK}", f"{words.grad} = {BLANK}"
    else:
        product, after = words.product.replace("upstream ", "").replace("local ", ""), words.sum.rstrip(".")
    return str(entry.number), f"{words.edge}, {words.place}", product, after


def write_seed(sheet: Sheet, solved: bool) -> str:
    derivative, blank = sheet.seed
    return f"Seed: {derivative} = {BLANK if blank and not solved else 1}"


def write_gradients(sheet: Sheet, solved: bool) -> str:
    return "Gradients: " + ", ".join(f"{name}.grad = {value if solved else BLANK}" for name, value in sheet.gradients)
